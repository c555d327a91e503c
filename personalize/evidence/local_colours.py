"""Colours near a place, on the person and behind them (not in the paper).

The colours of a window tell a person from a scene, but not dark hair from the dark wall on the
other side of the room. Near a place fewer things are seen: there the same colour is mostly
either hair or wall (localized classifiers: Bai, Wang, Simons and Sapiro, SIGGRAPH 2009).
They are counted in one image, by what is believed of it; nothing is learned or kept.
"""

import cv2
import numpy as np
from scipy.spatial import KDTree

from personalize.evidence.settings import LocalColourSettings
from personalize.imaging.mixture import choose_words
from personalize.types import Array, Frame


def nearby_log_ratio(
    image: Frame, belief: Array, *, settings: LocalColourSettings = LocalColourSettings()
) -> Array:
    """Log ratio of how often each pixel's colour is on the person and behind them, near the pixel.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
        RGB: a person and what surrounds them.
    belief : (H, W) float array
        Probability of the person; what is not decided is not counted.
    settings : LocalColourSettings

    Returns
    -------
    (H, W) float32 array
        Natural logarithm; near 0 where one side alone is near, with which nothing can be compared.
    """
    shrink = min(1.0, settings.size / np.sqrt(belief.size))
    small = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    side = 2 * round(settings.reach * np.sqrt(small.shape[0] * small.shape[1])) + 1
    believed = cv2.resize(
        belief.astype(np.float32), small.shape[1::-1], interpolation=cv2.INTER_AREA
    )
    word, count = _sort(small, settings)

    def mean(maps):
        return cv2.blur(maps, (side, side))

    sides = np.maximum(2 * believed - 1, 0), np.maximum(1 - 2 * believed, 0)
    ratio = np.log((mean(sides[1]) + settings.prior) / (mean(sides[0]) + settings.prior))
    for k in range(count):
        here = word == k
        all_near = settings.prior * mean(np.float32(here))[here]
        person, background = (mean(side * here)[here] + all_near for side in sides)
        ratio[here] += np.log(person / background)
    return cv2.resize(ratio, image.shape[1::-1])


def _sort(image: Array, settings: LocalColourSettings):
    """Sort the colours of an image (h, w, 3) into words: their numbers (h, w), and how many
    there are.
    """
    colours: Array = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    words = choose_words(colours, settings.words, settings.samples)
    return KDTree(words).query(colours)[1].reshape(image.shape[:2]), len(words)
