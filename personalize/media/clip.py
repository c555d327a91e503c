"""The frames of a window: read onto the canvas, or some of them chosen."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from personalize.imaging.framing import Framing
from personalize.media.source import Source
from personalize.types import Clip, Frame, Window, Wrap


def read_clip(source: Source, window: Window, framing: Framing, *, progress: Wrap = iter) -> Clip:
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


def spread(length: int, count: int) -> NDArray[np.int64]:
    """Return the numbers of at most `count` of `length` frames, evenly spread."""
    return np.unique(np.linspace(0, length - 1, min(count, length)).round().astype(int))


def spread_frames(frame_count: int, looks: int) -> list[int]:
    """Return the numbers of the frames to look at: the middles of `looks` equal spans.

    Returns
    -------
    list of int
        Ascending, each once; all frames of a video that has no more.
    """
    looks = min(looks, frame_count)
    return [(2 * look + 1) * frame_count // (2 * looks) for look in range(looks)]


class Sized:
    """An iterator of frames that knows how many will come; progress bars ask."""

    def __init__(self, frames: Iterable[Frame], count: int) -> None:
        self.frames = frames
        self.count = count

    def __iter__(self) -> Iterator[Frame]:
        return iter(self.frames)

    def __len__(self) -> int:
        return self.count
