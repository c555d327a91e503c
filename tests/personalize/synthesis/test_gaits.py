import numpy as np
import pytest

from personalize.synthesis import gaits, rides
from personalize.synthesis.sitters import pose_sitter
from personalize.synthesis.talking import draw_talk


@pytest.fixture(scope="module")
def somebody(studio):
    """A body's costume, and the posture that it talks in."""
    worn = studio.sitter(0).worn
    talk = draw_talk(np.random.default_rng(0), 1.0, seated=False)
    return worn, talk.posture_at(0.0, studio.arms(worn.shape))


def posed(studio, worn, posture):
    joints = pose_sitter(studio.body, worn, posture).joints
    return joints - joints[[7, 8]].mean(axis=0)


def test_two_bones_end_where_they_are_told_and_bend_to_the_pole():
    step, pole = np.array([0.3, -0.4, 0.1]), np.array([0.0, 0.0, 1.0])
    first, second = gaits.two_bones(step, (0.35, 0.3), pole)
    np.testing.assert_allclose(0.35 * first + 0.3 * second, step, atol=1e-6)
    assert (0.35 * first)[2] > 0.5 * step[2]
    far, along = gaits.two_bones(10 * step, (0.35, 0.3), pole)
    assert far @ along > 0.98


def test_who_walks_swings_arms_against_legs(somebody, studio):
    worn, posture = somebody
    joints = posed(studio, worn, gaits.walk(posture, 0.0, 1.0))
    right_wrist, left_wrist, right_ankle, left_ankle = joints[[1, 2, 11, 12], 2]
    assert right_ankle > left_ankle + 0.3
    assert left_wrist > right_wrist + 0.2
    half = posed(studio, worn, gaits.walk(posture, 0.5, 1.0))
    assert half[12, 2] > half[11, 2] + 0.3


def test_who_stands_has_the_feet_together(somebody, studio):
    worn, posture = somebody
    joints = posed(studio, worn, gaits.walk(posture, 0.3, 0.0))
    assert abs(joints[11, 2] - joints[12, 2]) < 0.03


@pytest.mark.parametrize("name", rides.RIDES)
def test_riders_have_their_hands_and_feet_where_the_ride_has_them(name, somebody, studio):
    worn, posture = somebody
    ride = rides.RIDES[name](studio.body, worn.shape, worn.stature, 0.7)
    joints = posed(studio, worn, gaits.hold(posture, studio.body, worn.shape, ride.held))
    for joint, side, wanted in (
        (1, "right", ride.held.wrists),
        (2, "left", ride.held.wrists),
        (11, "right", ride.held.ankles),
        (12, "left", ride.held.ankles),
    ):
        np.testing.assert_allclose(joints[joint], wanted[side], atol=0.06)
    assert joints[[11, 12], 1].min() > ride.ground
