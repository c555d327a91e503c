"""`personalize run`: learn the person of one video, and parse all of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personalize.commands.export import export_run
from personalize.commands.foresight import expect, forecast_dry, give_dry, learn_speed
from personalize.commands.groups import Computing, Opening, Places, Sharing
from personalize.commands.help import command
from personalize.commands.loading import (
    check_inputs,
    describe_request,
    load_base,
    open_landmarks,
    open_pieces,
    open_silhouettes,
    open_video,
)
from personalize.commands.options import (
    dry_option,
    export_option,
    factor_options,
    joint_options,
    landmarks_option,
    learning_options,
    network_options,
    numbers_option,
    overlay_option,
    person_options,
    piece_options,
    place_options,
    silhouette_options,
    source_options,
)
from personalize.commands.parameter_types import FILE
from personalize.commands.run_settings import run_settings
from personalize.commands.terminal import report_run, stage_bars, tell
from personalize.commands.window import place_settings, report_window, warn_short
from personalize.exports.formats import check_formats
from personalize.settings import RunSettings

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.commands.watch import Watch
    from personalize.media.source import Source
    from personalize.procedures.pieces import Pieces
    from personalize.storage.asked import Done
    from personalize.storage.workspace import Workspace
    from personalize.types import Json


@command()
@click.argument("source", type=FILE)
@click.option("--out", type=FILE, required=True, help="Folder of the results.")
@dry_option
@numbers_option
@overlay_option
@place_options
@person_options
@silhouette_options
@landmarks_option
@factor_options
@learning_options
@joint_options
@network_options
@source_options
@export_option
@piece_options
def run(
    source: Path,
    out: Path,
    dry_run: bool,
    report: Path | None,
    places: Places,
    silhouettes: Path | None,
    landmarks: Path | None,
    factor: str | None,
    computing: Computing,
    opening: Opening,
    export: tuple[str, ...],
    sharing: Sharing,
    **numbers: Any,
) -> None:
    """Learn the person of SOURCE, a video, a folder of frames or a picture, and parse all of it."""
    check_formats(export)
    settings = run_settings(**numbers)
    check_inputs(source, opening, computing, factor=factor)
    exporting: dict[str, Any] = {"video": source, "weights": computing.weights}
    asked = describe_request(
        "run",
        source,
        settings,
        silhouettes=silhouettes,
        landmarks=landmarks,
        factor=factor,
        **vars(opening),
        **vars(places),
        **vars(computing),
    )
    done = None if dry_run else recall(out, asked)
    if done:
        report_run(done, report)
        export_run(out, export, **exporting)
        return
    pieces = None if dry_run else open_pieces(sharing, computing.device)
    with stage_bars() as progress:
        video = open_video(source, progress, opening)
        placed = place_settings(settings, vars(places), video)
        with progress.during("load"):
            base = load_base(**vars(computing), factor=factor)
        if dry_run:
            dry = forecast_dry(progress, video, base, placed)
        else:
            workspace = run_video(
                video, out, base, placed, progress, silhouettes, landmarks, pieces=pieces
            )
    if dry_run:
        give_dry(dry, report)
        return
    note(workspace, asked, settings)
    report_run(workspace, report)
    export_run(out, export, **exporting)


def recall(out: Path, asked: Json) -> Done | None:
    """Return the run in a folder if it is finished and the request is the same; loads no torch."""
    from personalize.storage.asked import finished_before

    return finished_before(out, asked)


def note(workspace: Workspace, asked: Json, settings: RunSettings) -> None:
    """Note in the manifest of a finished run what it was asked to do.

    Parameters
    ----------
    workspace : Workspace
    asked : dict
        From `describe_request`.
    settings : RunSettings
    """
    from personalize.storage.asked import ASKED, note_asked

    workspace.note(ASKED, note_asked(workspace.manifest, asked, settings))


def run_video(
    video: Source,
    out: Path,
    base: Base,
    settings: RunSettings,
    progress: Watch,
    silhouettes: Path | None = None,
    landmarks: Path | None = None,
    *,
    some: bool = False,
    pieces: Pieces | None = None,
) -> Workspace:
    """Run one video.

    Parameters
    ----------
    video : Source
    out : Path
        The run folder.
    base : Base
    settings : RunSettings
        Placed in the video (`place_settings`).
    progress : Watch
    silhouettes : Path, optional
        Folder of silhouettes that are known.
    landmarks : Path, optional
        What a pose estimator found.
    some : bool
        The landmarks are of many videos, as for `open_landmarks`.
    pieces : Pieces, optional
        How it is parsed on several machines.

    Returns
    -------
    Workspace
        Of the finished run.
    """
    from personalize.procedures import pipeline

    given = open_silhouettes(silhouettes, video, progress)
    teacher = open_landmarks(landmarks, video, some=some)
    warn_short(video, settings)
    forecast = expect(progress, video, base, settings)
    workspace = pipeline.run(
        video,
        out,
        base,
        settings,
        given=given,
        teacher=teacher,
        pieces=pieces,
        progress=progress,
    )
    learn_speed(base, forecast, workspace)
    report_window(workspace, given)
    tell(f"{base.engines.name} on {base.device}", detail=True)
    return workspace
