"""A contact sheet of labelled pictures: what to look at before one trains on them."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from personalize import parts
from personalize.datasets.real_people import read_labels
from personalize.media.images import read_image
from personalize.types import UNLABELLED, Frame

TILE = 200
"""Pixels of the height of a row."""
COLUMNS = 6
SHARE = 0.6
"""Of the colours of the labels."""
SOMEBODY, UNKNOWN = (120, 120, 120), (255, 0, 255)


def _colours():
    table = np.zeros((256, 3), np.uint8)
    table[: parts.CLASSES] = parts.COLOURS
    table[list(parts.REGION_LABELS.values())], table[UNLABELLED] = SOMEBODY, UNKNOWN
    return table


COLOURS = _colours()


def label_sheet(root: Path, names: Sequence[str], *, shown: int = 48) -> Frame:
    """Draw some labelled pictures of a folder, spread over all, each beside its labels.

    Parameters
    ----------
    root : path
    names : sequence of str
        "group/stem" of the pictures.
    shown : int
        Most pictures.

    Returns
    -------
    (H, W, 3) uint8 array
        RGB: parts warm on the person's right and cool on the left, somebody grey, unknown magenta.
    """
    chosen = [
        names[k]
        for k in np.unique(np.linspace(0, len(names) - 1, min(shown, len(names))).astype(int))
    ]
    tiles = [
        _tile(read_image(root / f"{name}.webp"), read_labels(root / f"{name}.png"))
        for name in chosen
    ]
    columns = min(COLUMNS, len(tiles))
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % columns)
    rows = [np.concatenate(tiles[k : k + columns], axis=1) for k in range(0, len(tiles), columns)]
    return np.concatenate(rows)


def _tile(image, labels):
    """A picture beside its labels, in the middle of TILE x 2 TILE pixels."""
    mixed = cv2.addWeighted(image, 1 - SHARE, COLOURS[labels], SHARE, 0)
    scale = TILE / max(image.shape[:2])
    tile = np.zeros((TILE, 2 * TILE, 3), np.uint8)
    for half, picture in enumerate((image, np.where((labels > 0)[..., None], mixed, image))):
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[
            :TILE, :TILE
        ]
        top, left = (TILE - small.shape[0]) // 2, (TILE - small.shape[1]) // 2 + half * TILE
        tile[top : top + small.shape[0], left : left + small.shape[1]] = small
    return tile
