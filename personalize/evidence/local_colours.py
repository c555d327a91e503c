"""Local colours: those of person and background near each place (not in the paper).

The colours of a window separate a person from a scene, but not dark hair from a dark wall on the
other side of the picture. Near one place there are fewer things, and the same colour is mostly
either hair or wall (localized classifiers: Bai, Wang, Simons and Sapiro, SIGGRAPH 2009). Colours
are counted in one image, weighted by the belief.
"""

from collections.abc import Callable

import cv2
import numpy as np

from personalize.evidence.settings import LocalColourSettings
from personalize.imaging.mixture import choose_codebook, nearest_codewords
from personalize.types import Array, Frame


def nearby_log_ratio(
    image: Frame, belief: Array, *, settings: LocalColourSettings = LocalColourSettings()
) -> Array:
    """Return the log-ratio of a pixel's colour on the person nearby to that in the background.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
        RGB: a person and their surroundings.
    belief : (H, W) float array
        Probability of the person; pixels near 0.5 hardly count.
    settings : LocalColourSettings

    Returns
    -------
    (H, W) float32 array
        Natural logarithm; near 0 where only person or only background is near.
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
    flat, maps = ratio.reshape(-1), (np.ones_like(believed), *sides)
    for here in _places(word, count):
        near, person, background = (_mean_here(values, here, mean) for values in maps)
        all_near = settings.prior * near
        flat[here] += np.log((person + all_near) / (background + all_near))
    return cv2.resize(ratio, image.shape[1::-1])


def _places(word: Array, count: int) -> list[Array]:
    """Return the flat indices, ascending, of each of `count` codewords in a map (h, w)."""
    order = np.argsort(word, axis=None, kind="stable")
    return np.split(order, np.cumsum(np.bincount(word.ravel(), minlength=count))[:-1])


def _mean_here(values: Array, here: Array, mean: Callable[[Array], Array]) -> Array:
    """Return means around places (N,), of the values (h, w) at only these places."""
    alone = np.zeros_like(values)
    alone.reshape(-1)[here] = values.reshape(-1)[here]
    return mean(alone).reshape(-1)[here]


def _sort(image: Array, settings: LocalColourSettings):
    """Quantize the colours of an image (h, w, 3): numbers of codewords (h, w), and how many there
    are.
    """
    colours: Array = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    words = choose_codebook(colours, settings.words, settings.samples)
    return nearest_codewords(colours, words).reshape(image.shape[:2]), len(words)
