"""The few records that stages hand to each other; checked once, when they are made."""

from dataclasses import dataclass

import numpy as np

from personalize.errors import SettingsError

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

    def __post_init__(self):
        if not 0 <= self.start <= self.centre < self.stop:
            raise SettingsError(
                f"window [{self.start}, {self.stop}) does not hold its centre {self.centre}"
            )

    def __len__(self):
        return self.stop - self.start

    def __contains__(self, frame):
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

    frames: np.ndarray
    window: Window

    def __post_init__(self):
        check_frames(self.frames)
        if len(self.frames) != len(self.window):
            raise SettingsError(
                f"{len(self.frames)} frames do not fill a window of {len(self.window)}"
            )


def check_frames(frames):
    """Raise ValueError unless `frames` is a (T, rows, cols, 3) uint8 array with T > 0."""
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[-1] != 3 or not len(frames):
        raise ValueError(
            f"expected (T, rows, cols, 3) uint8 frames, got {frames.dtype} {frames.shape}"
        )
