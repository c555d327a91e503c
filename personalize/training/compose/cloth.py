"""Give garments other colours and patterns (not in the paper).

A network would memorise a few hundred outfits, but it should find a body by its shape, in any
clothes. A garment keeps its folds; its colour and its pattern change.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from personalize import parts
from personalize.training.compose.dice import Dice, numbers_of, per_image, put
from personalize.training.compose.warp import look_at
from personalize.types import Floats, Map, Mask, Whole

PATTERNED = 0.4
"""Share of the dyed garments that get a pattern."""
LONG = 0.5
"""Share of the rendered people whose sleeves, and trousers, are long."""
HIDDEN = 0.3
"""Share of the dyed garments that get a colour of what is behind the person."""
LEAST = 64
"""Pixels below which a garment is left as it is."""
DARKEST, BRIGHTEST = 0.4, 1.8
"""Folds, as shares of the mean brightness of the garment."""
PLACES = 8
"""Places along a side of what is behind, of which a garment has the mean colour."""

TOPS = ((7, 20, 5, 6, 18, 19), (3, 4, 16, 17))
BOTTOMS = ((8, 9, 21, 22), (10, 11, 23, 24))
"""Parts below a rendered top, and trousers; the second ones if they are long."""

REGIONS = tuple(
    (parts.REGION_LABELS[region],) for region in ("upper garment", "long garment", "lower garment")
)
"""Labels of what is dyed in photographs."""

GARMENTS = (TOPS[0], sum(TOPS, ()), BOTTOMS[0], sum(BOTTOMS, ()), *REGIONS)
RENDERED, PHOTOGRAPHED = ((0, 1), (2, 3)), ((4, 4), (5, 5), (6, 6))
"""The garments of a person, short and long, by number in `GARMENTS`."""


def _labels_of_garments() -> Map:
    table = np.zeros((len(GARMENTS), 256), np.float32)
    for row, labels in zip(table, GARMENTS):
        row[list(labels)] = 1
    return table


LABELS = _labels_of_garments()
"""(garments, 256) float32: 1 where a label is of a garment."""


@dataclass(frozen=True, eq=False)
class Dye:
    """How one garment of each of B persons is dyed.

    Attributes
    ----------
    garment : (B,) int array
        Number in `GARMENTS`; -1 where none is dyed.
    colour : (B, 3) array
        RGB in [0, 255].
    hidden : (B,) bool array
        Whether it has the colour of a place behind the person instead.
    place : (B,) int array
        Which one.
    pattern : (B,) array
        How strongly what is printed on it shows, in [0, 1]; 0 where nothing is printed.
    """

    garment: Whole
    colour: Floats
    hidden: Mask
    place: Whole
    pattern: Floats

    @classmethod
    def draw(cls, dice: Dice, garments: Whole, share: float) -> Self:
        """Draw it.

        Parameters
        ----------
        dice : Dice
        garments : (B, 2) int array
            Short and long; -1 where a person has none of this kind.
        share : float
            Probability that a garment is dyed.
        """
        long = dice.chance(LONG).astype(int)
        garment = np.take_along_axis(garments, long[:, None], axis=1)[:, 0]
        garment = np.where(dice.chance(share), garment, -1)
        strength = np.where(dice.chance(PATTERNED), dice.uniform(0.3, 1), 0)
        return cls(
            garment, draw_colours(dice), dice.chance(HIDDEN), dice.choice(PLACES**2), strength
        )

    def of(self, chosen: Whole) -> "Dye":
        """Return the dyes of the samples of these numbers (n,)."""
        return Dye(*(values[chosen] for values in vars(self).values()))


def draw_colours(dice: Dice) -> Floats:
    """Draw colours of cloths, (B, 3) RGB in [0, 255]: any hue, often pale or grey."""
    value, saturation = dice.uniform(0.06, 1), dice.uniform() ** 1.5
    hue = (dice.uniform(0, 6)[:, None] - np.array([0, 2, 4])) % 6  # away from red, green and blue
    pure = np.clip(np.abs(hue - 3) - 1, 0, 1)
    return 255 * value[:, None] * (1 - saturation[:, None] * (1 - pure))


def dye(images: Tensor, labels: Tensor, behind: Tensor, patterns: Tensor, dyes: Dye) -> Tensor:
    """Dye a garment of each person.

    Parameters
    ----------
    images, behind : (B, 3, S, S) float32 tensors
        The persons, and what they will stand before.
    labels : (B, S, S) uint8 tensor
    patterns : (B, 3, P, P) float32 tensor
        What may be printed on the garments.
    dyes : Dye
        All of them with a garment.

    Returns
    -------
    (B, 3, S, S) float32 tensor
    """
    device = images.device
    worn = put(LABELS, device)[put(dyes.garment, device)]  # (B, 256)
    inside = worn.gather(1, labels.flatten(1).long()).reshape(images[:, :1].shape)
    area = inside.sum(dim=(2, 3), keepdim=True)
    light = images.mean(dim=1, keepdim=True) + 16  # where it is nearly black, folds are only noise
    middle = (light * inside).sum(dim=(2, 3), keepdim=True) / area.clamp(min=1)
    folds = (light / middle.clamp(min=1)).clamp_(DARKEST, BRIGHTEST)
    cloth = colours_of(behind, dyes)
    printed = numbers_of(dyes.pattern > 0, device)
    if printed is not None:
        pattern = stretched(patterns[printed], inside[printed])
        strength = per_image(dyes.pattern, device)[printed]
        plain, cloth = cloth[printed], cloth.repeat(1, 1, *images.shape[2:])
        cloth[printed] = torch.lerp(plain, pattern, strength)
    share = smoothed(inside) * (area >= LEAST)
    return torch.lerp(images, (cloth * folds).clamp_(max=255), share)


def smoothed(inside: Tensor) -> Tensor:
    """Return the means of masks (B, 1, S, S) over 3 x 3 pixels."""
    for _ in range(2):
        around = F.pad(inside, (1, 1, 0, 0))
        inside = (around[..., 2:] + around[..., 1:-1] + around[..., :-2]).transpose(2, 3) / 3
    return inside


def colours_of(behind: Tensor, dyes: Dye) -> Tensor:
    """Return the colours (B, 3, 1, 1) of cloths: those that were drawn, or of places behind the
    person.
    """
    there = F.avg_pool2d(behind, behind.shape[-1] // PLACES).flatten(2)  # (B, 3, places)
    place = put(dyes.place, behind.device)[:, None, None].expand(-1, 3, 1)
    hidden = put(dyes.hidden, behind.device)[:, None, None, None]
    return torch.where(
        hidden, there.gather(2, place)[..., None], per_image(dyes.colour, behind.device)
    )


def stretched(patterns: Tensor, inside: Tensor) -> Tensor:
    """Stretch patterns (B, 3, P, P) over what garments (B, 1, S, S) fill of images."""
    size = inside.shape[-1]
    maps = []
    for along in (2, 3):  # columns, then rows
        filled = inside[:, 0].amax(dim=along - 1)
        first = filled.argmax(dim=1).float()
        length = size - filled.flip(1).argmax(dim=1).float() - first
        maps.append((size / length, (size - 2 * first) / length - 1))
    turn = torch.diag_embed(torch.stack([scale for scale, _ in maps], dim=1))
    shift = torch.stack([offset for _, offset in maps], dim=1)[..., None]
    grid = look_at(torch.cat((turn, shift), dim=2), size)
    return F.grid_sample(patterns, grid, padding_mode="border", align_corners=False)
