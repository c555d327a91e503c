"""The landmarks of all frames in one array."""

import numpy as np

from personalize.exports.landmarks import NAMES
from personalize.exports.task import Task
from personalize.types import Array


def landmark_table(task: Task) -> Array:
    """Return x, y and confidence of every landmark of every frame.

    Returns
    -------
    (T, 20, 3) float64 array
        In the order of `landmarks.NAMES`; x and y of absent landmarks are NaN.
    """
    table = np.full((len(task.done), len(NAMES), 3), np.nan)
    for frame in task:
        table[frame.place, :, :2] = frame.landmarks.xy
        table[frame.place, :, 2] = frame.landmarks.confidence
    return table
