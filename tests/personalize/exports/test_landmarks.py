import numpy as np
import pytest

from personalize.exports.landmarks import ADDED, LIMBS, NAMES, SYMMETRIES, find_landmarks
from personalize.exports.layouts import BODY_25, COCO_17, COCO_LIMBS, arrange
from personalize.parts import JOINTS

from ..drawn import figure, joints


@pytest.fixture
def found():
    return find_landmarks(*joints(0), figure(0), least=16, hidden=0.05)


def test_hands_feet_and_neck_are_the_centres_of_their_parts(found):
    assert found.at("neck") == (39.5, 20.5, 0.9)
    assert found.at("right_hand") == (23.5, 43.5, 0.9)
    assert found.at("right_foot") == (31.5, 62.5, 0.9)
    assert found.at("left_hand")[2] == 0.2  # as sure as the wrist that it hangs on


def test_toes_are_the_end_of_the_foot_that_is_far_from_the_ankle(found):
    x, y, _ = found.at("right_toes")  # the foot is from 24 to 39, the ankle at 26
    assert 37 < x < 39 and 60 < y < 65


def test_what_no_part_shows_is_absent(found):
    assert np.isnan(found.at("left_foot")[0]) and np.isnan(found.at("left_toes")[0])


def test_a_joint_that_is_a_guess_is_absent_and_keeps_its_doubt(found):
    x, _, sure = found.at("left_ankle")
    assert np.isnan(x) and sure == 0.02


def test_a_speck_of_a_part_is_none():
    least = 8 * 8 + 1
    found = find_landmarks(*joints(0), figure(0), least=least, hidden=0.05)
    assert np.isnan(found.at("right_hand")[0])
    assert found.at("right_foot")[0] == 31.5  # of 96 pixels


def test_of_two_pieces_the_largest_is_the_hand():
    labels = figure(0)
    labels[0:4, 90:95] = labels[44, 24]
    found = find_landmarks(*joints(0), labels, least=16, hidden=0.05)
    assert found.at("right_hand")[:2] == (23.5, 43.5)


def test_nobody_has_no_landmarks():
    found = find_landmarks(*joints(5), None, least=16, hidden=0.05)
    assert np.isnan(found.xy).all() and not found.confidence.any()


def test_names_are_the_joints_and_what_is_added():
    assert (*JOINTS, *ADDED) == NAMES and len(set(NAMES)) == 20
    assert all(a in NAMES and b in NAMES for a, b in (*LIMBS, *SYMMETRIES))


def test_coco_has_its_seventeen_keypoints_in_order():
    assert list(COCO_17)[:7] == [
        *("nose", "left_eye", "right_eye", "left_ear", "right_ear"),
        *("left_shoulder", "right_shoulder"),
    ]
    assert list(COCO_17)[-2:] == ["left_ankle", "right_ankle"]
    assert len(COCO_17) == 17 and len(COCO_LIMBS) == 19


def test_body_25_is_in_the_order_of_openpose():
    assert list(BODY_25) == [
        *("Nose", "Neck", "RShoulder", "RElbow", "RWrist", "LShoulder", "LElbow", "LWrist"),
        *("MidHip", "RHip", "RKnee", "RAnkle", "LHip", "LKnee", "LAnkle"),
        *("REye", "LEye", "REar", "LEar"),
        *("LBigToe", "LSmallToe", "LHeel", "RBigToe", "RSmallToe", "RHeel"),
    ]


def test_middles_need_both_sides_and_are_as_sure_as_the_lesser(found):
    keypoints = dict(zip(BODY_25, arrange(BODY_25, found).tolist()))
    right, left = found.at("right_shoulder"), found.at("left_shoulder")
    assert keypoints["Neck"] == [(right[0] + left[0]) / 2, (right[1] + left[1]) / 2, 0.9]
    assert keypoints["Nose"] == keypoints["LAnkle"] == keypoints["RHeel"] == [0, 0, 0]
    found.xy[NAMES.index("left_hip")] = np.nan
    assert arrange(BODY_25, found)[list(BODY_25).index("MidHip")].tolist() == [0, 0, 0]
