"""Joints that agree along the skeleton, on people made of discs and lines."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from personalize import parts as names
from personalize.stages.joints import JOINT_NAMES, locate_joints
from personalize.stages.settings import JointSettings, SkeletonSettings
from personalize.stages.skeleton import BONES, agree, marginals, shoulder_width

TREE = JointSettings(rule="tree")
PLACES = {
    "head": (16, 5),
    "right_shoulder": (12, 10),
    "left_shoulder": (20, 10),
    "right_elbow": (10, 16),
    "left_elbow": (22, 16),
    "right_wrist": (8, 21),
    "left_wrist": (24, 21),
}
"""(column, row), facing the camera, shoulders 8 cells apart."""
LIMBS = {
    5: ("right_shoulder", "right_elbow"),
    3: ("right_elbow", "right_wrist"),
    18: ("left_shoulder", "left_elbow"),
    16: ("left_elbow", "left_wrist"),
}


def person(without=(), more=()):
    """Part probabilities (32, 36, 32) of a person who sits.

    `without` are labels that no cell has; `more` are (label, (column, row)) of
    other cells, each a disc.
    """
    labels = np.zeros((36, 32), np.uint8)
    labels[9:28, 12:16], labels[9:28, 16:21] = 7, 20
    for label, (one, other) in LIMBS.items():
        if label not in without:
            cv2.line(labels, PLACES[one], PLACES[other], label, 2)
    bands = [(names.JOINTS[name][0], place) for name, place in PLACES.items()]
    for label, place in (*bands, *more):
        if label not in without:
            cv2.circle(labels, place, 3 if label == 27 else 1, label, -1)
    parts = np.full((names.CLASSES, *labels.shape), 0.1 / (names.CLASSES - 1), np.float32)
    np.put_along_axis(parts, labels[None].astype(np.intp), 0.9, axis=0)
    return parts


def place(parts, joint):
    return locate_joints(parts, settings=TREE).xy[JOINT_NAMES.index(joint)]


@pytest.mark.parametrize("joint", PLACES)
def test_joints_that_agree_stay_where_they_are(joint):
    np.testing.assert_allclose(place(person(), joint), PLACES[joint], atol=1.0)


def test_a_larger_wrist_on_the_other_arm_is_not_chosen():
    parts = person(more=[(2, (25, 23)), (2, (27, 23)), (2, (27, 21))])
    component = locate_joints(parts, settings=JointSettings(rule="component"))
    assert component.xy[JOINT_NAMES.index("right_wrist"), 0] > 20
    np.testing.assert_allclose(place(parts, "right_wrist"), PLACES["right_wrist"], atol=1.5)


def test_an_elbow_without_a_cell_lies_where_the_arms_parts_meet():
    parts = person(without=[4])
    np.testing.assert_allclose(place(parts, "right_elbow"), PLACES["right_elbow"], atol=1.5)


def test_an_estimate_with_rivals_is_less_confident():
    together = replace(TREE, apart=1.0)  # a rival counts wherever it is
    alone = locate_joints(person(), settings=together).confidence
    parts = person(more=[(2, (9, 14))], without=[3])
    rivals = locate_joints(parts, settings=together).confidence
    wrist = JOINT_NAMES.index("right_wrist")
    assert alone[wrist] > 0.5
    assert rivals[wrist] < alone[wrist] - 0.1


def test_marginals_are_those_of_all_combinations():
    generator = np.random.default_rng(0)
    scores = generator.normal(size=(len(JOINT_NAMES), 2))
    pairs = generator.normal(size=(len(BONES), 2, 2))
    combinations = np.stack(np.meshgrid(*[[0, 1]] * len(scores), indexing="ij"), -1)
    combinations = combinations.reshape(-1, len(scores))
    score = scores[np.arange(len(scores)), combinations].sum(axis=1)
    for pair, bone in zip(pairs, BONES):
        score += pair[combinations[:, bone.parent], combinations[:, bone.child]]
    weight = np.exp(score) / np.exp(score).sum()
    expected = [weight[combinations[:, j] == 0].sum() for j in range(len(scores))]
    np.testing.assert_allclose(marginals(scores, pairs)[:, 0], expected, atol=1e-12)


def test_a_place_that_is_none_has_no_probability():
    scores = np.zeros((len(JOINT_NAMES), 3))
    scores[:, 2] = -np.inf
    probability = marginals(scores, [np.zeros((3, 3))] * len(BONES))
    np.testing.assert_allclose(probability, np.tile([0.5, 0.5, 0.0], (len(JOINT_NAMES), 1)))


def test_the_shoulders_are_as_wide_as_the_head_tells_and_no_wider_than_a_person():
    weight = np.zeros((len(JOINT_NAMES), 20, 20), np.float32)
    weight[0, 2:9, 2:9] = 1.0  # 7 cells wide: shoulders of 10
    guess = np.zeros((len(JOINT_NAMES), 2))
    settings = SkeletonSettings(wide=1.6, least_width=3.0)
    assert shoulder_width(weight, guess, settings) == pytest.approx(10.0)
    guess[JOINT_NAMES.index("left_shoulder")] = 12, 0
    assert shoulder_width(weight, guess, settings) == pytest.approx(12.0)
    guess[JOINT_NAMES.index("left_shoulder")] = 40, 0
    assert shoulder_width(weight, guess, settings) == pytest.approx(16.0)
    assert shoulder_width(np.zeros_like(weight), guess, settings) == 3.0


SMALL = {"head": (16, 8), "shoulder": (14, 10), "elbow": (13, 13), "wrist": (12, 15)}
FAR_BELOW = {"hip": (15, 30), "knee": (15, 33), "ankle": (15, 36)}


@pytest.mark.parametrize("against, stays", [(np.inf, False), (SkeletonSettings().against, True)])
def test_a_trunk_that_seems_too_long_does_not_draw_the_arms_to_the_legs(against, stays):
    """The head is hidden: it has one cell, so the shoulders seem to be three cells apart."""
    weight = np.zeros((len(JOINT_NAMES), 44, 32), np.float32)
    seen = np.empty((len(JOINT_NAMES), 2))
    for j, name in enumerate(JOINT_NAMES):
        col, row = (SMALL | FAR_BELOW)[name.split("_")[-1]]
        col = 32 - col if name.startswith("left") else col
        weight[j, row, col] = 0.99
        weight[j, 30, 16] = max(weight[j, 30, 16], 0.01)
        seen[j] = col, row
    settings = SkeletonSettings(against=against)
    xy, _ = agree(weight, np.zeros((names.CLASSES, 44, 32), np.float32), seen, settings=settings)
    assert (np.linalg.norm(xy - seen, axis=1).max() < 1) == stays
