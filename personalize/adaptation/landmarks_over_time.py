"""Landmarks that contradict the frames before and after (not in the paper).

A pose estimator looks at each frame alone. What leaps against its neighbours in time is left out,
and what contradicts them less is doubted.
"""

from collections.abc import Collection, Mapping

import numpy as np

from personalize.adaptation.settings import TeacherSettings
from personalize.datasets.body_frame import measure_body
from personalize.datasets.pose_points import POINTS, BodyPoints
from personalize.types import Floats, Mask


def check_over_time(
    frames: Mapping[int, BodyPoints], *, cuts: Collection[int] = (), settings: TeacherSettings
) -> dict[int, tuple[BodyPoints, Mask]]:
    """Compare landmarks with those of the frames before and after.

    How far a landmark is from the middle of its two neighbours is measured in units of the body,
    and beside what is usual for it in these frames: where frames are seconds apart, time says
    nothing, and leaves everything as it is.

    Parameters
    ----------
    frames : dict of int to BodyPoints
        By the number of the frame.
    cuts : collection of int
        Frames with which another shot begins, whose landmarks are not compared with those before.
    settings : TeacherSettings

    Returns
    -------
    dict of int to (BodyPoints, (25,) bool array)
        The landmarks, with a visibility of 0 of those that leap; and which contradict time, but do
        not leap.
    """
    within = {number for number in frames if not {number, number + 1} & set(cuts)}
    unknown = np.full(len(POINTS), np.nan)
    off = {
        number: _off_the_middle(number, frames, settings) if number in within else unknown
        for number in frames
    }
    usual = settings.usual * _medians(np.array([off[number] for number in frames]))
    checked = {}
    for number, points in frames.items():
        beside = [off.get(number + step, off[number]) for step in (-1, 1)]
        most = np.fmax(*beside) <= off[number]  # of a leap the neighbours are off, too, by half
        leaps = most & (off[number] > np.maximum(settings.leap, usual))
        strays = off[number] > np.maximum(settings.stray, usual)
        seen = np.where(leaps, 0.0, points.visibility)
        checked[number] = BodyPoints(points.xy, seen), strays & ~leaps
    return checked


def _medians(values: Floats) -> Floats:
    """The median of what is known in each column (N, K): (K,); 0 where nothing is."""
    known = [column[np.isfinite(column)] for column in values.T]
    return np.array([np.median(column) if len(column) else 0.0 for column in known])


def _off_the_middle(
    number: int, frames: Mapping[int, BodyPoints], settings: TeacherSettings
) -> Floats:
    """How far (25,) the landmarks of a frame are from the middle of those beside, in units of the
    body; NaN where that is not known.
    """
    body = measure_body(frames[number], settings=settings.geometry)
    around = [frames.get(number + step) for step in (-1, 0, 1)]
    if body is None or None in around:
        return np.full(len(POINTS), np.nan)
    before, here, after = (
        np.where((points.visibility >= settings.geometry.visible)[:, None], points.xy, np.nan)
        for points in around
        if points is not None
    )
    off: Floats = np.linalg.norm(here - (before + after) / 2, axis=1) / body.unit
    return off
