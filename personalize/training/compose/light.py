"""Change light and colour: of a person, of what is behind, and of the whole image.

Images are (B, 3, S, S) float32 tensors in [0, 255].
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor

from personalize.training.compose.dice import Dice, per_image, put
from personalize.types import Floats


@dataclass(frozen=True, eq=False)
class Light:
    """How the light of B images changes.

    Attributes
    ----------
    gain : (B, 3) array
        Of red, green and blue.
    gamma, saturation, contrast : (B,) arrays
    """

    gain: Floats
    gamma: Floats
    saturation: Floats
    contrast: Floats

    @classmethod
    def draw(cls, dice: Dice, strength: float) -> Self:
        """Draw it; at strength 0 nothing changes."""
        tint = dice.normal(0, 0.06 * strength, count=3)
        return cls(
            np.exp(dice.normal(0, 0.25 * strength)[:, None] + tint),
            np.exp(dice.normal(0, 0.25 * strength)),
            np.clip(1 + dice.normal(0, 0.25) * strength, 0, 2),
            np.exp(dice.normal(0, 0.15 * strength)),
        )


def relight(images: Tensor, light: Light, opaque: Tensor | None = None) -> Tensor:
    """Change light and colour of images, and return others.

    Parameters
    ----------
    images : (B, 3, S, S) float32 tensor
        In [0, 255].
    light : Light
    opaque : (B, 1, S, S) float32 tensor, optional
        In [0, 1]; contrast then changes around the mean of what is opaque, else around that of
        everything.

    Returns
    -------
    (B, 3, S, S) float32 tensor
        In [0, 255].
    """
    device = images.device
    values = looked_up(images, put(levels(light), device))
    if opaque is None:
        middle = values.mean(dim=(1, 2, 3), keepdim=True)
    else:
        middle = shown_colour(values, opaque).mean(dim=1, keepdim=True)
    contrast = per_image(light.contrast, device)
    saturation = per_image(light.saturation, device)
    grey = values.mean(dim=1, keepdim=True).mul_(contrast * (1 - saturation))
    grey += middle * (1 - contrast)
    return values.mul_(contrast * saturation).add_(grey).clamp_(0, 255)


def levels(light: Light) -> Floats:
    """Return what becomes of the 256 levels of red, green and blue, (B, 3, 256), but for their
    mixing.
    """
    bright = np.minimum(np.arange(256) / 255 * light.gain[..., None], 1)
    return 255 * bright ** light.gamma[:, None, None]


def looked_up(images: Tensor, tables: Tensor) -> Tensor:
    """Replace the rounded values of images (B, C, S, S) by those of tables (B, C, 256)."""
    table = torch.arange(tables.shape[0] * tables.shape[1], device=images.device, dtype=torch.int32)
    table = (256 * table).reshape(*images.shape[:2], 1, 1)
    where = images.add(0.5).clamp_(0, 255).int().add_(table)
    return tables.flatten().index_select(0, where.flatten()).reshape(images.shape)


def shown_colour(images: Tensor, opaque: Tensor) -> Tensor:
    """Return the mean colours (B, 3, 1, 1) of what is opaque, (B, 1, S, S) in [0, 1], of images."""
    covered = opaque.mean(dim=(2, 3), keepdim=True).clamp(min=1e-6)
    return (images * opaque).mean(dim=(2, 3), keepdim=True) / covered


def blend_in(images: Tensor, opaque: Tensor, behind: Tensor, way: Floats) -> Tensor:
    """Light persons like what is behind, some of the way: a dark one before a dark wall.

    Parameters
    ----------
    images, behind : (B, 3, S, S) float32 tensor
    opaque : (B, 1, S, S) float32 tensor
        Where the person is, in [0, 1].
    way : (B,) array
        0 leaves the person as it is, 1 gives it the mean colour of what is behind.
    """
    person = shown_colour(images, opaque)
    around = behind.mean(dim=(2, 3), keepdim=True)
    gain = ((around + 8) / (person + 8)).clamp(0.25, 4) ** put(way, images.device).reshape(
        -1, 1, 1, 1
    )
    return (images * gain).clamp_(max=255)
