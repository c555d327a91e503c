"""Which displacements are worth trying between two frames: coarse to fine.

A window that holds the fastest motion of a video is far larger than the set
of motions in it, costs time, and invites wrong matches.  So the whole window
is searched only where the frames are so small that it is cheap; what wins
there for some pixel, and its neighbours, is tried at twice the size.  What
remains is a list for the whole frame, never a limit for a single pixel: a
camera's pan and the motions of the limbs find their way into it alike.
"""

import numpy as np

from propagation.matching import list_displacements, match_frames

SMALLEST_SIDE = 48  # below it halving saves little and leaves no texture
FEWEST = 81  # displacements at a smaller size: a radius of 4 is searched whole


def choose_displacements(first, second, *, radius, budget, patch):
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
    whole = (2 * radius + 1) ** 2 <= budget
    if whole or min(first.shape[:2]) < 2 * SMALLEST_SIDE:
        return list_displacements(radius)
    small = _halve(first), _halve(second)
    tried = choose_displacements(
        *small, radius=(radius + 1) // 2, budget=max(budget // 2, FEWEST), patch=patch)
    matches = match_frames(*small, tried, patch=patch)
    votes = sum(np.bincount(match.number.ravel(), minlength=len(tried))
                for match in matches)
    popular = tried[np.argsort(-votes, kind="stable")[:np.count_nonzero(votes)]]
    return _refine(popular, radius, budget)


def _refine(popular, radius, budget):
    """Twice every step with its eight neighbours, the most popular first."""
    around = list_displacements(1)
    chosen = {(0, 0)}
    for step in popular:
        if len(chosen) >= budget:
            break
        chosen.update(map(tuple, (2 * step + around).tolist()))
    steps = np.array([step for step in chosen if max(map(abs, step)) <= radius])
    down, right = steps.T
    return steps[np.lexsort((right, down, (steps**2).sum(axis=1)))]


def _halve(frame):
    """Means of two by two pixels, (H // 2, W // 2, C) float32."""
    height, width = frame.shape[0] // 2 * 2, frame.shape[1] // 2 * 2
    even = np.asarray(frame[:height, :width], np.float32)
    return (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) / 4
