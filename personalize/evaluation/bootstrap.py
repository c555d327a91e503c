"""How sure a gain is: confidence intervals over videos.

A gain that rests on one video is not a gain on people. The paper gives no intervals;
these are percentiles of the bootstrap (Efron, Annals of Statistics 1979).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from personalize.evaluation.joint_errors import GROUPS, JointErrors
from personalize.types import Array


class Interval(NamedTuple):
    """An estimate and the ends of its confidence interval."""

    estimate: float
    low: float
    high: float


def reduction_interval(
    generic: Sequence[JointErrors],
    personalized: Sequence[JointErrors],
    group: str | None,
    *,
    generator: np.random.Generator,
    samples: int = 5000,
    level: float = 0.95,
) -> Interval:
    """Bootstrap the share of a group's error that personalizing takes away.

    Videos are drawn with replacement, each with all its frames, for frames of one video
    are not independent; the errors of a draw are pooled as in `joint_errors.group_errors`.

    Parameters
    ----------
    generic, personalized : sequences of JointErrors
        Of the same videos in the same order.
    group : str or None
        A group of `parts.JOINT_GROUPS`; None for all joints.
    generator : numpy.random.Generator
        Draws the videos.
    samples : int
        Number of draws.
    level : float
        Share of the draws that the interval holds, equal tails left out.

    Returns
    -------
    Interval
        Of 1 - personalized / generic: 0.2 is an error that is lower by a fifth. NaN if
        either has no error to average.
    """
    before, after = (_sums(videos, group) for videos in (generic, personalized))  # (V, 2) each

    def reduction(drawn):
        return _reduction(before[drawn].sum(axis=1), after[drawn].sum(axis=1))

    return interval_over_videos(
        reduction, len(before), generator=generator, samples=samples, level=level
    )


def interval_over_videos(
    statistic: Callable[[Array], Array],
    videos: int,
    *,
    generator: np.random.Generator,
    samples: int = 5000,
    level: float = 0.95,
) -> Interval:
    """Bootstrap a statistic of videos.

    Parameters
    ----------
    statistic : callable
        ``statistic(drawn)`` takes numbers of videos, (samples, V) int, and returns the value of
        each sample, (samples,) float; NaN where it has none.
    videos : int
        How many there are, V.
    generator, samples, level
        As for `reduction_interval`.

    Returns
    -------
    Interval
        NaN if no sample has a value.
    """
    drawn = generator.integers(videos, size=(samples, videos))
    values = statistic(drawn)
    known = values[np.isfinite(values)]
    if not known.size:
        return Interval(np.nan, np.nan, np.nan)
    low, high = np.quantile(known, ((1 - level) / 2, (1 + level) / 2))
    (estimate,) = statistic(np.arange(videos)[None])
    return Interval(float(estimate), float(low), float(high))


def _sums(videos, group):
    """(V, 2) array: sum and number of the known errors of a group in each video."""
    columns = slice(None) if group is None else GROUPS[group]
    errors = [video.pixels[:, columns] for video in videos]
    return np.array([(np.nansum(pixels), np.isfinite(pixels).sum()) for pixels in errors])


def _reduction(before, after):
    """1 - mean after / mean before, of (..., 2) sums and numbers; NaN where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return 1 - (after[..., 0] / after[..., 1]) / (before[..., 0] / before[..., 1])
