"""The colours of a person and of what is behind them, in a whole window.

Frames and beliefs in, a mixture of colours for each side out. GrabCut, which the paper runs on
every frame (Charles et al., BMVC 2017, section 4.4), learns the colours of each image anew. In one
window clothes and scene stay the same, so colours are learned once here, from the sure pixels of
all frames; a frame in which the belief is wrong is corrected by the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import cv2
import numpy as np

from personalize.evidence.settings import WindowColourSettings
from personalize.imaging.grabcut import colour_log_ratio
from personalize.imaging.mixture import Mixture, fit_mixture, monomials
from personalize.imaging.settings import CutSettings
from personalize.types import Array, Frame, Frames, Map, Mask, check_frames

BITS = 7
"""Of a channel, by which log-odds are tabulated: half of its levels, which are within its noise."""
_SIDES = ("person", "background")


@dataclass(frozen=True, eq=False)
class Colours:
    """What a person wears, and what is behind.

    Attributes
    ----------
    person, background : Mixture
    """

    person: Mixture
    background: Mixture

    def log_ratio(self, image: Frame) -> Map:
        """Return the log-odds of the person by the colour of each pixel, in nats.

        They are read off a table of colours two levels apart, which is much faster than computing
        them.

        Parameters
        ----------
        image : (h, w, 3) uint8 array
            RGB.

        Returns
        -------
        (h, w) float32 array
            Not limited; above 0 where the colour is rather the person's.
        """
        red, green, blue = np.moveaxis((image >> (8 - BITS)).astype(np.int32), -1, 0)
        return self._table[red << 2 * BITS | green << BITS | blue]

    @cached_property
    def _table(self) -> Map:
        """Log-odds of all colours of `BITS` a channel, (2^21,) float32."""
        levels = np.arange(2**BITS, dtype=np.float32) * 2 ** (8 - BITS) + (2 ** (8 - BITS) - 1) / 2
        colours = np.empty((2**BITS, 2**BITS, 3), np.float32)
        colours[..., 1], colours[..., 2] = levels[:, None], levels
        planes = []
        for colours[..., 0] in levels:
            planes.append(colour_log_ratio(self.person, self.background, monomials(colours)))
        return np.concatenate(planes)

    def arrays(self) -> dict[str, Array]:
        """Return the colours as a dict of arrays, for `from_arrays`."""
        return {side: getattr(self, side).coefficients for side in _SIDES}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Self | None:
        """Return the colours in a dict of arrays; None if it holds none."""
        if not set(_SIDES) <= set(arrays):
            return None
        return cls(*(Mixture(arrays[side]) for side in _SIDES))


def learn_colours(
    frames: Frames, beliefs: Array, *, settings: WindowColourSettings = WindowColourSettings()
) -> Colours | None:
    """Learn the colours of both sides from the sure pixels of a window.

    Parameters
    ----------
    frames : (T, rows, cols, 3) uint8 array
        RGB, of any size; brought to that of the beliefs.
    beliefs : (T, h, w) float array
        Probability of the person, in [0, 1].
    settings : WindowColourSettings

    Returns
    -------
    Colours or None
        None where one side has no sure pixel.

    Raises
    ------
    ValueError
        If frames and beliefs are not equally many.
    """
    check_frames(frames)
    if beliefs.ndim != 3 or len(beliefs) != len(frames):
        raise ValueError(f"{len(frames)} frames cannot be refined by beliefs of {beliefs.shape}")
    quota = -(-settings.samples // len(frames))
    sides: tuple[list[Map], list[Map]] = ([], [])
    for frame, belief in zip(frames, beliefs):
        small = cv2.resize(frame, belief.shape[::-1], interpolation=cv2.INTER_AREA)
        terms = monomials(small)
        sure = is_sure(belief, settings.sure)
        for taken, side in zip(sides, (belief >= 0.5, belief < 0.5)):
            members = np.flatnonzero(sure & side)
            if len(members):
                taken.append(terms[members[:: -(-len(members) // quota)]])
    if not all(sides):
        return None
    return Colours(*(_fit(np.concatenate(taken), settings.cut) for taken in sides))


def is_sure(belief: Array, least: float) -> Mask:
    """Return where a belief, of any shape, is at least `least` for the person or against them."""
    return (belief >= least) | (belief <= 1 - least)


def _fit(terms: Map, settings: CutSettings) -> Mixture:
    """Mixture of colours that all count the same."""
    return fit_mixture(
        terms,
        np.ones(len(terms)),
        components=settings.components,
        iterations=settings.iterations,
    )
