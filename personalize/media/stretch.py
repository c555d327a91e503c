"""A stretch of a video: some frames in a row, which keep the numbers and times of the whole."""

import hashlib
from collections.abc import Iterable, Iterator

from personalize.errors import SettingsError
from personalize.media.moment import Moment
from personalize.media.source import Source
from personalize.types import Frame, Json


class Stretch(Source):
    """Some frames of another source in a row.

    Frames are asked for by their place in the stretch, from 0. Results are named by the number of
    the frame in the whole (`first`), and have its times.

    Parameters
    ----------
    whole : Source
    start, stop : int
        First frame, and one past the last.
    """

    def __init__(self, whole: Source, start: int, stop: int) -> None:
        broken_at = whole.broken_at
        if broken_at is not None:
            broken_at = broken_at - start if start <= broken_at < stop else None
        super().__init__(
            whole.path,
            whole.height,
            whole.width,
            whole.fps,
            whole.times[start:stop],
            broken_at,
            whole.remarks,
        )
        self.whole = whole
        self.first = start
        self.has_audio, self.clock = whole.has_audio, whole.clock

    def pick(self, numbers: Iterable[int]) -> Iterator[Frame]:
        return self.whole.pick(number + self.first for number in numbers)

    def name_of(self, number: int) -> str:
        return self.whole.name_of(number + self.first)

    def digest(self) -> str:
        span = f"{self.whole.digest()} {self.first} {self.frame_count}"
        return hashlib.sha256(span.encode()).hexdigest()

    def describe(self) -> Json:
        return {**super().describe(), "first": self.first}


def cut_stretch(source: Source, start: Moment | None, end: Moment | None) -> Source:
    """Return the stretch of a source between two moments, or the source itself.

    Parameters
    ----------
    source : Source
    start, end : Moment, optional
        The first frame, and the first that is not taken any more; None is that of the source.

    Raises
    ------
    SettingsError
        If no frame lies between them.
    """
    if start is None and end is None:
        return source
    first = start.frame(source.times) if start else 0
    stop = min(end.frame(source.times), source.frame_count) if end else source.frame_count
    if not first < stop:
        raise SettingsError(
            f"{source.name}: no frame lies from --start {start or 0} to --end "
            f"{end or source.frame_count}; its {source.frame_count} frames last "
            f"{source.times[-1]:.4g} s"
        )
    return source if (first, stop) == (0, source.frame_count) else Stretch(source, first, stop)
