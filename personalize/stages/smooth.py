"""Smooth joints along time, without slowing down what moves fast.

Results of frames in, the same out, a few frames later. Each joint is read off a
line that is fitted to its estimates in the frames around. Confident and near
estimates weigh more; one that is far from the line, for a moment on the wrong arm,
loses its weight. A straight motion stays as it is, however fast. Lines end where the
silhouette jumps, to somebody else or to another shot. The paper looks at every frame
by itself.
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from personalize.evaluation.segmentation import intersection_over_union
from personalize.stages.settings import SmoothSettings
from personalize.types import Array


def smooth_joints(
    parsed: Iterable[tuple[Any, Any]], *, settings: SmoothSettings, cuts: Collection[int] = ()
) -> Iterator[tuple[Any, Any]]:
    """Smooth the joints of frames in the order of time.

    Parameters
    ----------
    parsed : iterable of (frame, result)
        Results are dataclasses that have `xy`, `confidence` and `silhouette`, such as
        `FrameResult`.
    settings : SmoothSettings
    cuts : collection of int
        Items with which another shot begins, counted from 0.

    Yields
    ------
    frame, result
        The same, with other `xy`; at most ``2 * settings.reach + 1`` are held.
    """
    reach = settings.reach
    around: deque[tuple[int, int, Any, Any]] = deque(maxlen=2 * reach + 1)
    last = None
    for last, ((frame, result), take) in enumerate(
        _takes(parsed, settings.jump, set(map(int, cuts)))
    ):
        around.append((last, take, frame, result))
        if last >= reach:
            yield _smoothed(around, last - reach, settings)
    if last is not None:
        for centre in range(max(last - reach + 1, 0), last + 1):
            yield _smoothed(around, centre, settings)


def _takes(parsed, jump, cuts):
    """Yield every item, and the number of the take that it is of: another one begins with a shot,
    and where the silhouette jumps.
    """
    take, before = 0, None
    for number, item in enumerate(parsed):
        take += number in cuts
        silhouette = item[1].silhouette
        if silhouette.any():
            if before is not None and intersection_over_union(before, silhouette) < jump:
                take += 1
            before = silhouette
        yield item, take


def fit_lines(xy: Array, confidence: Array, offsets: Array, *, settings: SmoothSettings) -> Array:
    """Fit a line through the estimates of each joint and read it off in the middle.

    Parameters
    ----------
    xy : (N, J, 2) float array
        NaN where there is no estimate.
    confidence : (N, J) float array
    offsets : (N,) int array
        Frames from the one that is wanted.
    settings : SmoothSettings

    Returns
    -------
    (J, 2) float array
        At offset 0; NaN where a joint has fewer than 2 estimates.
    """
    known = ~np.isnan(xy[..., 0])
    near = np.exp(-0.5 * (offsets / settings.width) ** 2)[:, None]
    prior = np.where(known, near * np.maximum(confidence, settings.least), 0.0)
    points = np.nan_to_num(xy)
    pull = prior
    for _ in range(settings.rounds):
        middle, slope = _weighted_lines(points, pull, offsets)
        off = np.linalg.norm(points - middle - slope * offsets[:, None, None], axis=2)
        scale = settings.outlier * _weighted_median(off, prior)
        pull = prior / (1 + (off / np.maximum(scale, 1e-3)) ** 2)
    middle, _ = _weighted_lines(points, pull, offsets)
    return np.where((known.sum(axis=0) >= 2)[:, None], middle, np.nan)


def _smoothed(around, centre, settings):
    """The frame `centre` of those around it, with its joints on the lines of its take."""
    [(take, frame, result)] = [rest for number, *rest in around if number == centre]
    close = [
        (number - centre, other.xy, other.confidence)
        for number, of, _, other in around
        if of == take and abs(number - centre) <= settings.reach
    ]
    here, xy, confidence = map(np.array, zip(*close))
    lines = fit_lines(xy, confidence, here, settings=settings)
    keep = np.isnan(result.xy) | np.isnan(lines)
    return frame, replace(result, xy=np.where(keep, result.xy, lines))


def _weighted_lines(points, pull, offsets):
    """Middle (J, 2) and slope (J, 2) of the weighted least-squares lines."""
    total = np.maximum(pull.sum(axis=0), 1e-12)
    mean_time = (pull * offsets[:, None]).sum(axis=0) / total
    mean = (pull[..., None] * points).sum(axis=0) / total[:, None]
    time = offsets[:, None] - mean_time
    spread = (pull * time**2).sum(axis=0)
    covariance = ((pull * time)[..., None] * (points - mean)).sum(axis=0)
    slope = covariance / np.maximum(spread, 1e-9)[:, None]
    return mean - slope * mean_time[:, None], slope


def _weighted_median(values, weights):
    """Of each column (N, J)."""
    order = values.argsort(axis=0)
    reached = np.cumsum(np.take_along_axis(weights, order, 0), axis=0)
    half = (reached >= 0.5 * reached[-1]).argmax(axis=0)
    return np.take_along_axis(np.take_along_axis(values, order, 0), half[None], 0)[0]
