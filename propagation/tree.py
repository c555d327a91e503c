"""Matches of all frame pairs -> one parent, and one link error, for every pixel.

Every pixel of a frame hangs on its best match in the next frame, the pixels of
the last frame being roots; or, in the other tree, on its best match in the
frame before, the first frame being the roots.  A pixel that others do not
match has no children, which is all that occlusion needs: nothing is passed on
through it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from propagation.arrays import Array, Links, Wrap, namespace
from propagation.matching import match_frames
from propagation.processes import processes
from propagation.settings import PropagationSettings
from propagation.window import choose_displacements

UNKNOWN = 0.5
"""Error of a link that carries no information."""

FEW = 1 << 22
"""Pixels of a video, 64 frames of 256 x 256, below which other processes hardly pay."""


@dataclass(frozen=True, eq=False)
class Forest:
    """Links from every pixel but the roots to a parent one layer on.

    Attributes
    ----------
    parents : (T - 1, N) int32 array or tensor
        Flat index of the parent in layer t + 1 of every pixel of layer t.
    errors : (T - 1, N) or (T - 1, 1) float32 array or tensor
        Probability that a pixel and its parent differ in label; one half
        where nothing is known to link them.

    Raises
    ------
    ValueError
        If the arrays do not fit together or a parent is not in its frame.
    """

    parents: Array
    errors: Array

    def __post_init__(self) -> None:
        links, nodes = self.parents.shape
        if self.errors.shape not in ((links, nodes), (links, 1)):
            raise ValueError(
                f"a forest of {links} x {nodes} links needs as many errors or one "
                f"per layer, found {self.errors.shape}"
            )
        if links and not 0 <= self.parents.min() <= self.parents.max() < nodes:
            raise ValueError(
                f"parents must be from 0 to {nodes - 1}, found "
                f"{self.parents.min()} to {self.parents.max()}"
            )


def grow_forests(
    frames: NDArray[Any],
    *,
    settings: PropagationSettings,
    cuts: Collection[int] = (),
    workers: int,
    progress: Wrap = iter,
) -> tuple[Forest, Forest]:
    """Link all pixels of a video, forward and backward in time.

    Parameters
    ----------
    frames : (T, H, W, C) array
    settings : PropagationSettings
    cuts : collection of int
        As for `propagate.propagate`.
    workers : int
        Processes, each matching one pair of frames; of a short video, this one matches all.
    progress : callable
        Wraps the iterable of frame pairs.

    Returns
    -------
    onward, backward : Forest
        Parents in the next frame, layers in order of time; and parents in
        the previous frame, layers in reverse order of time.
    """
    links, errors = shapes_of_links(frames, settings)
    arrays = np.empty(links, np.int32), np.empty(errors, np.float32)
    link, pairs = partial(_link, settings=settings), (frames[:-1], frames[1:])
    if workers == 1 or np.prod(frames.shape[:3]) < FEW:
        return plant(map(link, *pairs), *arrays, cuts, progress)
    with processes(workers) as pool:
        return plant(pool.map(link, *pairs), *arrays, cuts, progress)


def shapes_of_links(
    frames: NDArray[Any], settings: PropagationSettings
) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Shapes of the parents and of the errors of both forests of a video."""
    links, nodes = len(frames) - 1, frames.shape[1] * frames.shape[2]
    return (2, links, nodes), (2, links, 1 if settings.tolerance is None else nodes)


def plant(
    pairs: Iterator[Links], parents: Array, errors: Array, cuts: Collection[int], progress: Wrap
) -> tuple[Forest, Forest]:
    """Put the links of all pairs of frames, in order of time, into two forests.

    Parameters
    ----------
    pairs : iterator
        Of ``(parents, errors)`` of the first frame in the second, and of the
        second in the first.
    parents, errors : array or tensor
        Shaped by `shapes_of_links`; to be filled.
    cuts : collection of int
        As for `propagate.propagate`.
    progress : callable

    Returns
    -------
    onward, backward : Forest
    """
    for t in progress(range(parents.shape[1])):
        onward, backward = next(pairs)
        parents[0, t], errors[0, t] = onward
        # layers of the second forest run from the last frame to the first
        parents[1, -1 - t], errors[1, -1 - t] = backward
        if t + 1 in cuts:
            errors[0, t] = errors[1, -1 - t] = UNKNOWN
    return Forest(parents[0], errors[0]), Forest(parents[1], errors[1])


def _link(first: NDArray[Any], second: NDArray[Any], *, settings: PropagationSettings) -> Links:
    """Parents and errors of the pixels of two frames, each in the other."""
    displacements = choose_displacements(
        first, second, radius=settings.radius, budget=settings.displacements, patch=settings.patch
    )
    matches = match_frames(first, second, displacements, patch=settings.patch)
    samples = settings.patch**2 * first.shape[2]
    squares = [match.distance / samples for match in matches]
    cut = is_cut(first, second, squares, settings.cut_share)
    return [
        (match.target.ravel(), doubt_links(square.ravel(), cut, settings))
        for match, square in zip(matches, squares)
    ]


def is_cut(
    first: NDArray[Any], second: NDArray[Any], squares: Sequence[NDArray[np.float32]], share: float
) -> bool:
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


def doubt_links(square: Array, cut: bool, settings: PropagationSettings) -> Array:
    """Probability that a pixel and its match differ in label, one for all or (N,).

    Parameters
    ----------
    square : (N,) array or tensor
        Mean squared difference of their patches.
    cut : bool
        Whether the scene changes between them.
    settings : PropagationSettings
    """
    if cut:
        return UNKNOWN
    if settings.tolerance is None:
        return settings.link_error
    worth = namespace(square).exp(square / (-2 * settings.tolerance**2))
    return 0.5 - (0.5 - settings.link_error) * worth
