"""Draw the person who is tracked on a frame: the crop that the network sees, the person in it, and
points that the user gave.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from personalize.types import Array, Frame

CROP, PERSON, DARK = (255, 255, 255), (255, 190, 40), (20, 20, 20)
LINE = 300
"""Length of a frame's shorter side for each pixel of a line's width."""


def draw_choice(
    frame: Frame,
    crop: Array,
    place: Array | None = None,
    points: Sequence[tuple[float, float]] = (),
) -> Frame:
    """Draw the crop of a frame, and the person in it.

    Parameters
    ----------
    frame : (H, W, 3) uint8 array
        RGB; not changed.
    crop : (4,) float array
        Left, top, right and bottom edge of the crop, in pixels; the rest is darkened.
    place : (4,) float array, optional
        Edges of a box around the person, in the same order.
    points : sequence of (float, float)
        x and y of points on the person.

    Returns
    -------
    (H, W, 3) uint8 array
        RGB.
    """
    rows, cols = frame.shape[:2]
    width = max(2, round(min(rows, cols) / LINE))
    left, top, right, bottom = np.clip(crop, 0, (cols, rows, cols, rows)).round().astype(int)
    picture = frame // 2
    picture[top:bottom, left:right] = frame[top:bottom, left:right]
    _box(picture, (left, top, right, bottom), CROP, width)
    if place is not None:
        _box(picture, place.round().astype(int), PERSON, width)
    for x, y in points:
        for radius, colour in ((4 * width + 1, DARK), (4 * width, PERSON), (width, DARK)):
            cv2.circle(picture, (round(x), round(y)), radius, colour, -1, cv2.LINE_AA)
    return picture


def _box(picture, box, colour, width):
    """Draw the outline of a box, with dark borders, in place."""
    low, high = map(int, box[:2]), map(int, box[2:])
    corners = tuple(low), tuple(side - 1 for side in high)
    for shade, stroke in ((DARK, width + 2), (colour, width)):
        cv2.rectangle(picture, *corners, shade, stroke)
