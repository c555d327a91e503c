"""Choose the frames that a person is learned from (Charles et al., BMVC 2017, section 4.4).

Numbers of frames in, a window out. A window that would reach beyond an end of
the video is moved, not cut; a video shorter than the window gives all it has.
"""

from personalize.errors import SettingsError
from personalize.types import Window


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
