"""The demo clip at half its size, for benchmarks that take seconds."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.timing import ROOT
from personalize.types import Frame

CLIP = ROOT / "data/demo/clip.mp4"
RATE = 25


def small_frames(count: int | None = None) -> Iterator[Frame]:
    """Yield the first frames of the demo clip, of every other row and column.

    Parameters
    ----------
    count : int, optional
        All of them by default.

    Yields
    ------
    (H / 2, W / 2, 3) uint8 array
        RGB.
    """
    from personalize import open_video

    for frame in open_video(CLIP).frames(0, count):
        yield np.ascontiguousarray(frame[::2, ::2])


def write_clip(path: Path, frames: Iterable[Frame]) -> Path:
    """Write frames to a video of the demo clip's frame rate, and return its path."""
    from personalize.media.encode import VideoWriter

    with VideoWriter(path, fps=RATE) as writer:
        for frame in frames:
            writer.write(frame)
    return path
