"""What each thing beside the paper's procedure is worth, with intervals over videos.

    python -m benchmarks.procedures jhmdb|youtube-pose|silhouettes ROOT OUT [--runs RUNS]
        [--count N] [--seed S] [--videos A,B] [--landmarks FILE] [--only PROCEDURE]

Each procedure is a run with other settings; each row of the tables is one way to parse with what
it has learned. Procedures begin from RUNS, the folder of `personalize evaluate --out RUNS`, if it
is there: stages that do not change are not computed again. What was measured is written to OUT, a
file for each procedure, and not measured again: name another folder for another program.

Without `--videos` as many as `--count` are drawn by the seed. The tables have those videos of
which everything in OUT is measured. With `--only`, which may be repeated, only these procedures are
measured; the tables show what is there.

The paper's GrabCut learns colours in each frame; here, as in a run, they are learned in the whole
window. Everything is measured in the crop that follows the person.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import numpy as np

from benchmarks.procedures_measure import (
    Reading,
    Scores,
    Task,
    begin_from,
    clip_task,
    measure_readings,
    sequence_task,
    video_task,
)
from benchmarks.procedures_table import joint_table, silhouette_table
from benchmarks.verdict import names_of
from personalize.network.settings import VIEWS
from personalize.settings import RunSettings

if TYPE_CHECKING:
    from personalize.adaptation.base import Base

Command = TypeVar("Command", bound=Callable[..., Any])
FOLDER = click.Path(path_type=Path)
RUN = "run"
"""The procedure of `personalize run`, from which the others begin."""
GENERIC, KEPT = "generic", "a run"
"""Rows that the others are compared with."""
BY_MASS = "mass"
"""The paper's rule for joints."""


@dataclass(frozen=True)
class Procedure:
    """How a person is learned.

    Attributes
    ----------
    settings : RunSettings
    readings : tuple of Reading
        Rows of the table.
    taught : bool
        Whether parts are learned by the landmarks of a teacher.
    """

    settings: RunSettings
    readings: tuple[Reading, ...]
    taught: bool = False


def paper() -> RunSettings:
    """Return the paper's procedure, as far as settings have it: seeds above 0.99 alone, carried
    along the trees, and cut; silhouettes are learned, and no parts.
    """
    settings = RunSettings()
    seeds = replace(without_movement().seeds, own=0.0, surest=0.0)
    return replace(
        settings,
        seeds=seeds,
        still_scene=without_scene().still_scene,
        refine=without_local_colours().refine,
        self_training=replace(settings.self_training, epochs=0),
        window_views=VIEWS["1"],
    )


def without_movement() -> RunSettings:
    """Return the settings of a run without the evidence of movement."""
    seeds = RunSettings().seeds
    motion = replace(seeds.residual_motion, weight=0.0)
    return replace(RunSettings(), seeds=replace(seeds, residual_motion=motion))


def without_scene() -> RunSettings:
    """Return the settings of a run without the still scene."""
    return replace(RunSettings(), still_scene=replace(RunSettings().still_scene, weight=0.0))


def without_local_colours() -> RunSettings:
    """Return the settings of a run whose cut knows the colours of the window alone."""
    refine = RunSettings().refine
    local = replace(refine.local_colours, weight=0.0)
    return replace(RunSettings(), refine=replace(refine, local_colours=local))


def without_part_colours() -> RunSettings:
    """Return the settings of a run without the colours of parts."""
    return replace(RunSettings(), part_colours=replace(RunSettings().part_colours, weight=0.0))


def propagated_alone() -> RunSettings:
    """Return the settings of a run whose beliefs are what was propagated alone."""
    return replace(RunSettings(), seeds=replace(RunSettings().seeds, own=0.0))


PROCEDURES = {
    RUN: Procedure(
        RunSettings(),
        (
            Reading(GENERIC, "generic"),
            Reading("generic, the paper's rule for joints", "generic", rule=BY_MASS),
            Reading(KEPT, "kept"),
            Reading("a run, everything kept"),
            Reading("a run, the paper's rule for joints", "kept", rule=BY_MASS),
            Reading("no parts taught by itself", "silhouettes"),
            Reading("no cut when parsing", "uncut"),
            Reading("joints not smoothed", smooth=False),
        ),
    ),
    "paper": Procedure(
        paper(),
        (
            Reading("the paper's procedure", "uncut"),
            Reading("the same, the paper's rule for joints", "uncut", rule=BY_MASS),
            Reading("the same, cut when parsing"),
        ),
    ),
    "movement": Procedure(without_movement(), (Reading("no movement"),)),
    "scene": Procedure(without_scene(), (Reading("no still scene"),)),
    "local": Procedure(without_local_colours(), (Reading("no local colours"),)),
    "own": Procedure(propagated_alone(), (Reading("beliefs that were propagated alone"),)),
    "part colours": Procedure(without_part_colours(), (Reading("no colours of parts"),)),
    "way": Procedure(replace(RunSettings(), way=1.0), (Reading("all of the way"),)),
    "teacher": Procedure(
        RunSettings(),
        (Reading("with a teacher", "kept"), Reading("with a teacher, everything kept")),
        taught=True,
    ),
}
"""Name -> procedure, in the order of the tables."""


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
        readings = [one for one in procedure.readings if one.smooth or task.follows]
        readings = [one for one in readings if one.name not in scores.get(task.name, {})]
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


def rows_of(out: Path, tasks: Sequence[Task]) -> dict[str, list[Scores]]:
    """Return the scores of each row, of the tasks of which every row that is there is known."""
    by_video: dict[str, dict[str, Scores]] = {task.name: {} for task in tasks}
    for name in PROCEDURES:
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
    rows = rows_of(out, tasks)
    for table in (joint_table, silhouette_table):
        click.echo(table(rows, GENERIC, KEPT, seed))


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
