"""Attach points to the body: they move with the nearest vertices of the skin."""

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

from personalize.types import Floats, Whole

_NEIGHBOURS = 12  # vertices of the body that move an attached point


def sew_on(
    points: Floats, vertices: Floats, near: Whole, softness: float
) -> tuple[sparse.csr_array, Whole]:
    """Attach points to the nearest vertices of a body.

    Parameters
    ----------
    points : (N, 3) float array
        In the rest pose, in metres.
    vertices : (V, 3) float array
        Of the skin in the rest pose.
    near : (M,) int array
        The vertices that may carry points.
    softness : float
        Distance in metres beyond the nearest vertex at which other vertices carry a point, too.

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
