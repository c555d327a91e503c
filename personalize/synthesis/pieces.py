"""Pieces that things are built of: boxes, rods and rings.

Lengths are in metres. The axes are the person's, with the origin in the middle of the hips: x
to the left, y up, z to the front.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from personalize.synthesis.boxes import BoxLike, join_boxes
from personalize.synthesis.head_shapes import mesh_of, tube
from personalize.synthesis.posture import UP, unit
from personalize.types import Floats, Whole

Piece: TypeAlias = tuple[Floats, Whole, int]
"""Vertices (V, 3) in metres, triangles (F, 3), and the number of the colour."""


@dataclass(frozen=True, eq=False)
class Place:
    """Measures of a person, by which things are placed.

    Attributes
    ----------
    axes : (3, 3) float array
        Columns: the person's left, up, front, in the world.
    hips : (3,) float array
        In the world.
    hand, fore : (3,) float array
        Middle of the hand that holds a thing, and direction of its forearm, in the person's axes.
    side : float
        1 for the left hand, -1 for the right.
    low : (3,) float array
        Lowest coordinates of the person: low[1] is the ground.
    front, back, shoulders : float
        z of the belly, z of the back, and y of the shoulders.
    """

    axes: Floats
    hips: Floats
    hand: Floats
    fore: Floats
    side: float
    low: Floats
    front: float
    back: float
    shoulders: float

    def world(self, pieces: Sequence[Piece]) -> list[Piece]:
        """Move pieces from the person's axes to the world."""
        return [
            (self.hips + vertices @ self.axes.T, triangles, colour)
            for vertices, triangles, colour in pieces
        ]


def rod(start: Floats, end: Floats, radius: float, colour: int = 0) -> Piece:
    """Return a straight tube between two points.

    Parameters
    ----------
    start, end : (3,) float array
        Metres.
    radius : float
        Metres.
    colour : int
        Number of its colour.

    Returns
    -------
    vertices : (V, 3) float array
    triangles : (F, 3) int array
    colour : int
    """
    path = np.linspace(start, end, 3)
    return *mesh_of(tube(path, np.full(3, radius), sides=8), closed=True), colour


def ring(centre: Floats, normal: Floats, size: float, radius: float, colour: int = 0) -> Piece:
    """Return a ring around a centre.

    Parameters
    ----------
    centre : (3,) float array
        Metres.
    normal : (3,) float array
        Axis of the ring; of any length.
    size, radius : float
        Of the ring, and of its tube; metres.
    colour : int
        Number of its colour.

    Returns
    -------
    vertices : (V, 3) float array
    triangles : (F, 3) int array
    colour : int
    """
    first = unit(np.cross(normal, UP if abs(unit(normal)[1]) < 0.9 else (1.0, 0, 0)))
    angle = np.linspace(0, 2 * np.pi, 25)[:, None]
    path = centre + size * (np.cos(angle) * first + np.sin(angle) * np.cross(unit(normal), first))
    return *mesh_of(tube(path, np.full(25, radius), sides=6), closed=True), colour


def boxes(made: Sequence[BoxLike], colour: int = 0) -> Piece:
    """Return some boxes as one piece.

    Parameters
    ----------
    made : sequence of (middle, half, turned)
        As for `join_boxes`.
    colour : int
        Number of its colour.

    Returns
    -------
    vertices : (V, 3) float array
    triangles : (F, 3) int array
    colour : int
    """
    return *join_boxes(made), colour
