"""Which connected pieces of a picture are the person, and which are things, or somebody else.

The person is the piece that has most of a head and a trunk: a thing that is taken for a limb has
neither. Other pieces may still belong to them, if they are near: something in front hides what
lies between.
"""

import cv2
import numpy as np

from personalize import parts as names
from personalize.types import Array, Mask

CORE = [
    k for k, name in enumerate(names.NAMES) if name.endswith(("body", "head", "shoulder", "neck"))
]
"""The parts of a head and a trunk."""
NEAR = 0.3
"""Distance from the person at which a piece is still theirs, in sides of the square that has the
person's area: legs below a desk are nearer, the hoop above a player is not."""
SOMEBODY = 0.5
"""Share of the person's head, and of their trunk, from which a piece beside them is somebody else.
"""


def main_piece(mask: Mask, core: Array) -> Mask:
    """Return the piece of a mask that is the person.

    Parameters
    ----------
    mask : (H, W) bool array
    core : (H, W) float array
        Probability of a head or a trunk.

    Returns
    -------
    (H, W) bool array
        One piece, or the whole mask if it has no more than one.
    """
    labels, main = _pieces(mask, core)
    return labels == main if main else mask


def drop_others(
    silhouette: Mask, core: Array, *, head: Array | None = None, weight: Array | float = 1.0
) -> Mask:
    """Leave out the pieces of a silhouette that are far from the person, or somebody else.

    Parameters
    ----------
    silhouette, core
        As for `main_piece`.
    head : (H, W) float array, optional
        Probability of a head: a piece with a head and a trunk of its own is somebody else.
    weight : (H, W) float array, optional
        How much a head or a trunk counts at each place: where the person is not expected, less.

    Returns
    -------
    (H, W) bool array
        The silhouette as it is where no piece of it shows a head or a trunk.
    """
    if not silhouette.any():
        return silhouette
    box = box_around(silhouette)  # all that is asked for lies in it
    shown, core = silhouette[box], core[box]
    weight = weight[box] if isinstance(weight, np.ndarray) else weight
    labels, main = _pieces(shown, core * weight)
    person = labels == main
    if not main or not core[person].any():
        return silhouette
    reach = NEAR * np.sqrt(np.count_nonzero(person))
    near = cv2.distanceTransform((~person).astype(np.uint8), cv2.DIST_L2, 3) <= reach
    kept = np.bincount(labels[near], minlength=labels.max() + 1) > 0
    if head is not None:
        others = np.ones(len(kept), bool)
        for most in (core, head[box]):
            mass = np.bincount(labels.ravel(), weights=most.ravel())
            others &= (mass >= SOMEBODY * mass[main]) & (mass > 0)
        kept &= ~others
        kept[main] = True
    left = np.zeros_like(silhouette)
    left[box] = kept[labels] & shown
    return left


def box_around(mask: Mask) -> tuple[slice, slice]:
    """Return the rows and columns that a mask (H, W) covers: two slices, empty if the mask is.

    Examples
    --------
    >>> mask = np.zeros((4, 6), bool)
    >>> mask[1:3, 2] = True
    >>> box_around(mask)
    (slice(1, 3, None), slice(2, 3, None))
    """
    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    return slice(top, top + height), slice(left, left + width)


def _pieces(mask: Mask, core: Array) -> tuple[Array, int]:
    """Number the pieces of a mask from 1, (H, W) int, and name the person's; 0 if there are
    not two.
    """
    pieces, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    if pieces <= 2:  # the first is what is in no piece
        return labels, 0
    mass = np.bincount(labels.ravel(), weights=core.ravel(), minlength=pieces)
    return labels, 1 + int(mass[1:].argmax())
