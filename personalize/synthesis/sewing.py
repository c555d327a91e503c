"""Points that move with the body: what is sewn on follows the vertices of the skin near it."""

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

from personalize.types import Floats, Whole

_NEIGHBOURS = 12  # vertices of the body that move one that is sewn on


def sew_on(
    points: Floats, vertices: Floats, near: Whole, softness: float
) -> tuple[sparse.csr_array, Whole]:
    """Let points move with the vertices of a body that are nearest to them.

    Parameters
    ----------
    points : (N, 3) float array
        At rest, in metres.
    vertices : (V, 3) float array
        Of the skin at rest.
    near : (M,) int array
        The vertices that may carry points.
    softness : float
        Metres beyond the nearest vertex within which others carry a point, too.

    Returns
    -------
    carry : (N, V) sparse array
        Share of each vertex in each point; rows sum to 1.
    nearest : (N,) int array
        The nearest vertex of each point.
    """
    distance, nearest = cKDTree(vertices[near]).query(points, k=_NEIGHBOURS)
    nearest = near[nearest]
    shares = np.exp(-(((distance - distance[:, :1]) / softness) ** 2))
    shares /= shares.sum(axis=1, keepdims=True)
    rows = np.repeat(np.arange(len(points)), _NEIGHBOURS)
    shape = len(points), len(vertices)
    return sparse.csr_array((shares.ravel(), (rows, nearest.ravel())), shape), nearest[:, 0]
