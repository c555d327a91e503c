"""Several clips of one person as one video: the frames that are learned from, one clip after the
other.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import cast

import cv2

from personalize.media.source import Source
from personalize.types import Frame, Json


class Joined(Source):
    """Spans of several sources in a row, as one source of the size of the first.

    Frames of another size are scaled until they fit, and their edges are repeated around them.

    Parameters
    ----------
    sources : sequence of Source
    spans : sequence of (int, int)
        First frame of each, and the first that is not taken any more.
    """

    def __init__(self, sources: Sequence[Source], spans: Sequence[tuple[int, int]]) -> None:
        first = sources[0]
        self.sources, self.spans = list(sources), list(spans)
        self._places = [
            (place, number)
            for place, (start, stop) in enumerate(spans)
            for number in range(start, stop)
        ]
        times = [k / float(first.fps) for k in range(len(self._places))]
        super().__init__(first.path, first.height, first.width, first.fps, times)
        self.name = ", ".join(source.name for source in sources)

    def pick(self, numbers: Iterable[int]) -> Iterator[Frame]:
        wanted = (self._places[number] for number in numbers)
        for place, group in groupby(wanted, key=lambda found: found[0]):
            for frame in self.sources[place].pick([number for _, number in group]):
                yield fit_into(frame, self.height, self.width)

    def name_of(self, number: int) -> str:
        place, inside = self._places[number]
        return self.sources[place].name_of(inside)

    def digest(self) -> str:
        content = hashlib.sha256()
        for source, span in zip(self.sources, self.spans):
            content.update(f"{source.digest()} {span[0]} {span[1]}\n".encode())
        return content.hexdigest()

    def describe(self) -> Json:
        clips = [
            {"name": source.name, "digest": source.digest(), "frames": list(span)}
            for source, span in zip(self.sources, self.spans)
        ]
        return {**super().describe(), "clips": clips}


def join_clips(sources: Sequence[Source], window: int | None) -> Source:
    """Return several clips as one source; one clip as it is.

    Parameters
    ----------
    sources : sequence of Source
    window : int or None
        Frames to take from the middles of the clips; None takes all of every clip.

    Returns
    -------
    Source
    """
    if len(sources) == 1:
        return sources[0]
    counts = [source.frame_count for source in sources]
    if window is None:
        return Joined(sources, [(0, count) for count in counts])
    return Joined(sources, share_window(counts, window))


def share_window(counts: Sequence[int], length: int) -> list[tuple[int, int]]:
    """Return the middle of each clip, so that all together have `length` frames at most.

    Parameters
    ----------
    counts : sequence of int
        Frames of each clip. What a short one leaves is shared by the others.

    Returns
    -------
    list of (int, int)
        First frame, and one past the last.
    """
    shares = [0] * len(counts)
    left = length
    for rank, place in enumerate(sorted(range(len(counts)), key=lambda k: counts[k])):
        shares[place] = min(counts[place], max(left // (len(counts) - rank), 1))
        left -= shares[place]
    starts = [(count - share) // 2 for count, share in zip(counts, shares)]
    return [(start, start + share) for start, share in zip(starts, shares)]


def fit_into(frame: Frame, height: int, width: int) -> Frame:
    """Scale a frame until it fits into a size, and fill the rest by repeating its edges.

    Parameters
    ----------
    frame : (rows, cols, 3) uint8 array
    height, width : int
        Of the result.

    Returns
    -------
    (height, width, 3) uint8 array
    """
    rows, cols = frame.shape[:2]
    if (rows, cols) == (height, width):
        return frame
    scale = min(height / rows, width / cols)
    size = min(round(cols * scale), width), min(round(rows * scale), height)
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(frame, size, interpolation=smooth)
    top, left = (height - size[1]) // 2, (width - size[0]) // 2
    bottom, right = height - size[1] - top, width - size[0] - left
    return cast(Frame, cv2.copyMakeBorder(scaled, top, bottom, left, right, cv2.BORDER_REPLICATE))
