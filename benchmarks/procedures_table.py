"""The tables of `benchmarks.procedures`: each procedure beside the generic network and a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from benchmarks.procedures_measure import Scores
    from personalize.evaluation.bootstrap import Interval
    from personalize.types import Array

Rows = Mapping[str, "Sequence[Scores]"]
"""Name of a row -> the scores of V videos, the same ones in every row."""


class Gain(NamedTuple):
    """What one row has over another.

    Attributes
    ----------
    interval : Interval
        Over videos.
    left_out : (float, float)
        Least and greatest, where one video is left out.
    better, worse : int
        Videos in which it is better, or worse, by more than a tie (`verdicts.TIES`).
    """

    interval: Interval
    left_out: tuple[float, float]
    better: int
    worse: int


def less_error(before: Array, after: Array, drawn: Array) -> Array:
    """Return the share of the mean error that is taken away.

    Parameters
    ----------
    before, after : (V,) float array
        Errors of the videos.
    drawn : (S, V) int array
        Numbers of videos.

    Returns
    -------
    (S,) float array
    """
    return np.asarray(1 - after[drawn].mean(axis=-1) / before[drawn].mean(axis=-1))


def longer_error(before: Array, after: Array, drawn: Array) -> Array:
    """Return how much larger the error of a video is, in the geometric mean, as a share.

    Parameters
    ----------
    before, after : (V,) float array
        Errors of the videos.
    drawn : (S, V) int array
        Numbers of videos.

    Returns
    -------
    (S,) float array
    """
    return np.asarray(np.exp(np.log(after / before)[drawn].mean(axis=-1)) - 1)


def more_overlap(before: Array, after: Array, drawn: Array) -> Array:
    """Return how much greater the mean J is.

    Parameters
    ----------
    before, after : (V,) float array
        J of the videos.
    drawn : (S, V) int array
        Numbers of videos.

    Returns
    -------
    (S,) float array
    """
    return np.asarray((after - before)[drawn].mean(axis=-1))


def gain(
    statistic: Callable[[Array, Array, Array], Array],
    before: Array,
    after: Array,
    own: Array,
    tie: float,
    seed: int,
) -> Gain:
    """Compare two rows by a statistic.

    Parameters
    ----------
    statistic : callable
        `less_error`, `longer_error` or `more_overlap`.
    before, after : (V,) float array
        Of the videos.
    own : (V,) float array
        Gain of each video.
    tie : float
        Gain below which two networks are equally good.
    seed : int
        Draws the samples.
    """
    from personalize.evaluation.bootstrap import interval_over_videos

    videos = len(before)
    interval = interval_over_videos(
        lambda drawn: statistic(before, after, drawn),
        videos,
        generator=np.random.default_rng(seed),
    )
    others = np.array([np.delete(np.arange(videos), one) for one in range(videos)])
    values = statistic(before, after, others) if videos > 1 else np.full(1, np.nan)
    ends = float(values.min()), float(values.max())
    return Gain(interval, ends, int((own > tie).sum()), int((own < -tie).sum()))


def joint_table(rows: Rows, generic: str, run: str, seed: int) -> str:
    """Return a Markdown table of the joints of each row.

    Parameters
    ----------
    rows : dict of str to sequence of Scores
    generic, run : str
        Rows that the others are compared with.
    seed : int
        Draws the samples of the intervals.

    Returns
    -------
    str
        Empty if no joints are labelled.
    """
    from personalize.evaluation.markdown import markdown_table
    from personalize.evaluation.verdicts import TIES

    px = {name: np.array([score.px for score in scores]) for name, scores in rows.items()}
    if not is_measured(px):
        return ""
    header = [
        f"joints of {len(px[generic])} videos",
        *("px", "median px", "PCK", "less than generic (95 %)", "one left out"),
        *("better, worse", "error beside a run (95 %)"),
    ]
    lines = []
    for name, after in px.items():
        before = px[generic]
        less = gain(less_error, before, after, 1 - after / before, TIES["parts"], seed)
        more = gain(longer_error, px[run], after, after, np.inf, seed)
        pck = np.mean([score.pck for score in rows[name]])
        cells = [f"{after.mean():.1f}", f"{np.median(after):.1f}", f"{pck:.3f}"]
        cells += in_words(less, ".1%") if name != generic else [""] * 3
        cells.append(interval_in_words(more.interval, "+.1%") if name != run else "")
        lines.append([name, *cells])
    return markdown_table(header, lines) + "\n"


def silhouette_table(rows: Rows, generic: str, run: str, seed: int) -> str:
    """Return a Markdown table of the silhouettes of each row.

    Parameters
    ----------
    rows : dict of str to sequence of Scores
    generic, run : str
        Rows that the others are compared with.
    seed : int
        Draws the samples of the intervals.

    Returns
    -------
    str
        Empty if no silhouettes are labelled.
    """
    from personalize.evaluation.markdown import markdown_table
    from personalize.evaluation.verdicts import TIES

    j = {name: np.array([score.j for score in scores]) for name, scores in rows.items()}
    if not is_measured(j):
        return ""
    header = [
        f"silhouettes of {len(j[generic])} videos",
        *("J", "more than generic (95 %)", "one left out", "better, worse"),
        "beside a run (95 %)",
    ]
    lines = []
    for name, after in j.items():
        tie = TIES["silhouettes"]
        more = gain(more_overlap, j[generic], after, after - j[generic], tie, seed)
        beside = gain(more_overlap, j[run], after, after - j[run], tie, seed)
        cells = [f"{after.mean():.3f}"]
        cells += in_words(more, "+.3f") if name != generic else [""] * 3
        cells.append(interval_in_words(beside.interval, "+.3f") if name != run else "")
        lines.append([name, *cells])
    return markdown_table(header, lines) + "\n"


def is_measured(scores: Mapping[str, Array]) -> bool:
    """Whether there are videos, and the scores of all rows are known."""
    return bool(scores) and all(
        len(values) and np.isfinite(values).all() for values in scores.values()
    )


def in_words(found: Gain, style: str) -> list[str]:
    """Return the cells of a gain: its interval, its range, and the videos."""
    low, high = (format(end, style) for end in found.left_out)
    counts = f"{found.better}, {found.worse}"
    return [interval_in_words(found.interval, style), f"{low} to {high}", counts]


def interval_in_words(interval: Interval, style: str) -> str:
    """Return an interval as a cell has it."""
    estimate, low, high = (format(end, style) for end in interval)
    return f"{estimate} ({low} to {high})"
