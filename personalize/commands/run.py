"""`personalize run`: learn the person of one video, and parse all of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personalize.commands.opening import load_base, open_silhouettes, open_video, tell_window
from personalize.commands.options import (
    FILE,
    factor_options,
    joint_options,
    learning_options,
    network_options,
    person_options,
    run_settings,
    silhouette_options,
    source_options,
)
from personalize.commands.terminal import report_run, stage_bars
from personalize.settings import RunSettings

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.storage.workspace import Workspace
    from personalize.types import PathLike, Progress


@click.command()
@click.argument("source", type=FILE)
@click.option("--out", type=FILE, required=True, help="Folder of the results.")
@click.option(
    "--centre",
    type=click.IntRange(0),
    help="Frame in the middle of the window; by default the video's, unless others show more of "
    "the person.",
)
@person_options
@silhouette_options
@factor_options
@learning_options
@joint_options
@network_options
@source_options
def run(
    source: Path,
    out: Path,
    centre: int | None,
    person_at: tuple[tuple[int, float, float], ...],
    silhouettes: Path | None,
    factor: str | None,
    weights: Path | None,
    device: str,
    engine: str,
    partial: bool,
    fps: float | None,
    **numbers: Any,
) -> None:
    """Learn the person of SOURCE, a video or a folder of frames, and parse all of it."""
    base = load_base(weights, device, factor, engine)
    settings = replace(run_settings(**numbers), centre=centre, person_at=person_at)
    with stage_bars() as progress:
        workspace = run_video(
            source, out, base, settings, progress, silhouettes, partial=partial, fps=fps
        )
    report_run(workspace)


def run_video(
    source: PathLike,
    out: PathLike,
    base: Base,
    settings: RunSettings,
    progress: Progress,
    silhouettes: PathLike | None = None,
    **opening: Any,
) -> Workspace:
    """Run one video; returns its finished Workspace."""
    from personalize.procedures import pipeline

    video = open_video(source, progress, **opening)
    if video.frame_count < settings.window:
        click.echo(
            f"{video.name}: a window has {settings.window} frames, the video {video.frame_count};"
            " learning from all of them",
            err=True,
        )
    given = open_silhouettes(silhouettes, video, progress)
    workspace = pipeline.run(video, out, base, settings, given=given, progress=progress)
    tell_window(workspace, given)
    return workspace
