"""Frames and a few known labels -> the label of every pixel, with its belief.

The video is linked into two forests, one with parents in the next and one with
parents in the previous frame; in each the beliefs are exact; the two are
combined.  Every pixel is explained by several overlapping patches: the whole
is repeated with the labels shifted against the matches, and averaged.
"""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from propagation.arrays import Array, Device, Wrap, namespace
from propagation.beliefs import settle_log_labels, settle_log_odds
from propagation.settings import PropagationSettings
from propagation.tree import Forest, grow_forests

Box: TypeAlias = tuple[slice, ...]

OFFSETS: dict[int, list[tuple[int, int]]] = {
    1: [(0, 0)],
    5: [(0, 0), (-2, -2), (-2, 2), (2, -2), (2, 2)],
    9: list(product((-3, 0, 3), (-3, 0, 3))),
}


def propagate(
    frames: NDArray[Any],
    seeds: NDArray[Any],
    *,
    settings: PropagationSettings = PropagationSettings(),
    cuts: Collection[int] = (),
    device: "Device | None" = None,
    workers: int | None = None,
    progress: Wrap = iter,
) -> NDArray[np.float32]:
    """Carry known labels through a video, forward and backward in time.

    Parameters
    ----------
    frames : (T, H, W, C) array
        What is matched, one shot or several: colours, best as bytes, or any
        number of other features in the place of colours or beside them.
    seeds : (T, H, W) or (T, H, W, K) float32 array
        What is known: log-odds of label 1 against label 0, or log-potentials
        of K labels; 0 where nothing is known.
    settings : PropagationSettings, optional
    cuts : collection of int, optional
        Frames to which no label passes from the one before, nor back: cuts that
        are known, or leaps in time. Others are found (`settings.cut_share`).
    device : str or torch.device, optional
        Compute there with torch, which must be installed then; the result is
        the same to rounding.  By default with NumPy.
    workers : int, optional
        Processes that match frames, and threads, two at most, that settle beliefs; by default one
        for every core, 8 at most.
    progress : callable, optional
        Wraps the iterables of the long loops.

    Returns
    -------
    (T, H, W) or (T, H, W, K) float32 array
        Probability of label 1, or of each label.

    Raises
    ------
    ValueError
        If the shapes of frames and seeds do not fit, or any are not finite.

    Examples
    --------
    A bright square that moves to the right is known in the first frame alone:

    >>> frames = np.zeros((3, 12, 16, 3), np.uint8)
    >>> for t in range(3):
    ...     frames[t, 3:9, 2 + 2 * t : 8 + 2 * t] = 200
    >>> seeds = np.zeros((3, 12, 16), np.float32)
    >>> seeds[0] = np.where(frames[0, ..., 0] > 0, 5, -5)
    >>> beliefs = propagate(frames, seeds, settings=PropagationSettings(radius=3))
    >>> bool(((beliefs[2] > 0.5) == (frames[2, ..., 0] > 0)).all())
    True
    """
    _check(frames, seeds)
    seeds = np.ascontiguousarray(seeds, np.float32)
    if device is not None:
        return _propagate_on(device, frames, seeds, settings, cuts, progress)
    if workers is None:
        workers = min(8, os.cpu_count() or 1)
    forests = grow_forests(frames, settings=settings, cuts=cuts, workers=workers, progress=progress)
    # each run holds two arrays as large as the seeds
    with ThreadPoolExecutor(min(workers, 2)) as pool:
        beliefs: NDArray[np.float32] = _believe(forests, seeds, settings, pool.map, progress)
        return beliefs


def _propagate_on(
    device: Device,
    frames: NDArray[Any],
    seeds: NDArray[np.float32],
    settings: PropagationSettings,
    cuts: Collection[int],
    progress: Wrap,
) -> NDArray[np.float32]:
    from propagation import on_device

    forests = on_device.grow_forests(
        frames, settings=settings, cuts=cuts, device=device, progress=progress
    )
    sent = on_device.send(seeds, device)
    beliefs: NDArray[np.float32] = _believe(forests, sent, settings, map, progress).cpu().numpy()
    return beliefs


def _believe(
    forests: Sequence[Forest],
    seeds: Array,
    settings: PropagationSettings,
    map_runs: Callable[..., Iterator[Array]],
    progress: Wrap,
) -> Array:
    """Beliefs of both forests, each averaged over the offsets, combined."""
    xp = namespace(seeds)
    sums = [xp.zeros_like(seeds) for _ in forests]
    offsets = OFFSETS[settings.offsets]
    runs = list(product(range(len(forests)), offsets))

    def run(choice: tuple[int, tuple[int, int]]) -> Array:
        which, offset = choice
        given = xp.flip(seeds, (0,)) if which else seeds  # the second forest runs backward
        beliefs = _settle_shifted(forests[which], given, offset)
        return xp.flip(beliefs, (0,)) if which else beliefs

    beliefs = map_runs(run, runs)
    for which, offset in progress(runs):
        here, _ = _overlap(seeds.shape, offset)
        sums[which][here] += next(beliefs)
    share = xp.zeros_like(seeds[:1])
    for offset in offsets:
        share[_overlap(seeds.shape, offset)[0]] += 1
    for total in sums:
        total /= share
    return _combine(sums[0], sums[1], seeds, settings.combination)


def _settle_shifted(forest: Forest, seeds: Array, offset: tuple[int, int]) -> Array:
    """Probabilities at the pixels that lie `offset` from the centre of a patch."""
    xp = namespace(seeds)
    here, centres = _overlap(seeds.shape, offset)
    beliefs = xp.zeros_like(seeds)
    beliefs[centres] = seeds[here]
    nodes = beliefs.reshape(len(seeds), -1, *seeds.shape[3:])  # the same memory
    if seeds.ndim == 3:
        settle_log_odds(forest.parents, forest.errors, nodes)
        _squash(beliefs)
    else:
        settle_log_labels(forest.parents, forest.errors, nodes)
        xp.exp(beliefs, out=beliefs)
    return beliefs[centres]


def _overlap(shape: Sequence[int], offset: tuple[int, int]) -> tuple[Box, Box]:
    """Index of the pixels that are `offset` from a patch centre, and of these."""
    here, centres = [slice(None)], [slice(None)]
    for length, step in zip(shape[1:3], offset):
        here.append(slice(max(0, step), length + min(0, step)))
        centres.append(slice(max(0, -step), length - max(0, step)))
    return tuple(here), tuple(centres)


def _combine(onward: Array, backward: Array, seeds: Array, combination: str) -> Array:
    """One belief from the two, which replaces `onward`."""
    xp = namespace(seeds)
    if combination == "mean":
        onward += backward
        onward *= 0.5
        return onward
    if combination == "product":
        return _combine_product(onward, backward, seeds)
    if seeds.ndim == 3:
        agree, equal = (onward > 0.5) == (backward > 0.5), 0.5
    else:
        agree = (onward.argmax(-1) == backward.argmax(-1))[..., None]
        equal = 1 / seeds.shape[-1]
    return xp.where(agree, (onward + backward) / 2, equal)


def _combine_product(onward: Array, backward: Array, seeds: Array) -> Array:
    xp = namespace(seeds)
    if seeds.ndim == 3:
        log_odds = _log_odds(onward) + _log_odds(backward) - seeds
        _squash(log_odds)
        return log_odds
    tiny = float(np.finfo(np.float32).tiny)
    logs = xp.log(onward + tiny) + xp.log(backward + tiny) - seeds
    beliefs = xp.exp(logs - xp.amax(logs, axis=-1, keepdims=True))
    return beliefs / xp.sum(beliefs, axis=-1, keepdims=True)


def _log_odds(probability: Array) -> Array:
    xp = namespace(probability)
    bounded = xp.clip(probability, 1e-6, 1 - 1e-6)
    return xp.log(bounded / (1 - bounded))


def _squash(log_odds: Array) -> None:
    """Turn log-odds into probabilities, in place."""
    xp = namespace(log_odds)
    for layer in log_odds:  # one at a time stays in the cache
        xp.clip(layer, -80, None, out=layer)  # exp(80) is finite
        xp.negative(layer, out=layer)
        xp.exp(layer, out=layer)
        layer += 1
        xp.reciprocal(layer, out=layer)


def _check(frames: NDArray[Any], seeds: NDArray[Any]) -> None:
    shapes = f"frames {frames.shape} and seeds {seeds.shape}"
    if frames.ndim != 4 or 0 in frames.shape:
        raise ValueError(f"propagating: need frames (T, H, W, channels), found {shapes}")
    if seeds.ndim not in (3, 4) or seeds.shape[:3] != frames.shape[:3]:
        raise ValueError(
            f"propagating: need seeds (T, H, W) or (T, H, W, K) of the same frames, found {shapes}"
        )
    if seeds.ndim == 4 and seeds.shape[3] < 2:
        raise ValueError(f"propagating: need two labels or more, found {shapes}")
    if not all(np.isfinite(frame).all() for frame in frames):
        raise ValueError("propagating: frames must be finite, found NaN or infinity")
    if not np.isfinite(seeds).all():
        raise ValueError(
            "propagating: seeds must be finite, found NaN or infinity; "
            "unknown is 0 and sure about 4.6"
        )
