"""Matches of all frame pairs -> one parent, and one link error, for every pixel.

Every pixel of a frame hangs on its best match in the next frame, the pixels of
the last frame being roots; or, in the other tree, on its best match in the
frame before, the first frame being the roots.  A pixel that others do not
match has no children, which is all that occlusion needs: nothing is passed on
through it.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from propagation.matching import list_displacements, match_frames


@dataclass(frozen=True, eq=False)
class Forest:
    """Links from every pixel but the roots to a parent one layer on.

    Attributes
    ----------
    parents : (T - 1, N) int32 array
        Flat index of the parent in layer t + 1 of every pixel of layer t.
    errors : (T - 1, 1) float32 array
        Probability that a pixel and its parent differ in label.

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
    onward, backward = np.empty((2, links, nodes), np.int32)
    onward_cost, backward_cost = np.empty((2, links))
    displacements = list_displacements(settings.radius)

    def match(t):
        return match_frames(frames[t], frames[t + 1], displacements,
                            patch=settings.patch)

    with ThreadPoolExecutor(workers) as pool:
        pairs = pool.map(match, range(links))
        for t in progress(range(links)):
            there, back = next(pairs)
            onward[t], onward_cost[t] = there.target.ravel(), there.distance.mean()
            # layers of the second forest run from the last frame to the first
            backward[-1 - t] = back.target.ravel()
            backward_cost[-1 - t] = back.distance.mean()
    return (Forest(onward, _link_errors(onward_cost, settings)),
            Forest(backward, _link_errors(backward_cost, settings)))


def find_cuts(costs, ratio):
    """Frame pairs that match so badly that a cut must lie between them.

    Parameters
    ----------
    costs : (T - 1,) float array
        Mean distance of the best matches of each pair of frames.
    ratio : float
        A cut costs more than this times the median.

    Returns
    -------
    (T - 1,) bool array
    """
    if not len(costs):
        return np.zeros(0, bool)
    return costs > ratio * max(np.median(costs), np.finfo(np.float32).tiny)


def _link_errors(costs, settings):
    cuts = find_cuts(costs, settings.cut_ratio)
    errors = np.where(cuts, 0.5, settings.link_error)
    return errors.astype(np.float32)[:, None]
