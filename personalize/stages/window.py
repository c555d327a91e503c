"""Choose the frames that a person is learned from (Charles et al., BMVC 2017, section 4.4).

Numbers of frames in, a window out. A window that would reach beyond an end of the video is moved,
not cut; a video that is shorter than the window is taken as a whole. Where the middle of a video
shows little of the person, or a cut, the window is laid elsewhere.
"""

import numpy as np

from personalize.errors import SettingsError
from personalize.imaging.track import SEEN, Track
from personalize.types import Window

CUT = 30
"""Frames of the person that a window may miss, rather than reach across a cut."""
NEARLY = 0.95
"""Share of the most that can be seen of the person that is enough for the middle of a video."""


def choose_window(frame_count: int, *, length: int, centre: int | None = None) -> Window:
    """Lay a window of `length` frames around a frame.

    Parameters
    ----------
    frame_count : int
        Frames of the video.
    length : int
        Frames wanted (paper: 301).
    centre : int, optional
        The frame in the middle; that of the video by default.

    Returns
    -------
    Window
        Of `min(length, frame_count)` frames.

    Raises
    ------
    SettingsError
        If the length is not positive or the centre not a frame of the video.
    """
    if length < 1:
        raise SettingsError(f"a window of {length} frames; pass --window 1 or more")
    centre = frame_count // 2 if centre is None else centre
    if not 0 <= centre < frame_count:
        raise SettingsError(
            f"frame {centre} cannot be the centre: the video has frames 0 to {frame_count - 1}"
        )
    length = min(length, frame_count)
    start = min(max(centre - length // 2, 0), frame_count - length)
    return Window(start, start + length, centre)


def centre_of_person(track: Track, frame_count: int, length: int) -> int:
    """Return the middle of the window that shows most of the person, rather in one shot.

    Parameters
    ----------
    track : Track
        Of the whole video.
    frame_count : int
        Frames of the video.
    length : int
        Frames wanted.

    Returns
    -------
    int
        The middle of the video, as in the paper, if that shows nearly as much.
    """
    length, middle = min(length, frame_count), frame_count // 2
    seen = np.broadcast_to(track.seen == SEEN.index("yes"), frame_count)
    cut = np.zeros(frame_count, int)
    cut[track.cuts] = CUT
    shown, crossed = (np.concatenate([[0], np.cumsum(values)]) for values in (seen, cut))
    starts = np.arange(frame_count - length + 1)
    score = (
        shown[starts + length] - shown[starts] - (crossed[starts + length] - crossed[starts + 1])
    )
    usual = choose_window(frame_count, length=length).start
    if score[usual] >= NEARLY * score.max():
        return middle
    best = np.flatnonzero(score == score.max())
    return int(best[np.abs(best - usual).argmin()]) + length // 2
