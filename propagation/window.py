"""Which displacements are worth trying between two frames: coarse to fine.

A window that holds the fastest motion of a video is far larger than the set
of motions in it, costs time, and invites wrong matches.  So the whole window
is searched only where the frames are so small that it is cheap; what wins
there for some pixel, and its neighbours, is tried at twice the size.  What
remains is a list for the whole frame, never a limit for a single pixel: a
camera's pan and the motions of the limbs find their way into it alike.
"""

from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from propagation.arrays import Steps
from propagation.matching import list_displacements, match_frames

SMALLEST_SIDE = 48  # below it halving saves little and leaves no texture
FEWEST = 81  # displacements at a smaller size: a radius of 4 is searched whole


class Search(TypedDict):
    """Numbers of `choose_displacements`."""

    radius: int
    budget: int


def choose_displacements(
    first: NDArray[Any], second: NDArray[Any], *, radius: int, budget: int, patch: int
) -> Steps:
    """List the displacements to try, shortest first.

    Parameters
    ----------
    first, second : (H, W, C) array
    radius : int
        Largest motion looked for, in pixels.
    budget : int
        About how many displacements to return.  A window that is no larger
        is returned whole.
    patch : int
        Side of the patches compared at every size, odd, in pixels.

    Returns
    -------
    (D, 2) int array
        Steps (rows, columns) from `first` to `second`; the first is (0, 0).
    """
    if is_searched_whole(first.shape[:2], radius, budget):
        return list_displacements(radius)
    small = _halve(first), _halve(second)
    tried = choose_displacements(*small, **halve_search(radius, budget), patch=patch)
    matches = match_frames(*small, tried, patch=patch)
    votes = sum(
        (np.bincount(match.number.ravel(), minlength=len(tried)) for match in matches),
        start=np.zeros(len(tried), np.intp),
    )
    return refine(tried, votes, radius, budget)


def is_searched_whole(size: Sequence[int], radius: int, budget: int) -> bool:
    """Whether the whole window is tried in frames of a size, or a part of it.

    Parameters
    ----------
    size : (int, int)
        Rows and columns.
    radius : int
        Of the window, in pixels.
    budget : int
        Places that may be tried for a pixel.

    Returns
    -------
    bool
    """
    return (2 * radius + 1) ** 2 <= budget or min(size) < 2 * SMALLEST_SIDE


def halve_search(radius: int, budget: int) -> Search:
    """The search in frames of half the size."""
    return {"radius": (radius + 1) // 2, "budget": max(budget // 2, FEWEST)}


def refine(tried: Steps, votes: NDArray[np.intp], radius: int, budget: int) -> Steps:
    """Twice every step with its eight neighbours, those with most votes first.

    Parameters
    ----------
    tried : (D, 2) int array
        Steps at half the size.
    votes : (D,) int array
        How many pixels each of them was the best for.
    radius, budget : int
        Of the full size.

    Returns
    -------
    (D, 2) int array
        Shortest first; about `budget` of them, none longer than `radius`.
    """
    popular = tried[np.argsort(-votes, kind="stable")[: np.count_nonzero(votes)]]
    around = list_displacements(1)
    chosen = {(0, 0)}
    for step in popular:
        if len(chosen) >= budget:
            break
        chosen.update(map(tuple, (2 * step + around).tolist()))
    steps = np.array([step for step in chosen if max(map(abs, step)) <= radius])
    down, right = steps.T
    return steps[np.lexsort((right, down, (steps**2).sum(axis=1)))]


def _halve(frame: NDArray[Any]) -> NDArray[Any]:
    """Means of two by two pixels, (H // 2, W // 2, C): bytes of bytes, else float32."""
    height, width = frame.shape[0] // 2 * 2, frame.shape[1] // 2 * 2
    bytewise = bool(frame.dtype == np.uint8)
    even: NDArray[Any] = np.asarray(frame[:height, :width], np.uint16 if bytewise else np.float32)
    sums: NDArray[Any] = even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]
    halved: NDArray[Any] = ((sums + 2) // 4).astype(np.uint8) if bytewise else sums / 4
    return halved
