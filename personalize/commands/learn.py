"""`personalize learn`: learn the person of one or several clips, and parse nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personalize.commands.foresight import expect, forecast_dry, give_dry, learn_speed
from personalize.commands.groups import Computing, Opening, Places
from personalize.commands.help import command
from personalize.commands.loading import (
    check_inputs,
    describe_request,
    load_base,
    open_landmarks,
    open_silhouettes,
    open_video,
)
from personalize.commands.options import (
    dry_option,
    factor_options,
    landmarks_option,
    learning_options,
    network_options,
    numbers_option,
    person_options,
    place_options,
    silhouette_options,
    source_options,
)
from personalize.commands.parameter_types import FILE
from personalize.commands.run import note, recall
from personalize.commands.run_settings import run_settings
from personalize.commands.terminal import give_report, numbers_of, stage_bars, tell, verdict_line
from personalize.commands.window import place_settings, report_window, warn_short

if TYPE_CHECKING:
    from personalize.commands.watch import Watch
    from personalize.media.source import Source
    from personalize.storage.asked import Done

ALONE = "of several clips the middles are learned from, so leave out"


@command()
@click.argument("sources", metavar="VIDEO...", type=FILE, nargs=-1, required=True)
@click.option("--out", type=FILE, required=True, help="File of the person, PERSON.safetensors.")
@dry_option
@numbers_option
@place_options
@person_options
@silhouette_options
@landmarks_option
@factor_options
@learning_options
@network_options
@source_options
def learn(
    sources: tuple[Path, ...],
    out: Path,
    dry_run: bool,
    report: Path | None,
    places: Places,
    silhouettes: Path | None,
    landmarks: Path | None,
    factor: str | None,
    computing: Computing,
    opening: Opening,
    **numbers: Any,
) -> None:
    """Learn the person of VIDEO, for `parse --person`; several clips of the same person in the same
    clothes are learned from together. Stages are kept in PERSON.run, so that it goes on when it was
    stopped.
    """
    settings = run_settings(**numbers)
    if len(sources) > 1:
        alone = (silhouettes, landmarks, settings.person_at, opening.start, opening.end)
        refuse_places(*vars(places).values(), *alone)
    for source in sources:
        check_inputs(source, opening, computing, factor=factor)
    root = out.with_suffix(".run")
    asked = describe_request(
        "learn",
        sources[0],
        settings,
        silhouettes=silhouettes,
        landmarks=landmarks,
        factor=factor,
        **vars(opening),
        **vars(places),
        **vars(computing),
    )
    asked["others"] = stamps(sources[1:])
    done = None if dry_run else recall(root, asked)
    if done and still_written(done, out):
        report_learned(done, out, report)
        return
    from personalize.media.joined import join_clips

    with stage_bars() as progress:
        clips = open_clips(sources, progress, opening)
        video = join_clips(clips, None if settings.learn_from == "spread" else settings.window)
        placed = place_settings(settings, vars(places), video)
        with progress.during("load"):
            from personalize.procedures.learn import learn as learn_procedure

            base = load_base(**vars(computing), factor=factor)
        if dry_run:
            dry = forecast_dry(progress, video, base, placed, parses=False)
        else:
            given = open_silhouettes(silhouettes, video, progress)
            teacher = open_landmarks(landmarks, video)
            warn_short(video, placed)
            forecast = expect(progress, video, base, placed, parses=False)
            workspace = learn_procedure(
                video, out, root, base, placed, given=given, teacher=teacher, progress=progress
            )
            learn_speed(base, forecast, workspace)
            report_window(workspace, given)
    if dry_run:
        give_dry(dry, report)
        return
    note(workspace, asked, settings)
    report_learned(workspace, out, report)


def refuse_places(*places: Any) -> None:
    """Refuse options that name a frame, which mean nothing for several clips."""
    named = ("--centre", "--window-from", "--window-to", "--silhouettes", "--landmarks")
    names = (*named, "--person-at", "--start", "--end")
    given = [name for name, place in zip(names, places) if place]
    if given:
        raise click.UsageError(f"{ALONE} {', '.join(given)}")


def stamps(paths: tuple[Path, ...]) -> list[Any]:
    """Return the stamp of each of some files, by which it is known without being read."""
    from personalize.storage.asked import stamp

    return [stamp(path) for path in paths]


def open_clips(sources: tuple[Path, ...], progress: Watch, opening: Opening) -> list[Source]:
    """Open all clips, one after the other.

    Parameters
    ----------
    sources : tuple of Path
    progress : Watch
    opening : Opening

    Returns
    -------
    list of Source
    """
    return [open_video(source, progress, opening) for source in sources]


def still_written(done: Done, out: Path) -> bool:
    """Whether the file of a finished person is there as it was written; no torch is loaded."""
    from personalize.network.person_file import is_written

    return is_written(done.manifest, out)


def report_learned(done: Done, out: Path, report: Path | None) -> None:
    """Report how long the stages took, the verdict, and where the person file is.

    Parameters
    ----------
    done : Done
        The finished run.
    out : Path
        The person file.
    report : Path or None
        JSON file for the same; "-" is standard output.
    """
    stages = done.manifest["stages"]
    lines = [
        f"{name:10} {stage['seconds']:8.1f} s"
        + ("  (from an earlier run)" if name in done.reused else "")
        for name, stage in stages.items()
    ]
    for sentence in done.anew:
        tell(sentence)
    tell(verdict_line(done.manifest["verdict"]))
    numbers = {**numbers_of(done), "person": str(out)}
    give_report(numbers, "\n".join((*lines, str(out))), report)
