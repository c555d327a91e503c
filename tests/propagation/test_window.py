"""Coarse to fine."""

import cv2
import numpy as np

from propagation.matching import list_displacements
from propagation.window import _halve, choose_displacements


def texture(height, width):
    noise = np.random.default_rng(0).uniform(0, 255, (height, width, 3))
    return cv2.GaussianBlur(noise, (0, 0), 3)


def test_small_window_is_searched_whole():
    frame = texture(80, 90)
    steps = choose_displacements(frame, frame, radius=3, budget=49, patch=5)
    np.testing.assert_array_equal(steps, list_displacements(3))


def test_small_frames_are_searched_whole():
    frame = texture(40, 200)
    steps = choose_displacements(frame, frame, radius=9, budget=50, patch=5)
    np.testing.assert_array_equal(steps, list_displacements(9))


def test_motions_of_camera_and_object_are_both_on_a_short_list():
    scene = texture(200, 240)
    first, second = scene[20:180, 20:220].copy(), scene[17:177, 39:239].copy()
    first[60:100, 60:110] = second[72:112, 50:100] = scene[:40, :50]
    steps = choose_displacements(first, second, radius=24, budget=60, patch=5)
    assert len(steps) < 75
    assert [3, -19] in steps.tolist()  # the camera
    assert [12, -10] in steps.tolist()  # the object
    assert steps[0].tolist() == [0, 0]
    assert (np.diff((steps**2).sum(axis=1)) >= 0).all()


def test_no_listed_motion_is_larger_than_asked_for():
    frame = texture(130, 130)
    steps = choose_displacements(frame, frame[::-1], radius=7, budget=40, patch=3)
    assert np.abs(steps).max() <= 7


def test_a_frame_of_half_the_size_is_as_bright():
    frame = np.random.default_rng(0).integers(0, 256, (41, 60, 3), dtype=np.uint8)
    small = _halve(frame)
    assert small.shape == (20, 30, 3) and small.dtype == np.uint8
    means = frame[:40].reshape(20, 2, 30, 2, 3).mean(axis=(1, 3))
    assert np.abs(small - means).max() <= 0.5  # rounded
