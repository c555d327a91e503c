"""All coordinate arithmetic: source frame <-> canvas of the network <-> cells of a map.

The network is fully convolutional, so its input (the *canvas*) keeps the frame's
shape and only its area is settled. A point (x, y) has (0, 0) at the centre of the
top-left pixel, in all three systems; a cell covers 8 x 8 pixels of the canvas.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from personalize.errors import SettingsError
from personalize.types import UNLABELLED, Frame, Frames, Labels, Map, Points

CELL = 8
"""Canvas pixels per map cell; the network's stride."""


@dataclass(frozen=True)
class Framing:
    """How a source frame lies on the canvas.

    Attributes
    ----------
    height, width : int
        Size of the source frame.
    scale : float
        Canvas pixels per source pixel.
    left, top : float
        Canvas pixels from the canvas's top-left corner to the frame's; negative
        where the frame reaches beyond the canvas.
    rows, cols : int
        Size of the canvas; multiples of 8.
    """

    height: int
    width: int
    scale: float
    left: float
    top: float
    rows: int
    cols: int

    def __post_init__(self) -> None:
        if self.rows % CELL or self.cols % CELL or min(self.rows, self.cols) < CELL:
            raise SettingsError(
                f"a canvas of {self.rows} x {self.cols}: sides must be multiples of {CELL}"
            )

    @property
    def cells(self) -> tuple[int, int]:
        """Rows and columns of a map of the canvas."""
        return self.rows // CELL, self.cols // CELL

    def apply(self, frame: Frame) -> Frame:
        """Bring a (height, width, 3) uint8 frame to the canvas: (rows, cols, 3) uint8.

        What lies outside the frame repeats its edge.
        """
        if frame.shape[:2] != (self.height, self.width):
            raise ValueError(f"{self} got a frame of shape {frame.shape}")
        top, left = round(self.top), round(self.left)
        if top < 0 or left < 0:  # only what may be seen is scaled
            row, col = round(max(-self.top, 0) / self.scale), round(max(-self.left, 0) / self.scale)
            reach = math.ceil(self.rows / self.scale) + 1, math.ceil(self.cols / self.scale) + 1
            frame = frame[row : row + reach[0], col : col + reach[1]]
            top, left = max(top, 0), max(left, 0)
        rows, cols = (round(side * self.scale) for side in frame.shape[:2])
        smooth = cv2.INTER_AREA if self.scale < 1 else cv2.INTER_LINEAR
        scaled = cv2.resize(frame, (cols, rows), interpolation=smooth)
        scaled = scaled[: self.rows - top, : self.cols - left]
        bottom, right = self.rows - top - scaled.shape[0], self.cols - left - scaled.shape[1]
        bordered = cv2.copyMakeBorder(scaled, top, bottom, left, right, cv2.BORDER_REPLICATE)
        return cast(Frame, bordered)

    def to_canvas(self, xy: ArrayLike) -> Points:
        """Map points (..., 2) of the source frame to the canvas.

        Examples
        --------
        Half as large, the centres of the first two pixels are a quarter beside that of the first:

        >>> fit_frame(64, 96, 39.19).to_canvas([(0, 0), (1, 1)]).round(2).tolist()
        [[-0.25, -0.25], [0.25, 0.25]]
        """
        return (np.asarray(xy) + 0.5) * self.scale - 0.5 + (self.left, self.top)

    def to_source(self, xy: ArrayLike) -> Points:
        """Map points (..., 2) of the canvas to the source frame."""
        return (np.asarray(xy) - (self.left, self.top) + 0.5) / self.scale - 0.5

    def cells_to_source(self, xy: ArrayLike) -> Points:
        """Map points (..., 2), column and row of a map, to the source frame."""
        return self.to_source((np.asarray(xy) + 0.5) * CELL - 0.5)

    def edges(self) -> Points:
        """Return the left, top, right and bottom edge of the canvas in source pixels: (4,)."""
        corners = [(-0.5, -0.5), (self.cols - 0.5, self.rows - 0.5)]
        return (self.to_source(corners) + 0.5).ravel()

    def seen(self, aspect: float = 0.0) -> tuple[slice, slice]:
        """Return the rows and columns (slices) of the source frame that lie on the canvas.

        Columns beside them are added, as far as there are some, until the width is at
        least `aspect` times the height.
        """
        size = (self.width, self.height) * 2
        left, top, right, bottom = np.clip(self.edges(), 0, size)
        beside = max(aspect * (bottom - top) - (right - left), 0) / 2
        return _within(top, bottom, self.height), _within(left - beside, right + beside, self.width)

    def restore(self, values: NDArray[Any]) -> NDArray[Any]:
        """Bring a map (h, w) or (h, w, C) of the canvas to the source frame, bilinearly.

        Returns
        -------
        (height, width[, C]) array of the same dtype (float32 or uint8)
            0 outside the canvas: no person is there.
        """
        return self._warp(values, cv2.INTER_LINEAR)

    def restore_labels(self, labels: Labels) -> Labels:
        """Bring labels (h, w) of the canvas to the source frame: the nearest; 0 outside of it."""
        return self._warp(labels, cv2.INTER_NEAREST)

    def _warp(self, values: NDArray[Any], interpolation: int) -> NDArray[Any]:
        rows, cols = values.shape[:2]
        per_row, per_col = self.rows / rows, self.cols / cols  # canvas pixels per value
        fx, fy = self.scale / per_col, self.scale / per_row
        # source pixel -> place in `values`; the halves are pixel centres
        matrix = np.array(
            [
                [fx, 0, fx / 2 + self.left / per_col - 0.5],
                [0, fy, fy / 2 + self.top / per_row - 0.5],
            ]
        )
        warped = cv2.warpAffine(
            values,
            matrix,
            (self.width, self.height),
            flags=interpolation | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return self._clear_outside(warped)

    def _clear_outside(self, values: NDArray[Any]) -> NDArray[Any]:
        """Set to 0 what is more than a pixel of the canvas outside of it; a side may be rounded."""
        left, top = np.maximum(np.floor(self.to_source((-1.5, -1.5))), 0).astype(int)
        right, bottom = np.ceil(self.to_source((self.cols + 0.5, self.rows + 0.5))).astype(int) + 1
        values[:top], values[bottom:], values[:, :left], values[:, right:] = 0, 0, 0, 0
        return values


def _within(start: float, stop: float, side: int) -> slice:
    """The slice from start to stop, moved into a side of so many pixels; all of it, if that
    is less.
    """
    length = min(round(stop - start), side)
    start = min(max(round(start), 0), side - length)
    return slice(start, start + length)


def fit_frame(height: int, width: int, size: float) -> Framing:
    """Lay a whole frame on a canvas of about `size` x `size` pixels of its own shape.

    Parameters
    ----------
    height, width : int
        Size of the frame.
    size : int
        Side of the square that has the canvas's area.

    Returns
    -------
    Framing
        The frame is at the top left; up to 7 rows and columns that fill the
        canvas to a multiple of 8 repeat its edge.
    """
    return crop_frame(height, width, (0, 0, width, height), size)


def crop_frame(height: int, width: int, box: Sequence[float] | Points, size: float) -> Framing:
    """Lay a crop of a frame on a canvas of about `size` x `size` pixels of the crop's shape.

    Parameters
    ----------
    height, width : int
        Size of the frame.
    box : (4,) float array
        Left, top, right and bottom edge of the crop in source pixels, within the frame.
    size : float
        Side of the square that has the canvas's area.

    Returns
    -------
    Framing
        The crop begins at a whole pixel, at the top left of the canvas; the up to 7 rows
        and columns that fill the canvas show what lies beside it, or the frame's edge.
    """
    left, top = math.floor(box[0]), math.floor(box[1])
    shape = box[3] - top, box[2] - left
    if min(shape) <= 0:
        raise ValueError(f"a crop without area: {tuple(box)}")
    scale = size / math.sqrt(shape[0] * shape[1])
    rows, cols = round(shape[0] * scale), round(shape[1] * scale)
    if min(rows, cols) < 1:
        raise SettingsError(f"a frame of {width}x{height} is too long and thin to be parsed")
    # 0 - x, for -x may be a zero below zero
    return Framing(
        height, width, scale, 0 - left * scale, 0 - top * scale, round_up(rows), round_up(cols)
    )


def round_up(side: int) -> int:
    """Return the least multiple of the cell that is not below `side`."""
    return -(-side // CELL) * CELL


def scale_canvas(rows: int, cols: int, scale: float) -> tuple[int, int]:
    """Return the size of a scaled canvas, in whole cells.

    Parameters
    ----------
    rows, cols : int
        Of the canvas, in pixels.
    scale : float

    Returns
    -------
    rows, cols : int
        Multiples of `CELL`; at least one cell.
    """
    scaled = (CELL * max(round(side * scale / CELL), 1) for side in (rows, cols))
    return next(scaled), next(scaled)


def resize_area(frames: Frames, rows: int, cols: int) -> Frames:
    """Resize frames, averaging over areas where they shrink.

    Parameters
    ----------
    frames : (T, H, W, 3) uint8 array
    rows, cols : int
        Wanted.

    Returns
    -------
    (T, rows, cols, 3) uint8 array
        `frames` itself if it has that size.
    """
    if frames.shape[1:3] == (rows, cols):
        return frames
    shrinks = rows * cols < frames.shape[1] * frames.shape[2]
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    resized = np.empty((len(frames), rows, cols, 3), np.uint8)
    for result, frame in zip(resized, frames):
        cv2.resize(frame, (cols, rows), dst=result, interpolation=interpolation)
    return resized


def resize_maps(maps: Map, rows: int, cols: int) -> Map:
    """Shrink maps, averaging over areas.

    Parameters
    ----------
    maps : (T, h, w) float32 array
    rows, cols : int
        Wanted.

    Returns
    -------
    (T, rows, cols) float32 array
    """
    return np.stack([cv2.resize(m, (cols, rows), interpolation=cv2.INTER_AREA) for m in maps])


def cell_shares(labels: Labels, cells: tuple[int, int], *, known: float = 0.75) -> Map:
    """Return how much of each cell of a map the person covers.

    Parameters
    ----------
    labels : (H, W) uint8 array
        0 background, 1 person, 255 unlabelled; H, W at least the map's.
    cells : (int, int)
        Rows and columns of the map.
    known : float
        Share of a cell's pixels that must be labelled for the others to be left out.

    Returns
    -------
    (h, w) float32 array
        In [0, 1]; NaN where too little is labelled.
    """
    labelled, person = (
        cv2.resize(pixels.astype(np.float32), cells[::-1], interpolation=cv2.INTER_AREA)
        for pixels in (labels != UNLABELLED, labels == 1)
    )
    share = person / np.maximum(labelled, 1e-6)
    return np.where(labelled >= known, share, np.float32(np.nan))


def cell_labels(labels: Labels, cells: tuple[int, int], *, share: float = 0.75) -> Labels:
    """Label the cells of a map by what the pixels below them agree on.

    Parameters
    ----------
    labels, cells
        As for `cell_shares`.
    share : float
        A cell is labelled if at least this share of its pixels is labelled, and
        at least this share of those agrees (METHOD: area average).

    Returns
    -------
    (h, w) uint8 array
    """
    person = cell_shares(labels, cells, known=share)
    cell = np.full(cells, UNLABELLED, np.uint8)
    cell[person >= share] = 1
    cell[person <= 1 - share] = 0
    return cell
