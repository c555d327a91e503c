"""The picture is changed where something is known, and nowhere else."""

import numpy as np
import pytest

from personalize import parts as names
from personalize.output.overlay import LEFT, RIGHT, draw_overlay
from personalize.output.settings import OverlaySettings

COUNT = len(names.JOINTS)
RIGHT_ELBOW, LEFT_ELBOW = 3, 4


@pytest.fixture
def frame():
    return np.random.default_rng(0).integers(0, 256, (120, 160, 3), dtype=np.uint8)


@pytest.fixture
def nothing():
    """Parts, silhouette, joints and confidence of an empty frame."""
    shape = (120, 160)
    missing = np.full((COUNT, 2), np.nan)
    return np.zeros(shape, np.uint8), np.zeros(shape, bool), missing, np.zeros(COUNT)


def test_nobody_leaves_the_frame_as_it_was(frame, nothing):
    picture = draw_overlay(frame, *nothing)
    assert np.array_equal(picture, frame)
    assert picture is not frame


def test_the_frame_given_is_not_changed(frame, nothing):
    parts, silhouette, xy, confidence = nothing
    parts[20:60, 20:60], silhouette[20:60, 20:60] = 7, True
    before = frame.copy()
    draw_overlay(frame, parts, silhouette, xy, confidence)
    assert np.array_equal(frame, before)


def test_a_part_is_mixed_with_its_colour(frame, nothing):
    parts, silhouette, xy, confidence = nothing
    parts[20:60, 30:70] = 14
    settings = OverlaySettings(opacity=0.25)
    picture = draw_overlay(frame, parts, silhouette, xy, confidence, settings=settings)
    expected = 0.75 * frame[40, 50] + 0.25 * np.array(names.COLOURS[14])
    np.testing.assert_allclose(picture[40, 50], expected, atol=1)
    changed = (picture != frame).any(axis=2)
    assert not changed[:19].any()
    assert not changed[:, 71:].any()


def test_the_silhouette_has_a_white_edge(frame, nothing):
    parts, silhouette, xy, confidence = nothing
    silhouette[30:90, 40:100] = True
    picture = draw_overlay(frame, parts, silhouette, xy, confidence)
    assert (picture[30, 50:90] > 220).all()
    assert np.array_equal(picture[45:75, 55:85], frame[45:75, 55:85])


def test_joints_of_the_two_sides_differ_in_colour(frame, nothing):
    parts, silhouette, xy, confidence = nothing
    xy[RIGHT_ELBOW], xy[LEFT_ELBOW] = (40, 60), (120, 60)
    confidence[:] = 1
    picture = draw_overlay(frame, parts, silhouette, xy, confidence)
    assert tuple(picture[60, 40]) == RIGHT
    assert tuple(picture[60, 120]) == LEFT


def test_a_doubtful_joint_is_hollow(frame, nothing):
    parts, silhouette, xy, confidence = nothing
    large = np.repeat(np.repeat(frame, 6, axis=0), 6, axis=1)
    xy[RIGHT_ELBOW], confidence[RIGHT_ELBOW] = (480, 360), 0.2
    empty = np.zeros((720, 960), np.uint8)
    picture = draw_overlay(large, empty, empty > 0, xy, confidence)
    assert np.array_equal(picture[360, 480], large[360, 480])
    assert (picture[340:380, 460:500] != large[340:380, 460:500]).any()


def test_a_joint_that_nothing_speaks_for_is_not_drawn(frame, nothing):
    parts, silhouette, xy, confidence = nothing
    xy[0] = 20, 20
    confidence[0] = 0.04
    drawn = draw_overlay(frame, parts, silhouette, xy, confidence)
    np.testing.assert_array_equal(drawn, frame)


def test_a_limb_joins_two_sure_joints(frame, nothing):
    parts, silhouette, xy, confidence = nothing
    shoulder, elbow = list(names.JOINTS).index("right_shoulder"), RIGHT_ELBOW
    xy[shoulder], xy[elbow] = (20, 60), (140, 60)
    confidence[:] = 1
    assert tuple(draw_overlay(frame, parts, silhouette, xy, confidence)[60, 80]) == RIGHT
    confidence[elbow] = 0.1
    picture = draw_overlay(frame, parts, silhouette, xy, confidence)
    assert np.array_equal(picture[60, 80], frame[60, 80])


def test_joints_outside_the_frame_are_harmless(frame, nothing):
    parts, silhouette, xy, confidence = nothing
    xy[:] = (-500.0, 9000.0)
    confidence[:] = 1
    assert np.array_equal(draw_overlay(frame, parts, silhouette, xy, confidence), frame)
