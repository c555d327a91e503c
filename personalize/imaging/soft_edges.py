"""Soft edges of a silhouette, and the colours behind them (not in the paper).

A pixel at the edge shows the person only in part, because of hair, of motion, or of the lens. A
silhouette of whole pixels does not have that. How much a pixel shows is read off the frame: the
guided filter (`guided_filter`) fits the silhouette by the colours around each pixel, so that a
colour halfway between the person's and the background's is half covered. No network is needed.
"""

import cv2
import numpy as np

from personalize.imaging.guided_filter import enlarge_guided
from personalize.imaging.settings import SoftEdgeSettings
from personalize.types import Array, Frame, Map, Mask

FINE = 4.0
"""Standard deviation in pixels of a blur that is made at full size; wider ones are made smaller."""
LEAST = 1e-4
"""Weight around a pixel below which there is none."""


def soften(
    silhouette: Mask,
    frame: Frame,
    reach: float,
    *,
    settings: SoftEdgeSettings = SoftEdgeSettings(),
) -> Map:
    """Return how much of every pixel the person covers.

    Parameters
    ----------
    silhouette : (H, W) bool array
    frame : (H, W, 3) uint8 array
        What the silhouette was found in.
    reach : float
        Pixels to either side of the silhouette's edge within which the true one lies; beyond
        them the silhouette is believed.
    settings : SoftEdgeSettings

    Returns
    -------
    (H, W) float32 array
        In [0, 1]; 0 everywhere if the silhouette is empty.
    """
    coverage = silhouette.astype(np.float32)
    inside = around(silhouette, round(4 * reach))
    mask = np.ascontiguousarray(silhouette[inside], np.uint8)
    if not mask.any():
        return coverage
    depth = signed_distance(mask) / reach
    fitted = enlarge_guided(mask, frame[inside], settings=settings.guide(max(round(reach), 1)))
    sharp = (fitted - settings.haze) / (1 - 2 * settings.haze)
    coverage[inside] = np.clip(sharp, np.clip(depth, 0, 1), np.clip(1 + depth, 0, 1))
    return coverage


def person_colours(frame: Frame, coverage: Map, reach: float) -> Frame:
    """Return the colours of the person alone, where pixels show the background, too.

    They follow from the mean colours of person and background around each pixel (Forte,
    "Approximate fast foreground colour estimation", ICIP 2021, one round). Without this the old
    background would shine through at the edges when the person is laid over something else.

    Parameters
    ----------
    frame : (H, W, 3) uint8 array
    coverage : (H, W) float32 array
        Of `soften`.
    reach : float
        Pixels that edges are soft over.

    Returns
    -------
    (H, W, 3) uint8 array
        Black where the person covers nothing, so that the background is not given away.
    """
    colours = np.zeros_like(frame)
    inside = around(coverage > 0, round(4 * reach))
    image, share = frame[inside].astype(np.float32), coverage[inside][..., None]
    if not share.any():
        return colours
    person, ground = mean_around(image, share, reach), mean_around(image, 1 - share, reach)
    alone = person + share * (image - share * person - (1 - share) * ground)
    colours[inside] = np.where(share > 0, np.clip(alone, 0, 255), 0).astype(np.uint8)
    return colours


def mean_around(image: Array, weight: Array, sigma: float) -> Array:
    """Return the weighted mean around each pixel.

    Parameters
    ----------
    image : (H, W, C) float array
    weight : (H, W, 1) float array
    sigma : float
        Standard deviation of the pull in pixels.

    Returns
    -------
    (H, W, C) float array
        The image itself where nothing around has a weight.
    """
    rows, cols = image.shape[:2]
    step = max(int(sigma / FINE), 1)  # what is blurred so much has no more detail
    coarse = -(-cols // step), -(-rows // step)
    blurred = [
        cv2.GaussianBlur(
            cv2.resize(values, coarse, interpolation=cv2.INTER_AREA), (0, 0), sigma / step
        )
        for values in (image * weight, weight)
    ]
    above, total = (cv2.resize(values, (cols, rows)).reshape(rows, cols, -1) for values in blurred)
    mean: Array = np.where(total > LEAST, above / np.maximum(total, LEAST), image)
    return mean


def around(mask: Mask, margin: int) -> tuple[slice, slice]:
    """Return the rows and columns (slices) of the box around a mask, and a margin of pixels."""
    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    return (
        slice(max(top - margin, 0), top + height + margin),
        slice(max(left - margin, 0), left + width + margin),
    )


def signed_distance(mask: Array) -> Map:
    """Return the distance of every pixel from the edge of a mask, in pixels.

    Parameters
    ----------
    mask : (H, W) uint8 array
        0 and 1.

    Returns
    -------
    (H, W) float32 array
        Above 0 inside, below outside.
    """
    padded = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    within, beyond = (cv2.distanceTransform(side, cv2.DIST_L2, 5) for side in (padded, 1 - padded))
    distance: Map = np.where(padded > 0, within - 0.5, 0.5 - beyond)[1:-1, 1:-1]
    return distance
