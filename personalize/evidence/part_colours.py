"""What colours the parts of one person have (not in the paper).

In one window a person wears the same clothes in front of the same scene. Where the network is
sure of the parts, they show the colours of hands and of sleeves. Where it is in doubt, these
colours in turn tell a hand from the table that it lies on. Left and right wear the same.

Colours are sorted by a codebook of words, which are chosen from the window, so that the colours
that fill it are told apart finely. The evidence of a word is how much more frequent it is in a
part than in everything. It is added, weakened, to the network's answer.
"""

from typing import NamedTuple

import cv2
import numpy as np
from scipy.spatial import KDTree

from personalize.evidence.settings import PartColourSettings
from personalize.imaging.mixture import choose_words
from personalize.parts import MIRRORED
from personalize.types import Array, Frame, Frames, Map

BOTH_SIDES = list(MIRRORED)
RANGE = 20.0  # units of L*a*b* that are 1: what a camera's noise may be
LEAST = 1e-9  # share of a word that nothing has


class PartColours(NamedTuple):
    """Colours, and what they tell of the parts.

    Attributes
    ----------
    words : (K, 3) float32 array
        L*a*b*, as `_cell_colours` scales it.
    odds : (K, 32) float32 array
        Log of how much more of a part than of everything has a word, bounded.
    """

    words: Map
    odds: Map

    def weigh(
        self, image: Frame, parts: Map, *, settings: PartColourSettings = PartColourSettings()
    ) -> Map:
        """Weigh the parts of an image by its colours.

        Parameters
        ----------
        image : (rows, cols, 3) uint8 array
            RGB, on the canvas.
        parts : (32, h, w) float32 array
            Probabilities of background and parts.
        settings : PartColourSettings

        Returns
        -------
        (32, h, w) float32 array
            Probabilities.
        """
        colours = _cell_colours(image, parts.shape[1:], settings)
        evidence = self.odds[KDTree(self.words).query(colours)[1]].mean(axis=2)  # (h, w, 32)
        weighed = parts * np.exp(settings.weight * evidence.transpose(2, 0, 1))
        return weighed / weighed.sum(axis=0)


def learn_part_colours(
    frames: Frames, parts: Map, *, settings: PartColourSettings = PartColourSettings()
) -> PartColours:
    """Learn what colours the parts of a person have.

    Parameters
    ----------
    frames : (T, rows, cols, 3) uint8 array
        RGB, on the canvas.
    parts : (T, 32, h, w) float32 array
        Probabilities of background and parts.
    settings : PartColourSettings

    Returns
    -------
    PartColours
    """
    colours = np.stack([_cell_colours(frame, parts.shape[2:], settings) for frame in frames])
    every = colours.reshape(-1, 3)
    words = choose_words(every, settings.words, settings.samples)
    nearest = KDTree(words).query(every)[1]
    of_part = np.stack(
        [_count(nearest, parts[:, k], len(words)) for k in range(parts.shape[1])], axis=1
    )
    of_part += of_part[:, BOTH_SIDES]
    of_all = of_part.sum(axis=1, keepdims=True) / of_part.sum() + LEAST
    share = (of_part + settings.prior * of_all) / (of_part.sum(axis=0) + settings.prior)
    odds = np.clip(np.log(share / of_all), -settings.limit, settings.limit)
    return PartColours(words, odds.astype(np.float32))


def _cell_colours(image: Frame, cells, settings: PartColourSettings):
    """Return the colours in each cell of an image: (h, w, pixels, 3) float32, lightness
    lessened.
    """
    (rows, cols), side = cells, settings.side
    small = cv2.resize(image, (cols * side, rows * side), interpolation=cv2.INTER_AREA)
    colours: Array = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) / RANGE
    colours[..., 0] *= settings.lightness
    split = colours.reshape(rows, side, cols, side, 3).transpose(0, 2, 1, 3, 4)
    return split.reshape(rows, cols, side * side, 3)


def _count(nearest, part, words):
    """Count how much of a part (T, h, w) has each word, by the words of the pixels of its cells:
    (K,).
    """
    pixels = np.repeat(part.ravel(), len(nearest) // part.size)
    return np.bincount(nearest, weights=pixels, minlength=words)
