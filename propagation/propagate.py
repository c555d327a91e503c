"""Frames and a few known labels -> the label of every pixel, with its belief.

The video is linked into two forests, one with parents in the next and one with
parents in the previous frame; in each the beliefs are exact; the two are
combined.  Every pixel is explained by several overlapping patches: the whole
is repeated with the labels shifted against the matches, and averaged.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import numpy as np

from propagation.beliefs import settle_log_labels, settle_log_odds
from propagation.settings import PropagationSettings
from propagation.tree import grow_forests

OFFSETS = {
    1: [(0, 0)],
    5: [(0, 0), (-2, -2), (-2, 2), (2, -2), (2, 2)],
    9: list(product((-3, 0, 3), repeat=2)),
}


def propagate(frames, seeds, *, settings=PropagationSettings(), workers=None,
              progress=iter):
    """Carry known labels through a video, forward and backward in time.

    Parameters
    ----------
    frames : (T, H, W, 3) uint8 array
        One shot or several; any number of channels of any features will do.
    seeds : (T, H, W) or (T, H, W, K) float32 array
        What is known: log-odds of label 1 against label 0, or log-potentials
        of K labels; 0 where nothing is known.
    settings : PropagationSettings, optional
    workers : int, optional
        Threads; by default one for every core, 4 at most.
    progress : callable, optional
        Wraps the iterables of the long loops.

    Returns
    -------
    (T, H, W) or (T, H, W, K) float32 array
        Probability of label 1, or of each label.

    Raises
    ------
    ValueError
        If the shapes of frames and seeds do not fit, or seeds are not finite.
    """
    _check(frames, seeds)
    if workers is None:
        workers = min(4, os.cpu_count() or 1)
    forests = grow_forests(frames, settings=settings, workers=workers,
                           progress=progress)
    onward, backward = _believe(forests, seeds, settings, workers, progress)
    return _combine(onward, backward, seeds, settings.combination)


def _believe(forests, seeds, settings, workers, progress):
    """Beliefs of both forests, in order of time, averaged over the offsets."""
    times = (slice(None), slice(None, None, -1))
    sums = [np.zeros(seeds.shape, np.float32) for _ in forests]
    runs = list(product(range(len(forests)), OFFSETS[settings.offsets]))

    def run(choice):
        which, offset = choice
        return _settle_shifted(forests[which], seeds[times[which]], offset)

    # each holds two arrays as large as the seeds
    with ThreadPoolExecutor(min(workers, 2)) as pool:
        beliefs = pool.map(run, runs)
        for which, offset in progress(runs):
            here, _ = _overlap(seeds.shape, offset)
            sums[which][times[which]][here] += next(beliefs)
    share = np.zeros((1, *seeds.shape[1:]), np.float32)
    for offset in OFFSETS[settings.offsets]:
        share[_overlap(seeds.shape, offset)[0]] += 1
    for total in sums:
        total /= share
    return sums


def _settle_shifted(forest, seeds, offset):
    """Probabilities at the pixels that lie `offset` from the centre of a patch."""
    here, centres = _overlap(seeds.shape, offset)
    beliefs = np.zeros(seeds.shape, np.float32)
    beliefs[centres] = seeds[here]
    nodes = beliefs.reshape(len(seeds), -1, *seeds.shape[3:])  # the same memory
    if seeds.ndim == 3:
        settle_log_odds(forest.parents, forest.errors, nodes)
        _squash(beliefs)
    else:
        settle_log_labels(forest.parents, forest.errors, nodes)
        np.exp(beliefs, out=beliefs)
    return beliefs[centres]


def _overlap(shape, offset):
    """Index of the pixels that are `offset` from a patch centre, and of these."""
    here, centres = [slice(None)], [slice(None)]
    for length, step in zip(shape[1:3], offset):
        here.append(slice(max(0, step), length + min(0, step)))
        centres.append(slice(max(0, -step), length - max(0, step)))
    return tuple(here), tuple(centres)


def _combine(onward, backward, seeds, combination):
    """One belief from the two, which replaces `onward`."""
    if combination == "mean":
        onward += backward
        onward *= 0.5
        return onward
    if combination == "product":
        return _combine_product(onward, backward, seeds)
    if seeds.ndim == 3:
        agree = (onward > 0.5) == (backward > 0.5)
        return np.where(agree, (onward + backward) / 2, np.float32(0.5))
    agree = onward.argmax(-1) == backward.argmax(-1)
    equal = np.float32(1 / seeds.shape[-1])
    return np.where(agree[..., None], (onward + backward) / 2, equal)


def _combine_product(onward, backward, seeds):
    if seeds.ndim == 3:
        log_odds = _log_odds(onward) + _log_odds(backward) - seeds
        _squash(log_odds)
        return log_odds
    tiny = np.finfo(np.float32).tiny
    logs = np.log(onward + tiny) + np.log(backward + tiny) - seeds
    beliefs = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return beliefs / beliefs.sum(axis=-1, keepdims=True)


def _log_odds(probability):
    bounded = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.log(bounded / (1 - bounded))


def _squash(log_odds):
    """Turn log-odds into probabilities, in place."""
    for layer in log_odds:  # one at a time stays in the cache
        np.maximum(layer, -80, out=layer)  # exp(80) is finite
        np.negative(layer, out=layer)
        np.exp(layer, out=layer)
        layer += 1
        np.reciprocal(layer, out=layer)


def _check(frames, seeds):
    shapes = f"frames {frames.shape} and seeds {seeds.shape}"
    if frames.ndim != 4 or 0 in frames.shape:
        raise ValueError(f"propagating: need frames (T, H, W, channels), found {shapes}")
    if seeds.ndim not in (3, 4) or seeds.shape[:3] != frames.shape[:3]:
        raise ValueError(
            f"propagating: need seeds (T, H, W) or (T, H, W, K) of the same frames, "
            f"found {shapes}")
    if seeds.ndim == 4 and seeds.shape[3] < 2:
        raise ValueError(f"propagating: need two labels or more, found {shapes}")
    if not np.isfinite(seeds).all():
        raise ValueError("propagating: seeds must be finite, found NaN or infinity; "
                         "unknown is 0 and sure about 4.6")
