"""Read the frames of a window onto the canvas."""

import numpy as np

from personalize.types import Clip


def read_clip(source, window, framing, *, progress=iter):
    """Read the frames of a window, each brought to the canvas as it comes.

    Returns
    -------
    Clip
    """
    frames = np.empty((len(window), framing.rows, framing.cols, 3), np.uint8)
    decoded = source.frames(window.start, window.stop)
    for frame, canvas in zip(progress(Sized(decoded, len(window))), frames):
        canvas[:] = framing.apply(frame)
    return Clip(frames, window)


class Sized:
    """An iterator of frames that knows how many will come; progress bars ask."""

    def __init__(self, frames, count):
        self.frames = frames
        self.count = count

    def __iter__(self):
        return iter(self.frames)

    def __len__(self):
        return self.count
