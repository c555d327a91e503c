"""Boxes as triangles: what desks, posts and furniture are made of."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.transform import Rotation

from personalize.types import Floats, Whole

Mesh: TypeAlias = tuple[Floats, Whole]
"""Vertices (V, 3) in metres, and triangles (F, 3)."""
Box: TypeAlias = tuple[Floats, Floats, Rotation | None]
"""Middle (3,), half the sides (3,), and its rotation about the middle."""
BoxLike: TypeAlias = tuple[ArrayLike, ArrayLike, Rotation | None]
"""The same, of anything that can be converted to an array."""

# corners of a cube from -1 to 1, and two triangles for each side
CORNERS = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
TRIANGLES = np.array(
    [
        (0, 1, 3),
        (0, 3, 2),
        (4, 6, 7),
        (4, 7, 5),
        (0, 4, 5),
        (0, 5, 1),
        (2, 3, 7),
        (2, 7, 6),
        (0, 2, 6),
        (0, 6, 4),
        (1, 5, 7),
        (1, 7, 3),
    ]
)


def join_boxes(boxes: Sequence[BoxLike]) -> tuple[Floats, Whole]:
    """Build the mesh of several boxes.

    Parameters
    ----------
    boxes : list of ((3,) array, (3,) array, scipy Rotation or None)
        Middle, half the sides, and rotation about the middle.

    Returns
    -------
    vertices : (8 * N, 3) float array
    triangles : (12 * N, 3) int array
        Rows 12 * k to 12 * k + 11 belong to box k.
    """
    corners = []
    for middle, half, turned in boxes:
        own = CORNERS * np.asarray(half)
        corners.append(np.asarray(middle) + (own if turned is None else turned.apply(own)))
    starts = np.repeat(8 * np.arange(len(boxes)), len(TRIANGLES))
    return np.concatenate(corners), np.tile(TRIANGLES, (len(boxes), 1)) + starts[:, None]
