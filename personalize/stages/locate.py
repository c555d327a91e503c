"""A first look: where the person of a video is, and how large (not in the paper).

A small network knows people best at the size that it was trained on, and takes
clutter for people where it may. A few frames of the whole video in, one Framing
for all of it out: a crop that holds whatever seemed to be the person, at the
scale that brings the head to its size on training images. The head, because it
shows the scale of a whole body and of an upper body alike. The first look sees
whole frames, the second through the framing of the first.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from personalize import parts as names
from personalize.imaging.framing import CELL, Framing, crop_frame, fit_frame
from personalize.network.engines.interface import Engine
from personalize.network.inference import look, merge
from personalize.stages.settings import LocateSettings
from personalize.types import Array, Frame, Mask

HEAD = list(names.JOINTS["head"])
NEIGHBOURS = np.ones((3, 3), np.uint8)
BATCH = 8


def locate_person(
    network: Engine,
    frames: Sequence[Frame],
    *,
    settings: LocateSettings = LocateSettings(),
) -> Framing:
    """Find one framing of the person for a whole video.

    Parameters
    ----------
    network : Engine
        Of a network in evaluation mode.
    frames : sequence of K (height, width, 3) uint8 arrays
        RGB, spread over the video.
    settings : LocateSettings

    Returns
    -------
    Framing
        The whole frame at the size of the first look if nobody's head is seen.
    """
    height, width = frames[0].shape[:2]
    framing = fit_frame(height, width, settings.size)
    for _ in range(settings.rounds):
        boxes, heads = find_person(network, frames, framing, settings)
        if np.count_nonzero(heads > 0) < min(settings.agree, len(frames)):
            break
        head = np.median(heads[heads > 0])
        room = settings.margin * head * np.array([-1, -1, 1, 1])
        box = np.clip(hold(boxes, settings.agree) + room, 0, (width, height, width, height))
        framing = crop_frame(height, width, box, canvas_size(box, head, settings))
    return framing


def find_person(
    network: Engine, frames: Sequence[Frame], framing: Framing, settings: LocateSettings
) -> tuple[Array, Array]:
    """Find the person in each of K frames.

    Returns
    -------
    boxes : (K, 4) float array
        Left, top, right and bottom edge of the largest person, in source pixels; NaN
        where nobody is seen.
    heads : (K,) float array
        Side of the square that has the area of the head, in source pixels; NaN likewise.
    """
    boxes, heads = np.full((len(frames), 4), np.nan), np.full(len(frames), np.nan)
    for start in range(0, len(frames), BATCH):
        canvases = np.stack([framing.apply(frame) for frame in frames[start : start + BATCH]])
        looked = look(network, canvases)
        parts = merge(network, looked)
        for k, belief in enumerate(looked.person[:, 1].cpu().numpy(), start):
            mask = largest_piece(belief >= settings.sure)
            rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
            if not rows.size:
                continue
            corners = np.array([[cols[0], rows[0]], [cols[-1] + 1, rows[-1] + 1]]) - 0.5
            boxes[k] = framing.cells_to_source(corners).ravel() + 0.5
            near = cv2.dilate(mask.astype(np.uint8), NEIGHBOURS) > 0
            heads[k] = np.sqrt(parts[k - start, HEAD][:, near].sum()) * CELL / framing.scale
    return boxes, heads


def largest_piece(mask: Mask) -> Mask:
    """Return the largest connected piece of an (h, w) bool mask; nothing of nothing."""
    _, labels, pieces, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    areas = pieces[1:, cv2.CC_STAT_AREA]  # without the background
    return labels == 1 + areas.argmax() if areas.size else mask


def hold(boxes: Array, agree: int) -> Array:
    """Return the box (4,) that reaches to where at least `agree` of K boxes do, on each side.

    What one frame alone shows may be an error; what two show is a limb. Of few boxes
    every one is held.
    """
    boxes = boxes[~np.isnan(boxes[:, 0])]
    agree = agree if len(boxes) >= 4 * agree else 1
    low, high = np.sort(boxes[:, :2], axis=0), np.sort(boxes[:, 2:], axis=0)
    return np.concatenate([low[agree - 1], high[-agree]])


def canvas_size(box: Array, head: float, settings: LocateSettings) -> float:
    """Return the side of the square with the area of the canvas that a crop should have."""
    side = np.sqrt((box[2] - box[0]) * (box[3] - box[1]))
    return float(np.clip(side * settings.head / head, settings.least, settings.most))
