"""Choose the frames that a person is learned from (Charles et al., BMVC 2017, section 4.4).

Numbers of frames in, a window out. The paper takes those around the middle of the video. Where
these show little of the person, or a cut, others are taken: of the shot that shows most of them.
A window may also be spread over the video: short stretches, each long enough for labels to be
carried along in it, that together show the person in every size and at every time.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from personalize.errors import SettingsError
from personalize.imaging.track import SEEN, Track
from personalize.stages.settings import SpreadSettings
from personalize.types import Array, Window

CUT = 30
"""Frames of the person that a window may miss, rather than reach across a cut."""
NEARLY = 0.95
"""Share of the most that can be seen of the person that is enough for the middle of a video."""
ENOUGH = 0.5
"""Share of what a window shows that reaches across cuts, from which one within a shot is enough:
more than 100 frames of a window are not learned from, wherever they lie."""


def choose_window(frame_count: int, *, length: int, centre: int | None = None) -> Window:
    """Lay a window of `length` frames around a frame.

    A window that would reach beyond an end of the video is moved, not cut; a video shorter than
    the window gives all it has.

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
    return Window.between(start, start + length)


def window_between(
    frame_count: int, *, length: int, first: int | None = None, stop: int | None = None
) -> Window:
    """Lay a window between two frames, or of `length` frames from the one or until the other.

    Parameters
    ----------
    frame_count : int
        Frames of the video.
    length : int
        Frames wanted, where only one end is given; less where the video ends.
    first, stop : int, optional
        The first frame, and the first that is not taken any more; one at least.

    Raises
    ------
    SettingsError
        If no frame of the video lies there.
    """
    if first is None:
        first = 0 if stop is None else max(stop - length, 0)
    stop = min(first + length, frame_count) if stop is None else stop
    if not 0 <= first < stop <= frame_count:
        raise SettingsError(
            f"no window lies from frame {first} to {stop}: the video has frames 0 to "
            f"{frame_count - 1}"
        )
    return Window.between(first, stop)


def window_of_person(track: Track, frame_count: int, length: int) -> Window:
    """Lay the window where most is seen of the person, within one shot if that shows enough.

    Parameters
    ----------
    track : Track
        Of the whole video.
    frame_count : int
        Frames of the video.
    length : int
        Frames wanted; a shot that is shorter gives all it has.

    Returns
    -------
    Window
        The middle of the video, as in the paper, where that shows next to as much. All of a
        video that is no longer than the window, whatever its shots.
    """
    length, usual = min(length, frame_count), choose_window(frame_count, length=length)
    if length == frame_count:
        return usual
    seen = _seen(track, frame_count, SEEN.index("yes"))
    shots = _shots(track, frame_count)
    within = [_best(seen, *shot, length, usual) for shot in shots]
    shown, window = max(within, key=lambda found: (found[0], -_away(found[1], usual)))
    cost = np.zeros(frame_count)
    cost[track.cuts] = CUT
    [(start, stop)] = usual.stretches
    if not cost[start + 1 : stop].any() and seen[start:stop].sum() >= NEARLY * shown:
        return usual
    across, crossing = _best(seen, 0, frame_count, length, usual, cost)
    return window if shown >= ENOUGH * across else crossing


def spread_window(
    track: Track, frame_count: int, length: int, *, settings: SpreadSettings = SpreadSettings()
) -> Window:
    """Spread the window over all frames in which the person is seen.

    Stretches are chosen one by one, each the one that is least like those before, in its time and
    in the size of the person: time stands for poses and light, which a track does not know.

    Parameters
    ----------
    track : Track
        Of the whole video.
    frame_count : int
        Frames of the video.
    length : int
        Frames wanted in all.
    settings : SpreadSettings

    Returns
    -------
    Window
        Less than `length` frames where the person is seen in fewer. That of `window_of_person`
        where nobody is seen for sure, and all of a video that is no longer than the window.
    """
    seen = _seen(track, frame_count, SEEN.index("yes"))
    if frame_count <= length or not seen.any():
        return window_of_person(track, frame_count, length)
    blocks = [
        block
        for start, stop in _shots(track, frame_count)
        for run in _runs(seen, start, stop)
        for block in _divide(*run, settings.stretch)
    ]
    order = _unlike(blocks, track, frame_count, settings)
    sizes = np.array([stop - start for start, stop in blocks])[order]
    count = min(int(np.searchsorted(sizes.cumsum(), length)) + 1, len(order))
    sizes, chosen = sizes[:count], np.zeros(frame_count, bool)
    while sizes.sum() > length:  # the longest give way
        sizes[sizes.argmax()] -= 1
    for block, size in zip(order, sizes.tolist()):
        start = blocks[block][0]
        chosen[start : start + size] = True
    return Window(tuple(_runs(chosen, 0, frame_count)))


def _seen(track: Track, frame_count: int, least: int) -> Array:
    """Whether the person is in view, of each frame of a video."""
    return np.broadcast_to(track.seen >= least, frame_count)


def _shots(track: Track, frame_count: int) -> list[tuple[int, int]]:
    """First frame, and one past the last, of every shot."""
    cuts = track.cuts.tolist()
    return list(zip([0, *cuts], [*cuts, frame_count]))


def _best(
    seen: Array, first: int, stop: int, length: int, usual: Window, cost: Array | None = None
) -> tuple[float, Window]:
    """How much is seen of the person in the best window between two frames, and that window; of
    equal ones the nearest to the usual. What lies within a window may cost.
    """
    length = min(length, stop - first)
    starts = np.arange(first, stop - length + 1)
    counts = np.concatenate([[0], np.cumsum(seen)])
    shown = counts[starts + length] - counts[starts]
    score = shown.astype(float)
    if cost is not None:
        counts = np.concatenate([[0], np.cumsum(cost)])
        score -= counts[starts + length] - counts[starts + 1]  # a window may begin at a cut
    best = starts[score == score.max()]
    start = int(best[np.abs(best - usual.stretches[0][0]).argmin()])
    return float(shown[start - first]), Window.between(start, start + length)


def _away(window: Window, usual: Window) -> int:
    """How many frames a window of one stretch begins before or behind the usual one."""
    return abs(window.stretches[0][0] - usual.stretches[0][0])


def _runs(flags: Array, start: int, stop: int) -> list[tuple[int, int]]:
    """Where flags are set between two frames: (first, one past the last) of every run."""
    steps = np.diff(np.concatenate([[0], flags[start:stop].astype(np.int8), [0]]))
    firsts, stops = np.flatnonzero(steps > 0) + start, np.flatnonzero(steps < 0) + start
    return list(zip(firsts.tolist(), stops.tolist()))


def _divide(start: int, stop: int, most: int) -> list[tuple[int, int]]:
    """Divide a run of frames into equal stretches of `most` frames at most."""
    count = -(-(stop - start) // most)
    ends = np.linspace(start, stop, count + 1).round().astype(int).tolist()
    return list(pairwise(ends))


def _unlike(
    blocks: Sequence[tuple[int, int]], track: Track, frame_count: int, settings: SpreadSettings
) -> list[int]:
    """Order stretches: that in the middle first, then always the one least like all before."""
    middles = np.array([(start + stop) / 2 for start, stop in blocks])
    features = [middles / frame_count]
    if len(track.place):
        sides = track.place[:, 2:] - track.place[:, :2]
        sizes = np.log(np.maximum(sides, 1)).mean(axis=1)
        sizes = np.array([np.median(sizes[start:stop]) for start, stop in blocks])
        features.append(sizes / np.log(settings.grows))
    points = np.stack(features, axis=1)
    order = [int(np.abs(middles - np.median(middles)).argmin())]
    away = np.linalg.norm(points - points[order[0]], axis=1)
    while len(order) < len(blocks):
        away[order[-1]] = -1.0
        order.append(int(away.argmax()))
        away = np.minimum(away, np.linalg.norm(points - points[order[-1]], axis=1))
    return order


def lay_window(
    track: Track,
    frame_count: int,
    *,
    length: int,
    centre: int | None = None,
    first: int | None = None,
    stop: int | None = None,
    spread: SpreadSettings | None = None,
) -> Window:
    """Choose the frames to learn from: those that are asked for, else by what is seen.

    Parameters
    ----------
    track : Track
        Of the whole video.
    frame_count : int
        Frames of the video.
    length : int
        Frames wanted.
    centre : int, optional
        The frame in the middle.
    first, stop : int, optional
        As for `window_between`.
    spread : SpreadSettings, optional
        Spread the window over the video; without them it is one stretch.

    Raises
    ------
    SettingsError
        If what is asked for is not in the video.
    """
    if first is not None or stop is not None:
        return window_between(frame_count, length=length, first=first, stop=stop)
    if centre is not None:
        return choose_window(frame_count, length=length, centre=centre)
    if spread is not None:
        return spread_window(track, frame_count, length, settings=spread)
    return window_of_person(track, frame_count, length)
