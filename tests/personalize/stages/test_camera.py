import numpy as np
import pytest

from personalize.imaging.framing import Framing
from personalize.stages.camera import hold_still, in_view, is_followed, places, steer
from personalize.stages.sightings import Sightings

SIZE = (360, 640)


def sightings(boxes, heads, numbers=None):
    boxes, heads = np.array(boxes, float), np.array(heads, float)
    at = np.stack([boxes[:, [0, 2]].mean(axis=1), boxes[:, 1] + heads / 2], axis=1)
    numbers = np.arange(0, 10 * len(boxes), 10) if numbers is None else np.array(numbers)
    return Sightings(numbers, boxes, heads, at)


def coming(count=12):
    """Somebody who comes from afar: head from 12 to 90 pixels."""
    heads = 12 * 1.2 ** np.arange(count)
    boxes = [(320 - 1.2 * h, 180 - 2 * h, 320 + 1.2 * h, 180 + 2 * h) for h in heads]
    return sightings(boxes, heads)


def test_who_stays_where_they_are_gets_one_crop():
    seen = sightings([(300, 80, 400, 280)] * 6, [40, 42, 39, 41, 40, 38])
    framing = hold_still(seen, *SIZE)
    assert framing.scale * 40 == pytest.approx(42, rel=0.05)
    assert not is_followed(seen, framing)


def test_nobody_gets_no_crop():
    nobody = sightings([(np.nan,) * 4] * 3, [np.nan] * 3)
    assert hold_still(nobody, *SIZE) is None


def test_who_comes_nearer_is_followed_and_their_head_keeps_its_size():
    seen = coming()
    assert is_followed(seen, hold_still(seen, *SIZE))
    track = steer(seen, 111, *SIZE)
    sizes = np.array([track[number].scale * head for number, head in zip(seen.numbers, seen.heads)])
    assert sizes.max() < 42 * 1.6 and sizes.min() > 42 / 1.6
    assert 12 * track[0].scale > 2 * 12 * hold_still(seen, *SIZE).scale


def test_who_walks_across_a_wide_frame_is_followed_and_never_cut():
    boxes = [(x, 100, x + 30, 180) for x in np.linspace(10, 600, 20)]
    seen = sightings(boxes, [14] * 20)
    assert is_followed(seen, hold_still(seen, *SIZE))
    track = steer(seen, 191, *SIZE)
    for number, box in zip(seen.numbers, seen.boxes):
        left, top, right, bottom = Framing.edges(track[number])
        assert left <= box[0] and top <= box[1] and right >= box[2] and bottom >= box[3]
    assert track[100].scale * 14 == pytest.approx(42, rel=0.15)


def test_the_camera_does_not_jerk():
    track = steer(coming(), 111, *SIZE)
    assert np.abs(np.diff(np.log(track.scale), 2)).max() < 0.02
    corner = -track.left / track.scale, -track.top / track.scale
    assert np.abs(np.diff(corner, 2)).max() < 2.0


def test_a_shot_has_a_path_of_its_own():
    boxes = [(10, 10, 110, 210)] * 3 + [(400, 100, 430, 160)] * 3
    seen = sightings(boxes, [40] * 3 + [12] * 3)
    track = steer(seen, 60, *SIZE, cuts=[30])
    assert track.scale[29] == pytest.approx(track.scale[0], rel=0.01)
    assert track.scale[30] == pytest.approx(track.scale[59], rel=0.01)
    assert track.scale[30] > 1.5 * track.scale[29]


def test_a_shot_in_which_nobody_was_seen_borrows_a_path():
    seen = sightings([(300, 80, 400, 280)] * 3 + [(np.nan,) * 4], [40] * 3 + [np.nan])
    track = steer(seen, 40, *SIZE, cuts=[30])
    assert track[39].scale == pytest.approx(track[0].scale, rel=0.01)


def test_frames_are_in_view_between_looks_that_saw_somebody():
    nan = np.nan
    seen = sightings([(0, 0, 9, 9)] * 2 + [(nan,) * 4] * 2, [5, 5, nan, nan], [2, 4, 8, 10])
    assert in_view(seen, 12).tolist() == [2] * 5 + [1] * 3 + [0] * 4
    assert in_view(seen, 12, cuts=[6, 11]).tolist() == [2] * 6 + [0] * 5 + [1]


def test_legs_that_are_not_seen_in_some_looks_are_not_cut_off_there():
    boxes = [(300, 80, 340, 200)] * 10
    boxes[4:7] = [(300, 80, 340, 120)] * 3  # the upper body alone
    seen = sightings(boxes, 3 * [16] + 3 * [17] + 4 * [16])
    track = steer(seen, 100, *SIZE)
    assert Framing.edges(track[50])[3] >= 200


def test_who_walks_is_expected_where_they_are():
    boxes = [(x, 100, x + 30, 180) for x in range(10, 610, 30)]
    place = places(sightings(boxes, [14] * 20), 191)
    assert place[[50, 105], 0] == pytest.approx([160, 325])


def test_a_look_at_half_a_person_or_at_two_does_not_change_where_they_are_expected():
    boxes = [(300, 80, 340, 200)] * 20
    boxes[7], boxes[12] = (310, 80, 330, 100), (100, 80, 340, 230)
    seen = sightings(boxes, [16] * 20)
    seen.at[12] = seen.at[0]
    np.testing.assert_allclose(places(seen, 200), [[300, 80, 340, 200]] * 200)
