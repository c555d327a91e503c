"""A sheet of images, their labels, and the predictions before and after learning."""

from collections.abc import Sequence

import cv2
import numpy as np

from personalize import parts as names
from personalize.media.clip import spread
from personalize.network.factored import FactoredNetwork
from personalize.network.inference import PERSON_FROM, consensus, look, merge
from personalize.output.overlay import draw_overlay
from personalize.types import UNLABELLED, Frame, Labels

TITLES = ("image", "learned from", "before", "after")
ROWS = 6
"""Greatest number of images on a sheet."""

SIDE = 256
"""Side of the square of a picture on the sheet."""

BAND = 24  # height of the titles


def draw_sheet(
    canvases: Sequence[Frame],
    labels: Sequence[Labels | None],
    before: FactoredNetwork,
    after: FactoredNetwork,
) -> Frame:
    """Draw some images, spread over all, with the predictions of two networks.

    Parameters
    ----------
    canvases : sequence of (rows, cols, 3) uint8 arrays
    labels : sequence of (H, W) uint8 array or None
        Labels to learn from: 1 person, 0 background, 255 unlabelled; None for an image without.
    before, after : FactoredNetwork
        In evaluation mode.

    Returns
    -------
    (H, W, 3) uint8 array
        RGB.
    """
    rows = [_titles()]
    for k in spread(len(canvases), ROWS):
        pictures = (
            canvases[k],
            draw_labels(canvases[k], labels[k]),
            draw_answer(before, canvases[k]),
            draw_answer(after, canvases[k]),
        )
        rows.append(np.concatenate([_fit(picture) for picture in pictures], axis=1))
    return np.concatenate(rows)


def draw_answer(network: FactoredNetwork, canvas: Frame) -> Frame:
    """Draw a network's parts and silhouette over an image."""
    looked = look(network, canvas[None])
    [cells], size = merge(network, looked), canvas.shape[1::-1]
    parts = np.stack([cv2.resize(part, size) for part in cells])
    silhouette = (
        cv2.resize(consensus(looked.person[0, 1].cpu().numpy(), cells), size) >= PERSON_FROM
    )
    nowhere = np.full((len(names.JOINTS), 2), np.nan)
    labels = parts.argmax(axis=0).astype(np.uint8)
    return draw_overlay(canvas, labels, silhouette, nowhere, np.zeros(len(nowhere)))


def draw_labels(canvas: Frame, labels: Labels | None) -> Frame:
    """Draw labels on an image: person as it is, background dark, unlabelled pixels grey."""
    if labels is None:
        return np.full_like(canvas, 128)
    nearest = cv2.resize(labels, canvas.shape[1::-1], interpolation=cv2.INTER_NEAREST)[..., None]
    return np.where(
        nearest == 1, canvas, np.where(nearest == UNLABELLED, np.uint8(128), canvas // 5)
    )


def _titles():
    band = np.full((BAND, SIDE * len(TITLES), 3), 255, np.uint8)
    for column, title in enumerate(TITLES):
        at = column * SIDE + 6, BAND - 8
        cv2.putText(band, title, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    return band


def _fit(picture):
    """Scale a picture to fit a square, and centre it."""
    scale = SIDE / max(picture.shape[:2])
    rows, cols = (max(round(length * scale), 1) for length in picture.shape[:2])
    square = np.full((SIDE, SIDE, 3), 255, np.uint8)
    top, left = (SIDE - rows) // 2, (SIDE - cols) // 2
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    square[top : top + rows, left : left + cols] = cv2.resize(
        picture, (cols, rows), interpolation=smooth
    )
    return square
