"""Textures: pictures that are mapped onto surfaces."""

import cv2
import numpy as np

from personalize.types import Array, Floats, Frame

_ROW = 8192  # cv2.remap takes no more than 32767 rows or columns


def sample_picture(picture: Frame, uv: Floats) -> Floats:
    """Sample the colours of a picture at texture coordinates.

    Parameters
    ----------
    picture : (h, w, C) uint8 array
    uv : (N, 2) float array
        v upwards; repeated outside of [0, 1].

    Returns
    -------
    (N, C) float array
        Bilinear, in [0, 1].
    """
    height, width = picture.shape[:2]
    across = ((uv[:, 0] % 1.0) * width - 0.5).astype(np.float32)
    down = ((1 - uv[:, 1] % 1.0) * height - 0.5).astype(np.float32)
    rows = -(-len(uv) // _ROW)
    padded = np.zeros((2, rows * _ROW), np.float32)
    padded[:, : len(uv)] = across, down
    across, down = padded.reshape(2, rows, _ROW)
    sampled = cv2.remap(picture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    colours: Array = sampled.reshape(-1, picture.shape[2])[: len(uv)]
    return colours / 255.0
