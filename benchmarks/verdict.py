"""What evidence without labels is worth: videos whose truth is known calibrate the verdict.

    python -m benchmarks.verdict films FILMS TABLE [--workers 2]
    python -m benchmarks.verdict jhmdb|youtube-pose|davis ROOT TABLE [--runs OUT] [--videos A,B]
    python -m benchmarks.verdict fit TABLE [--only SET] [--write] [--plot FILE.png]
    python -m benchmarks.verdict check TABLE
    python -m benchmarks.verdict modules TABLE

`films` renders a fixed set of films by their seeds (it needs the extra `synthetic`), learns the
person of each, and adds a line to TABLE: the evidence of the frames held out, and what learning
truly brought, measured on every third frame. What is in the table already is not done again. The
next three add lines of real data sets; what `personalize evaluate --out OUT` has learned of them is
not learned again. `fit` fits the model of the gain, to all videos of the table or to those of one
set, prints for each set how right it is about videos that were left out, and with `--write` puts it
where the program finds it, and with `--plot` draws for each video what was expected against what
was gained. `check` prints the same of the model there, and `modules` what each module has brought.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import numpy as np

from benchmarks.films import SEEDS, SIZE, Choice, chosen_films, render_all
from benchmarks.procedures_table import gain, interval_in_words, longer_error
from benchmarks.verdict_plot import draw_calibration
from benchmarks.verdict_rows import (
    Item,
    Row,
    collect,
    read_table,
    truth_of_arrays,
    truth_of_film,
    truth_of_sequence,
    write_table,
)

if TYPE_CHECKING:
    from personalize.stages.verdict import GainModel
    from personalize.synthesis.settings import FilmSettings

Command = TypeVar("Command", bound=Callable[..., Any])
FOLDER = click.Path(path_type=Path)
FILMS = "films"
EVERY = 3
"""Frames of a film of which one is measured."""
FRAMES, RATE = 60, 15.0
"""Of the films that are not of `benchmarks.films`."""
MORE = {
    "touch": (401, 402, 403, 404),
    "ride": (411, 412, 413),
    "painting": (421, 422, 423),
    "crossing": (431, 432),
    "absence": (441, 442),
}
"""More seeds of difficulties."""
FEATURES: dict[str, tuple[tuple[str, str], ...]] = {
    "silhouettes": (("steadiness", "change"),),
    "parts": (),
}
"""Features of the model of each module's gain. Nothing that was tried predicts, on videos left out,
which parts gain; their mean gain is expected of all."""
SHRINK = 5.0
"""Videos' worth of doubt about each weight of the model (ridge)."""
LEAST = 0.02
"""Share of the error from which a module makes a video better, or worse."""
MOST = 0.3
"""Gain that is fitted at most, either way: one video that is lost must not rule the others."""


def real_data(command: Command) -> Command:
    """Add the arguments and options of a command that measures a real data set."""
    runs = click.option("--runs", type=FOLDER, help="Folder of `personalize evaluate --out`.")
    videos = click.option("--videos", help="Only these, separated by commas.")
    root, table = click.argument("root", type=FOLDER), click.argument("table", type=FOLDER)
    return root(table(videos(runs(command))))


def film_settings() -> dict[str, "FilmSettings"]:
    """Return the films that the verdict is calibrated on, by name."""
    from personalize.synthesis.settings import FilmSettings

    difficulties = [name for name in SEEDS if name != "closeup"]
    films = chosen_films(Choice(only=tuple(difficulties)))

    def add(name: str, **settings: Any) -> None:
        films[f"{name}-{FRAMES}"] = FilmSettings(
            frames=FRAMES,
            frames_per_second=RATE,
            width=SIZE[0],
            height=SIZE[1],
            **settings,
        )

    for number in range(10):
        seed = 301 + number
        add(
            f"camouflage-{seed}",
            seed=seed,
            camouflage=0.7 + 0.1 * (number % 4),
            pan=15.0 * (number % 2),
            tallness=(1.8, 1.2, 0.9)[number % 3],
            seated=number % 5 == 4,
        )
    for number, difficulty in enumerate(difficulties):
        seed, exposure = 201 + number, (0.35, 0.45, 0.55)[number % 3]
        add(
            f"dim-{difficulty}-{seed}",
            difficulty=difficulty,
            seed=seed,
            exposure=exposure,
            noise=6.0,
        )
    for difficulty, seeds in MORE.items():
        for seed in seeds:
            add(f"{difficulty}-{seed}", difficulty=difficulty, seed=seed)
    return films


def fit(rows: Sequence[Row], module: str) -> tuple["GainModel", float]:
    """Fit the model of a module's gain: ridge regression, its weights with their covariance.

    Films have a level of their own: the network was trained on their like, so that it has less to
    learn there than on real videos.

    Returns
    -------
    GainModel
        Of real videos, if there are any among the rows, else of films.
    float
        By how much the gain of films is above that.
    """
    from personalize.stages.verdict import GainModel, read_features

    features = FEATURES[module]
    known = [row for row in rows if np.isfinite(row.gain(module))]
    rendered = np.array([row.set == FILMS for row in known], np.float64)
    values = np.nan_to_num(np.stack([read_features(row.evidence, features) for row in known]))
    gains = np.clip([row.gain(module) for row in known], -MOST, MOST)
    middle, scale = values.mean(axis=0), values.std(axis=0) + 1e-6
    columns = [np.ones(len(known)), *((values - middle) / scale).T]
    both = 0 < rendered.mean() < 1
    design = np.column_stack([*columns, rendered] if both else columns)
    shrink = np.diag([0.0, *[SHRINK] * len(features), *([0.0] if both else [])])
    inverse = np.linalg.inv(design.T @ design + shrink)
    weights = inverse @ design.T @ gains
    free = len(known) - np.trace(inverse @ design.T @ design)
    noise = float(np.sum((gains - design @ weights) ** 2) / max(free, 1.0))
    own = slice(0, 1 + len(features))
    model = GainModel(features, middle, scale, weights[own], noise * inverse[own, own], noise)
    return model, float(weights[-1]) if both else 0.0


def left_out(
    rows: Sequence[Row], module: str, only: str | None = None
) -> list[tuple[float, float]]:
    """Return the estimate and its standard deviation for each row, by a fit to the others.

    Parameters
    ----------
    rows : sequence of Row
    module : str
    only : str, optional
        Set to whose rows alone is fitted.
    """
    found = []
    for one in rows:
        others = [row for row in rows if row is not one and only in (None, row.set)]
        model, level = fit(others, module)
        mean, deviation = model.estimate(one.evidence)
        found.append((mean + level * (one.set == FILMS), deviation))
    return found


def summary(rows: Sequence[Row], module: str, estimates: Sequence[tuple[float, float]]) -> str:
    """Return a line of a Markdown table: how right estimates are.

    Parameters
    ----------
    rows : sequence of Row
    module : str
    estimates : sequence of (float, float)
        Expected gain and its standard deviation, of each row.
    """
    from personalize.evaluation.verdicts import share_lost
    from personalize.stages.settings import VerdictSettings

    gains = np.array([row.gain(module) for row in rows])
    known = np.isfinite(gains)
    if not known.any():
        return ""
    gains, (means, deviations) = gains[known], np.array(estimates)[known].T
    kept = means > VerdictSettings().least_gain
    lost = [share_lost(gains, gains * which) for which in (kept, False, True)]
    within = np.mean(np.abs(np.clip(gains, -MOST, MOST) - means) < deviations)
    cells = [
        module,
        str(known.sum()),
        f"{gains.mean():+.3f}",
        f"{np.sum(kept == (gains > 0))}",
        *(f"{share:.0%}" for share in lost),
        f"{gains[kept].sum() / len(gains):+.3f}",
        f"{within:.0%}",
    ]
    return f"| {' | '.join(cells)} |"


HEAD = """| set | module | videos | mean gain | right | regret | always generic | always personal \
| mean gain as kept | within one deviation |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|"""


def as_json(model: "GainModel") -> dict[str, Any]:
    """Return a model as the calibration file has it."""
    numbers = {
        name: np.round(getattr(model, name), 8).tolist()
        for name in ("middle", "scale", "weights", "covariance")
    }
    return {"features": [list(one) for one in model.features], **numbers, "noise": model.noise}


@click.group()
def main() -> None:
    """Calibrate the verdict on films, and check it on real videos."""


@main.command()
@click.argument("root", metavar="FILMS", type=FOLDER)
@click.argument("table", type=FOLDER)
@click.option("--workers", default=2, help="Processes that render.")
def films(root: Path, table: Path, workers: int) -> None:
    """Render the films into FILMS, learn each, and add a line of each to TABLE."""
    from personalize.datasets.rendered_video import rendered_video

    chosen = film_settings()
    render_all(chosen, root, workers)

    def items() -> Iterator[Item]:
        for name in chosen:
            film = rendered_video(root / name)
            yield name, film.path, partial(truth_of_film, film), EVERY

    add_rows(FILMS, items(), table)


@main.command()
@real_data
def jhmdb(root: Path, table: Path, videos: str | None, runs: Path | None) -> None:
    """Add clips of J-HMDB in ROOT to TABLE."""
    from personalize.datasets.jhmdb import clips
    from personalize.parts import UPPER_BODY_JOINTS

    def items() -> Iterator[Item]:
        for clip in clips(root, names_of(videos)):
            xy, masks = clip.read_joints(UPPER_BODY_JOINTS), clip.read_masks()
            yield clip.name, clip.path, partial(truth_of_arrays, masks, xy), 1

    add_rows("jhmdb", items(), table, runs)


@main.command("youtube-pose")
@real_data
def youtube_pose(root: Path, table: Path, videos: str | None, runs: Path | None) -> None:
    """Add videos of YouTube Pose in ROOT to TABLE."""
    from personalize.datasets.youtube_pose import videos as labelled

    def items() -> Iterator[Item]:
        for video in labelled(root, names_of(videos)):
            yield video.name, video.images[0].parent, partial(truth_of_arrays, None, video.xy), 1

    add_rows("youtube-pose", items(), table, runs)


@main.command()
@real_data
def davis(root: Path, table: Path, videos: str | None, runs: Path | None) -> None:
    """Add sequences of DAVIS in ROOT to TABLE."""
    from personalize.datasets.davis import sequences

    def items() -> Iterator[Item]:
        for one in sequences(root, names_of(videos)):
            yield one.name, one.folder, partial(truth_of_sequence, one), 1

    add_rows("davis", items(), table, runs)


@main.command("fit")
@click.argument("table", type=FOLDER)
@click.option("--only", help="Fit to the videos of this set alone.")
@click.option("--write", is_flag=True, help="Put the model where the program finds it.")
@click.option("--plot", type=FOLDER, help="Draw expected gains against true ones.")
def fit_table(table: Path, only: str | None, write: bool, plot: Path | None) -> None:
    """Fit the model of the gain to the videos in TABLE, and print how right it is about others."""
    from personalize.stages import verdict
    from personalize.types import MODULES

    rows = read_table(table)
    estimates = {module: left_out(rows, module, only) for module in MODULES}
    print_sets(rows, estimates)
    if plot:
        draw_calibration(rows, estimates, plot)
    if write:
        fitted = [row for row in rows if only in (None, row.set)]
        models = {module: as_json(fit(fitted, module)[0]) for module in MODULES}
        path = Path(verdict.__file__).with_name(verdict.CALIBRATION)
        path.write_text(json.dumps(models, indent=1) + "\n")


@main.command()
@click.argument("table", type=FOLDER)
def check(table: Path) -> None:
    """Print how right the verdict of the program is on the data sets in TABLE."""
    from personalize.stages.verdict import load_calibration

    rows = read_table(table)
    models = load_calibration()
    print_sets(
        rows,
        {name: [model.estimate(row.evidence) for row in rows] for name, model in models.items()},
    )


@main.command()
@click.argument("table", type=FOLDER)
def modules(table: Path) -> None:
    """Print what silhouettes and parts have brought on the data sets in TABLE."""
    rows = read_table(table)
    click.echo(
        "| | videos | generic | silhouettes | both | ratio, silhouettes | ratio, both "
        "| parts better, worse by 2 % | error by parts (95 %) |\n"
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    )
    for name, measure in product(dict.fromkeys(row.set for row in rows), ("px", "j")):
        found = [[*getattr(row, measure).values()] for row in rows if row.set == name]
        scores = np.array([score for score in found if np.isfinite(score).all()])
        if not len(scores):
            continue
        digits = ".2f" if measure == "px" else ".3f"
        cells = [str(len(scores)), *(f"{score:{digits}}" for score in scores.mean(axis=0))]
        if measure == "px":
            ratios = np.exp(np.log(scores / scores[:, :1]).mean(axis=0))[1:]
            gains = (scores[:, 1] - scores[:, 2]) / scores[:, 0]
            cells += [f"{ratio:.3f}" for ratio in ratios]
            cells.append(f"{(gains > LEAST).sum()}, {(gains < -LEAST).sum()}")
            more = gain(longer_error, scores[:, 1], scores[:, 2], gains, LEAST, seed=0)
            cells.append(interval_in_words(more.interval, "+.1%"))
        cells += [""] * (8 - len(cells))
        click.echo(f"| {' | '.join([f'{name}, {measure}', *cells])} |")


def print_sets(rows: Sequence[Row], estimates: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    """Print a Markdown table: each module, on each set of the rows and on all."""
    click.echo(HEAD)
    for module, found in estimates.items():
        for name in [*dict.fromkeys(row.set for row in rows), None]:
            own = [number for number, row in enumerate(rows) if name in (None, row.set)]
            if len(own) == len(rows) and name is not None:
                continue
            line = summary([rows[k] for k in own], module, [found[k] for k in own])
            if line:
                click.echo(f"| {name or 'all'} {line}")


def names_of(videos: str | None) -> list[str] | None:
    """Return the names in a list with commas; None of none."""
    return videos.split(",") if videos else None


def add_rows(name: str, items: Iterator[Item], table: Path, runs: Path | None = None) -> None:
    """Add the rows of a data set that a table lacks, one after the other.

    Parameters
    ----------
    name : str
        Of the set.
    items : iterator of Item
    table : Path
    runs : Path, optional
        As for `verdict_rows.collect`.
    """
    from personalize.commands.loading import load_base
    from personalize.media.video import open_source

    base = load_base(None, "auto", engine="auto")
    rows = read_table(table)
    there: Mapping[str, Row] = {row.name: row for row in rows if row.set == name}
    for video, path, truth, every in items:
        if video in there:
            continue
        row = collect(video, open_source(path), truth, base, every, runs)
        if row is not None:
            rows.append(replace(row, set=name))
            write_table(table, rows)
            click.echo(
                f"{video}: J {row.gain('silhouettes'):+.3f}, px {row.gain('parts'):+.1%}", err=True
            )


if __name__ == "__main__":
    main()
