"""Matches of all frame pairs -> one parent, and one link error, for every pixel.

Every pixel of a frame hangs on its best match in the next frame, the pixels of
the last frame being roots; or, in the other tree, on its best match in the
frame before, the first frame being the roots.  A pixel that others do not
match has no children, which is all that occlusion needs: nothing is passed on
through it.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from propagation.matching import match_frames
from propagation.window import choose_displacements


@dataclass(frozen=True, eq=False)
class Forest:
    """Links from every pixel but the roots to a parent one layer on.

    Attributes
    ----------
    parents : (T - 1, N) int32 array
        Flat index of the parent in layer t + 1 of every pixel of layer t.
    errors : (T - 1, N) or (T - 1, 1) float32 array
        Probability that a pixel and its parent differ in label; one half
        where nothing is known to link them.

    Raises
    ------
    ValueError
        If the arrays do not fit together or a parent is not in its frame.
    """

    parents: np.ndarray
    errors: np.ndarray

    def __post_init__(self):
        links, nodes = self.parents.shape
        if self.errors.shape not in ((links, nodes), (links, 1)):
            raise ValueError(
                f"a forest of {links} x {nodes} links needs as many errors or one "
                f"per layer, found {self.errors.shape}")
        if links and not 0 <= self.parents.min() <= self.parents.max() < nodes:
            raise ValueError(
                f"parents must be from 0 to {nodes - 1}, found "
                f"{self.parents.min()} to {self.parents.max()}")


def grow_forests(frames, *, settings, workers, progress=iter):
    """Link all pixels of a video, forward and backward in time.

    Parameters
    ----------
    frames : (T, H, W, C) array
    settings : PropagationSettings
    workers : int
        Threads, each matching one pair of frames.
    progress : callable
        Wraps the iterable of frame pairs.

    Returns
    -------
    onward, backward : Forest
        Parents in the next frame, layers in order of time; and parents in
        the previous frame, layers in reverse order of time.
    """
    links, nodes = len(frames) - 1, frames.shape[1] * frames.shape[2]
    parents = np.empty((2, links, nodes), np.int32)
    errors = np.empty((2, links, 1 if settings.tolerance is None else nodes), np.float32)
    with ThreadPoolExecutor(workers) as pool:
        pairs = pool.map(partial(_link, settings=settings), frames[:-1], frames[1:])
        for t in progress(range(links)):
            onward, backward = next(pairs)
            parents[0, t], errors[0, t] = onward
            # layers of the second forest run from the last frame to the first
            parents[1, -1 - t], errors[1, -1 - t] = backward
    return tuple(map(Forest, parents, errors))


def _link(first, second, *, settings):
    """Parents and errors of the pixels of two frames, each in the other."""
    displacements = choose_displacements(
        first, second, radius=settings.radius, budget=settings.displacements,
        patch=settings.patch)
    matches = match_frames(first, second, displacements, patch=settings.patch)
    samples = settings.patch**2 * first.shape[2]
    squares = [match.distance / samples for match in matches]
    cut = is_cut(first, second, squares, settings.cut_share)
    return [(match.target.ravel(), _judge(square, cut, settings))
            for match, square in zip(matches, squares)]


def is_cut(first, second, squares, share):
    """Whether two frames do not match, for want of a common scene.

    Parameters
    ----------
    first, second : (H, W, C) array
    squares : sequence of (H, W) arrays
        Mean squared difference of the best matches, in either direction.
    share : float
        The most they may leave of the variance of the two frames together.

    Returns
    -------
    bool
    """
    channels = np.concatenate([first, second]).reshape(-1, first.shape[2]).T
    variance = np.ascontiguousarray(channels, np.float32).var(axis=1).mean()
    return bool(max(square.mean() for square in squares) > share * variance)


def _judge(square, cut, settings):
    """Probability that a pixel and its match differ in label."""
    if cut:
        return np.float32(0.5)
    if settings.tolerance is None:
        return np.float32(settings.link_error)
    worth = np.exp(square.ravel() / (-2 * settings.tolerance**2))
    return 0.5 - (0.5 - settings.link_error) * worth
