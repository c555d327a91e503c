from dataclasses import replace

import cv2
import numpy as np
import pytest

from personalize.evidence import residual_motion
from personalize.evidence.residual_motion import Movement, learn_movement, measure_movement
from personalize.evidence.settings import ResidualMotionSettings

SETTINGS = ResidualMotionSettings()
ROWS, COLS = 96, 128
BOX = (slice(30, 66), slice(40, 76))  # where the person is in the first frame


def texture(seed, rows, cols):
    noise = np.random.default_rng(seed).integers(0, 256, (rows // 8, cols // 8, 3), dtype=np.uint8)
    return cv2.resize(noise, (cols, rows), interpolation=cv2.INTER_CUBIC)


def clip(length=5, *, pan=0, step=0):
    """Frames of a camera that pans by `pan` pixels a frame over somebody who walks by `step` in
    them.
    """
    wall, person = texture(0, ROWS, COLS + 64), texture(1, 40, 40)[:36, :36]
    frames = []
    for t in range(length):
        frame = wall[:, pan * t : pan * t + COLS].copy()
        frame[BOX[0], BOX[1].start + step * t : BOX[1].stop + step * t] = person
        frames.append(frame)
    return np.stack(frames)


def inside_and_outside(values, t, step):
    person = np.zeros((ROWS, COLS), bool)
    person[BOX[0], BOX[1].start + step * t : BOX[1].stop + step * t] = True
    around = cv2.dilate(np.uint8(person), np.ones((17, 17))) > 0
    inner = cv2.erode(np.uint8(person), np.ones((9, 9))) > 0
    return np.float32(values[t][inner]), np.float32(values[t][~around])


@pytest.mark.parametrize("pan", [0, 2])
def test_who_walks_moves_and_the_scene_does_not_whether_the_camera_pans_or_not(pan):
    moved = measure_movement(clip(pan=pan, step=3))
    assert moved.shape == (5, ROWS, COLS)
    person, scene = inside_and_outside(moved, 2, 3)
    truly = 1.5 * (3 + pan)  # the mean of one and two frames; fast flow falls short of it
    assert 0.6 * truly < np.median(person) < 1.1 * truly
    assert np.median(scene) < 0.2


def test_another_scene_tells_nothing():
    frames = np.stack([texture(seed, ROWS, COLS) for seed in (5, 6)])
    assert np.isnan(measure_movement(frames)).all()


def test_no_movement_is_measured_across_a_leap_in_time():
    frames = clip(4, step=3)
    leap = measure_movement(frames[[0, 1, 3]], breaks=[2])
    assert np.isnan(leap[2]).all()  # stands alone
    np.testing.assert_array_equal(leap[:2], measure_movement(frames[:2]))


def test_movement_is_the_same_however_many_threads_measure_it():
    frames = clip(6, pan=1, step=3)
    np.testing.assert_array_equal(measure_movement(frames, workers=3), measure_movement(frames))


@pytest.mark.filterwarnings("error")
def test_a_movement_beyond_what_half_precision_holds_is_the_farthest(monkeypatch):
    def moved_between(grey, *_):
        return np.full(grey.shape, 1e9, np.float32)

    monkeypatch.setattr(residual_motion, "_moved_between", moved_between)
    moved = measure_movement(clip(3))
    assert (moved == np.finfo(np.float16).max).all()
    assert np.isfinite(Movement(np.ones(32, np.float32)).evidence(moved[0])).all()


def test_a_single_frame_tells_nothing():
    moved = measure_movement(clip(1))
    assert np.isnan(moved).all()
    seeds = np.zeros(moved.shape)
    seeds[0, :40], seeds[0, 50:] = 4, -4
    movement = learn_movement(moved, seeds)
    assert not movement.odds.any()
    assert not movement.evidence(moved[0]).any()


def sure(moved, step):
    """Seeds in the middle of the person and far from it."""
    seeds = np.zeros(moved.shape, np.float32)
    for t in range(len(moved)):
        seeds[t, 40:56, BOX[1].start + step * t + 10 : BOX[1].start + step * t + 26] = 4
        seeds[t, :12] = seeds[t, -12:] = -4
    return seeds


def test_movement_speaks_for_who_moves_and_against_what_does_not():
    moved = measure_movement(clip(pan=1, step=2))
    movement = learn_movement(moved, sure(moved, 2))
    person, scene = inside_and_outside([movement.evidence(frame) for frame in moved], 2, 2)
    assert np.median(person) > 2
    assert np.median(scene) < -2
    assert np.abs(movement.odds).max() <= SETTINGS.limit + 1e-6


def test_movement_says_nothing_of_who_keeps_still():
    moved = measure_movement(clip(step=0))
    movement = learn_movement(moved, sure(moved, 0))
    assert np.abs(movement.evidence(moved[2])).max() < 0.1


def test_where_nobody_is_sure_nothing_is_learned():
    moved = measure_movement(clip(step=2))
    assert not learn_movement(moved, np.full(moved.shape, -4.0)).odds.any()


def test_what_is_not_known_is_no_evidence():
    movement = Movement(np.full(SETTINGS.bins, 2, np.float32))
    moved = np.full((20, 20), 1.0)
    moved[:, 10:] = np.nan
    evidence = movement.evidence(moved, settings=replace(SETTINGS, blur=1))
    np.testing.assert_array_equal(evidence[:, :10], 2)
    np.testing.assert_array_equal(evidence[:, 10:], 0)


def test_evidence_is_averaged_over_a_square():
    movement = Movement(np.linspace(-2, 2, SETTINGS.bins, dtype=np.float32))
    moved = np.zeros((21, 21), np.float16)
    moved[10, 10] = 25
    evidence = movement.evidence(moved)
    background = evidence[0, 0]
    around = evidence[8:13, 8:13] - background
    np.testing.assert_allclose(around, around[0, 0], atol=1e-5)
    assert around[0, 0] > 0.05
    np.testing.assert_allclose(evidence[10, 13], background, atol=1e-6)
