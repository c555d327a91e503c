import numpy as np
import pytest

from personalize import parts
from personalize.datasets.body_frame import measure_body
from personalize.datasets.pose_points import INDEX, POINTS, BodyPoints
from personalize.stages.landmark_evidence import landmark_distances, landmark_gain, weigh_landmarks
from personalize.stages.settings import JointSettings

PLAIN = JointSettings(rule="component")

PLACES = {"right_shoulder": (8, 8), "left_shoulder": (16, 8), "right_elbow": (8, 14)}
PART = {"right_shoulder": 6, "left_shoulder": 19, "right_elbow": 4}


def landmarks(**moved):
    """Points at the centres of cells, by 8 pixels; some moved by cells."""
    xy, seen = np.full((len(POINTS), 2), np.nan), np.zeros(len(POINTS))
    for name, (col, row) in {"nose": (12, 4), "right_hip": (9, 20), **PLACES}.items():
        place = np.add((col, row), moved.get(name, (0, 0)))
        xy[INDEX[name]], seen[INDEX[name]] = (place + 0.5) * 8 - 0.5, 1.0
    return BodyPoints(xy, seen)


def said(**moved):
    """Parts (32, 24, 24) that are single cells at the places of joints, some moved by cells."""
    maps = np.zeros((parts.CLASSES, 24, 24), np.float32)
    for name, place in PLACES.items():
        col, row = np.add(place, moved.get(name, (0, 0)))
        maps[PART[name], row, col] = 1
    maps[0] = 1 - maps.sum(axis=0)
    return maps


def test_distances_are_in_units_of_the_body_and_of_landmarks_that_are_seen():
    own = np.stack([said(), said(right_elbow=(3, 4)), said()])
    known = {0: landmarks(), 1: landmarks()}
    found = landmark_distances(own, known, joints=PLAIN)
    unit = measure_body(known[1]).unit / 8  # cells
    assert found[0] == pytest.approx(0, abs=1e-6)
    assert found[1] == pytest.approx(5 / 3 / unit)  # of three joints one is 5 cells away
    assert np.isnan(found[2])
    hidden = BodyPoints(known[1].xy, known[1].visibility.copy())
    hidden.visibility[INDEX["right_elbow"]] = 0.1
    assert landmark_distances(own, {1: hidden}, joints=PLAIN)[1] == pytest.approx(0, abs=1e-6)


def test_a_body_without_shoulders_is_no_evidence():
    points = landmarks()
    points.visibility[INDEX["left_shoulder"]] = 0
    assert np.isnan(landmark_distances(said()[None], {0: points})).all()


def test_the_gain_is_the_share_of_the_distance_that_is_gone():
    before = np.array([0.2, 0.4, np.nan, 0.3])
    gain, error = landmark_gain(before, np.array([0.1, 0.3, 0.2, 0.2]))
    assert gain == pytest.approx(1 / 3)
    assert 0 < error < 0.2
    worse, _ = landmark_gain(before, before * 1.2)
    assert worse == pytest.approx(-0.2)


def test_evidence_is_how_near_joints_are_before_and_after():
    before = np.stack([said(right_elbow=(3, 4))] * 2)
    after = np.stack([said(), said(right_elbow=(3, 4))])
    evidence = weigh_landmarks(before, after, {0: landmarks(), 1: landmarks()})
    assert evidence["landmarks"][1] > evidence["landmarks"][0]
    assert 0 < evidence["landmark_gain"][0] <= 0.5
    assert weigh_landmarks(before, after, {}) == {}


def test_less_than_two_frames_prove_nothing():
    assert landmark_gain(np.array([0.2, np.nan]), np.array([0.1, 0.1])) is None
