"""Place single pictures in images, and mirror them, labels and all."""

import cv2
import numpy as np

from personalize import parts
from personalize.types import Array, Floats, Labels

MIRRORED = np.array([*parts.MIRRORED, *range(parts.CLASSES, 256)], np.uint8)


def fit(picture: tuple[int, int], size: int, scale: float = 1.0) -> Floats:
    """Return the (2, 3) map of points (x, y) of a picture to the middle of a square image.

    Parameters
    ----------
    picture : (int, int)
        Height and width of the picture.
    size : int
        Side of the image, to which the picture's shorter side is fitted.
    scale : float
        On top of that.
    """
    height, width = picture
    scale = size / min(height, width) * scale
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    return np.column_stack((scale * np.eye(2), (size - 1) / 2 - scale * centre))


def place(
    picture: Array, matrix: Floats, size: int, *, fill: int = 0, labels: bool = False
) -> Array:
    """Warp a picture by an affine map into a square image.

    Parameters
    ----------
    picture : (H, W) or (H, W, C) array
    matrix : (2, 3) float array
        Points (x, y) of the picture to the image.
    size : int
        Side of the image.
    fill : int
        What is outside the picture.
    labels : bool
        Whether the nearest value is taken; others are averaged when they shrink.

    Returns
    -------
    (size, size) or (size, size, C) array
        Of the type of the picture.
    """
    if labels:
        interpolation = cv2.INTER_NEAREST
    else:
        picture, matrix = _shrunk(picture, matrix)
        interpolation = cv2.INTER_LINEAR
    border = (fill,) * 4
    return cv2.warpAffine(picture, matrix, (size, size), flags=interpolation, borderValue=border)


def _shrunk(picture, matrix):
    """Halve a picture, and adapt its map, until the map shrinks by less than two."""
    while np.sqrt(abs(np.linalg.det(matrix[:, :2]))) < 0.6:
        height, width = picture.shape[0] // 2, picture.shape[1] // 2
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        matrix = np.column_stack((matrix[:, :2] * 2, matrix[:, 2] + matrix[:, :2] @ (0.5, 0.5)))
    return picture, matrix


def mirror(image: Array, labels: Labels) -> tuple[Array, Labels]:
    """Mirror an image (H, W, C) and its part labels (H, W); sides change places."""
    return image[:, ::-1].copy(), MIRRORED[labels[:, ::-1]]
