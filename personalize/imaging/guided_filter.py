"""Enlarge a map of cells so that it follows the edges of the image (not in the paper).

A cell is 8 pixels wide, so an enlarged map does not know where exactly the outline is. The
guided filter (He, Sun and Tang, ECCV 2010) finds it in the image: in every neighbourhood the map
is fitted, by least squares, as an affine function of the colours. That takes a few box averages
of an image of half the size (He and Sun, arXiv:1505.00996); nothing is learned, and no cut is
made.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from personalize.imaging.settings import GuideSettings
from personalize.types import Array, Frame, Map

PAIRS = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
"""Channels of the six different entries of a symmetric matrix, row by row."""


def enlarge_guided(cells: Array, image: Frame, *, settings: GuideSettings = GuideSettings()) -> Map:
    """Enlarge a map to an image, along the image's edges.

    Parameters
    ----------
    cells : (h, w) float array
        Values in [0, 1].
    image : (rows, cols, 3) uint8 array
    settings : GuideSettings

    Returns
    -------
    (rows, cols) float32 array
        In [0, 1].
    """
    rows, cols = image.shape[:2]
    half = -(-cols // settings.coarse), -(-rows // settings.coarse)
    guide = cv2.resize(image, half, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    values = cv2.resize(np.asarray(cells, np.float32), half)
    slope, offset = _fit(values, guide, settings)
    slope, offset = (cv2.resize(fitted, (cols, rows)) for fitted in (slope, offset))
    enlarged = np.einsum("ijk,ijk->ij", slope, np.float32(image) / 255) + offset
    bounded: Map = np.clip(enlarged, 0, 1)
    return bounded


def _fit(values: Array, guide: Array, settings: GuideSettings) -> tuple[Array, Array]:
    """Fit values (h, w) by the colours (h, w, 3) around each pixel: slopes (h, w, 3), offsets
    (h, w).
    """

    def mean(maps: Array) -> Array:
        return cv2.blur(maps, (2 * (settings.radius // settings.coarse) + 1,) * 2)

    colour, value = mean(guide), mean(values)
    together = mean(guide * values[..., None]) - colour * value[..., None]
    spread = [
        mean(guide[..., i] * guide[..., j]) - colour[..., i] * colour[..., j] for i, j in PAIRS
    ]
    for diagonal in (0, 3, 5):
        spread[diagonal] = spread[diagonal] + settings.smoothness
    slope = _solve(spread, together)
    offset = value - np.einsum("ijk,ijk->ij", slope, colour)
    return mean(slope), mean(offset)


def _solve(matrix: Sequence[Array], vector: Array) -> Array:
    """Solve symmetric systems of three equations, by cofactors: entries as `PAIRS`, vectors
    (h, w, 3).
    """
    a, b, c, d, e, f = matrix
    cofactors = (
        d * f - e * e,
        c * e - b * f,
        b * e - c * d,
        a * f - c * c,
        b * c - a * e,
        a * d - b * b,
    )
    determinant = a * cofactors[0] + b * cofactors[1] + c * cofactors[2]
    x, y, z = np.moveaxis(vector, -1, 0)
    p, q, r, s, t, u = cofactors
    solved = (p * x + q * y + r * z, q * x + s * y + t * z, r * x + t * y + u * z)
    solution: Array = np.stack(solved, axis=-1) / determinant[..., None]
    return solution
