"""Pictures in the memory of a device, as bytes, each in several sizes.

A picture is (5, H, W) uint8: red, green, blue, how opaque it is where it is cut out, and labels.
Each further size is half of the one before, so that a picture that shrinks is averaged, and not
sampled here and there. The memory that it takes is 1.33 times 5 H W bytes: 0.7 MB for a rendered
person of 320 x 320, 7 GB for 5,000 photographs of 400 x 300 and 6,000 people.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self, TypeAlias

import cv2
import numpy as np
import torch
from torch import Tensor

from personalize import parts
from personalize.types import UNLABELLED, Array, Frame, Labels, Points

OF_HEAD = np.isin(np.arange(256), (*parts.REGIONS["head"], parts.REGION_LABELS["head"]))
"""Which labels are of a head: its parts, and the region."""
PLACES = 64
"""Places of the person that are kept of each picture."""
SPREAD = 4
"""Pixels of a cut-out's colours that are spread as one."""
SIZES = 4
SMALLEST = 24
"""Pixels of the shorter side, below which there is no further size."""
BORDER = 1
"""Pixels around every size, so that edges are not mixed with the black beyond them."""
CPU_SHARE, CUDA_SHARE = 1 / 8, 0.5
"""Of a machine's memory, for each process that composes, and of what is free on a GPU."""
A_PICTURE = 1 << 20
"""Bytes below which there is no room for another picture."""


Read: TypeAlias = Callable[[int], Array]
"""Reads the picture of an index: (5, H, W) uint8, as the head of this file has it."""


class Room:
    """Bytes of memory that pictures may take together; a picture beyond them is read anew each
    time.
    """

    def __init__(self, bytes_left: int) -> None:
        self.left = bytes_left

    @classmethod
    def of(cls, device: str | torch.device) -> Self:
        """Return the room of a device: `CPU_SHARE` or `CUDA_SHARE` of its memory."""
        if torch.device(device).type == "cuda":
            return cls(int(CUDA_SHARE * torch.cuda.mem_get_info(device)[0]))
        return cls(int(CPU_SHARE * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")))

    def take(self, count: int) -> bool:
        """Take so many bytes, if they are there; return whether they were."""
        fits = count <= self.left
        self.left -= count if fits else 0
        return fits


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture in memory.

    Attributes
    ----------
    sizes : list of (5, h + 2, w + 2) uint8 tensors
        The largest first; a border of one pixel repeats the colours, and is not opaque.
    places : (n, 2) float array
        Points (x, y) of the person, at random; the middle of the picture where nobody is.
    head : float
        Side of a square as large as the head, in pixels; NaN where no head is labelled.
    """

    sizes: list[Tensor]
    places: Points
    head: float

    @property
    def shape(self) -> tuple[int, ...]:
        """Height and width."""
        return tuple(side - 2 * BORDER for side in self.sizes[0].shape[1:])


class Bank:
    """Pictures by index, read when they are first asked for.

    Parameters
    ----------
    read : callable
        ``read(index)`` returns a (5, H, W) uint8 array; see the head of this file.
    count : int
    device : str or torch.device
    room : Room
    """

    def __init__(self, read: Read, count: int, device: str | torch.device, room: Room) -> None:
        self.read, self.count, self.device, self.room = read, count, torch.device(device), room
        self.held: dict[int, Picture] = {}

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Picture:
        """Return a `Picture`."""
        index = int(index)
        if index in self.held:
            return self.held[index]
        picture = prepare(self.read(index), index, self.device)
        if self.room.take(sum(size.numel() for size in picture.sizes)):
            self.held[index] = picture
        return picture

    def fill(self, threads: int = 16) -> None:
        """Read as many pictures as there is room for, some at a time."""
        with ThreadPoolExecutor(threads) as pool:
            for _ in pool.map(self.__getitem__, range(self.count)):
                if self.room.left < A_PICTURE:
                    pool.shutdown(cancel_futures=True)
                    return


def prepare(picture: Array, index: int, device: str | torch.device) -> Picture:
    """Bring a picture to a device, in all sizes, and find the person in it.

    Parameters
    ----------
    picture : (5, H, W) uint8 array
        Red, green, blue, opaqueness and labels.
    index : int
        From which the places of the person are drawn.
    device : str or torch.device

    Returns
    -------
    Picture
    """
    labels = picture[4]
    here = np.flatnonzero((labels > 0) & (labels != UNLABELLED))
    places = np.array([[(labels.shape[1] - 1) / 2, (labels.shape[0] - 1) / 2]])
    if len(here):
        some = here[np.random.default_rng(index).integers(len(here), size=PLACES)]
        places = np.stack(np.divmod(some, labels.shape[1])[::-1], axis=1).astype(float)
    area = np.count_nonzero(OF_HEAD[labels])
    sizes = [torch.from_numpy(size).to(device) for size in halved(picture)]
    return Picture(sizes, places, float(np.sqrt(area)) if area else float("nan"))


def halved(picture: Array) -> list[Array]:
    """Return a (5, H, W) picture in all its sizes, as in `Picture`; labels are taken, not
    averaged.
    """
    sizes = []
    for number in range(SIZES):
        sizes.append(bordered(picture))
        rows, cols = picture.shape[1] // 2, picture.shape[2] // 2
        if min(rows, cols) < SMALLEST:
            break
        even = picture[:, : 2 * rows, : 2 * cols]
        half = np.empty((5, rows, cols), np.uint8)
        for plane, larger in zip(half[:4], even):
            cv2.resize(larger, (cols, rows), dst=plane, interpolation=cv2.INTER_AREA)
        side = number % 2  # now the upper left one of four, now the lower right one
        half[4] = even[4, side::2, side::2]
        picture = half
    return sizes


def bordered(picture: Array) -> Array:
    """Return a (5, H, W) picture with its border, (5, H + 2, W + 2)."""
    around = np.zeros((5, *(side + 2 * BORDER for side in picture.shape[1:])), np.uint8)
    around[:, 1:-1, 1:-1] = picture
    colours = around[:3]
    colours[:, [0, -1]] = colours[:, [1, -2]]
    colours[:, :, [0, -1]] = colours[:, :, [1, -2]]
    return around


def stacked(image: Frame, opaque: Array, labels: Labels) -> Array:
    """Stack what is known of each pixel into a picture.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
        RGB.
    opaque : (H, W) uint8 array
        0 where the picture is not shown, 255 where it is.
    labels : (H, W) uint8 array
        Parts or regions; 255 where unknown.

    Returns
    -------
    (5, H, W) uint8 array
    """
    return np.stack((*cv2.split(image), opaque, labels))


def bleed(image: Frame, opaque: Array) -> Frame:
    """Spread the colours of a cut-out to beyond its edges.

    Where a cut-out is not opaque it is often black, which would darken its edges when it is
    enlarged or shrunk.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
    opaque : (H, W) uint8 array

    Returns
    -------
    (H, W, 3) uint8 array
    """
    height, width = opaque.shape
    coarse = max(width // SPREAD, 1), max(height // SPREAD, 1)
    heavy = cv2.multiply(image, cv2.merge((opaque,) * 3), scale=1 / 255)
    colours, weight = (
        cv2.blur(
            cv2.resize(values, coarse, interpolation=cv2.INTER_AREA).astype(np.float32), (5, 5)
        )
        for values in (heavy, opaque)
    )
    spread = np.minimum(255 * colours / np.maximum(weight, 1)[..., None], 255).astype(np.uint8)
    around = cv2.resize(spread, (width, height), interpolation=cv2.INTER_NEAREST)
    return cv2.copyTo(image, (opaque >= 128).astype(np.uint8), around).astype(np.uint8, copy=False)
