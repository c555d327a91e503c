"""The person of a picture: cut out by landmarks, labelled, and reduced to the size of training."""

import cv2
import numpy as np

from personalize.datasets.landmark_fit import scale_of
from personalize.datasets.landmark_parts import draw_parts
from personalize.datasets.pose_points import BodyPoints
from personalize.datasets.real_people import (
    head_size,
)
from personalize.datasets.settings import LabelSettings
from personalize.errors import InputError
from personalize.procedures.label.listing import Unlabelled
from personalize.types import Frame, Labels


def person_window(
    picture: Unlabelled, shape: tuple[int, int], settings: LabelSettings
) -> tuple[slice, slice]:
    """Return the part of a picture around its person.

    Parameters
    ----------
    picture : Unlabelled
    shape : (int, int)
        Height and width of the picture.
    settings : LabelSettings

    Returns
    -------
    rows, cols : slice

    Raises
    ------
    InputError
        If the landmarks are of a picture of another size, or lie outside of it.
    ValueError
        If the picture has no landmarks, or only one shoulder.
    """
    height, width = shape
    if picture.size is not None and tuple(picture.size) != shape:
        raise InputError(
            f"{picture.path}: is {width}x{height}, its landmarks are of "
            f"{picture.size[1]}x{picture.size[0]} pixels; "
            "find landmarks in the pictures themselves"
        )
    points, geometry = picture.points, settings.geometry
    if points is None:
        raise ValueError(f"{picture.name} has no landmarks")
    seen = points.xy[(points.visibility >= geometry.visible) & np.isfinite(points.xy).all(axis=1)]
    around = settings.around * scale_of(points, geometry)
    low, high = (
        np.maximum(seen.min(axis=0) - around, 0),
        np.minimum(seen.max(axis=0) + around, (width, height)),
    )
    if ((seen >= -0.5) & (seen < (width - 0.5, height - 0.5))).all(
        axis=1
    ).mean() < settings.in_picture:
        raise InputError(
            f"{picture.path}: its landmarks lie outside of its {width}x{height} pixels; find "
            f"landmarks in the "
            "pictures themselves, in their size"
        )
    room = settings.margin * (high - low)
    left, top = np.maximum(np.floor(low - room), 0).astype(int)
    right, bottom = np.minimum(np.ceil(high + room), (width, height)).astype(int)
    return slice(top, bottom), slice(left, right)


def reduce_crop(
    crop: Frame, silhouette: Labels, points: BodyPoints, settings: LabelSettings
) -> tuple[Frame, Labels]:
    """Label a crop, at a size at which neither it nor its head is too large.

    Parameters
    ----------
    crop : (h, w, 3) uint8 array
        RGB.
    silhouette : (h, w) uint8 array
        1 person, 0 background, 255 unknown.
    points : BodyPoints
        In pixels of the crop.
    settings : LabelSettings

    Returns
    -------
    image : (h', w', 3) uint8 array
    labels : (h', w') uint8 array
        As `landmark_parts.draw_parts` has them.
    """
    scale = min(1.0, settings.longest / max(crop.shape[:2]))
    head = head_size(_draw(crop, silhouette, points, scale, settings)[1])
    if head and head > settings.largest_head:
        scale *= settings.largest_head / head
    return _draw(crop, silhouette, points, scale, settings)


def _draw(crop, silhouette, points, scale, settings):
    height, width = (max(round(side * scale), 1) for side in crop.shape[:2])
    if scale < 1:
        crop = cv2.resize(crop, (width, height), interpolation=cv2.INTER_AREA)
        silhouette = cv2.resize(silhouette, (width, height), interpolation=cv2.INTER_NEAREST)
    return crop, draw_parts(points.moved(scale), silhouette, settings=settings.geometry)
