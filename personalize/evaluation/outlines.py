"""How far outlines lie from true ones, in pixels."""

import cv2
import numpy as np

from personalize.types import Mask


def outline_distance(truth: Mask, estimate: Mask) -> float:
    """Return the mean distance between the outlines of two masks.

    From every pixel of each outline to the nearest of the other, both ways, over all of them.
    Where a mask is cut off by the border of the picture it has no outline there.

    Parameters
    ----------
    truth, estimate : (H, W) bool array

    Returns
    -------
    float
        Pixels; NaN where a mask has no outline.
    """
    outlines = [_outline(mask) for mask in (truth, estimate)]
    if not all(outline.any() for outline in outlines):
        return float("nan")
    one, other = outlines
    distances = np.concatenate([_away(other)[one], _away(one)[other]])
    return float(distances.mean())


def _outline(mask):
    """Pixels of a mask that have a neighbour outside of it; the border of the picture is none."""
    inner = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1)
    return mask & (inner == 0)


def _away(outline):
    """Distance of every pixel from an outline."""
    return cv2.distanceTransform(np.uint8(~outline), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
