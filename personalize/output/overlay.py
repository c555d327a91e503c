"""Draw the results of a frame over it: parts, silhouette, joints, limbs.

One frame and its results in, one picture out. Parts and joints of the person's right have warm
colours, those of the left cool ones. Only the person's bounding box is blended, so that a frame
takes a few milliseconds.
"""

import cv2
import numpy as np

from personalize import parts as names
from personalize.output.settings import OverlaySettings
from personalize.types import Array, Frame, Labels, Mask

PALETTE = np.array(names.COLOURS, np.uint8)
JOINT_NAMES = tuple(names.JOINTS)
LIMBS = tuple((JOINT_NAMES.index(a), JOINT_NAMES.index(b)) for a, b in names.LIMBS)
RIGHT, LEFT, MIDDLE = (255, 170, 40), (60, 190, 255), (255, 255, 255)
OUTLINE = (20, 20, 20)
REMARKS = {"no": "not in view", "doubt": "in doubt"}
SHIFT = 4  # cv2 draws at 1/16 pixel


def draw_overlay(
    frame: Frame,
    parts: Labels,
    silhouette: Mask,
    xy: Array,
    confidence: Array,
    *,
    seen: str = "yes",
    settings: OverlaySettings = OverlaySettings(),
) -> Frame:
    """Draw parts, silhouette, joints and limbs over a frame.

    Parameters
    ----------
    frame : (H, W, 3) uint8 array
        RGB; not changed.
    parts : (H, W) uint8 array
        Label of every pixel.
    silhouette : (H, W) bool array
        The person.
    xy : (J, 2) float array
        Joints in pixels, in the order of `parts.JOINTS`; NaN ones are left out.
    confidence : (J,) float array
        Confidence of the joints; doubtful ones are drawn hollow, or not at all.
    seen : {"yes", "no", "doubt"}
        Whether the person is in view; "no" and "doubt" are written on the frame.
    settings : OverlaySettings

    Returns
    -------
    (H, W, 3) uint8 array
        RGB.
    """
    picture = np.ascontiguousarray(frame).copy()
    width = max(1, round(settings.line * min(frame.shape[:2])))
    box = cv2.boundingRect((silhouette | (parts > 0)).astype(np.uint8))
    if box[2]:
        x, y, cols, rows = box
        inside = (slice(y, y + rows), slice(x, x + cols))
        if settings.style == "parts":
            _tint(picture[inside], parts[inside], settings.opacity)
        if settings.style in ("parts", "outline"):
            _outline(picture, silhouette, (width + 1) // 2)
    _draw_limbs(picture, xy, confidence >= settings.doubtful, width)
    shown = np.where((confidence >= settings.hidden)[:, None], xy, np.nan)
    _draw_joints(picture, shown, confidence >= settings.doubtful, width)
    if seen in REMARKS:
        _write(picture, REMARKS[seen], width)
    return picture


def _write(picture, text, width):
    """Write a few words into the top left corner, in place."""
    size = min(picture.shape[:2]) / 480
    at = round(12 * size), round(28 * size)
    for colour, stroke in ((OUTLINE, 3 * width), (MIDDLE, width)):
        cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, colour, stroke, cv2.LINE_AA)


def _tint(picture, parts, opacity):
    """Mix the colours of the parts into `picture`, in place; the background stays."""
    mixed = cv2.addWeighted(picture, 1 - opacity, PALETTE[parts], opacity, 0)
    np.copyto(picture, mixed, where=(parts > 0)[..., None])


def _outline(picture, silhouette, width):
    """Draw the edge of the silhouette in white, in place."""
    mask = np.ascontiguousarray(silhouette, np.uint8)
    edges, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(picture, edges, -1, MIDDLE, width, cv2.LINE_AA)


def _draw_limbs(picture, xy, sure, width):
    """Draw a line between the two joints of every limb, if both are sure, in place."""
    drawn = sure & np.isfinite(xy).all(axis=1)
    for stroke, dark in ((2 * width + 2, True), (2 * width, False)):
        for a, b in LIMBS:
            if drawn[a] and drawn[b]:
                colour = OUTLINE if dark else _limb_colour(a, b)
                cv2.line(picture, _fixed(xy[a]), _fixed(xy[b]), colour, stroke, cv2.LINE_AA, SHIFT)


def _draw_joints(picture, xy, sure, width):
    """Draw a disc at every joint, a ring at a doubtful one, in place."""
    radius = 2 * width + 2
    for j in np.flatnonzero(np.isfinite(xy).all(axis=1)):
        _disc(picture, xy[j], radius + 1, OUTLINE, -1 if sure[j] else width + 1)
        _disc(picture, xy[j], radius, _side_colour(j), -1 if sure[j] else width)


def _disc(picture, point, radius, colour, stroke):
    """Draw a circle around a point with fractions of a pixel, in place."""
    cv2.circle(picture, _fixed(point), radius << SHIFT, colour, stroke, cv2.LINE_AA, SHIFT)


def _fixed(point):
    """A point in the fixed-point numbers that cv2 draws with."""
    return tuple(round(float(value) * (1 << SHIFT)) for value in point)


def _side_colour(joint):
    """Colour of a joint by its side of the body."""
    name = JOINT_NAMES[joint]
    return RIGHT if name.startswith("right_") else LEFT if name.startswith("left_") else MIDDLE


def _limb_colour(a, b):
    """Colour of a limb: that of its side, white if it joins both."""
    return _side_colour(a) if _side_colour(a) == _side_colour(b) else MIDDLE
