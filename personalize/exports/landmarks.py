"""The landmarks of exports: the 13 joints, and points that are found from the parts.

A hand is the centre of the largest component of its part, and so are a foot and the neck. The
toes are the end of the foot away from the ankle. Part maps hold labels, not probabilities, so
such a point has the confidence of the joint that it is attached to.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from personalize import parts
from personalize.types import Array, Labels, Mask, Points

JOINT_NAMES = tuple(parts.JOINTS)
SIDES = ("right", "left")
ADDED = ("neck", *(f"{side}_{point}" for point in ("hand", "foot", "toes") for side in SIDES))
NAMES = (*JOINT_NAMES, *ADDED)
"""Names of all landmarks."""

LIMBS = (
    *parts.LIMBS,
    ("head", "neck"),
    *((f"{side}_wrist", f"{side}_hand") for side in SIDES),
    *((f"{side}_ankle", f"{side}_foot") for side in SIDES),
    *((f"{side}_foot", f"{side}_toes") for side in SIDES),
)
"""Pairs of landmarks that are connected by a line."""

SYMMETRIES = tuple(
    (name, f"left_{name[len('right_') :]}") for name in NAMES if name.startswith("right_")
)
"""Pairs of landmarks that are swapped in a mirrored image."""

TIP = 0.1
"""The toes are the centre of this share of the foot's pixels, those farthest from the ankle."""


@dataclass(frozen=True, eq=False)
class Landmarks:
    """The landmarks of one frame, in the order of `NAMES`.

    Attributes
    ----------
    xy : (20, 2) float64 array
        (x, y) in pixels of the frame; NaN for absent landmarks.
    confidence : (20,) float64 array
        From 0 to 1. Absent joints keep the confidence of the run; other absent landmarks have 0.
    """

    xy: Points
    confidence: Array

    def at(self, name: str) -> tuple[float, float, float]:
        """Return x, y and confidence of a landmark; x and y are NaN if it is absent."""
        place = NAMES.index(name)
        x, y = self.xy[place]
        return float(x), float(y), float(self.confidence[place])


def find_landmarks(
    xy: Points, confidence: Array, labels: Labels | None, *, least: float, hidden: float
) -> Landmarks:
    """Return the landmarks of a frame.

    Parameters
    ----------
    xy : (13, 2) float array
        Joints in the order of `parts.JOINTS`, in pixels; NaN: not found.
    confidence : (13,) float array
    labels : (H, W) uint8 array, or None
        Parts of the frame; None where nobody is seen, so that all landmarks are absent.
    least : float
        Least size of a component, in pixels.
    hidden : float
        Joints of less confidence are absent.

    Returns
    -------
    Landmarks
    """
    points = np.full((len(NAMES), 2), np.nan)
    sure = np.zeros(len(NAMES))
    if labels is None:
        return Landmarks(points, sure)
    sure[: len(JOINT_NAMES)] = np.nan_to_num(confidence)
    points[: len(JOINT_NAMES)] = np.where((confidence >= hidden)[:, None], xy, np.nan)
    for name, place, joints in _added(points, labels, least):
        points[NAMES.index(name)] = place
        sure[NAMES.index(name)] = min(sure[NAMES.index(joint)] for joint in joints)
    return Landmarks(points, sure)


def _added(
    points: Points, labels: Labels, least: float
) -> Iterator[tuple[str, Points, tuple[str, ...]]]:
    """Yield name and place of each landmark found from the parts, and the joints it is attached
    to.
    """
    neck = largest_component(labels == parts.NAMES.index("neck"), least)
    if neck is not None:
        yield "neck", neck.mean(axis=0), ("right_shoulder", "left_shoulder")
    for side in SIDES:
        hand = largest_component(labels == parts.NAMES.index(f"{side[0]}hand"), least)
        if hand is not None:
            yield f"{side}_hand", hand.mean(axis=0), (f"{side}_wrist",)
        foot = largest_component(labels == parts.NAMES.index(f"{side[0]}foot"), least)
        if foot is not None:
            yield f"{side}_foot", foot.mean(axis=0), (f"{side}_ankle",)
            ankle = points[NAMES.index(f"{side}_ankle")]
            if np.isfinite(ankle).all():
                yield f"{side}_toes", _far_end(foot, ankle), (f"{side}_ankle",)


def largest_component(mask: Mask, least: float) -> Points | None:
    """Return the pixels of the largest component of a mask.

    Parameters
    ----------
    mask : (H, W) bool array
    least : float
        Least size of the component, in pixels.

    Returns
    -------
    (N, 2) float64 array, or None
        (x, y) of each pixel; None if there is no such component.
    """
    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    if width * height < max(least, 1):
        return None
    box = np.ascontiguousarray(mask[top : top + height, left : left + width], np.uint8)
    _, components = cv2.connectedComponents(box, connectivity=8)
    sizes = np.bincount(components.ravel())
    sizes[0] = 0  # the background
    if sizes.max() < max(least, 1):
        return None
    rows, cols = np.nonzero(components == sizes.argmax())
    return np.stack([cols + left, rows + top], axis=1).astype(np.float64)


def _far_end(pixels: Points, point: Points) -> Points:
    """The centre of the pixels (N, 2) that are farthest from a point."""
    distance = np.linalg.norm(pixels - point, axis=1)
    tip: Points = pixels[distance >= np.quantile(distance, 1 - TIP)].mean(axis=0)
    return tip
