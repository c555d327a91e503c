"""Choose the components of a mask that belong to the person, not to things or other people.

The person is the component with most of a head and a trunk; a thing that is taken for a limb has
neither. Other components may belong to the person as well if they are near, since an object in
front may hide what lies between.
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
"""Greatest distance of a component that belongs to the person, in sides of a square with the
person's area: legs below a desk are nearer, the hoop above a player is not."""
SOMEBODY = 0.5
"""A component is another person if it has at least this share of the person's head, and of their
trunk."""


def is_one_piece(mask: Mask) -> bool:
    """Whether a mask (H, W) has one component, or none.

    Examples
    --------
    >>> is_one_piece(np.array([[True, False], [False, True]]))
    True
    >>> is_one_piece(np.array([[True, False, True]]))
    False
    """
    return cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)[0] <= 2  # with background


def main_component(mask: Mask, core: Array) -> Mask:
    """Return the component of a mask that is the person.

    Parameters
    ----------
    mask : (H, W) bool array
    core : (H, W) float array
        Probability of a head or a trunk.

    Returns
    -------
    (H, W) bool array
        One component, or the whole mask if it has no more than one.
    """
    labels, main = _components(mask, core)
    return labels == main if main else mask


def drop_others(
    silhouette: Mask, core: Array, *, head: Array | None = None, weight: Array | float = 1.0
) -> Mask:
    """Remove the components of a silhouette that are far from the person, or another person.

    Parameters
    ----------
    silhouette, core
        As for `main_component`.
    head : (H, W) float array, optional
        Probability of a head: a component with a head and a trunk of its own is another person.
    weight : (H, W) float array, optional
        Weight of a head or a trunk at each place; lower where the person is not expected.

    Returns
    -------
    (H, W) bool array
        The unchanged silhouette if no component of it shows a head or a trunk.
    """
    if not silhouette.any():
        return silhouette
    box = box_around(silhouette)  # computing in the box is faster
    shown, core = silhouette[box], core[box]
    weight = weight[box] if isinstance(weight, np.ndarray) else weight
    labels, main = _components(shown, core * weight)
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


def _components(mask: Mask, core: Array) -> tuple[Array, int]:
    """Number the components of a mask from 1, (H, W) int. Also return the number of the person's,
    or 0 if there is only one component.
    """
    components, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    if components <= 2:  # the first is the background
        return labels, 0
    mass = np.bincount(labels.ravel(), weights=core.ravel(), minlength=components)
    return labels, 1 + int(mass[1:].argmax())
