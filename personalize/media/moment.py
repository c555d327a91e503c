"""A place in a video as a user gives it: a frame, or seconds."""

import math
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from personalize.errors import SettingsError


@dataclass(frozen=True)
class Moment:
    """A frame of a video, or seconds from its first.

    Attributes
    ----------
    value : float
        A whole number of frames from 0, or seconds.
    in_seconds : bool
    """

    value: float
    in_seconds: bool = False

    def __post_init__(self) -> None:
        whole = self.in_seconds or self.value == int(self.value)
        if not 0 <= self.value < math.inf or not whole:
            raise SettingsError(f"Moment({self.value}): must be a frame from 0, or seconds")

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the moment of a text such as 300 or 12.5s.

        Raises
        ------
        SettingsError
            If it is no such text.
        """
        found = re.fullmatch(r"(\d+)|(\d+(?:\.\d*)?|\.\d+) *s", text.strip())
        if not found:
            raise SettingsError(f"{text!r}: is no moment; give a frame, as 300, or seconds, 12.5s")
        frame, seconds = found.groups()
        return cls(float(frame or seconds), in_seconds=frame is None)

    def frame(self, times: Sequence[float]) -> int:
        """Return the number of the frame: the first that is not before so many seconds.

        Parameters
        ----------
        times : sequence of T floats
            Seconds from the first frame to each, ascending.

        Returns
        -------
        int
            T, or more, if it lies behind the end.
        """
        if not self.in_seconds:
            return int(self.value)
        return bisect_left(times, self.value - 1e-6)

    def __str__(self) -> str:
        return f"{self.value:g}s" if self.in_seconds else f"{self.value:.0f}"


def check_order(start: Moment | None, end: Moment | None) -> None:
    """Raise SettingsError if no frame of any video can lie between two moments.

    Parameters
    ----------
    start, end : Moment, optional
        Frames and seconds are not compared with each other: their order depends on the video.
    """
    if not start or not end or start.in_seconds != end.in_seconds:
        return
    if start.value >= end.value:
        raise SettingsError(
            f"no frame lies from --start {start} to --end {end}; give an --end after the --start"
        )
