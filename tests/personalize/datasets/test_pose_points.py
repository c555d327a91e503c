import numpy as np
import pytest

from personalize.datasets.pose_points import LAYOUTS, POINTS, BodyPoints, body_points


def numbered(count):
    """Landmarks whose x is their number, and y ten times that."""
    return np.arange(count)[:, None] * np.array([1.0, 10.0]), np.ones(count)


@pytest.mark.parametrize(
    ("count", "places"),
    [
        (
            33,
            {
                "nose": 0,
                "right_eye": 5,
                "left_ear": 7,
                "left_mouth": 9,
                "right_shoulder": 12,
                "left_wrist": 15,
                "right_hand": 19,
                "left_hand": 18,
                "right_toe": 32,
            },
        ),
        (
            17,
            {
                "nose": 0,
                "left_eye": 1,
                "right_ear": 4,
                "right_shoulder": 6,
                "left_elbow": 7,
                "right_wrist": 10,
                "left_ankle": 15,
            },
        ),
        (
            25,
            {
                "nose": 0,
                "right_eye": 15,
                "left_ear": 18,
                "right_shoulder": 2,
                "left_wrist": 7,
                "right_hip": 9,
                "left_ankle": 14,
                "left_toe": 19.5,
                "right_heel": 24,
            },
        ),
        (
            133,
            {
                "right_ankle": 16,
                "left_toe": 17.5,
                "left_heel": 19,
                "right_heel": 22,
                "right_mouth": 71,
                "left_mouth": 77,
                "left_hand": 102,
                "right_hand": 123,
            },
        ),
    ],
)
def test_landmarks_of_every_layout_become_the_same_points(count, places):
    points = body_points(*numbered(count))
    assert {name: points.at(name)[0] for name in places} == places


def test_points_that_a_layout_lacks_are_not_known():
    points = body_points(*numbered(17))
    assert [name for name in POINTS if points.at(name) is None] == [
        *(
            "right_mouth",
            "left_mouth",
            "right_hand",
            "left_hand",
            "right_heel",
            "left_heel",
            "right_toe",
            "left_toe",
        )
    ]
    assert set(LAYOUTS) == {17, 25, 33, 133}


def test_a_mean_of_landmarks_is_as_visible_as_the_least_of_them():
    xy, visibility = numbered(33)
    visibility[20] = 0.3
    points = body_points(xy, visibility)
    assert points.at("right_hand", least=0.5) is None
    assert points.at("right_hand", least=0.3) is not None
    xy[18] = np.nan
    assert body_points(xy, visibility).at("right_hand") is None


def test_points_follow_a_crop_and_its_size():
    points = body_points(*numbered(17)).moved(0.5, left=2, top=8)
    assert points.at("left_eye").tolist() == [
        -0.75,
        0.75,
    ]  # (1, 10) -> (-1, 2), whose pixel's middle is halved


def test_a_number_of_landmarks_of_no_layout_is_refused():
    with pytest.raises(ValueError, match="no layout of 26 landmarks is known; there are 33"):
        body_points(*numbered(26))
    with pytest.raises(ValueError, match="points"):
        BodyPoints(np.zeros((3, 2)), np.zeros(3))
