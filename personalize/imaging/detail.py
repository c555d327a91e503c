"""Draw the edge of a silhouette where the frame has it, in more pixels than it was found in (not in
the paper).

The network and the cut look at a canvas on which a head is 42 pixels high. Of somebody who is near
in a large frame an outline is then as coarse as the pixels of the canvas are. The frame itself
shows it finer: a band around the outline gets an image of its own, and the guided filter
(`guided_filter`) fits the silhouette by the colours there. Outside of the band nothing changes, so
no piece comes and none goes.
"""

from typing import cast

import cv2
import numpy as np

from personalize.imaging.guided_filter import enlarge_guided
from personalize.imaging.settings import DetailSettings, GuideSettings
from personalize.imaging.soft_edges import around, signed_distance
from personalize.types import Frame, Mask


def follow_edges(
    silhouette: Mask,
    frame: Frame,
    pixel: float,
    *,
    settings: DetailSettings = DetailSettings(),
) -> Mask:
    """Draw the outline of a silhouette along the edges of the frame.

    Parameters
    ----------
    silhouette : (H, W) bool array
    frame : (H, W, 3) uint8 array
        RGB, that it was found in.
    pixel : float
        How many pixels of the frame a pixel was that it was found by.
    settings : DetailSettings

    Returns
    -------
    (H, W) bool array
        The same, where a pixel was no larger than `settings.least`.
    """
    reach = settings.reach * pixel
    inside = around(silhouette, round(2 * reach))
    mask = np.ascontiguousarray(silhouette[inside], np.uint8)
    if pixel < settings.least or not settings.side or not mask.any():
        return silhouette
    shrink = min(1.0, settings.side / np.sqrt(mask.size))
    size = max(round(mask.shape[1] * shrink), 1), max(round(mask.shape[0] * shrink), 1)
    image = cast(Frame, cv2.resize(frame[inside], size, interpolation=cv2.INTER_AREA))
    share = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    small = (share >= 0.5).astype(np.uint8)
    radius = max(round(reach * shrink), 1)
    guide = GuideSettings(
        radius=radius, smoothness=settings.smoothness, coarse=max(radius // settings.steps, 1)
    )
    depth = signed_distance(small) / radius
    covered = np.clip(
        enlarge_guided(small, image, settings=guide), np.clip(depth, 0, 1), np.clip(1 + depth, 0, 1)
    )
    drawn = silhouette.copy()
    drawn[inside] = cv2.resize(covered, mask.shape[::-1]) >= 0.5
    return drawn
