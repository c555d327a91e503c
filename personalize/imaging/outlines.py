"""A mask as one closed line, as formats of text have it."""

import cv2
import numpy as np

from personalize.types import Array, Mask


def outline(mask: Mask, *, tolerance: float = 0.0) -> Array | None:
    """Return the line around a mask, through all of its pieces and holes.

    Pieces and holes are joined by lines that go there and back on the same pixels, and so enclose
    nothing: to fill the line by the even-odd rule, and to draw it, gives the mask again.

    Parameters
    ----------
    mask : (H, W) bool array
    tolerance : float
        Pixels by which the line may be simplified; 0 keeps all.

    Returns
    -------
    (N, 2) float64 array, or None
        (x, y) of the centres of pixels on the edge; None of an empty mask, and of one that is
        too thin for a line of three points.

    Examples
    --------
    >>> mask = np.zeros((5, 6), bool)
    >>> mask[1:4, 1:5] = True
    >>> outline(mask).tolist()
    [[1.0, 1.0], [1.0, 3.0], [4.0, 3.0], [4.0, 1.0]]
    """
    found, _ = cv2.findContours(
        np.ascontiguousarray(mask, np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE
    )
    pieces = [cv2.approxPolyDP(piece, tolerance, True)[:, 0].astype(float) for piece in found]
    pieces = [piece for piece in pieces if len(piece) > 2]
    if not pieces:
        return None
    pieces.sort(key=len, reverse=True)
    line, *others = pieces
    for piece in others:
        line = _joined(line, piece)
    return line


def _joined(line: Array, piece: Array) -> Array:
    """Go along a line, where it is nearest to a piece go around that, and come back."""
    distances = np.linalg.norm(line[:, None] - piece[None], axis=2)
    here, there = np.unravel_index(distances.argmin(), distances.shape)
    turned = np.roll(piece, -int(there), axis=0)
    return np.concatenate([line[: here + 1], turned, turned[:1], line[here:]])
