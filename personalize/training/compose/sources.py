"""Where the pictures of a training come from, how often, and how each is placed in an image."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from personalize.datasets.settings import AugmentSettings
from personalize.training.compose.bank import Bank, Picture
from personalize.training.compose.dice import Dice
from personalize.training.compose.warp import placements
from personalize.types import Array, Floats, Mask, Points, Whole

STREET_SHARE = 0.3
"""Of the backgrounds, where there are streets."""
LEAST_HEAD = 8.0
"""Pixels of a head below which its size is not believed."""
HEADS_TALL = 7.0
"""Heads to the height of a picture whose head is not labelled."""


@dataclass(frozen=True, eq=False)
class Source:
    """Pictures of one kind.

    Attributes
    ----------
    bank : Bank
    share : float
        Of the samples; the shares of all sources are brought to a sum of 1.
    vary : AugmentSettings
        Rotation, shift, scale and occluders.
    alone : float
        Probability that the person alone is put before another background.
    head : tuple of three floats, optional
        Side of a head in parts of the image's side, and mean and deviation of the logarithm of
        what it is multiplied with: the picture is placed by its head, and centred on a place of
        the person. Else its side is fitted to the image, and scaled by `vary.scale`.
    longer : bool
        Whether the longer side is fitted, not the shorter one.
    garments : tuple of pairs of int
        What may be dyed, as in `cloth`.
    known : float
        Share of a cell that must be labelled for the share of the person to be known.
    """

    bank: Bank
    share: float
    vary: AugmentSettings
    alone: float = 1.0
    head: tuple[float, float, float] | None = None
    longer: bool = False
    garments: tuple[tuple[int, int], ...] = ()
    known: float = 0.75


@dataclass(frozen=True, eq=False)
class Shown:
    """What B samples show, and where.

    Attributes
    ----------
    pictures : list of B Picture
    maps : (B, 2, 3) array
        From the pictures to the images.
    near : (B, 2) array
        Another place of the person, in parts of the image's side.
    mirrored, alone : (B,) bool arrays
    source : (B,) int array
        Numbers of the sources.
    """

    pictures: list[Picture]
    maps: Floats
    near: Floats
    mirrored: Mask
    alone: Mask
    source: Whole


def draw_shown(dice: Dice, sources: Sequence[Source], size: int) -> Shown:
    """Draw which pictures samples show, and where.

    Parameters
    ----------
    dice : Dice
    sources : sequence of Source
    size : int
        Side of the images.
    """
    shares = np.cumsum([source.share for source in sources])
    which = np.searchsorted(shares / shares[-1], dice.uniform(), side="right")
    which = np.minimum(which, len(sources) - 1)
    index = dice.choice(of_each(which, [len(source.bank) for source in sources]))
    pictures = [sources[source].bank[number] for source, number in zip(which, index)]
    mirrored, alone = dice.chance(0.5), dice.chance(of_each(which, [s.alone for s in sources]))
    rotation, shift = (
        of_each(which, [getattr(source.vary, name) for source in sources])
        for name in ("rotation", "shift")
    )
    angle = np.deg2rad(dice.uniform(-rotation, rotation))
    at = (size - 1) / 2 + dice.uniform(-1, 1, count=2) * shift[:, None] * size
    scale = draw_scales(dice, [sources[k] for k in which], pictures, size)
    centre, near = (draw_places(dice, pictures) for _ in range(2))
    fitted = of_each(which, [source.head is None for source in sources])
    middle = np.array([picture.shape[::-1] for picture in pictures]).reshape(-1, 2) / 2 - 0.5
    maps = placements(np.where(fitted[:, None], middle, centre), at, scale, angle, mirrored)
    near = np.einsum("bij,bj->bi", maps[:, :, :2], near) + maps[:, :, 2]
    return Shown(pictures, maps, (near + 0.5) / size, mirrored, alone, which)


def of_each(which: Whole, values: Sequence[Any]) -> Array:
    """Return the values of the sources of samples (B,)."""
    return np.array(values)[which]


def draw_scales(
    dice: Dice, sources: Sequence[Source], pictures: Sequence[Picture], size: int
) -> Floats:
    """Draw how large pictures are shown.

    Parameters
    ----------
    dice : Dice
    sources : sequence of B Source
    pictures : sequence of B `bank.Picture`
    size : int
        Side of the images.

    Returns
    -------
    (B,) float array
        Pixels of the image per pixel of the picture.
    """
    low, high = np.array([source.vary.scale for source in sources]).reshape(-1, 2).T
    free, grown = dice.uniform(low, high), dice.normal()
    scales = []
    for source, picture, factor, log in zip(sources, pictures, free, grown):
        if source.head is None:
            side = max(picture.shape) if source.longer else min(picture.shape)
            scales.append(size / side * factor)
        else:
            share, mean, deviation = source.head
            scales.append(share * size * np.exp(mean + deviation * log) / head_of(picture))
    return np.array(scales)


def head_of(picture: Picture) -> float:
    """Return the side of a picture's head in pixels; where none is labelled, what is usual for its
    height.
    """
    if np.isnan(picture.head):
        return picture.shape[0] / HEADS_TALL
    return max(picture.head, LEAST_HEAD)


def draw_places(dice: Dice, pictures: Sequence[Picture]) -> Points:
    """Draw a place of the person of each picture, (B, 2)."""
    number = dice.choice(np.array([len(picture.places) for picture in pictures]))
    return np.array([picture.places[k] for picture, k in zip(pictures, number)]).reshape(-1, 2)
