"""Answers that are known by heart."""

import numpy as np
import pytest

from personalize.imaging.framing import Framing
from personalize.live.session import Answer
from personalize.parts import JOINTS

SIZE = HEIGHT, WIDTH = 48, 64


@pytest.fixture
def drawn_answer():
    """Return a function that gives frame t, (48, 64, 3) uint8, and the Answer to it: a square of
    16 x 16 pixels that moves two pixels a frame, seen through a crop of half the size that moves
    with it; nobody is in frame 3.
    """

    def draw(t):
        frame = np.full((*SIZE, 3), 60, np.uint8)
        left = 8 + 2 * t
        framing = Framing(*SIZE, 0.5, 0 - left / 2 + 4, 0.0, 24, 24 if t % 2 else 16)
        coverage = np.zeros((framing.rows, framing.cols), np.uint8)
        xy = np.full((len(JOINTS), 2), np.nan)
        if t != 3:
            frame[16:32, left : left + 16] = 220
            coverage[8:16, 4:12] = 255
            xy = np.stack([np.full(len(JOINTS), left + 8.0), 17.0 + np.arange(len(JOINTS))], axis=1)
        labels = np.where(coverage > 0, np.uint8(7), np.uint8(0))
        sure = np.full(len(JOINTS), 0.9 if t != 3 else 0.0)
        return frame, Answer(framing, coverage, labels, xy, sure, "no" if t == 3 else "yes", 0.9)

    return draw
