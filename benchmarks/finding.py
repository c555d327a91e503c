"""Whether the person of a video is found at the right size, and the scores where nobody is.

    python -m benchmarks.finding [--jhmdb ROOT] [--davis ROOT] [--youtube-pose ROOT]
        [--films FOLDER] [--nobody FOLDER] [--every N] [--engine ENGINE]

Of every clip the crop is found as a run finds it (`stages/locate.py`). *inside*: share of the clips
of which the crop holds 95 % of the true person's box, in the mean over frames (of YouTube Pose, of
the box around the joints). *size*: share of the clips whose head is shown within a factor of 1.4 of
the set's median; the true size of a head is 0.7 of the width of the shoulders, or 0.44 of the
height of the trunk, whichever is more; of films it is known. *followed*: clips that a moving crop
follows. *seconds*: of the look at a clip. Of `--nobody`, photographs without people, the scores of
the best candidates are told, beside those of the people: `FollowSettings.doubt` lies between the
two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import click
import numpy as np

if TYPE_CHECKING:
    from personalize.imaging.framing import Framing
    from personalize.media.source import Source
    from personalize.network.engines.interface import Engine
    from personalize.settings import RunSettings
    from personalize.types import Array, Frame, Mask

FOLDER = click.Path(exists=True, path_type=Path)
INSIDE, FACTOR = 0.95, 1.4
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.9)


class Truth(NamedTuple):
    """Of a video: true boxes (4,) and sizes of heads, in source pixels, by the frame."""

    source: Source
    boxes: dict[int, Array]
    heads: dict[int, float]


def box_around(mask: Mask) -> Array:
    """Left, top, right and bottom edge of an (H, W) bool mask."""
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return np.array([cols[0], rows[0], cols[-1] + 1, rows[-1] + 1])


def jhmdb_clips(root: Path) -> Iterator[Truth]:
    """Clips of J-HMDB."""
    from personalize.datasets.jhmdb import clips
    from personalize.media.video import open_source

    names = ("right_shoulder", "left_shoulder", "right_hip", "left_hip")
    for clip in clips(root):
        right, left, *hips = clip.read_joints(names).transpose(1, 0, 2)
        trunk = np.linalg.norm((right + left) / 2 - sum(hips) / 2, axis=1)
        heads = np.maximum(0.7 * np.linalg.norm(right - left, axis=1), 0.44 * trunk)
        boxes = map(box_around, clip.read_masks())
        yield Truth(open_source(clip.path), dict(enumerate(boxes)), dict(enumerate(heads)))


def davis_sequences(root: Path) -> Iterator[Truth]:
    """Sequences of DAVIS, of which no size of a head is known."""
    from personalize.datasets.davis import sequences
    from personalize.media.video import open_source

    for sequence in sequences(root):
        boxes = {frame: box_around(sequence.read_mask(frame)) for frame in sequence.annotated}
        yield Truth(open_source(sequence.folder), boxes, {})


def youtube_videos(root: Path) -> Iterator[Truth]:
    """Labelled frames of YouTube Pose."""
    from personalize.datasets.youtube_pose import videos
    from personalize.media.video import open_source
    from personalize.parts import UPPER_BODY_JOINTS

    left, right = (UPPER_BODY_JOINTS.index(f"{side}_shoulder") for side in ("left", "right"))
    for video in videos(root):
        boxes = np.concatenate([video.xy.min(axis=1), video.xy.max(axis=1)], axis=1)
        heads = 0.7 * np.linalg.norm(video.xy[:, left] - video.xy[:, right], axis=1)
        source = open_source(video.images[0].parent)
        yield Truth(source, dict(enumerate(boxes)), dict(enumerate(heads)))


def films(root: Path) -> Iterator[Truth]:
    """Films of `benchmarks.films`, in the frames that show the person for sure."""
    from personalize.datasets.rendered_video import rendered_video
    from personalize.media.video import open_source

    for folder in sorted(path.parent for path in root.glob("*/film.json")):
        film = rendered_video(folder)
        shown = np.flatnonzero(film.seen == "yes").tolist()
        boxes = {frame: box_around(film.read_mask(frame)) for frame in shown}
        heads = {frame: film.heads[frame] for frame in shown if np.isfinite(film.heads[frame])}
        yield Truth(open_source(film.path), boxes, heads)


def measure(
    truth: Truth, network: Engine, settings: RunSettings
) -> tuple[float, float, bool, float]:
    """Find the person of a video as a run does, and compare with the truth.

    Parameters
    ----------
    truth : Truth
    network : Engine
    settings : RunSettings

    Returns
    -------
    inside : float
        Share of the true box inside of the crop, in the mean over frames.
    size : float
        Median size of the head on the canvas, over the size that is aimed at; NaN if not known.
    followed : bool
        Whether the crop moves.
    seconds : float
    """
    from personalize.procedures.tracking import find_track

    begun = perf_counter()
    track = find_track(truth.source, network, settings)
    seconds = perf_counter() - begun
    inside = [share_inside(box, track[number]) for number, box in truth.boxes.items()]
    aim = settings.locate.camera.head
    ratios = [track[number].scale * head / aim for number, head in truth.heads.items()]
    size = float(np.median(ratios)) if ratios else np.nan
    return float(np.mean(inside)), size, not track.is_still, seconds


def share_inside(box: Array, framing: Framing) -> float:
    """How much of a box (4,) a crop holds."""
    low, high = framing.edges().reshape(2, 2)
    sides = np.minimum(high, box[2:]) - np.maximum(low, box[:2])
    return float(np.prod(np.maximum(sides, 0)) / np.prod(np.maximum(box[2:] - box[:2], 1)))


def table_row(name: str, rows: Sequence[tuple[float, float, bool, float]]) -> str:
    """One line of the table."""
    inside, size, followed, seconds = map(np.array, zip(*rows))
    off = np.abs(np.log(size / np.nanmedian(size))) if np.isfinite(size).any() else None
    shown = "" if off is None else f"{np.mean(off < np.log(FACTOR)):.0%}"
    return (
        f"| {name} | {len(rows)} | {np.mean(inside >= INSIDE):.0%} | {shown} | {followed.sum()} | "
        f"{np.median(seconds):.1f} |"
    )


def best_scores(pictures: Iterable[Frame], network: Engine, settings: RunSettings) -> list[float]:
    """Score the best candidate of each picture, in all sizes of the first look.

    Parameters
    ----------
    pictures : iterable of (H, W, 3) uint8 array
        RGB.
    network : Engine
    settings : RunSettings

    Returns
    -------
    list of float
        In [0, 1]; 0 where there is no candidate.
    """
    from personalize.media.clip import Pictures
    from personalize.stages.locate import Search

    scores = []
    for picture in pictures:
        [looks] = Search(network, Pictures([picture]), (), {}, settings.locate).look_whole([0])
        scores.append(max((candidate.score for candidate in looks), default=0.0))
    return scores


def quantiles(name: str, scores: Sequence[float]) -> str:
    """One line of the table of scores."""
    return f"| {name} | {' | '.join(f'{value:.2f}' for value in np.quantile(scores, QUANTILES))} |"


@click.command()
@click.option("--jhmdb", type=FOLDER)
@click.option("--davis", type=FOLDER)
@click.option("--youtube-pose", type=FOLDER)
@click.option("--films", "rendered", type=FOLDER, help="Where `benchmarks.films` rendered them.")
@click.option("--every", type=click.IntRange(1), default=1, help="Every N-th clip of a set alone.")
@click.option("--engine", default="auto", help="As of `personalize run`.")
@click.option("--nobody", type=FOLDER, help="Photographs without people.")
def main(
    jhmdb: Path | None,
    davis: Path | None,
    youtube_pose: Path | None,
    rendered: Path | None,
    every: int,
    engine: str,
    nobody: Path | None,
) -> None:
    """Print Markdown tables: a set a line."""
    from personalize import RunSettings
    from personalize.commands.loading import load_base
    from personalize.media.images import SUFFIXES, read_image

    network, settings = load_base(None, "auto", engine=engine).engine, RunSettings()
    sets: dict[str, tuple[Path | None, Callable[[Path], Iterator[Truth]]]] = {
        "J-HMDB": (jhmdb, jhmdb_clips),
        "DAVIS": (davis, davis_sequences),
        "YouTube Pose": (youtube_pose, youtube_videos),
        "films": (rendered, films),
    }
    lines: list[str] = []
    scores: list[float] = []
    for name, (root, read) in sets.items():
        if root is None:
            continue
        rows = []
        for truth in islice(read(root), 0, None, every):
            rows.append(measure(truth, network, settings))
            click.echo(f"{name} {truth.source.name}: {rows[-1]}", err=True)
            scores += best_scores(truth.source.pick([0]), network, settings)
        lines.append(table_row(name, rows))
    if lines:
        click.echo("| | clips | inside | size | followed | seconds |\n|---|--:|--:|--:|--:|--:|")
        click.echo("\n".join(lines) + "\n")
    shares = " | ".join(f"{share:.0%}" for share in QUANTILES)
    click.echo(f"| best score | {shares} |\n|---|{'--:|' * len(QUANTILES)}")
    if lines:
        click.echo(quantiles("people, first frames", scores))
    if nobody:
        files = sorted(file for file in nobody.rglob("*") if file.suffix.lower() in SUFFIXES)
        click.echo(quantiles("nobody", best_scores(map(read_image, files), network, settings)))


if __name__ == "__main__":
    main()
