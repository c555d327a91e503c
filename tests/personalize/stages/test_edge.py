import numpy as np
import pytest

from personalize.stages.camera import what_is_known
from personalize.stages.edge import pass_edge
from personalize.stages.sightings import Sightings

HEIGHT, WIDTH, HEAD = 240, 320, 20.0


def walking(start, step, *, count=30, seen=lambda left: left >= 0, every=1):
    """Looks at somebody 60 wide and 200 high, whose head is in the middle of the top; `start` is
    their left edge in frame 0, and `step` how far they walk in a frame.
    """
    numbers = np.arange(0, count, every)
    left = start + step * numbers.astype(float)
    boxes = np.stack([left, left * 0 + 20, left + 60, left * 0 + 220], axis=1)
    at = np.stack([left + 30, left * 0 + 30], axis=1)
    heads = np.where([seen(x) for x in left], HEAD, np.nan)
    unknown = np.isnan(heads)
    boxes[unknown], at[unknown] = np.nan, np.nan
    return Sightings(numbers, boxes, heads, at)


def passing(seen, cuts=()):
    """Frames in which somebody passes the edge, and their boxes there."""
    boxes = pass_edge(seen, 30, HEIGHT, WIDTH, cuts)
    frames = np.flatnonzero(~np.isnan(boxes[:, 0]))
    return frames.tolist(), boxes[frames]


def test_who_walks_out_of_the_picture_is_followed_until_nothing_is_left_of_them():
    frames, boxes = passing(walking(50, -10))  # seen until frame 5
    assert frames == [6, 7, 8, 9, 10]
    assert boxes[:, 0].tolist() == [-10, -20, -30, -40, -50]
    assert boxes[:, 2].tolist() == [50, 40, 30, 20, 10]


def test_who_comes_into_the_picture_is_followed_back():
    frames, boxes = passing(walking(-150, 10))  # seen from frame 15
    assert frames == [10, 11, 12, 13, 14]
    assert boxes[:, 2].tolist() == [10, 20, 30, 40, 50]


def test_the_other_side_is_as_good():
    seen = walking(200, 10, seen=lambda left: left <= 260)  # until frame 6
    frames, boxes = passing(seen)
    assert frames == [7, 8, 9, 10, 11]
    assert boxes[:, 0].tolist() == [270, 280, 290, 300, 310]


@pytest.mark.parametrize(
    "seen",
    [
        walking(150, -10, seen=lambda left: left > 100),  # hidden in the middle of the picture
        walking(10, 0, seen=lambda left: False),
        walking(30, -10, seen=lambda left: left == 30),  # one look tells no speed
        walking(2, 0.1, seen=lambda left: left < 3),  # stays
    ],
)
def test_who_does_not_pass_an_edge_is_not_followed(seen):
    assert passing(seen)[0] == []


def test_nobody_is_followed_across_a_cut():
    assert passing(walking(50, -10), cuts=[8])[0] == [6, 7]


def test_frames_between_looks_count_by_their_time():
    frames, boxes = passing(walking(60, -10, every=2))
    assert frames == [7, 8, 9, 10, 11]
    assert boxes[0].tolist() == [-10, 20, 50, 220]


def test_who_passes_is_in_doubt_and_expected_where_they_are():
    known = what_is_known(walking(50, -10), 30, HEIGHT, WIDTH)
    assert known["seen"][:13].tolist() == [2] * 6 + [1] * 5 + [0] * 2
    assert known["place"][8].tolist() == [-30, 20, 30, 220]
    nobody = what_is_known(walking(10, 0, seen=lambda left: False), 30, HEIGHT, WIDTH)
    assert "place" not in nobody
