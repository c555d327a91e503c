"""Degrade images as cameras and codecs do: sharpness, detail, bits; each in some of the images.

Images are (B, 3, S, S) float32 tensors in [0, 255].
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from personalize.training.compose.dice import Dice, numbers_of, per_image, put
from personalize.training.compose.shade import bell
from personalize.types import Floats, Whole

BLOCK = 8
"""Pixels of the side of a block of JPEG."""
BLURRED = 1.6
"""Greatest deviation of a blur, in pixels."""
LONGEST = 9
"""Pixels that something moves while the shutter is open."""

LUMINANCE = (
    *(16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99),
)
CHROMINANCE = (
    *(17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99),
    *(24, 26, 56, 99, 99, 99, 99, 99, 47, 66, *(99,) * 38),
)
"""Steps of the coefficients at quality 50, row by row (ITU-T T.81, annex K.1)."""

TO_YCC = np.array(
    ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312)), np.float32
)
FROM_YCC = np.linalg.inv(TO_YCC)
"""Between red, green and blue, and brightness and two differences of colour (ITU-T T.871)."""


@dataclass(frozen=True, eq=False)
class Loss:
    """What B images lose; 0 where it is nothing.

    Attributes
    ----------
    blur : (B,) array
        Deviation in pixels.
    moved : (B,) int array
        Pixels that the image moves.
    angle : (B,) array
        Where to, radians.
    noise : (B,) array
        Deviation, of 255.
    sheet : (B, 2) int array
        Where its noise is cut out of the sheet.
    quality : (B,) array
        Of JPEG, in percent.
    """

    blur: Floats
    moved: Floats
    angle: Floats
    noise: Floats
    sheet: Whole
    quality: Floats

    @classmethod
    def draw(cls, dice: Dice, strength: float, size: int) -> Self:
        """Draw what images lose.

        Parameters
        ----------
        dice : Dice
        strength : float
            At 0 they lose nothing; 1 is the most.
        size : int
            Side of the images.

        Returns
        -------
        Loss
        """
        return cls(
            np.where(dice.chance(0.4 * strength), dice.uniform(0.4, BLURRED), 0),
            np.where(dice.chance(0.15 * strength), 3 + dice.choice(LONGEST - 3), 0),
            dice.uniform(0, np.pi),
            np.where(dice.chance(0.5 * strength), dice.uniform(1, 10), 0),
            dice.choice(size, among=2),
            np.where(dice.chance(0.4 * strength), dice.uniform(25, 80), 0),
        )


def degrade(images: Tensor, loss: Loss) -> Tensor:
    """Degrade sharpness, detail and bits of images; they are changed in place and returned."""
    for amount, change in (
        (loss.blur, lambda some, k: softened(some, put(loss.blur[k], some.device))),
        (loss.moved, lambda some, k: moved(some, loss.moved[k], loss.angle[k])),
        (loss.noise, lambda some, k: noisy(some, loss.noise[k], loss.sheet[k])),
        (loss.quality, lambda some, k: coded(some, loss.quality[k])),
    ):
        numbers = numbers_of(amount > 0, images.device)
        if numbers is not None:
            some = np.flatnonzero(amount > 0)
            images[numbers] = change(images[numbers], some)
    return images


def softened(images: Tensor, deviations: Tensor) -> Tensor:
    """Blur images by Gaussians of deviations (B,), a tensor, in pixels, at most `BLURRED`.

    An eighth of a row, and then of a column, is a matrix times it and what is beside it, which
    is quicker than a convolution that differs from image to image.
    """
    reach, side = round(3 * BLURRED), images.shape[-1] // BLOCK
    place = torch.arange(side + 2 * reach, device=images.device, dtype=images.dtype)
    apart = place[:, None] - place[:side] - reach
    weights = bell(apart / deviations.reshape(-1, 1, 1, 1, 1))
    weights = weights / weights.sum(dim=-2, keepdim=True)  # (B, 1, 1, side + 2 reach, side)
    for _ in range(2):
        around = F.pad(images, (reach, reach, 0, 0), mode="replicate")
        blocks = around.unfold(3, side + 2 * reach, side).transpose(2, 3)
        images = (blocks @ weights).transpose(3, 4).flatten(2, 3)  # rows become columns
    return images


def moved(images: Tensor, lengths: Floats, angles: Floats) -> Tensor:
    """Blur images along a line, as if they moved while the shutter was open.

    Parameters
    ----------
    images : (B, C, S, S) float32 tensor
    lengths : (B,) array
        Pixels that each moves.
    angles : (B,) array
        Where to, in radians, clockwise as it is seen.

    Returns
    -------
    (B, C, S, S) float32 tensor
    """
    reach = LONGEST // 2
    around = F.pad(images, (reach,) * 4, mode="replicate")
    steps = np.arange(LONGEST) - reach
    within = np.abs(steps) <= (lengths[:, None] - 1) / 2  # (B, steps)
    shares = (within / within.sum(axis=1, keepdims=True)).astype(np.float32)
    total = torch.zeros_like(images)
    for step, share in zip(steps[within.any(axis=0)], shares.T[within.any(axis=0)]):
        right = np.rint(step * np.cos(angles)).astype(int) + reach
        down = np.rint(step * np.sin(angles)).astype(int) + reach
        total.addcmul_(
            windows(around, down, right, images.shape[-1]), per_image(share, images.device)
        )
    return total


def windows(images: Tensor, tops: Whole, lefts: Whole, size: int) -> Tensor:
    """Cut a square out of each image.

    Parameters
    ----------
    images : (B, C, H, W) tensor
    tops, lefts : (B,) int array
        First row and column of each square.
    size : int
        Side of the squares.

    Returns
    -------
    (B, C, size, size) tensor
    """
    cut = images.unfold(2, size, 1).unfold(3, size, 1)  # (B, C, H', W', size, size), a view
    numbers = torch.arange(len(images), device=images.device)
    return cut[numbers, :, put(tops, images.device), put(lefts, images.device)]


def noisy(images: Tensor, deviations: Floats, places: Whole) -> Tensor:
    """Add Gaussian noise, cut out of the one sheet that all images share.

    Parameters
    ----------
    images : (B, 3, S, S) float32 tensor
        In [0, 255].
    deviations : (B,) array
        Of the noise of each image, of 255.
    places : (B, 2) int array
        First row and column of each cut, from 0 to S.

    Returns
    -------
    (B, 3, S, S) float32 tensor
        In [0, 255].
    """
    size = images.shape[-1]
    sheet = noise_sheet(2 * size, images.device)
    cut = sheet.unfold(1, size, 1).unfold(2, size, 1)
    tops, lefts = (put(places[:, k], images.device) for k in (0, 1))
    noise = cut[:, tops, lefts].transpose(0, 1)
    return (images + noise * per_image(deviations, images.device)).clamp_(0, 255)


@lru_cache(maxsize=2)
def noise_sheet(side: int, device: torch.device) -> Tensor:
    """Return (3, side, side) float32 normal noise, the same on every device."""
    drawn = np.random.default_rng(side).standard_normal((3, side, side), np.float32)
    return put(drawn, device)


def coded(images: Tensor, qualities: Floats) -> Tensor:
    """Lose what JPEG loses: the coefficients of blocks are rounded, fine colours left out.

    Colours keep the lower half of their frequencies, as where they are stored at half of the size.
    """
    device = images.device
    size = images.shape[-1]
    wave, steps = put(waves(), device), put(quantisation(qualities), device)
    planes = mixed(images, TO_YCC)
    planes[:, 0] -= 128
    blocks = (-1, 3, size // BLOCK, BLOCK, size // BLOCK, BLOCK)
    coefficients = both_ways(planes, wave).reshape(blocks)
    coefficients.div_(steps).round_().mul_(steps)
    planes = both_ways(coefficients.reshape(images.shape), wave.T)
    planes[:, 0] += 128
    return mixed(planes, FROM_YCC).clamp_(0, 255)


def mixed(images: Tensor, matrix: Floats) -> Tensor:
    """Mix the channels of images by a (3, 3) matrix."""
    return (put(matrix, images.device) @ images.flatten(2)).reshape(images.shape)


def both_ways(planes: Tensor, wave: Tensor) -> Tensor:
    """Multiply each block of planes (B, 3, S, S) with a matrix (8, 8), and with its transpose
    behind.
    """
    rows = planes.reshape(-1, BLOCK) @ wave.T
    return (wave @ rows.reshape(-1, BLOCK, planes.shape[-1])).reshape(planes.shape)


@lru_cache(maxsize=1)
def waves() -> Floats:
    """Return the (8, 8) float32 matrix from a row of a block to its coefficients, orthonormal."""
    place = np.arange(BLOCK)
    wave = np.cos(np.pi * place[:, None] * (2 * place + 1) / (2 * BLOCK)) * np.sqrt(2 / BLOCK)
    wave[0] /= np.sqrt(2)
    return wave.astype(np.float32)


def quantisation(qualities: Floats) -> Floats:
    """Return the steps (B, 3, 1, 8, 1, 8) of the coefficients at qualities (B,) in percent, as
    libjpeg has them.
    """
    scale = np.where(qualities < 50, 5000 / np.maximum(qualities, 1), 200 - 2 * qualities)
    base = np.array([LUMINANCE, CHROMINANCE, CHROMINANCE], float).reshape(3, 1, BLOCK, 1, BLOCK)
    steps = np.clip(np.floor((base * scale.reshape(-1, 1, 1, 1, 1, 1) + 50) / 100), 1, 255)
    steps[:, 1:, :, BLOCK // 2 :], steps[..., BLOCK // 2 :][:, 1:] = 1e6, 1e6  # rounds to nothing
    return steps
