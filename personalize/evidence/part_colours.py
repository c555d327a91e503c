"""The colours of the parts of one person (not in the paper).

In one window a person wears the same clothes in front of the same scene. Where the network is
confident of the parts, they show the colours of hands and of sleeves. Where it is in doubt, these
colours help to distinguish a hand from the table that it lies on. Left and right are assumed to
have the same colours.

Colours are quantized by a codebook that is made from the window, with more codewords for frequent
colours. The evidence of a codeword for a part is the log-ratio of its frequency in the part to that
in the whole window. It is added, with a weight, to the log-probabilities of the network.
"""

from typing import NamedTuple

import cv2
import numpy as np

from personalize.evidence.settings import PartColourSettings
from personalize.imaging.mixture import choose_codebook, nearest_codewords
from personalize.parts import MIRRORED
from personalize.types import Array, Frame, Frames, Map

BOTH_SIDES = list(MIRRORED)
RANGE = 20.0  # units of L*a*b* that are scaled to 1: a camera's noise may be as large
LEAST = 1e-9  # share of a codeword that does not occur


class PartColours(NamedTuple):
    """A codebook of colours, and their evidence for the parts.

    Attributes
    ----------
    words : (K, 3) float32 array
        Codewords in L*a*b*, scaled as in `_cell_colours`.
    odds : (K, 32) float32 array
        Log-ratio of a codeword's frequency in a part to that in all, clipped.
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
        nearest = nearest_codewords(colours.reshape(-1, 3), self.words)
        evidence = self.odds[nearest.reshape(colours.shape[:3])].mean(axis=2)  # (h, w, 32)
        weighed = parts * np.exp(settings.weight * evidence.transpose(2, 0, 1))
        return weighed / weighed.sum(axis=0)


def learn_part_colours(
    frames: Frames, parts: Map, *, settings: PartColourSettings = PartColourSettings()
) -> PartColours:
    """Learn the colours of the parts of a person.

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
    words = choose_codebook(every, settings.words, settings.samples)
    nearest = nearest_codewords(every, words)
    of_part = np.stack(
        [_count(nearest, parts[:, k], len(words)) for k in range(parts.shape[1])], axis=1
    )
    of_part += of_part[:, BOTH_SIDES]
    of_all = of_part.sum(axis=1, keepdims=True) / of_part.sum() + LEAST
    share = (of_part + settings.prior * of_all) / (of_part.sum(axis=0) + settings.prior)
    odds = np.clip(np.log(share / of_all), -settings.limit, settings.limit)
    return PartColours(words, odds.astype(np.float32))


def _cell_colours(image: Frame, cells, settings: PartColourSettings):
    """Return the colours in each cell of an image, with lightness scaled down: (h, w, pixels, 3)
    float32.
    """
    (rows, cols), side = cells, settings.side
    small = cv2.resize(image, (cols * side, rows * side), interpolation=cv2.INTER_AREA)
    colours: Array = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) / RANGE
    colours[..., 0] *= settings.lightness
    split = colours.reshape(rows, side, cols, side, 3).transpose(0, 2, 1, 3, 4)
    return split.reshape(rows, cols, side * side, 3)


def _count(nearest, part, words):
    """Sum the probabilities of a part (T, h, w) for each codeword in its cells: (K,)."""
    pixels = np.repeat(part.ravel(), len(nearest) // part.size)
    return np.bincount(nearest, weights=pixels, minlength=words)
