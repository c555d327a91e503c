"""The shadow that a person casts on what is behind."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from personalize.training.compose.dice import Dice, per_image, put
from personalize.training.compose.warp import between_ones, look_at
from personalize.types import Floats

COARSE = 4
"""Pixels of the image per pixel of a shadow, which is blurred anyway."""


@dataclass(frozen=True, eq=False)
class Shadow:
    """How B shadows fall on a wall.

    Attributes
    ----------
    shift : (B, 2) array
        To the right and down, in parts of the image's side.
    grow : (B,) array
    blur : (B,) array
        Deviation, in parts of the image's side.
    dark : (B,) array
        What is taken from the light, in [0, 1].
    """

    shift: Floats
    grow: Floats
    blur: Floats
    dark: Floats

    @classmethod
    def draw(cls, dice: Dice) -> Self:
        """Draw it: mostly to the right and a little down, or to the left."""
        shift = dice.normal(0, np.array((0.12, 0.05)), count=2)
        return cls(shift, dice.uniform(1, 1.2), dice.uniform(0.005, 0.04), dice.uniform(0.15, 0.65))


def cast(behind: Tensor, opaque: Tensor, shadow: Shadow) -> Tensor:
    """Darken what is behind persons, and return it.

    Parameters
    ----------
    behind : (B, 3, S, S) float32 tensor
    opaque : (B, 1, S, S) float32 tensor
        How much of each pixel the person covers, in [0, 1].
    shadow : Shadow
    """
    size = behind.shape[-1]
    coarse = F.avg_pool2d(opaque, COARSE)
    side = coarse.shape[-1]
    grid = look_at(put(shadow_maps(shadow, side), behind.device), side)
    fallen = F.grid_sample(coarse, grid, align_corners=False)
    fallen = blurred(fallen, put(shadow.blur * side, behind.device))
    fallen = F.interpolate(fallen, size=(size, size), mode="bilinear", align_corners=False)
    return behind * (1 - per_image(shadow.dark, behind.device) * fallen)


def shadow_maps(shadow: Shadow, side: int) -> Floats:
    """Return the maps (B, 2, 3) from shadows to persons that `affine_grid` takes."""
    turn = np.eye(2) / shadow.grow[:, None, None]
    offset = (side - 1) / 2 * (1 - 1 / shadow.grow[:, None]) - shadow.shift * side / shadow.grow[
        :, None
    ]
    return between_ones(np.concatenate((turn, offset[..., None]), axis=2), side, side, side)


def blurred(shadows: Tensor, deviations: Tensor) -> Tensor:
    """Blur shadows (B, 1, s, s) by Gaussians of deviations (B,), a tensor, in pixels; beyond the
    edges is none.

    Rows and then columns are multiplied by a matrix of all weights between them.
    """
    place = torch.arange(shadows.shape[-1], device=shadows.device, dtype=shadows.dtype)
    weights = bell((place[:, None] - place) / deviations.reshape(-1, 1, 1, 1))
    weights = weights / weights.sum(dim=-1, keepdim=True).amax(dim=-2, keepdim=True)
    return weights @ shadows @ weights.transpose(-1, -2)


def bell(apart: Tensor) -> Tensor:
    """Return the weights of a Gaussian, not normalised: 0 from four deviations on, where others
    would be so small that a processor takes many times as long for them."""
    return torch.exp(-0.5 * apart**2) * (apart.abs() < 4)
