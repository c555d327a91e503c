"""Bring pictures of any size to training images, by one affine warp for image, cover and labels.

Points (x, y) have (0, 0) at the centre of the top-left pixel. A map is a (2, 3) array, from the
picture to the image.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.nn import functional as F

from personalize.training.compose.bank import BORDER, Picture
from personalize.training.compose.dice import put
from personalize.types import Floats, Mask, Whole

SHRINK = 0.6
"""What is left of a side, below which a smaller size of the picture is taken (the nearest four
pixels are no mean of more)."""
AROUND = 2
"""Pixels beside what an image shows of a picture."""


def placements(centres: Floats, at: Floats, scale: Floats, angle: Floats, mirrored: Mask) -> Floats:
    """Return maps (B, 2, 3) of pictures to images.

    Parameters
    ----------
    centres, at : (B, 2) arrays
        Points of the pictures, and where they come to lie in the images.
    scale : (B,) array
        Pixels of the image per pixel of the picture.
    angle : (B,) array
        Radians, clockwise as it is seen.
    mirrored : (B,) bool array
        Whether the image is mirrored at last.
    """
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    turn = np.stack(
        (np.stack((cosine, -sine), axis=-1), np.stack((sine, cosine), axis=-1)), axis=-2
    )
    turn[:, 0] *= np.where(mirrored, -1, 1)[:, None]
    return np.concatenate((turn, (at - np.einsum("bij,bj->bi", turn, centres))[..., None]), axis=2)


def squares(left: Floats, top: Floats, side: Floats, size: int, mirrored: Mask) -> Floats:
    """Return maps of square crops of pictures to whole images.

    Parameters
    ----------
    left, top, side : (B,) arrays
        Of the crops, in pixels whose edges are whole numbers.
    size : int
        Side of the images.
    mirrored : (B,) bool array

    Returns
    -------
    (B, 2, 3) float array
    """
    scale = size / side
    centres = np.stack((left, top), axis=1) + (side[:, None] - 1) / 2
    middle = np.full((len(scale), 2), (size - 1) / 2)
    return placements(centres, middle, scale, np.zeros(len(scale)), mirrored)


def warp(
    pictures: Sequence[Picture], maps: Floats, size: int, device: str | torch.device, whole: Mask
) -> tuple[Tensor, Tensor]:
    """Warp pictures into images.

    Parameters
    ----------
    pictures : sequence of B `bank.Picture`
    maps : (B, 2, 3) array
    size : int
    device : torch.device
    whole : (B,) bool array
        Which pictures are opaque everywhere; the others where their cut-out is.

    Returns
    -------
    layers : (B, 4, size, size) float32 tensor
        Red, green, blue and opaqueness in [0, 255]; not opaque outside of the picture.
    labels : (B, size, size) uint8 tensor
        The nearest; 0 outside of the picture.
    """
    together, grid = laid_out(pictures, maps, size, device, whole)
    layers = F.grid_sample(together[:, :4], grid, align_corners=False)
    labels = F.grid_sample(together[:, 4:], grid, mode="nearest", align_corners=False)
    return layers, labels[:, 0].byte()


def warp_colours(
    pictures: Sequence[Picture], maps: Floats, size: int, device: str | torch.device
) -> Tensor:
    """Warp the colours of pictures alone.

    Parameters
    ----------
    pictures : sequence of B `bank.Picture`
    maps : (B, 2, 3) array
        From the pictures to the images.
    size : int
        Side of the images.
    device : str or torch.device

    Returns
    -------
    (B, 3, size, size) float32 tensor
        In [0, 255].
    """
    together, grid = laid_out(pictures, maps, size, device)
    return F.grid_sample(together, grid, align_corners=False)


def laid_out(
    pictures: Sequence[Picture],
    maps: Floats,
    size: int,
    device: str | torch.device,
    whole: Mask | None = None,
) -> tuple[Tensor, Tensor]:
    """Lay out what images show of pictures, and where they look.

    Parameters
    ----------
    pictures : sequence of B `bank.Picture`
    maps : (B, 2, 3) array
        From the pictures to the images.
    size : int
        Side of the images.
    device : str or torch.device
    whole : (B,) bool array, optional
        Which pictures are opaque everywhere; without it colours alone are laid out.

    Returns
    -------
    together : (B, 5 or 3, h, w) float32 tensor
    grid : (B, size, size, 2) float32 tensor
        For `grid_sample`.
    """
    chosen, backs, low, high, limits = seen(pictures, maps, size)
    planes = 3 if whole is None else 5
    cols, rows = (high - low).max(axis=0).tolist()
    together = torch.zeros((len(chosen), planes, rows, cols), dtype=torch.uint8, device=device)
    for number, (picture, (left, top), (right, bottom)) in enumerate(
        zip(chosen, low.tolist(), high.tolist())
    ):
        together[number, :, : bottom - top, : right - left] = picture[
            :planes, top:bottom, left:right
        ]
    if whole is not None:
        first, last = np.maximum(BORDER - low, 0), limits - BORDER - low
        for number in np.flatnonzero(whole).tolist():
            across, down = (slice(*edges) for edges in zip(first[number], last[number]))
            together[number, 3, down, across] = 255
    backs = between_ones(backs, size, rows, cols)
    return together.float(), look_at(put(backs, device), size)


def look_at(backs: Tensor, size: int) -> Tensor:
    """Return the grid of maps (B, 2, 3), as `affine_grid` does, in a third of the time on a CPU."""
    place = (torch.arange(size, device=backs.device) * 2 + 1) / size - 1
    grid = backs.new_empty((len(backs), size, size, 2))
    for axis in range(2):
        right, down, shift = (value[:, None] for value in backs[:, axis].unbind(dim=1))
        rows = (down * place + shift)[:, :, None]
        torch.add((right * place)[:, None, :], rows, out=grid[..., axis])
    return grid


def seen(
    pictures: Sequence[Picture], maps: Floats, size: int
) -> tuple[list[Tensor], Floats, Whole, Whole, Whole]:
    """Return what images show of pictures, each of the size that fits.

    Parameters
    ----------
    pictures : sequence of B `bank.Picture`
    maps : (B, 2, 3) array
        From the pictures to the images.
    size : int
        Side of the images.

    Returns
    -------
    chosen : list of B (5, h, w) uint8 tensors
        Of `Picture.sizes`.
    backs : (B, 2, 3) float array
        Maps from the images to what is seen.
    low, high, limits : (B, 2) int arrays
        First column and row that are seen, the first ones that are not, and how many there are.
    """
    scale = np.sqrt(np.abs(np.linalg.det(maps[:, :, :2])))
    most = np.array([len(picture.sizes) for picture in pictures]) - 1
    halvings = np.clip(np.ceil(np.log2(SHRINK / scale)), 0, most).astype(int)
    chosen = [picture.sizes[k] for picture, k in zip(pictures, halvings)]
    limits = np.array([picture.shape[:0:-1] for picture in chosen])
    less = (0.5**halvings)[:, None]
    turn = np.linalg.inv(maps[:, :, :2]) * less[:, :, None]
    offset = 0.5 * less - 0.5 + BORDER - np.einsum("bij,bj->bi", turn, maps[:, :, 2])
    corners = np.array([(x, y) for x in (0, size - 1) for y in (0, size - 1)])
    corners = np.einsum("bij,cj->bci", turn, corners) + offset[:, None]
    low = np.clip(np.floor(corners.min(axis=1)).astype(int) - AROUND, 0, limits - 1)
    high = np.clip(np.ceil(corners.max(axis=1)).astype(int) + AROUND + 1, low + 1, limits)
    return chosen, np.concatenate((turn, (offset - low)[..., None]), axis=2), low, high, limits


def between_ones(backs: Floats, size: int, rows: ArrayLike, cols: ArrayLike) -> Floats:
    """Return maps of pixels in the coordinates of torch, in which images reach from -1 to 1.

    Parameters
    ----------
    backs : (B, 2, 3) array
        From images to pictures, in pixels.
    size : int
        Side of the images.
    rows, cols : int or array
        Of the pictures.

    Returns
    -------
    (B, 2, 3) float array
    """
    limits = np.array([cols, rows])[:, None]
    turn, offset = backs[:, :, :2], backs[:, :, 2:]
    middle = turn.sum(axis=2, keepdims=True) * (size - 1) / 2 + offset
    return np.concatenate((turn * size / limits, (2 * middle + 1) / limits - 1), axis=2)
