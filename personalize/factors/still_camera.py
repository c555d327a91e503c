"""Background subtraction for a still camera. Needs no network.

Frames in, probabilities out. The background is the median of the window. Pixels that differ
from it by more than a shadow are foreground; they are the person. The median is used, and not
a mixture of colours (Stauffer and Grimson, CVPR 1999), because the whole window is available,
and because a mixture soon learns a person who stands still as background.

A person who stands still for most of the window is in the median as well. When they move away,
the frame differs from the median at the place that they left. There it is the median, and not
the frame, that stands out from its surroundings; such pixels are left uncertain. So are pixels
along the edge of the foreground, inside it and between limbs. Everything that moves is taken
for the person, a ball or a dog too.
"""

import cv2
import numpy as np

from personalize.errors import FactorError
from personalize.evidence.still_scene import median_frame
from personalize.factors.settings import StillCameraSettings
from personalize.factors.stillness import check_still
from personalize.types import Array, Frame, Frames, Map, Mask, Wrap


def subtract_background(
    frames: Frames, *, settings: StillCameraSettings = StillCameraSettings(), progress: Wrap = iter
) -> Map:
    """Find what moves before a still camera.

    Parameters
    ----------
    frames : (T, rows, cols, 3) uint8 array
        RGB.
    settings : StillCameraSettings
    progress : callable
        Wraps the frames.

    Returns
    -------
    (T, rows, cols) float32 array
        Probability of the person.

    Raises
    ------
    FactorError
        If the camera moves, or nothing else does.
    """
    check_still(frames, settings)
    background = soften(median_frame(frames, settings.frames))
    person = np.empty(frames.shape[:3], np.float32)
    for frame, probability in zip(progress(frames), person):
        probability[:] = person_before(background, soften(frame), settings)
    check_motion(person, settings)
    return settle_seen(person, settings)


def check_motion(person: Map, settings: StillCameraSettings) -> None:
    """Raise FactorError unless enough of the frames is clearly foreground."""
    share = np.mean(person >= settings.sure - 1e-6)
    if share < settings.least_moving:
        raise FactorError(
            f"--factor background-subtraction: hardly anything moves in the window ({share:.2%} of"
            " the picture); choose a longer or another one with --window and --centre, or leave"
            " --factor out"
        )


def soften(frame: Frame) -> Array:
    """Return a frame as float32, smoothed to reduce noise."""
    return cv2.GaussianBlur(frame.astype(np.float32), (0, 0), 1.0)


def person_before(background: Map, frame: Map, settings: StillCameraSettings) -> Map:
    """Return the probability of the person in one frame, given the background.

    Parameters
    ----------
    background, frame : (rows, cols, 3) float32 array
        RGB, in [0, 255].
    settings : StillCameraSettings

    Returns
    -------
    (rows, cols) float32 array
        In [0, 1].
    """
    difference = unlike(background, frame, settings.shadow)
    differs = without_specks(difference > settings.difference, settings.smallest)
    enclosed = fill_holes(close(differs, settings.reach))
    edge, around = (grow(mask, settings.margin) for mask in (enclosed, hulls(enclosed)))
    there = stands_out(background, frame, enclosed, settings.surroundings) > settings.there
    cases = [differs & there, enclosed, edge, around]
    chances = settings.sure, settings.enclosed, settings.edge, settings.around
    return np.select(cases, chances, 1 - settings.sure).astype(np.float32)


def settle_seen(person: Map, settings: StillCameraSettings) -> Map:
    """Decide uncertain pixels between limbs where the person is seen in some frames only.

    At such a pixel the median is the true background, so where it does not differ it is
    background. A pixel that was never clearly the person, or that is at times the place they
    left, stays uncertain.
    """
    came, gone = (
        np.mean(np.isclose(person, chance), axis=0) >= settings.seen
        for chance in (settings.sure, settings.enclosed)
    )
    between = np.isclose(person, settings.around)
    person[between & came & ~gone] = 1 - settings.sure
    return person


def unlike(background: Map, frame: Map, shadow: float) -> Array:
    """Return how much a frame differs from the background.

    In a shadow the background is darker, down to the factor `shadow`. Such a difference does not
    count.

    Parameters
    ----------
    background, frame : (rows, cols, 3) float32 array
        RGB, in grey levels.
    shadow : float
        In [0, 1].

    Returns
    -------
    (rows, cols) float array
        In grey levels: the norm over RGB.
    """
    alike = inner(background, frame) / (inner(background, background) + 1)
    rest = frame - np.clip(alike, shadow, 1)[..., None] * background
    return np.sqrt(inner(rest, rest))


def inner(colours: Array, others: Array) -> Array:
    """Return the inner product of the colours of two (rows, cols, 3) images, (rows, cols)."""
    return np.einsum("ijk,ijk->ij", colours, others)  # much faster than a sum over the last axis


def stands_out(background: Map, frame: Map, mask: Mask, size: int) -> Array:
    """Return where a mask covers an object, rather than the place that an object has left.

    An object stands out from its surroundings in the frame. One that stood still for most of the
    window, and has left, stands out in the background.

    Parameters
    ----------
    background, frame : (rows, cols, 3) float32 array
        RGB, in grey levels.
    mask : (rows, cols) bool array
    size : int
        Side, in pixels, of the squares within which colours are compared.

    Returns
    -------
    (rows, cols) float array
        Share of the frame's contrast in the sum of both, in [0, 1]; 1 where both are 0.
    """
    there, gone = (contrast(image, mask, size) for image in (frame, background))
    return np.where(there + gone > 0, there / np.maximum(there + gone, 1e-6), 1)


def contrast(image: Map, mask: Mask, size: int) -> Array:
    """Return the distance between the mean colours inside and outside of a mask.

    Parameters
    ----------
    image : (rows, cols, 3) float32 array
        RGB, in grey levels.
    mask : (rows, cols) bool array
    size : int
        Side, in pixels, of the squares over which means are taken.

    Returns
    -------
    (rows, cols) float array
        In grey levels: the norm over RGB; 0 where a square has pixels on one side only.
    """
    sides = [side.astype(np.float32) for side in (mask, ~mask)]
    shares = [cv2.blur(side, (size, size)) for side in sides]
    means = [
        cv2.blur(image * side[..., None], (size, size)) / np.maximum(share, 1e-6)[..., None]
        for side, share in zip(sides, shares)
    ]
    apart = means[0] - means[1]
    both = np.minimum(*shares) > 1e-4
    return np.where(both, np.sqrt(inner(apart, apart)), 0)


def without_specks(mask: Mask, smallest: float) -> Mask:
    """Return a bool mask without components smaller than a share of the picture."""
    _, components, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    large = stats[:, cv2.CC_STAT_AREA] >= smallest * mask.size
    large[0] = False
    return large[components]


def close(mask: Mask, reach: int) -> Mask:
    """Close gaps of a bool mask that are narrower than twice `reach`."""
    framed = np.pad(mask.astype(np.uint8), reach)
    closed = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, disc(reach))
    return closed[reach:-reach, reach:-reach] > 0


def grow(mask: Mask, reach: int) -> Mask:
    """Dilate a bool mask by `reach` pixels."""
    return cv2.dilate(mask.astype(np.uint8), disc(reach)) > 0


def fill_holes(mask: Mask) -> Mask:
    """Fill the holes of a bool mask."""
    framed = np.pad(mask.astype(np.uint8), 1)
    cv2.floodFill(framed, None, (0, 0), 2)
    return framed[1:-1, 1:-1] != 2


def hulls(mask: Mask) -> Mask:
    """Fill the convex hull of every component of a bool mask."""
    filled = mask.astype(np.uint8)
    outlines, _ = cv2.findContours(filled, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for outline in outlines:
        cv2.fillConvexPoly(filled, cv2.convexHull(outline), 1)
    return filled > 0


def disc(radius: int) -> Array:
    """Return a disc, a structuring element for OpenCV's morphology."""
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
