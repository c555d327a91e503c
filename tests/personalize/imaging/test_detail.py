import cv2
import numpy as np
import pytest

from personalize.evaluation.outlines import outline_distance
from personalize.imaging.detail import follow_edges
from personalize.imaging.settings import DetailSettings


def drawn(rows=400, cols=480):
    """A person's shape in a picture with noise: the mask, and the picture."""
    shape = np.zeros((rows, cols), np.uint8)
    cv2.ellipse(shape, (240, 130), (50, 70), 0, 0, 360, 1, -1)
    cv2.rectangle(shape, (140, 190), (340, rows - 1), 1, -1)
    picture = np.where(shape[..., None] > 0, (190, 120, 90), (60, 90, 120))
    noise = np.random.default_rng(0).normal(0, 6, picture.shape)
    return shape > 0, np.clip(picture + noise, 0, 255).astype(np.uint8)


def coarse(mask, pixel):
    """A mask as a canvas has it whose pixels are so many of the frame."""
    small = cv2.resize(np.float32(mask), None, fx=1 / pixel, fy=1 / pixel)
    return cv2.resize(np.float32(small >= 0.5), mask.shape[::-1], interpolation=cv2.INTER_NEAREST)


@pytest.mark.parametrize("side", [200, 1024])
def test_an_outline_that_was_found_in_large_pixels_follows_the_frame(side):
    truth, frame = drawn()
    found = np.roll(coarse(truth, 8.0) > 0, 5, axis=1)  # 5 pixels aside
    settings = DetailSettings(side=side)
    finer = follow_edges(found, frame, 8.0, settings=settings)
    before, after = outline_distance(truth, found), outline_distance(truth, finer)
    assert before > 3 and after < 0.4 * before


def test_where_the_canvas_shows_enough_nothing_changes():
    truth, frame = drawn()
    assert follow_edges(truth, frame, 1.4) is truth
    assert follow_edges(truth, frame, 8.0, settings=DetailSettings(side=0)) is truth
    nobody = np.zeros_like(truth)
    assert follow_edges(nobody, frame, 8.0) is nobody


def test_far_from_the_outline_nothing_comes_and_nothing_goes():
    truth, frame = drawn()
    frame[300:340, 220:260] = (60, 90, 120)  # a hole in the colours of the ground
    frame[20:60, 20:60] = (190, 120, 90)  # and the person's colours in the ground
    finer = follow_edges(truth, frame, 6.0)
    assert finer[300:340, 220:260].all() and not finer[20:60, 20:60].any()


def test_without_edges_an_outline_stays_about_where_it_was():
    truth, _ = drawn()
    grey = np.full((*truth.shape, 3), 100, np.uint8)
    assert outline_distance(truth, follow_edges(truth, grey, 6.0)) < 2.0
