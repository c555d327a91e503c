"""How well somebody is followed who is difficult to follow: rendered films, whose every frame is
known.

    python -m benchmarks.films FILMS RUNS [--quick] [--only DIFFICULTY] [--learn] [--point]

The set is fixed: films of `personalize synthesize video --difficulty`, by their seeds. They are
rendered into FILMS, two at a time, where a second measuring finds them; it needs the extra
`synthetic`, and no assets. The runs are left in RUNS; what is there of the same weights and
settings is not made again, so name another folder for another program. Without `--learn` the
generic network parses, as `personalize parse` does. With `--point` the run is told whom is meant by
one point, as with `--person-at`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
from click import IntRange

from personalize.commands.groups import grouped

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.datasets.rendered_video import RenderedVideo
    from personalize.procedures.evaluate.films import FilmScores
    from personalize.settings import RunSettings
    from personalize.synthesis.settings import FilmSettings
    from personalize.types import Json

SEEDS = {
    "still": (11, 13),
    "approach": (21, 22, 26),
    "zoom": (31, 32, 34),
    "dolly": (42, 44),
    "ride": (51, 52, 53),
    "touch": (61, 65, 98),
    "cuts": (71, 73, 76),
    "absence": (81, 82, 85),
    "crossing": (91, 92, 93),
    "painting": (101, 104, 105),
    "closeup": (111,),
}
QUICK = {
    name: seeds[:1] for name, seeds in SEEDS.items() if name not in ("still", "dolly", "closeup")
}
EDITION = 1
"""Raised when the renderer draws other films by the same settings."""
SECONDS, FRAMES, QUICK_FRAMES = 4.0, 80, 40
CLOSE_FRAMES = 16
SIZE, CLOSE_SIZE = (320, 240), (1920, 1080)
FOLDER = click.Path(path_type=Path)

COLUMNS = {
    "j": "J",
    "joints": "joints",
    "j 1": "J, small",
    "j 2": "middle",
    "j 3": "large",
    "joints 1": "joints, small",
    "joints 2": "middle",
    "joints 3": "large",
    "false": "false",
    "missed": "missed",
    "wrong": "wrong",
    "outline": "outline, px",
}


@dataclass(frozen=True)
class Choice:
    """Which films are rendered.

    Attributes
    ----------
    quick : bool
        The small set of short films.
    only : tuple of str
        Difficulties; empty for all.
    count : int or None
        Films at most.
    """

    quick: bool = False
    only: tuple[str, ...] = ()
    count: int | None = None


def chosen_films(choice: Choice) -> dict[str, FilmSettings]:
    """Choose films in the order of the table.

    Parameters
    ----------
    choice : Choice

    Returns
    -------
    dict of str to FilmSettings
        By the name of the film.
    """
    from personalize.synthesis.settings import FilmSettings

    chosen = {}
    for difficulty, seeds in (QUICK if choice.quick else SEEDS).items():
        for seed in seeds:
            if choice.only and difficulty not in choice.only:
                continue
            close = difficulty == "closeup"
            frames = CLOSE_FRAMES if close else QUICK_FRAMES if choice.quick else FRAMES
            width, height = CLOSE_SIZE if close else SIZE
            chosen[f"{difficulty}-{seed}-{frames}"] = FilmSettings(
                difficulty=difficulty,
                seed=seed,
                frames=frames,
                frames_per_second=frames / SECONDS,
                width=width,
                height=height,
            )
    return dict(list(chosen.items())[: choice.count])


def is_rendered(folder: Path, settings: FilmSettings) -> bool:
    """Whether a folder holds the film of these settings."""
    described = folder / "film.json"
    return described.is_file() and json.loads(described.read_text()) == describe(settings)


def describe(settings: FilmSettings) -> Json:
    """What a film is known by."""
    return {"edition": EDITION, **json.loads(json.dumps(asdict(settings)))}


def render(task: tuple[Path, FilmSettings]) -> str:
    """Render a film into its folder; called in a process of its own."""
    from personalize.storage.atomic import atomic_write
    from personalize.synthesis.films import synthesize_video

    folder, settings = task
    (folder / "film.json").unlink(missing_ok=True)
    synthesize_video(folder, settings=settings)
    with atomic_write(folder / "film.json") as unfinished:
        unfinished.write_text(json.dumps(describe(settings), indent=1))
    return folder.name


def render_all(films: Mapping[str, FilmSettings], root: Path, workers: int) -> None:
    """Render the films that are not there yet, and return which.

    Parameters
    ----------
    films : dict of str to FilmSettings
    root : Path
        Gets a folder for each film.
    workers : int
        Processes.
    """
    import multiprocessing

    from personalize.synthesis.body import load_body
    from personalize.synthesis.threads import single_threaded_children, use_one_thread

    tasks = [(root / name, film) for name, film in films.items()]
    tasks = [(folder, film) for folder, film in tasks if not is_rendered(folder, film)]
    if not tasks:
        return
    load_body()  # fills anny's cache once for all processes
    spawn = multiprocessing.get_context("spawn")
    with single_threaded_children(), spawn.Pool(workers, initializer=use_one_thread) as pool:
        for done, name in enumerate(pool.imap_unordered(render, tasks), start=1):
            click.echo(f"rendered {name} ({done} of {len(tasks)})", err=True)


def point_at(film: RenderedVideo) -> tuple[int, float, float]:
    """Return a point on the person of a film, as a user would give it: frame, x and y in pixels.

    It is the point furthest from their outline, in the first frame that shows them for sure.
    """
    import cv2

    frame = int((film.seen == "yes").argmax())
    mask = np.pad(film.read_mask(frame).astype(np.uint8), 1)
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 5)[1:-1, 1:-1]
    row, column = np.unravel_index(depth.argmax(), depth.shape)
    return frame, float(column), float(row)


def measure(
    film: RenderedVideo, root: Path, base: Base, settings: RunSettings, learn: bool
) -> FilmScores:
    """Parse or learn a film, and score the result.

    Parameters
    ----------
    film : RenderedVideo
    root : Path
        The run folder.
    base : Base
    settings : RunSettings
    learn : bool
        Whether the person is learned.

    Returns
    -------
    FilmScores
        Where nobody is found, those of a run that shows nobody in every frame.
    """
    from personalize.errors import NobodyFoundError
    from personalize.media.video import open_source
    from personalize.output.finished import read_run
    from personalize.procedures import parsing, pipeline
    from personalize.procedures.evaluate.films import score_film

    source = open_source(film.path)
    try:
        if learn:
            pipeline.run(source, root, base, settings)
        else:
            parsing.parse(source, root, base.network, settings)
    except NobodyFoundError as error:
        click.echo(f"{film.name}: {error}", err=True)
        parsing.parse(source, root / "generic", base.network, settings)
        root = root / "generic"
    return score_film(film, read_run(root))


def table(groups: Mapping[str, tuple[int, Mapping[str, float]]]) -> str:
    """A Markdown table of numbers: a difficulty a line."""
    lines = [f"| | films | {' | '.join(COLUMNS.values())} |", "|---|" + "--:|" * (len(COLUMNS) + 1)]
    for name, (count, numbers) in groups.items():
        cells = [_cell(key, numbers[key]) for key in COLUMNS]
        lines.append(f"| {name} | {count} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(key: str, value: float) -> str:
    if value != value:
        return ""
    if key in ("false", "missed", "wrong"):
        return f"{value:.1%}"
    return f"{value:.2f}" if key == "outline" else f"{value:.3f}"


@click.command()
@click.argument("root", metavar="FILMS", type=FOLDER)
@click.argument("runs", metavar="RUNS", type=FOLDER)
@grouped(
    "choice",
    Choice,
    click.option("--quick", is_flag=True, help="8 films of 40 frames, half as many a second."),
    click.option("--only", multiple=True, type=click.Choice(list(SEEDS)), help="May be repeated."),
    click.option("--films", "count", type=IntRange(1), help="So many of them, the first."),
)
@click.option("--learn", is_flag=True, help="Learn each person, as `personalize run` does.")
@click.option("--point", is_flag=True, help="Point at each person once, as `--person-at` does.")
@click.option("--render-only", is_flag=True, help="Measure nothing.")
@click.option("--workers", type=IntRange(1), default=2, help="Processes that render.")
@click.option("--weights", type=FOLDER, help="Base weights; by default those shipped.")
@click.option("--json", "report", type=FOLDER, help="File for the numbers.")
def main(
    root: Path,
    runs: Path,
    choice: Choice,
    learn: bool,
    point: bool,
    render_only: bool,
    workers: int,
    weights: Path | None,
    report: Path | None,
) -> None:
    """Print a Markdown table: a difficulty a line."""
    from personalize.commands.loading import load_base
    from personalize.datasets.rendered_video import rendered_video
    from personalize.procedures.evaluate.films import summarize
    from personalize.settings import RunSettings

    films = chosen_films(choice)
    render_all(films, root, workers)
    if render_only:
        return
    base, scores = load_base(weights, "auto"), {}
    for name in films:
        film = rendered_video(root / name)
        settings = RunSettings(person_at=(point_at(film),) if point else ())
        scores[name] = measure(film, runs / name, base, settings, learn)
        click.echo(f"measured {name}: J {summarize([scores[name]])['j']:.3f}", err=True)
    groups = {}
    for difficulty in dict.fromkeys(name.split("-")[0] for name in scores):
        own = [one for name, one in scores.items() if name.startswith(f"{difficulty}-")]
        groups[difficulty] = len(own), summarize(own)
    groups["all"] = len(scores), summarize(list(scores.values()))
    click.echo(table(groups))
    if report:
        numbers = {name: summarize([one]) for name, one in scores.items()}
        by_difficulty = {name: numbers for name, (_, numbers) in groups.items()}
        report.write_text(json.dumps({"films": numbers, "difficulties": by_difficulty}, indent=1))


if __name__ == "__main__":
    main()
