"""Squares of backgrounds: behind a person, on things in front, and printed on garments."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from personalize.training.compose.bank import Bank
from personalize.training.compose.dice import Dice
from personalize.training.compose.sources import STREET_SHARE
from personalize.training.compose.warp import squares, warp_colours
from personalize.types import Floats, Mask, Whole


@dataclass(frozen=True, eq=False)
class Crops:
    """Which squares of which backgrounds, of B samples.

    Attributes
    ----------
    index : (B,) int array
    side : (B,) array
        Of the shorter side of the background.
    across, down : (B,) arrays
        Where the square lies, in [0, 1] from one edge to the other.
    mirrored : (B,) bool array
    """

    index: Whole
    side: Floats
    across: Floats
    down: Floats
    mirrored: Mask


class Backdrops:
    """Backgrounds, and streets beside people in photographs.

    Parameters
    ----------
    bank : Bank
        Of both, streets last.
    streets : int
        How many of them are streets.
    """

    def __init__(self, bank: Bank, streets: int = 0) -> None:
        self.bank, self.streets = bank, streets

    def draw(self, dice: Dice) -> Crops:
        """Draw `Crops`."""
        others = len(self.bank) - self.streets
        street = dice.chance(STREET_SHARE if self.streets else 0)
        index = dice.choice(np.where(street, self.streets, others)) + np.where(street, others, 0)
        return Crops(index, dice.uniform(0.4, 1), dice.uniform(), dice.uniform(), dice.chance(0.5))

    def show(self, crops: Crops, chosen: Whole, size: int) -> Tensor:
        """Return the crops of some samples, as images.

        Parameters
        ----------
        crops : Crops
            Of all B samples.
        chosen : (n,) int array
            Numbers of the samples that are shown.
        size : int
            Side of the images.

        Returns
        -------
        (n, 3, size, size) float32 tensor
            RGB, in [0, 255].
        """
        pictures = [self.bank[index] for index in crops.index[chosen]]
        shapes = np.array([picture.shape for picture in pictures])
        side = shapes.min(axis=1) * crops.side[chosen]
        left = crops.across[chosen] * (shapes[:, 1] - side)
        top = crops.down[chosen] * (shapes[:, 0] - side)
        maps = squares(left, top, side, size, crops.mirrored[chosen])
        return warp_colours(pictures, maps, size, self.bank.device)
