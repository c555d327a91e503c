from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest

from personalize import parts
from personalize.adaptation.landmark_labels import parts_of_landmarks
from personalize.adaptation.landmarks_over_time import check_over_time
from personalize.adaptation.settings import TeacherSettings
from personalize.adaptation.teacher import DRAWN_AROUND, Teacher, doubt_parts, teach
from personalize.datasets.pose_points import INDEX, POINTS, BodyPoints
from personalize.datasets.video_landmarks import VideoLandmarks
from personalize.imaging.framing import Framing
from personalize.imaging.track import Track
from personalize.stages.joints import locate_joints
from personalize.types import Window

SETTINGS = TeacherSettings()
ARM = ("right_elbow", "right_wrist", "right_hand")
STANDING = {
    "nose": (100, 44),
    "eye": ((93, 38), (107, 38)),
    "ear": ((85, 42), (115, 42)),
    "mouth": ((95, 52), (105, 52)),
    "shoulder": ((70, 80), (130, 80)),
    "elbow": ((38, 112), (162, 112)),
    "wrist": ((62, 146), (180, 145)),
    "hand": ((72, 158), (187, 157)),
    "hip": ((82, 170), (118, 170)),
    "knee": ((78, 240), (122, 240)),
    "ankle": ((76, 310), (124, 310)),
}
"""Somebody upright who faces the camera and bends the right arm; 60 pixels between the
shoulders."""
SHAPE = (344, 200)


def person(right=0.0, **moved):
    """BodyPoints of STANDING, moved to the right; then some points by names, each by (x, y)."""
    xy, visibility = np.full((len(POINTS), 2), np.nan), np.zeros(len(POINTS))
    for name, where in STANDING.items():
        places = {name: where}
        if name != "nose":
            places = {f"right_{name}": where[0], f"left_{name}": where[1]}
        for point, place in places.items():
            xy[INDEX[point]], visibility[INDEX[point]] = np.add(place, (right, 0)), 1.0
    for point, by in moved.items():
        xy[INDEX[point]] += by
    return BodyPoints(xy, visibility)


def silhouette(points):
    """Limbs as thick as a person's: 1, and 0 around them."""
    mask = np.zeros(SHAPE, np.uint8)

    def line(one, other, width):
        ends = [np.rint(points.xy[INDEX[name]]).astype(int).tolist() for name in (one, other)]
        cv2.line(mask, *ends, 1, width)

    for side in ("right", "left"):
        for chain, width in (
            (("shoulder", "elbow", "wrist", "hand"), 20),
            (("hip", "knee", "ankle"), 26),
        ):
            for one, other in pairwise(chain):
                line(f"{side}_{one}", f"{side}_{other}", width)
        line(f"{side}_shoulder", f"{side}_hip", 40)
    line("right_shoulder", "left_hip", 50)
    cv2.circle(mask, (100, 42), 26, 1, -1)
    return mask


def away(told, points):
    """How far, in pixels, joints that are read off are from their landmarks."""
    maps = told.copy()
    maps[0] = 1 - told.sum(axis=0)
    xy = (locate_joints(maps, told.sum(axis=0)).xy + 0.5) * 8 - 0.5
    return {
        name: float(np.linalg.norm(xy[k] - points.xy[INDEX[name]]))
        for k, name in enumerate(parts.JOINTS)
        if name in INDEX
    }


def answer(part, shape=(43, 25), sure=0.97):
    """A network's answer that is the same part everywhere."""
    own = np.full((parts.CLASSES, *shape), (1 - sure) / (parts.CLASSES - 1), np.float32)
    own[part] = sure
    return own


def test_joints_read_off_what_is_drawn_lie_on_the_landmarks():
    far = {0: [], SETTINGS.rounds: []}
    for angle in np.arange(5) * np.pi / 4 - np.pi / 2:  # a forearm in five directions
        hand = 42 * np.array([-np.cos(angle), np.sin(angle)]) - (24, 34)
        points = person(right_wrist=hand, right_hand=hand)
        for rounds, found in far.items():
            told = parts_of_landmarks(
                points, silhouette(points), settings=replace(SETTINGS, rounds=rounds)
            )
            joints = away(told, points)
            found.append([joints["right_shoulder"], joints["right_elbow"]])
    before, after = (np.mean(found) for found in far.values())
    assert after < 0.6 * before
    assert after < 1.5


def test_what_is_drawn_is_inside_of_the_silhouette_and_unknown_pixels_stay_open():
    points = person()
    mask = silhouette(points)
    mask[:, :104][mask[:, :104] == 1] = 255
    told = parts_of_landmarks(points, mask, settings=SETTINGS)
    covered = cv2.resize(np.float32(mask == 1), (25, 43), interpolation=cv2.INTER_AREA)
    assert (told.sum(axis=0) <= covered + 1e-6).all()
    assert told[0].max() == 0
    assert told[parts.NAMES.index("luarm")].max() > 0.9
    assert told[parts.NAMES.index("ruarm")].max() == 0


def test_landmarks_of_somebody_else_give_no_parts():
    points = person()
    assert parts_of_landmarks(person(right=90), silhouette(points), settings=SETTINGS) is None
    unsure = BodyPoints(points.xy, points.visibility * 0.4)
    assert parts_of_landmarks(unsure, silhouette(points), settings=SETTINGS) is None


def test_a_landmark_that_leaps_is_left_out_and_its_neighbours_stay():
    frames = {number: person(right=3.0 * number) for number in range(9)}
    frames[4] = person(right=12, right_wrist=(60, 0))
    checked = check_over_time(frames, settings=SETTINGS)
    gone = [
        (number, name)
        for number, (points, _) in checked.items()
        for name in POINTS
        if points.at(name) is None and frames[number].at(name) is not None
    ]
    assert gone == [(4, "right_wrist")]
    astray = [number for number, (_, strays) in checked.items() if strays.any()]
    assert astray == [3, 5]


def test_where_all_frames_are_far_apart_time_says_nothing():
    random = np.random.default_rng(0)
    frames = {
        number: person(**{name: random.normal(0, 40, 2) for name in ARM}) for number in range(12)
    }
    for number, (points, strays) in check_over_time(frames, settings=SETTINGS).items():
        assert points.visibility.tolist() == frames[number].visibility.tolist()
        assert not strays.any()


def test_another_shot_is_no_leap():
    frames = {number: person(right=3.0 * number) for number in range(9)}
    frames |= {number: person(right=60) for number in range(5, 9)}
    for points, strays in check_over_time(frames, cuts=[5], settings=SETTINGS).values():
        assert points.visibility.sum() == 21 and not strays.any()
    checked = check_over_time(frames, settings=SETTINGS)
    assert any(strays.any() for _, strays in checked.values())


def test_frames_without_neighbours_are_not_checked():
    lone = {3: person(), 7: person(right=80)}
    for points, strays in check_over_time(lone, settings=SETTINGS).values():
        assert points.visibility.sum() == 21 and not strays.any()


def test_a_part_is_doubted_if_it_contradicts_both_time_and_a_sure_network():
    points = person()
    told = parts_of_landmarks(points, silhouette(points), settings=SETTINGS)
    forearm, trunk = parts.NAMES.index("rlarm"), parts.NAMES.index("rubody")
    strays = np.zeros(len(POINTS), bool)
    other = answer(trunk)
    np.testing.assert_array_equal(doubt_parts(told, other, strays, settings=SETTINGS), told)
    strays[INDEX["right_wrist"]] = True
    own = told[forearm] > 0.9
    assert own.any()
    doubted = doubt_parts(told, other, strays, settings=SETTINGS)
    assert doubted[forearm, own].max() == 0
    np.testing.assert_array_equal(
        doubted[parts.NAMES.index("llarm")], told[parts.NAMES.index("llarm")]
    )
    unsure = answer(trunk, sure=0.6)
    np.testing.assert_array_equal(doubt_parts(told, unsure, strays, settings=SETTINGS), told)
    same = answer(forearm)
    kept = doubt_parts(told, same, strays, settings=SETTINGS)
    assert (kept[forearm, own] == told[forearm, own]).all()


def test_where_the_teacher_gives_a_part_it_counts_and_elsewhere_the_network():
    wrist, hand, trunk = (parts.NAMES.index(name) for name in ("rwrist", "rhand", "rubody"))
    told = np.zeros((parts.CLASSES, 6, 6), np.float32)
    told[wrist, 0, 0], told[wrist, 0, 1] = 1.0, 0.5
    own = answer(hand, (6, 6), sure=0.5)
    own[wrist, 5, 5], own[trunk, 5, 5], own[hand, 5, 5] = 0.5, 0.3, 0.0
    taught = teach(own, told, settings=SETTINGS)
    np.testing.assert_allclose(taught.sum(axis=0), 1, atol=1e-5)
    assert taught[wrist, 0, 0] == 1.0
    assert taught[wrist, 0, 1] == pytest.approx(0.5 + 0.5 * own[wrist, 0, 1], abs=1e-4)
    assert taught[hand, 3, 3] == pytest.approx(0.5, abs=0.02)
    assert taught[wrist, 5, 5] < 1e-4  # the wrist is elsewhere
    assert taught[:, 5, 5].argmax() == trunk


def test_a_teacher_knows_the_frames_of_its_window_on_the_canvas():
    framing = Framing(688, 400, 0.5, 0.0, 0.0, *SHAPE)
    large = BodyPoints(framing.to_source(person().xy), person().visibility)
    landmarks = VideoLandmarks(dict.fromkeys((0, 5, 6, 20), large))
    window = Window(((4, 6), (20, 40)))
    teacher = Teacher.of(landmarks, window, Track.still(framing), SETTINGS)
    assert list(teacher.points) == [1, 2]  # of frames 4, 5, 20 and so on
    np.testing.assert_allclose(teacher.points[1].xy, person().xy)
    assert teacher.describe()["landmarks"]["frames"] == 2
    own = np.stack([answer(7)] * 3)
    masks = np.stack([silhouette(person())] * 3)
    taught, counted = teacher.teach(own, np.array([0, 1, 2]), masks)
    assert counted.tolist() == [False, True, True]
    np.testing.assert_array_equal(taught[0], own[0])
    assert taught[1, parts.NAMES.index("lelbow")].max() > 0.9


def test_every_part_is_drawn_around_landmarks_of_its_side():
    assert not DRAWN_AROUND[0].any() and DRAWN_AROUND[1:].any(axis=1).all()
    forearm = DRAWN_AROUND[parts.NAMES.index("llarm")]
    assert [POINTS[k] for k in np.flatnonzero(forearm)] == ["left_elbow", "left_wrist"]
