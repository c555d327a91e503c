"""The few records that stages hand to each other; checked once, when they are made."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

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
"""Wraps the iterable of a long loop: a bar, say."""
Progress: TypeAlias = Callable[[str], Wrap]
"""``progress(stage)`` returns what wraps the iterable of that stage."""

UNLABELLED = 255
"""Label of a pixel or a cell of which nothing is known: it is neither learned from nor counted."""


@dataclass(frozen=True)
class Window:
    """The frames that a person is learned from (Charles et al., BMVC 2017, section 4.4).

    Attributes
    ----------
    start, stop : int
        First frame, and one past the last.
    centre : int
        The frame around which the window was laid.
    """

    start: int
    stop: int
    centre: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.centre < self.stop:
            raise SettingsError(
                f"window [{self.start}, {self.stop}) does not hold its centre {self.centre}"
            )

    def __len__(self) -> int:
        return self.stop - self.start

    def __contains__(self, frame: int) -> bool:
        return self.start <= frame < self.stop


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
