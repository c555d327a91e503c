"""Hair that hangs or is put up, hats, hoods and collars, fitted to each head.

They distinguish the back of a person from the front where the face is not seen. Only two of
MakeHuman's public models have long or tied hair, and none is a hat with a brim or a hood.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from personalize import parts
from personalize.synthesis import outfits
from personalize.synthesis.head_shapes import measure_head
from personalize.synthesis.headwear_shapes import MAKERS
from personalize.synthesis.outfits import Surface
from personalize.synthesis.sewing import sew_on
from personalize.types import Floats, Labels

_LEFT, _RIGHT = (np.array([name[0] == side for name in parts.NAMES]) for side in "lr")
_MIRRORED = np.array(parts.MIRRORED, np.uint8)

HAIR = ("curtain", "ponytail", "bun", "bunches")
HATS = ("cap", "backwards cap", "brim", "beanie", "hood")
COLLARS = ("collar", "scarf", "hood down")

_HAIR_SHARES = (0.45, 0.25, 0.2, 0.1)
_HAT_SHARES = (0.3, 0.1, 0.2, 0.2, 0.2)
_COLLAR_SHARES = (0.5, 0.2, 0.3)
_COMBED = 0.25  # width of the hair as if combed flat: metres for every radian around the head
_SOFTNESS = 0.05  # metres within which vertices of the body carry headwear


@dataclass(frozen=True)
class Headwear:
    """One piece of hair, a hat or a collar.

    Attributes
    ----------
    kind : str
        One of `HAIR`, `HATS` and `COLLARS`.
    length : float
        Length of the hair below the eyes, metres.
    size : float
        From 0, small, to 1, large.
    phase : float
        Of the waves, radians.
    hatted : bool
        Whether hair lies flat under a hat.
    """

    kind: str
    length: float
    size: float
    phase: float
    hatted: bool

    @property
    def piece(self) -> int:
        """Number of the piece of an outfit that gives it its colour."""
        if self.kind in HAIR:
            return outfits.HAIR
        worn_as_top = self.kind in ("collar", "hood", "hood down")
        return outfits.TOP if worn_as_top else outfits.HAT


def draw_headwear(random: np.random.Generator, *, bald: bool) -> tuple[Headwear, ...]:
    """Draw hair, a hat and a collar for one head; some heads get none.

    Parameters
    ----------
    random : numpy.random.Generator
    bald : bool
        Draw no hair.

    Returns
    -------
    tuple of Headwear
    """
    kinds = []
    hat = random.choice(HATS, p=_HAT_SHARES) if random.random() < 0.35 else None
    hair = random.choice(HAIR, p=_HAIR_SHARES)
    if random.random() < 0.8 and not bald and hat != "hood":
        kinds.append(hair)
    if hat:
        kinds.append(hat)
    collar = random.choice(COLLARS, p=_COLLAR_SHARES)
    if random.random() < 0.5 and hat != "hood":
        kinds.append(collar)
    return tuple(
        Headwear(
            str(kind),
            random.uniform(0.14, 0.55),
            random.random(),
            random.uniform(0, 6.3),
            hat is not None,
        )
        for kind in kinds
    )


def sew_headwear(
    headwear: Headwear,
    vertices: Floats,
    weights: sparse.csr_array,
    surface: Surface,
    labels: Labels,
) -> dict[str, Any]:
    """Put a piece on a body in the rest pose, as a mesh that moves with the body.

    Parameters
    ----------
    headwear : Headwear
    vertices : (V, 3) float array
        Of the skin in the rest pose.
    weights : (V, B) sparse array
    surface : Surface
        Of the skin.
    labels : (V,) uint8 array

    Returns
    -------
    dict
        "rest", "weights", "triangles", "labels" and "surface", as in `Tailored`. Labels are
        those of the skin below: hair over the back is upper body, as with modelled hair.
    """
    head = measure_head(vertices, surface)
    meshes = MAKERS[headwear.kind](headwear, head)
    rest = np.concatenate([points for points, _ in meshes])
    starts = np.cumsum([0] + [len(points) for points, _ in meshes])
    triangles = np.concatenate([corners + start for (_, corners), start in zip(meshes, starts)])
    near = np.nonzero((surface.sleeve == 0) & (surface.height > 0.3))[0]
    carry, nearest = sew_on(rest, vertices, near, _SOFTNESS)
    return {
        "rest": rest,
        "weights": carry @ weights,
        "triangles": triangles,
        "labels": _on_own_side(labels[nearest], rest[:, 0]),
        "surface": outfits.moved(
            outfits.pick(surface, nearest),
            _strands(rest, head) if headwear.kind in HAIR else rest,
        ),
    }


def _on_own_side(labels, aside):
    """Labels of the vertex's own side: the nearest skin vertex may be on the other side."""
    wrong = np.where(aside < 0, _LEFT[labels], _RIGHT[labels])
    return np.where(wrong & (aside != 0), _MIRRORED[labels], labels)


def _strands(rest, head):
    """Positions (N, 3) of hair as if it were combed flat, so that colour varies by strand."""
    around = np.arctan2(rest[:, 0], head.centre[2] - rest[:, 2])
    return np.stack([_COMBED * around, rest[:, 1], 0 * around], axis=1)
