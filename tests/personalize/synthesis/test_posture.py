from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from personalize.synthesis.gestures import (
    draw_curls,
    draw_hands,
    draw_raised_wrists,
    draw_wrists,
    reach,
)
from personalize.synthesis.poses import draw_posture
from personalize.synthesis.posture import Posture, segment_rotations, shortest_turn, unit
from personalize.synthesis.skeleton import SEGMENTS

REST = {}
for side, out in (("right", -1.0), ("left", 1.0)):
    REST |= {
        f"{side}_upper_arm": np.array([out, 0, 0]),
        f"{side}_forearm": np.array([out, 0, 0]),
        f"{side}_thigh": np.array([0, -1.0, 0]),
        f"{side}_shin": np.array([0, -1.0, 0]),
        f"{side}_foot": np.array([0, 0, 1.0]),
    }

EYE = np.eye(3)
STILL = {side: np.zeros(3) for side in ("right", "left")}
FLAT = {side: np.zeros((5, 3)) for side in ("right", "left")}


def rotations(limbs):
    posture = Posture(EYE, EYE, EYE, REST | limbs, STILL, FLAT)
    return dict(zip(SEGMENTS, segment_rotations(posture, REST)))


def test_legs_at_rest_are_not_turned():
    turned = rotations({})
    for name in ("pelvis", "left_thigh", "right_shin", "left_foot"):
        np.testing.assert_allclose(turned[name], EYE, atol=1e-6)


@pytest.mark.parametrize("side", ["right", "left"])
def test_every_limb_points_where_it_should(side):
    random = np.random.default_rng(1)
    limbs = {name: unit(random.normal(size=3)) for name in REST if name.startswith(side)}
    turned = rotations(limbs)
    for name, direction in limbs.items():
        np.testing.assert_allclose(turned[name] @ REST[name], direction, atol=1e-9)
        np.testing.assert_allclose(np.linalg.det(turned[name]), 1, atol=1e-9)


def test_a_bent_elbow_hinges_upper_arm_and_forearm_about_one_axis():
    turned = rotations(
        {"left_upper_arm": np.array([0, -1.0, 0]), "left_forearm": np.array([0, 0, 1.0])}
    )
    hinge = np.cross(REST["left_upper_arm"], [0, 0, 1.0])
    for name in ("left_upper_arm", "left_forearm"):
        np.testing.assert_allclose(turned[name] @ hinge, (-1, 0, 0), atol=1e-9)


def test_the_shortest_turn_reaches_the_opposite_direction():
    turn = shortest_turn(np.array([0, 0, 1.0]), np.array([0, 0, -1.0]))
    np.testing.assert_allclose(turn @ (0, 0, 1.0), (0, 0, -1), atol=1e-9)


@pytest.mark.parametrize("side, out", [("right", -1), ("left", 1)])
def test_the_wrist_arrives_where_it_was_sent(side, out):
    shoulder, lengths = np.array([out * 0.18, 0, 0]), (0.28, 0.25)
    wrist = np.array([0.3, -0.4, 0.5])  # outwards, up, front, in arm lengths
    upper, fore = reach(EYE, shoulder, side, wrist, 0.4, lengths)
    np.testing.assert_allclose(0.28 * upper + 0.25 * fore, wrist * (out, 1, 1) * 0.53, atol=1e-9)
    assert upper[1] < 0  # the elbow hangs


def test_an_arm_follows_its_chest():
    turn = Rotation.from_euler("y", 90, degrees=True).as_matrix()
    shoulder, wrist = np.array([0.18, 0, 0]), np.array([0.1, -0.2, 0.7])
    plain = reach(EYE, shoulder, "left", wrist, 0.2, (0.3, 0.3))
    turned = reach(turn, shoulder, "left", wrist, 0.2, (0.3, 0.3))
    np.testing.assert_allclose(turned, [turn @ limb for limb in plain], atol=1e-9)


def test_a_wrist_inside_the_belly_is_brought_out():
    shoulder = np.array([0.18, 0, 0])
    upper, fore = reach(EYE, shoulder, "left", np.array([-0.3, -0.6, 0.05]), 0.3, (0.28, 0.25))
    wrist = shoulder + 0.28 * upper + 0.25 * fore
    assert (wrist[0] / 0.2) ** 2 + (wrist[2] / 0.19) ** 2 > 0.99


def test_gestures_are_drawn_from_the_generator_only():
    first, second = (np.random.default_rng(3) for _ in range(2))
    for draw in (draw_wrists, draw_hands, draw_curls):
        one, other = draw(first), draw(second)
        assert one.keys() == {"right", "left"}
        np.testing.assert_equal(one, other)


def test_raised_wrists_come_above_the_shoulder_on_either_side_and_on_both():
    shoulder, lengths, raised = np.array([-0.18, 0, 0]), (0.28, 0.25), []
    for seed in range(200):
        wrists, heights = draw_raised_wrists(np.random.default_rng(seed)), {}
        for side, outwards in (("right", -1), ("left", 1)):
            upper, fore = reach(EYE, shoulder * (-outwards, 1, 1), side, *wrists[side], lengths)
            heights[side] = (0.28 * upper + 0.25 * fore)[1]
        raised.append((heights["right"] > 0, heights["left"] > 0))
    right, left = np.array(raised).T
    assert (right | left).mean() > 0.95
    assert (right & left).sum() > 50 and (right & ~left).sum() > 40 and (left & ~right).sum() > 20


def test_no_posture_is_raised_or_drawn_otherwise_unless_asked(studio):
    arms = studio.arms(studio.sitter(0).worn.shape)
    for seed in range(3):
        drawn = []
        for share in (0.0, 0.0, 1.0):
            settings = replace(studio.settings, raised_share=share)
            drawn.append(draw_posture(np.random.default_rng(seed), settings, [], arms))
        for limb in ("right_thigh", "left_foot"):
            np.testing.assert_array_equal(drawn[0].limbs[limb], drawn[2].limbs[limb])
        for limb in ("right_forearm", "left_forearm"):
            np.testing.assert_array_equal(drawn[0].limbs[limb], drawn[1].limbs[limb])
            assert np.abs(drawn[0].limbs[limb] - drawn[2].limbs[limb]).max() > 1e-3
