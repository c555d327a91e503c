"""The intervals of a video in which the person is seen."""

from collections.abc import Iterator

import numpy as np

from personalize.output.finished import FinishedRun


def seen_intervals(done: FinishedRun) -> Iterator[tuple[float, float]]:
    """Yield begin and end of every interval, in seconds from the first frame of the video.

    A frame lasts until the next one begins. The last has the mean duration.
    """
    ends = np.append(done.times[1:], done.times[-1] + float(1 / done.fps))
    edges = np.diff(np.concatenate([[0], done.in_view.astype(int), [0]]))
    for first, after in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)):
        yield float(done.times[first]), float(ends[after - 1])
