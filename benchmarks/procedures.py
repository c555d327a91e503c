"""What each thing beside the paper's procedure is worth, with intervals over videos.

    python -m benchmarks.procedures jhmdb|youtube-pose|silhouettes ROOT OUT [--runs RUNS]
        [--count N] [--seed S] [--videos A,B] [--landmarks FILE] [--only PROCEDURE]

Each procedure is a run with other settings; each row of the tables is one way to parse with what
it has learned. Procedures begin from RUNS, the folder of `personalize evaluate --out RUNS`, if it
is there: stages that do not change are not computed again. What was measured is written to OUT, a
file for each procedure, and not measured again: name another folder for another program.

Without `--videos` as many as `--count` are drawn by the seed; those of a smaller count are among
them. With `--only`, which may be repeated, only these procedures are measured, and stand in the
tables beside a run, if that was measured. The tables have those videos of which every row is known.

The paper's GrabCut learns colours in each frame; here, as in a run, they are learned in the whole
window. Everything is measured in the crop that follows the person.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import numpy as np

from benchmarks.procedures_measure import (
    Scores,
    Task,
    begin_from,
    clip_task,
    measure_readings,
    sequence_task,
    video_task,
)
from benchmarks.procedures_settings import GENERIC, KEPT, PROCEDURES, RUN
from benchmarks.procedures_table import joint_table, silhouette_table
from benchmarks.verdict import names_of

if TYPE_CHECKING:
    from personalize.adaptation.base import Base

Command = TypeVar("Command", bound=Callable[..., Any])
FOLDER = click.Path(path_type=Path)


def drawn(tasks: Sequence[Task], count: int, seed: int) -> list[Task]:
    """Draw tasks by a seed.

    Parameters
    ----------
    tasks : sequence of Task
    count : int
        How many, at most.
    seed : int

    Returns
    -------
    list of Task
        In their order; those of a smaller count are among them.
    """
    chosen = np.random.default_rng(seed).permutation(len(tasks))[:count]
    return [tasks[number] for number in sorted(chosen)]


def measure_procedure(
    name: str,
    tasks: Sequence[Task],
    out: Path,
    base: "Base",
    runs: Path | None,
    landmarks: Path | None,
) -> None:
    """Measure a procedure on what its file of scores lacks.

    Parameters
    ----------
    name : str
        A key of `PROCEDURES`.
    tasks : sequence of Task
    out : Path
        Gets the scores, and a run folder for each video.
    base : Base
    runs : Path or None
        Folder of `personalize evaluate --out`; by default that of the procedure `RUN` in `out`.
    landmarks : Path or None
        Of a teacher.
    """
    from personalize.storage.atomic import atomic_write

    procedure = PROCEDURES[name]
    path = out / name / "scores.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    scores = read_scores(path)
    for task in tasks:
        known = scores.get(task.name, {})
        readings = [one for one in task.readings(procedure.readings) if one.name not in known]
        if not readings:
            continue
        folder = path.parent / task.name
        begin_from((runs or out / RUN) / task.name, folder)
        teacher = landmarks if procedure.taught else None
        found = measure_readings(
            task, folder, base, procedure.settings, tuple(readings), landmarks=teacher
        )
        scores.setdefault(task.name, {}).update(found)
        with atomic_write(path) as unfinished:
            plain = {video: as_dicts(rows) for video, rows in scores.items()}
            unfinished.write_text(json.dumps(plain, indent=1))
        for reading, score in found.items():
            click.echo(f"{task.name}, {reading}: {score.px:.2f} px, J {score.j:.3f}", err=True)


def as_dicts(rows: Mapping[str, Scores]) -> dict[str, dict[str, float]]:
    """Return the scores of one video as JSON has them."""
    return {name: asdict(score) for name, score in rows.items()}


def read_scores(path: Path) -> dict[str, dict[str, Scores]]:
    """Return the scores of a file by video and row; none, if it is not there yet."""
    if not path.exists():
        return {}
    found = json.loads(path.read_text())
    return {
        video: {name: Scores(**score) for name, score in rows.items()}
        for video, rows in found.items()
    }


def rows_of(out: Path, tasks: Sequence[Task], only: Sequence[str] = ()) -> dict[str, list[Scores]]:
    """Return the scores of each row, of the tasks of which every row that is there is known.

    Parameters
    ----------
    out : Path
    tasks : sequence of Task
    only : sequence of str
        Procedures whose rows are returned, beside those of `RUN`; all, if there is none.
    """
    by_video: dict[str, dict[str, Scores]] = {task.name: {} for task in tasks}
    for name in PROCEDURES:
        if only and name not in (RUN, *only):
            continue
        for video, rows in read_scores(out / name / "scores.json").items():
            if video in by_video:
                by_video[video] |= rows
    names = list(dict.fromkeys(name for rows in by_video.values() for name in rows))
    whole = [rows for rows in by_video.values() if set(rows) == set(names)]
    return {name: [rows[name] for rows in whole] for name in names}


def options(command: Command) -> Command:
    """Add the arguments and options that the commands share."""
    for option in (
        click.option("--only", multiple=True, type=click.Choice(list(PROCEDURES))),
        click.option("--videos", help="Only these, separated by commas."),
        click.option("--seed", default=0, show_default=True, help="Draws the videos."),
        click.option("--runs", type=FOLDER, help="Folder of `personalize evaluate --out`."),
        click.option("--weights", type=FOLDER, help="By default those that are shipped."),
        click.argument("out", type=FOLDER),
        click.argument("root", type=FOLDER),
    ):
        command = option(command)
    return command


def landmarks_option(command: Command) -> Command:
    """Add the option of a teacher's landmarks."""
    return click.option("--landmarks", type=FOLDER, help="Of a teacher; without it there is none.")(
        command
    )


def compare(
    tasks: Sequence[Task],
    out: Path,
    only: Sequence[str],
    *,
    weights: Path | None,
    runs: Path | None,
    seed: int,
    landmarks: Path | None = None,
) -> None:
    """Measure procedures on some tasks, and print the tables of what is measured.

    Parameters
    ----------
    tasks : sequence of Task
    out : Path
    only : sequence of str
        Keys of `PROCEDURES` that are measured; all, if there is none.
    weights : Path or None
    runs : Path or None
    seed : int
        Draws the samples of the intervals.
    landmarks : Path, optional
    """
    from personalize.commands.loading import load_base

    click.echo(", ".join(task.name for task in tasks), err=True)
    base = load_base(weights, "auto", engine="auto")
    for name in only or PROCEDURES:
        if landmarks or not PROCEDURES[name].taught:
            measure_procedure(name, tasks, out, base, runs, landmarks)
    rows = rows_of(out, tasks, only)
    if not {GENERIC, KEPT} <= set(rows):
        raise click.ClickException(f"measure {RUN}, too: the others are compared with its rows")
    click.echo(joint_table(rows, GENERIC, KEPT, seed))
    readings = [reading for one in PROCEDURES.values() for reading in one.readings]
    for name in [reading.name for reading in readings if reading.of_joints]:
        rows.pop(name, None)
    click.echo(silhouette_table(rows, GENERIC, KEPT, seed))


@click.group()
def main() -> None:
    """Compare the paper's procedure, a run, and a run without each thing of ours."""


@main.command()
@options
@landmarks_option
@click.option("--count", default=20, show_default=True, help="Clips that are drawn.")
def jhmdb(root: Path, videos: str | None, count: int, **how: Any) -> None:
    """On clips of J-HMDB in ROOT."""
    from personalize.datasets.jhmdb import clips

    tasks = [clip_task(clip) for clip in clips(root, names_of(videos))]
    compare(tasks if videos else drawn(tasks, count, how["seed"]), **how)


@main.command("youtube-pose")
@options
@landmarks_option
@click.option("--count", default=8, show_default=True, help="Videos that are drawn.")
def youtube_pose(root: Path, videos: str | None, count: int, **how: Any) -> None:
    """On videos of YouTube Pose in ROOT."""
    from personalize.datasets.youtube_pose import videos as labelled

    tasks = [video_task(video) for video in labelled(root, names_of(videos))]
    compare(tasks if videos else drawn(tasks, count, how["seed"]), **how)


@main.command()
@options
def silhouettes(root: Path, videos: str | None, **how: Any) -> None:
    """On all sequences in the layout of DAVIS in ROOT."""
    from personalize.datasets.davis import sequences

    compare([sequence_task(one) for one in sequences(root, names_of(videos))], **how)


if __name__ == "__main__":
    main()
