"""Coarse colours, and how often they occur: what tells two people apart by their clothes."""

import cv2
import numpy as np
from numpy.typing import NDArray

from personalize.types import Array, Frame

STEPS = 6
"""Steps of each channel of a histogram of colours."""
SHADES = STEPS**3
SPREAD = 2
"""Times that the two channels of hue are stretched: natural colours are pale."""
RARE = 0.005
"""Share that every colour has at least: what was not seen may still be worn."""
_NEXT = np.array([0.25, 0.5, 0.25])
"""Shares of a colour that fall a step below, on it, and a step above, as light changes."""


def number_shades(image: Frame) -> NDArray[np.int_]:
    """Number the colours of an RGB image (h, w, 3): (h, w) int below `SHADES`."""
    lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB).astype(int)
    lab[..., 1:] = 128 + SPREAD * (lab[..., 1:] - 128)  # hues lie close together in the middle
    steps = np.clip(lab * STEPS // 256, 0, STEPS - 1)
    numbers: NDArray[np.int_] = (steps[..., 0] * STEPS + steps[..., 1]) * STEPS + steps[..., 2]
    return numbers


def shade_log_ratio(person: Array, other: Array) -> Array:
    """Return the log-odds of one of two people for each colour, in nats: (SHADES,) float64.

    Parameters
    ----------
    person, other : (SHADES,) float array
        Shares of the colours of each.

    Examples
    --------
    >>> red, blue = np.eye(SHADES)[[5, 200]]
    >>> shade_log_ratio(red, blue)[[5, 100, 200]].round(1).tolist()
    [3.3, 0.0, -3.3]
    """
    one, two = (np.log(_blurred(shares) + RARE) for shares in (person, other))
    odds: Array = one - two
    return odds


def _blurred(shares: Array) -> Array:
    """Shares (SHADES,) of which each is spread over the colours beside it."""
    cube = shares.reshape(STEPS, STEPS, STEPS)
    for axis in range(3):
        room = np.pad(cube, [(1, 1) if k == axis else (0, 0) for k in range(3)], mode="edge")
        steps = [np.take(room, range(k, k + STEPS), axis) for k in range(len(_NEXT))]
        cube = np.tensordot(_NEXT, steps, axes=1)
    return cube.ravel()
