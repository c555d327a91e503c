"""Local colours: those of person and background near each place (not in the paper).

The colours of a window separate a person from a scene, but not dark hair from a dark wall on the
other side of the picture. Near one place there are fewer things, and the same colour is mostly
either hair or wall (localized classifiers: Bai, Wang, Simons and Sapiro, SIGGRAPH 2009). Colours
are counted in one image, weighted by the belief.
"""

import cv2
import numpy as np

from personalize.evidence.settings import LocalColourSettings
from personalize.imaging.mixture import choose_codebook, nearest_codewords
from personalize.types import Array, Frame

LEAST = 1e-9  # keeps the ratio of a colour that is nowhere near finite


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
    reach = settings.reach * np.sqrt(small.shape[0] * small.shape[1])
    believed = cv2.resize(
        belief.astype(np.float32), small.shape[1::-1], interpolation=cv2.INTER_AREA
    )
    sides = np.maximum(2 * believed - 1, 0), np.maximum(1 - 2 * believed, 0)
    person, background = (_mean_within(side, reach) + settings.prior for side in sides)
    by_colour = _log_ratio_by_colour(*_sort(small, settings), *sides, reach, settings)
    return cv2.resize(np.log(background / person) + by_colour, image.shape[1::-1])


def _log_ratio_by_colour(
    word: Array,
    count: int,
    person: Array,
    background: Array,
    reach: float,
    settings: LocalColourSettings,
) -> Array:
    """Return the log-ratio of each pixel's own colour nearby, on the person and behind.

    Colours are counted in cells of a bilateral grid (Chen, Paris and Durand, SIGGRAPH 2007), and
    their log-ratios are interpolated between the cells.

    Parameters
    ----------
    word : (h, w) int array
        Codewords, below `count`.
    count : int
    person, background : (h, w) float32 array
        How much each pixel counts on either side.
    reach : float
        Pixels around a pixel that are near.
    settings : LocalColourSettings

    Returns
    -------
    (h, w) float32 array
    """
    side = settings.cell
    rows, cols = (-(-length // side) for length in word.shape)
    at_row, at_col = (np.arange(length) // side for length in word.shape)
    bins = ((at_row[:, None] * cols + at_col) * count + word).ravel()

    def near(weights):
        sums = np.bincount(bins, weights, minlength=rows * cols * count)
        return _mean_within(sums.astype(float).reshape(rows, cols, count), reach / side)

    all_near = settings.prior * near(None) + LEAST
    ratio = np.log((near(person.ravel()) + all_near) / (near(background.ravel()) + all_near))
    upper, lower, down = _between_cells(word.shape[0], rows, side)
    left, right, along = _between_cells(word.shape[1], cols, side)

    def own(row, col):
        return ratio.reshape(-1)[(row[:, None] * cols + col) * count + word]

    above = (1 - along) * own(upper, left) + along * own(upper, right)
    below = (1 - along) * own(lower, left) + along * own(lower, right)
    return above + down[:, None] * (below - above)


def _mean_within(values: Array, reach: float) -> Array:
    """Return the means of squares around each place of an (h, w) or (h, w, K) array."""
    side = 2 * round(reach) + 1
    mean: Array = cv2.blur(values, (side, side))
    return mean.reshape(values.shape)


def _between_cells(length: int, cells: int, side: int) -> tuple[Array, Array, Array]:
    """Return the two cells whose centres each of `length` pixels lies between, and how far it is
    from the first to the second: (length,) each.
    """
    place = np.clip((np.arange(length) + 0.5) / side - 0.5, 0, cells - 1)
    first = place.astype(np.intp)
    return first, np.minimum(first + 1, cells - 1), place - first


def _sort(image: Array, settings: LocalColourSettings) -> tuple[Array, int]:
    """Quantize the colours of an image (h, w, 3): numbers of codewords (h, w), and how many there
    are.
    """
    colours: Array = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    words = choose_codebook(colours, settings.words, settings.samples)
    return nearest_codewords(colours, words).reshape(image.shape[:2]), len(words)
