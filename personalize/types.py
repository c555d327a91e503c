"""The few records that stages hand to each other; checked once, when they are made."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from personalize.errors import SettingsError

Array: TypeAlias = NDArray[Any]
"""Of no kind in particular."""
Frame: TypeAlias = NDArray[np.uint8]
"""(rows, cols, 3), RGB."""
Frames: TypeAlias = NDArray[np.uint8]
"""(T, rows, cols, 3), RGB."""
Labels: TypeAlias = NDArray[np.uint8]
"""(..., rows, cols): parts, or background and person, or `UNLABELLED`."""
Mask: TypeAlias = NDArray[np.bool_]
"""(..., rows, cols)."""
Map: TypeAlias = NDArray[np.float32]
"""(..., rows, cols): probabilities, above all."""
Points: TypeAlias = NDArray[np.float64]
"""(..., 2): x and y."""
Floats: TypeAlias = NDArray[np.floating[Any]]
"""Of either precision; the docstring has the shape."""
Whole: TypeAlias = NDArray[np.integer[Any]]
"""Whole numbers: indices, counts; the docstring has the shape."""
Numbers: TypeAlias = float | Floats
"""One number for all, or an array of them."""

Json: TypeAlias = dict[str, Any]
"""An object as JSON has it."""
PathLike: TypeAlias = str | os.PathLike[str]

Wrap: TypeAlias = Callable[[Iterable[Any]], Iterable[Any]]
"""Wraps the iterable of a long loop, for example with a progress bar."""
Progress: TypeAlias = Callable[[str], Wrap]
"""``progress(stage)`` returns what wraps the iterable of that stage."""

MODULES = ("silhouettes", "parts")
"""What is learned of a person, by a module of the network each, and kept or not."""
UNLABELLED = 255
"""Label of a pixel or a cell of which nothing is known: it is neither learned from nor counted."""


@dataclass(frozen=True)
class Window:
    """The frames that a person is learned from (Charles et al., BMVC 2017, section 4.4): one
    stretch of a video, or several.

    Attributes
    ----------
    stretches : tuple of (int, int)
        First frame, and one past the last, of each; ascending, with frames between them.

    Examples
    --------
    >>> window = Window(((0, 2), (7, 10)))
    >>> window.numbers.tolist(), window.places([8, 9]).tolist(), window.borders
    ([0, 1, 7, 8, 9], [3, 4], [2])
    """

    stretches: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        ends = [end for stretch in self.stretches for end in stretch]
        if not ends or ends[0] < 0 or any(a >= b for a, b in pairwise(ends)):
            raise SettingsError(
                f"a window of the stretches {self.stretches}: each must hold a frame, and begin "
                "behind the one before"
            )

    @classmethod
    def between(cls, start: int, stop: int) -> Self:
        """Return the window of one stretch: from `start` until `stop`, half-open."""
        return cls(((start, stop),))

    @classmethod
    def read(cls, stretches: Sequence[Any]) -> Self:
        """Return the window that `describe` returned, or (start, stop) alone, as in older files."""
        if stretches and isinstance(stretches[0], int):
            stretches = [stretches]
        return cls(tuple((int(start), int(stop)) for start, stop in stretches))

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        """The frames, ascending: (T,) int array."""
        return np.concatenate([np.arange(*stretch) for stretch in self.stretches])

    @property
    def borders(self) -> list[int]:
        """Places in the window, from 0, with which another stretch begins; never 0."""
        return list(accumulate(stop - start for start, stop in self.stretches[:-1]))

    def places(self, numbers: Sequence[int] | Array) -> NDArray[np.int64]:
        """Return the places in the window, from 0, of frames that it holds."""
        return np.searchsorted(self.numbers, numbers)

    def moved(self, by: int) -> "Window":
        """Return it in other numbers of frames: those of a whole video, of which this is a stretch
        from frame `by` on; or, by less than 0, back.
        """
        return Window(tuple((start + by, stop + by) for start, stop in self.stretches))

    def describe(self) -> list[list[int]]:
        """Return it as a manifest has it."""
        return [list(stretch) for stretch in self.stretches]

    def __len__(self) -> int:
        return sum(stop - start for start, stop in self.stretches)

    def __contains__(self, frame: int) -> bool:
        return any(start <= frame < stop for start, stop in self.stretches)


@dataclass(frozen=True, eq=False)
class Clip:
    """The frames of a window, brought to the canvas of the network.

    Attributes
    ----------
    frames : (T, rows, cols, 3) uint8 array
        RGB.
    window : Window
        Where they were in the video.
    """

    frames: Frames
    window: Window

    def __post_init__(self) -> None:
        check_frames(self.frames)
        if len(self.frames) != len(self.window):
            raise SettingsError(
                f"{len(self.frames)} frames do not fill a window of {len(self.window)}"
            )


def check_frames(frames: Frames) -> None:
    """Raise ValueError unless `frames` is a (T, rows, cols, 3) uint8 array with T > 0."""
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[-1] != 3 or not len(frames):
        raise ValueError(
            f"expected (T, rows, cols, 3) uint8 frames, got {frames.dtype} {frames.shape}"
        )
