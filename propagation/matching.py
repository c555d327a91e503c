"""Best match of every patch of one frame in another, by exact search.

The distance of two patches is the sum of squared differences of their pixels
(Badrinarayanan et al., CVPR 2010, compare patches under a Gaussian of fixed
variance, which is the same order).  Every displacement on a list is tried, and
of equal ones the first on the list wins: give short displacements first, and
what has no texture stays where it is.

One distance image serves both directions: what pixel p pays for going to p + d
is what p + d pays for going back.  All arrays are kept as one flat run with
rows that touch, so that a displacement is a single offset and each step of the
search is one pass over contiguous memory.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from propagation.arrays import Array, Steps


@dataclass(frozen=True, eq=False)
class Match:
    """Where every pixel of a frame went.

    Attributes
    ----------
    target : (H, W) int32 array
        Flat index ``row * W + column`` of the best pixel in the other frame.
    distance : (H, W) float32 array
        Sum of squared differences of the two patches.
    number : (H, W) int32 array
        Which of the displacements, by its row in the list, leads there.
    """

    target: Array
    distance: Array
    number: Array


def list_displacements(radius: int) -> Steps:
    """All (rows, columns) steps of a square window, shortest first.

    Parameters
    ----------
    radius : int
        Largest step in either direction, in pixels.

    Returns
    -------
    (D, 2) int array
        D = (2 radius + 1) squared; the first is (0, 0).
    """
    steps = np.mgrid[-radius : radius + 1, -radius : radius + 1].reshape(2, -1).T
    return steps[np.argsort((steps**2).sum(axis=1), kind="stable")]


def match_frames(
    first: NDArray[Any], second: NDArray[Any], displacements: Steps, *, patch: int
) -> tuple[Match, Match]:
    """Match two frames in both directions.

    Parameters
    ----------
    first, second : (H, W, C) array
        Colours or any other features.  Bytes are compared as bytes, which is
        fastest, all else in float32.  Sums of integers are exact as long as no
        patch distance passes 2**24, which 8-bit colours need patches of more
        than 9 x 9 pixels for.
    displacements : (D, 2) int array
        The (rows, columns) steps from `first` to `second` to try, in the
        order in which ties are settled.
    patch : int
        Side of the square patch, odd, in pixels.  Outside of a frame its
        border pixels repeat.

    Returns
    -------
    forward, backward : Match
        From `first` to `second` and, by the opposite steps, back.
    """
    if first.ndim != 3 or first.shape != second.shape:
        raise ValueError(
            f"matching two frames: need one shape (H, W, C) for both, "
            f"found {first.shape} and {second.shape}"
        )
    bytewise = first.dtype == second.dtype == np.uint8
    grid = _Grid(first.shape[0], first.shape[1], patch, np.uint8 if bytewise else np.float32)
    ours, theirs = grid.lay_out(first), grid.lay_out(second)
    forward = _Best(grid, displacements)
    backward = _Best(grid, -displacements)
    mark = np.empty(grid.size, forward.number_type)
    for number, (down, right) in enumerate(displacements.tolist()):
        if abs(down) < grid.height and abs(right) < grid.width:
            distance, start = grid.compare(ours, theirs, down, right)
            marks = mark[: len(distance)]
            marks.fill(number)
            forward.offer(distance, start, marks)
            backward.offer(distance, start + grid.offset(down, right), marks)
    return forward.finish(), backward.finish()


class _Grid:
    """Padded frames as flat runs, and the patch distance between two of them.

    Rows have `stride` = W + patch - 1 cells.  A patch is addressed by the flat
    position of its centre pixel in a frame padded on the right only: pixel
    (y, x) is cell ``y * stride + x``.
    """

    def __init__(
        self, height: int, width: int, patch: int, kind: type[np.uint8] | type[np.float32]
    ) -> None:
        self.height, self.width, self.patch = height, width, patch
        self.stride = width + patch - 1
        self.size = (height + patch - 1) * self.stride
        self._difference = np.empty(self.size, kind)
        self._squares, self._sums = np.empty((2, height + patch - 1, self.stride), np.float32)
        self._window = np.ones(patch, np.float32)

    def lay_out(self, frame: NDArray[Any]) -> NDArray[Any]:
        """Planes (C, size) of a frame whose border pixels repeat."""
        half = self.patch // 2
        edges = ((half, half), (half, half), (0, 0))
        padded = np.pad(np.asarray(frame, self._difference.dtype), edges, mode="edge")
        return np.ascontiguousarray(padded.reshape(self.size, -1).T)

    def offset(self, down: int, right: int) -> int:
        """Cells from a pixel to its displaced partner."""
        return down * self.stride + right

    def compare(
        self, ours: NDArray[Any], theirs: NDArray[Any], down: int, right: int
    ) -> tuple[NDArray[np.float32], int]:
        """Distances of the patches of all rows that stay inside.

        Returns the run of distances, infinite where the partner is outside,
        and the cell at which the run starts.
        """
        top, bottom = max(0, -down), self.height - max(0, down)
        shift = self.offset(down, right)
        start = max(top * self.stride, -shift)
        stop = min((bottom + self.patch - 1) * self.stride, self.size - shift)
        here, there = slice(start, stop), slice(start + shift, stop + shift)
        difference, squares = self._difference[here], self._squares.reshape(-1)[here]
        self._squares.fill(0)
        for one, other in zip(ours, theirs):
            cv2.absdiff(one[here], other[there], difference)
            cv2.accumulateSquare(difference, squares)
        cv2.sepFilter2D(
            self._squares,
            cv2.CV_32F,
            self._window,
            self._window,
            self._sums,
            borderType=cv2.BORDER_ISOLATED,
        )
        first = (self.patch // 2) * (self.stride + 1)  # the centre of the first patch
        sums = self._sums.reshape(-1)[first + top * self.stride :]
        distance = sums[: (bottom - top) * self.stride].reshape(-1, self.stride)
        distance[:, self.width - max(0, right) :] = np.inf
        distance[:, : max(0, -right)] = np.inf
        return distance.reshape(-1), top * self.stride


class _Best:
    """The best offer so far to every pixel, and the number of who made it."""

    def __init__(self, grid: _Grid, displacements: Steps) -> None:
        self._grid, self._steps = grid, displacements
        self._margin = int(np.abs(displacements[:, 1]).max())
        cells = grid.height * grid.stride + 2 * self._margin
        self.number_type = np.uint16 if len(displacements) <= 1 << 16 else np.int32
        self._distance = np.full(cells, np.inf, np.float32)
        self._number: NDArray[Any] = np.zeros(cells, self.number_type)
        self._better = np.empty(cells, bool)

    def offer(self, distance: NDArray[np.float32], start: int, number: NDArray[Any]) -> None:
        """Take `number`, an array, wherever its distance is strictly smaller."""
        cells = slice(start + self._margin, start + self._margin + len(distance))
        best, better = self._distance[cells], self._better[cells]
        np.less(distance, best, out=better)
        np.minimum(distance, best, out=best)
        cv2.copyTo(number, better.view(np.uint8), self._number[cells])

    def finish(self) -> Match:
        """The winners as a `Match`."""
        height, width = self._grid.height, self._grid.width
        inside = slice(self._margin, self._margin + height * self._grid.stride)
        shape = (height, self._grid.stride)
        number = self._number[inside].reshape(shape)[:, :width].astype(np.int32)
        distance = self._distance[inside].reshape(shape)[:, :width]
        pixels = np.arange(height * width, dtype=np.int32).reshape(height, width)
        shifts = (self._steps @ [width, 1]).astype(np.int32)
        return Match(pixels + shifts[number], distance.copy(), number)
