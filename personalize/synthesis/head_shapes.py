"""Shells, tubes and rings around a head in the rest pose: the shapes of hair, hats and collars.

All are grids of points, (rows, columns, 3), which `mesh_of` turns into triangles. Directions
are given by two angles: the polar one from straight up, and the one around the vertical, 0
behind and positive to the left.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from personalize.synthesis.boxes import Mesh
from personalize.synthesis.outfits import Surface
from personalize.types import Floats, Numbers

_NEAREST = 5  # vertices over which the radius of the head is averaged
_SLICE = 0.03  # half the height and width of the part of the trunk that hair falls on, metres
_NECK = (0.98, 1.1)  # height of a collar, where hips are at 0 and the neck begins at 1


@dataclass(frozen=True, eq=False)
class Head:
    """Measures of one head and of the trunk below it; metres, in the rest pose.

    Attributes
    ----------
    centre : (3,) float array
        Between the ears, slightly above the eyes.
    directions : cKDTree
        Unit directions of the head's vertices from the centre.
    radii : (N,) float array
        Their distances.
    trunk : (M, 3) float array
        Vertices of trunk, neck and head.
    neck : (2,) float array
        Half the width and the depth of the neck.
    neck_centre : (3,) float array
        At the base of the neck.
    """

    centre: Floats
    directions: cKDTree
    radii: Floats
    trunk: Floats
    neck: Floats
    neck_centre: Floats

    def reach(self, polar: Numbers, around: Numbers) -> Floats:
        """Return the radius of the head in directions of any shape, metres."""
        asked = direction(polar, around)
        near = self.directions.query(asked.reshape(-1, 3), k=_NEAREST)[1]
        return self.radii[near].mean(axis=1).reshape(asked.shape[:-1])

    def shell(self, polar: Numbers, around: Numbers, off: Numbers) -> Floats:
        """Return points at a distance from the head.

        Parameters
        ----------
        polar, around : float or array
            Direction from the centre of the head, in radians.
        off : float or array
            Distance from its surface, in metres.

        Returns
        -------
        (..., 3) float array
            In metres.
        """
        return self.centre + direction(polar, around) * (self.reach(polar, around) + off)[..., None]

    def trunk_reach(self, level: float, around: float) -> float:
        """Return the distance of the body from the vertical axis of the head at a height, metres.

        It is 0 where there is no body.
        """
        out, along = np.array([np.sin(around), -np.cos(around)]), [np.cos(around), np.sin(around)]
        flat = self.trunk[np.abs(self.trunk[:, 1] - level) < _SLICE] - self.centre
        flat = flat[:, [0, 2]]
        ahead = flat[np.abs(flat @ along) < _SLICE] @ out
        return max(0.0, ahead.max(initial=0.0))


def direction(polar: Numbers, around: Numbers) -> Floats:
    """Return unit directions (..., 3) of polar angles and angles around, radians."""
    polar, around = np.broadcast_arrays(polar, around)
    return np.stack(
        [np.sin(polar) * np.sin(around), np.cos(polar), -np.sin(polar) * np.cos(around)], axis=-1
    )


def measure_head(vertices: Floats, surface: Surface) -> Head:
    """Measure the head of a body in the rest pose.

    Parameters
    ----------
    vertices : (V, 3) float array
        Of the skin.
    surface : Surface
        Of the skin.

    Returns
    -------
    Head
    """
    face = surface.face > 0.5
    eyes = vertices[0, 1] - surface.eye_level[0]
    depth = vertices[face & (surface.eye_level > 0), 2]
    centre = np.array([0.0, eyes + 0.02, (depth.min() + depth.max()) / 2])
    steps = vertices[face] - centre
    radii = np.linalg.norm(steps, axis=1)
    ring = vertices[
        ~face & (surface.height > _NECK[0]) & (surface.height < _NECK[1]) & (surface.aside < 0.45)
    ]
    low, high = ring.min(axis=0), ring.max(axis=0)
    return Head(
        centre=centre,
        directions=cKDTree(steps / radii[:, None]),
        radii=radii,
        trunk=vertices[surface.sleeve == 0],
        neck=(high - low)[[0, 2]] / 2,
        neck_centre=np.array([0.0, low[1], (low[2] + high[2]) / 2]),
    )


def tube(path: Floats, radii: Numbers, sides: int = 10) -> Floats:
    """Return rings about the points of a path, as a grid.

    Parameters
    ----------
    path : (P, 3) float array
        Metres.
    radii : (P,) float array
        Of the rings, metres.
    sides : int
        Points of a ring.

    Returns
    -------
    (P, sides, 3) float array
    """
    steps = np.gradient(path, axis=0)
    steps /= np.maximum(np.linalg.norm(steps, axis=1, keepdims=True), 1e-9)
    aside = np.cross(steps, np.where(np.abs(steps[:, :1]) < 0.9, (1.0, 0, 0), (0, 0, 1.0)))
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    angle = np.arange(sides)[:, None] * 2 * np.pi / sides
    across = np.cross(steps, aside)
    rings = np.cos(angle) * aside[:, None] + np.sin(angle) * across[:, None]
    return path[:, None] + np.asarray(radii)[:, None, None] * rings


def ball(centre: Numbers, radii: Numbers, sides: int = 12) -> Floats:
    """Return an ellipsoid, as a grid of rings from its top to its bottom.

    Parameters
    ----------
    centre : (3,) float array
        Metres.
    radii : float or (3,) float array
        Half axes, metres.
    sides : int
        Points of a ring.

    Returns
    -------
    (sides // 2 + 2, sides, 3) float array
    """
    polar = np.linspace(0.02, np.pi - 0.02, sides // 2 + 2)[:, None]
    around = np.arange(sides) * 2 * np.pi / sides
    return np.asarray(centre) + direction(polar, around) * radii


def collar_ring(head: Head, around: Floats, widen: Numbers, rise: Numbers) -> Floats:
    """Return points around the neck.

    Parameters
    ----------
    head : Head
    around : float array
        Angles of the points, radians, 0 behind.
    widen : float or array
        How much wider than the neck, metres.
    rise : float or array
        Height above the base of the neck, metres.

    Returns
    -------
    (..., 3) float array
        Metres.
    """
    half = head.neck[0] + widen, head.neck[1] + widen
    x, z = half[0] * np.sin(around), -half[1] * np.cos(around)
    return head.neck_centre + np.stack(np.broadcast_arrays(x, rise, z), axis=-1)


def mesh_of(grid: Floats, *, closed: bool) -> Mesh:
    """Return vertices and triangles of a grid; a closed one joins its last column to its first.

    Parameters
    ----------
    grid : (R, C, 3) float array
    closed : bool

    Returns
    -------
    vertices : (R * C, 3) float array
    triangles : (F, 3) int array
    """
    rows, columns = grid.shape[:2]
    row, column = np.mgrid[: rows - 1, : columns - (not closed)]
    here, beside = row * columns + column, row * columns + (column + 1) % columns
    corners = [[here, beside, here + columns], [beside, beside + columns, here + columns]]
    triangles = [np.stack(three, axis=-1).reshape(-1, 3) for three in corners]
    return grid.reshape(-1, 3), np.concatenate(triangles)
