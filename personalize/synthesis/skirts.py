"""Skirts and dresses: a bell of cloth around hips and legs.

MakeHuman's public garments have none. The bell is fitted to each body: rings from the waist
to the hem, nowhere narrower than the body inside.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from personalize.synthesis.outfits import Outfit, Surface
from personalize.synthesis.sewing import sew_on
from personalize.types import Floats, Labels

_RINGS, _AROUND = 16, 48
_BAND = 0.04  # half the height of the slice of the body inside a ring, metres
_SOFTNESS = 0.08  # metres within which vertices of the body carry the bell
_OFF = 0.012  # distance from the body, metres


@dataclass(frozen=True)
class Skirt:
    """The shape of a skirt.

    Attributes
    ----------
    waist, length : float
        Upper end: 0 hips, 1 neck; lower end along the leg: 1 knee, 2 ankle.
    flare : float
        Increase of the radius, metres per metre of height.
    folds : int
        Number of folds around the hem.
    depth : float
        Depth of the folds at the hem, metres.
    phase : float
    dress : bool
        Whether skirt and top are one piece.
    """

    waist: float
    length: float
    flare: float
    folds: int
    depth: float
    phase: float
    dress: bool


def draw_skirt(random: np.random.Generator) -> Skirt:
    """Draw a skirt, from short and narrow to long and wide."""
    return Skirt(
        waist=random.uniform(0.18, 0.4),
        length=random.choice([0.55, 0.9, 1.3, 1.85]) + random.normal(0, 0.07),
        flare=random.choice([0.05, 0.2, 0.45, 0.8, 1.6], p=[0.25, 0.25, 0.2, 0.15, 0.15]),
        folds=int(random.integers(5, 14)),
        depth=random.uniform(0.005, 0.05),
        phase=random.uniform(0, 6.3),
        dress=random.random() < 0.5,
    )


def under_skirt(outfit: Outfit, skirt: Skirt) -> Outfit:
    """Return the painted cloth above and below a skirt: a dress's top, bare or covered legs."""
    if skirt.dress:
        return replace(outfit, hem=-0.3)
    return replace(outfit, hem=max(outfit.hem, 0.05), waist=skirt.waist)


def sew_skirt(
    skirt: Skirt,
    outfit: Outfit,
    vertices: Floats,
    weights: sparse.csr_array,
    surface: Surface,
    labels: Labels,
) -> dict[str, Any]:
    """Put a skirt on a body in the rest pose, as a mesh that moves with the body.

    Parameters
    ----------
    skirt : Skirt
    outfit : Outfit
        From `under_skirt`.
    vertices : (V, 3) float array
        Of the skin in the rest pose.
    weights : (V, B) sparse array
    surface : Surface
        Of the skin.
    labels : (V,) uint8 array

    Returns
    -------
    dict
        "rest", "weights", "triangles", "labels", "surface" and "corners_uv", as in `Tailored`.
    """
    below = np.nonzero(
        (surface.height < skirt.waist + 0.1) & (surface.face < 0.5) & (surface.sleeve == 0)
    )[0]
    rest = _bell(skirt, vertices[below], surface.height[below])
    carry, nearest = sew_on(rest, vertices, below, _SOFTNESS)
    triangles = _triangles()
    return {
        "rest": rest,
        "weights": carry @ weights,
        "triangles": triangles,
        "labels": labels[nearest],
        "surface": _cloth_surface(skirt, outfit, rest),
        "corners_uv": np.zeros((len(triangles), 3, 2), np.float32),
    }


def _bell(skirt, points, height):
    """Rings (_RINGS * _AROUND, 3) from waist to hem around points of trunk and legs."""
    top = np.median(points[np.abs(height - skirt.waist) < 0.05, 1])
    hem = np.median(points[np.abs(height + skirt.length) < 0.08, 1])
    angle = np.arange(_AROUND) * 2 * np.pi / _AROUND
    out = np.stack([np.sin(angle), np.zeros(_AROUND), np.cos(angle)], axis=1)
    middle = points[np.abs(points[:, 1] - top) < _BAND].mean(axis=0) * (0, 0, 1)
    rings, reach = [], np.zeros(_AROUND)
    for level in np.linspace(top, hem, _RINGS):
        around = points[np.abs(points[:, 1] - level) < _BAND] - middle
        reach = np.maximum(reach, (around @ out.T).max(axis=0) + _OFF)
        fallen = top - level
        share = fallen / (top - hem)
        wave = skirt.depth * share * (1 + np.sin(skirt.folds * angle + skirt.phase))
        ring = middle + out * (reach + skirt.flare * fallen + wave)[:, None]
        rings.append(ring * (1, 0, 1) + (0, level, 0))
    return np.concatenate(rings)


def _triangles():
    """Triangles (F, 3) between neighbouring rings."""
    ring, place = np.mgrid[: _RINGS - 1, :_AROUND]
    here, beside = ring * _AROUND + place, ring * _AROUND + (place + 1) % _AROUND
    corners = [[here, beside, here + _AROUND], [beside, beside + _AROUND, here + _AROUND]]
    return np.stack([np.stack(c, axis=-1).reshape(-1, 3) for c in corners], axis=1).reshape(-1, 3)


def _cloth_surface(skirt, outfit, rest):
    """A `Surface` for which `outfits.cover` returns the top of a dress, or the bottom."""
    height = outfit.hem + 0.01 if skirt.dress else min(outfit.waist, outfit.hem) - 0.01
    zeros = np.zeros(len(rest))
    return Surface(
        rest,
        sleeve=zeros,
        height=zeros + height,
        aside=zeros,
        front=zeros,
        eye_level=zeros - 1,
        face=zeros,
    )
