"""Background subtraction: a figure moves over a still wall, and a wall is passed by a camera."""

import cv2
import numpy as np
import pytest

from personalize.errors import FactorError
from personalize.factors.settings import StillCameraSettings
from personalize.factors.still_camera import (
    contrast,
    hulls,
    settle_seen,
    stands_out,
    subtract_background,
    unlike,
)
from personalize.factors.stillness import displacements, spread_features

WALL = cv2.GaussianBlur(
    np.random.default_rng(0).integers(0, 255, (96, 160, 3), dtype=np.uint8), (0, 0), 1.5
)


def walk(steps, wall=WALL):
    """Frames of a bright figure that is at these columns, and its masks."""
    masks = np.zeros((len(steps), *wall.shape[:2]), bool)
    for mask, left in zip(masks, steps):
        mask[24:80, left : left + 20] = True
    return np.where(masks[..., None], np.uint8([230, 90, 60]), wall), masks


def test_a_figure_that_walks_is_found():
    frames, masks = walk(range(10, 130, 20))
    person = subtract_background(frames)
    assert person.shape == masks.shape
    assert person.dtype == np.float32
    inside = np.stack([cv2.erode(mask.astype(np.uint8), np.ones((5, 5))) > 0 for mask in masks])
    far = np.stack([cv2.dilate(mask.astype(np.uint8), np.ones((15, 15))) == 0 for mask in masks])
    assert person[inside].min() > 0.9
    assert person[far].max() < 0.01


def test_whoever_stays_on_the_spot_is_not_taken_for_background_where_they_were_no_longer():
    frames, masks = walk([20, 20, 20, 20, 20, 100])
    person = subtract_background(frames)
    assert person[5, 40:60, 105:115].min() > 0.9  # they have gone there
    assert person[5, 40:60, 25:35].max() < 0.9  # and left what the median does not show


def test_a_shadow_is_not_different():
    frame = WALL.astype(np.float32)
    assert unlike(frame, 0.7 * frame, shadow=0.6).max() < 1
    assert unlike(frame, 0.7 * frame, shadow=1).mean() > 20


def test_what_is_there_stands_out_in_the_frame_and_what_is_gone_in_the_background():
    wall = np.full((40, 40, 3), 90, np.float32)
    frame, mask = wall.copy(), np.zeros((40, 40), bool)
    mask[10:30, 10:30] = True
    frame[mask] = 200
    assert stands_out(wall, frame, mask, 15)[20, 12] == 1
    assert stands_out(frame, wall, mask, 15)[20, 12] == 0
    assert contrast(frame, mask, 15)[20, 12] == pytest.approx(110 * 3**0.5, rel=1e-4)
    assert contrast(frame, mask, 15)[20, 20] == 0  # no surroundings within reach


def test_what_lies_between_limbs_is_in_the_hull():
    mask = np.zeros((20, 20), bool)
    mask[4, 4:16] = mask[4:16, 4] = mask[4:16, 15] = True
    assert hulls(mask)[10, 10]
    assert not hulls(mask)[18, 10]


def test_between_limbs_it_is_background_where_somebody_came_and_went():
    settings = StillCameraSettings()
    person = np.full((4, 1, 3), settings.around, np.float32)
    person[0, 0, [0, 2]] = settings.sure
    person[1, 0, 2] = settings.enclosed  # what differs there may be gone
    settled = settle_seen(person, settings)
    np.testing.assert_allclose(settled[:, 0, 0], [0.995, 0.005, 0.005, 0.005], atol=1e-6)
    np.testing.assert_allclose(settled[:, 0, 1], 0.4)
    np.testing.assert_allclose(settled[:, 0, 2], [0.995, 0.6, 0.4, 0.4])


def test_a_camera_that_moves_is_refused():
    wide = np.tile(WALL, (1, 2, 1))
    frames = np.stack([wide[:, 3 * t : 3 * t + 160] for t in range(6)])
    with pytest.raises(
        FactorError, match=r"the camera moves, by 9\.\d pixels between frames 0 and 3 .*--centre"
    ):
        subtract_background(frames)


def test_a_figure_that_fills_most_of_the_picture_is_no_motion_of_the_camera():
    frames = np.stack([WALL] * 6)
    cloth = np.random.default_rng(1).integers(0, 255, (96, 140, 3), dtype=np.uint8)
    for t, frame in enumerate(frames):
        frame[10:, 30:120] = cloth[10:, 5 * t : 5 * t + 90]
    assert subtract_background(frames).max() > 0.9


def test_a_wall_without_features_is_taken_to_be_still():
    frames, _ = walk(range(10, 130, 20), np.full_like(WALL, 90))
    assert subtract_background(frames)[2, 50, 60] > 0.9


def test_a_window_in_which_nobody_moves_is_refused():
    frames, _ = walk([40] * 6)
    with pytest.raises(FactorError, match=r"hardly anything moves in the window \(0\.00% of"):
        subtract_background(frames)


def test_features_are_followed_to_where_they_went():
    grey = cv2.cvtColor(WALL, cv2.COLOR_RGB2GRAY)
    moved = displacements(grey, np.roll(grey, (3, 4), axis=(0, 1)), spread_features(grey))
    assert len(moved) > 30
    assert np.median(moved) == pytest.approx(5, abs=0.05)
