"""The frames of a window: read onto the canvas, or some of them chosen."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from personalize.imaging.track import Track
from personalize.media.source import Source
from personalize.types import Clip, Frame, Window, Wrap


def read_clip(source: Source, window: Window, track: Track, *, progress: Wrap = iter) -> Clip:
    """Read the frames of a window, each brought to the canvas as it comes.

    Parameters
    ----------
    source : Source
    window : Window
    track : Track
        How each frame lies on the canvas.
    progress : callable
        Wraps the frames.

    Returns
    -------
    Clip

    Raises
    ------
    VideoError
        If a frame of the window cannot be decoded.
    """
    frames = np.empty((len(window), track.rows, track.cols, 3), np.uint8)
    numbers = window.numbers.tolist()
    decoded = zip(numbers, source.pick(numbers))
    for place, (number, frame) in enumerate(progress(Sized(decoded, len(window)))):
        frames[place] = track[number].apply(frame)
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


class Pictures:
    """Pictures of one person that are in memory, looked at as a video is."""

    def __init__(self, pictures: Sequence[Frame]) -> None:
        self._pictures = pictures
        self.height, self.width = pictures[0].shape[:2]

    @property
    def frame_count(self) -> int:
        """How many there are."""
        return len(self._pictures)

    def pick(self, numbers: Iterable[int]) -> Iterator[Frame]:
        """Yield some of them, (height, width, 3) uint8."""
        return (self._pictures[number] for number in numbers)


class Sized:
    """An iterator, mostly of frames, of known length, as progress bars need it."""

    def __init__(self, frames: Iterable[Any], count: int) -> None:
        self.frames = frames
        self.count = count

    def __iter__(self) -> Iterator[Any]:
        return iter(self.frames)

    def __len__(self) -> int:
        return self.count
