import numpy as np
import pytest

from personalize.imaging.framing import fit_frame
from personalize.stages.find import Candidate
from personalize.stages.follow import follow

FRAMING = fit_frame(120, 160, 140)
COLOURS = np.sqrt(np.eye(216, dtype=np.float32))


def person(x, *, score=0.6, head=12.0, shade=0, y=60):
    """Somebody 30 pixels wide and 60 high around a point, all in one colour."""
    box = np.array([x - 15, y - 30, x + 15, y + 30], float)
    mask = np.zeros(FRAMING.cells, bool)
    (left, top), (right, bottom) = (
        (FRAMING.to_canvas(corner) // 8).astype(int).clip(0, 20)
        for corner in (box[:2], box[2:] - 1)
    )
    mask[top : bottom + 1, left : right + 1] = True
    at = np.array([x, y - 20.0])
    return Candidate(box, head, at, score, COLOURS[shade], mask, FRAMING)


def xs(chosen):
    """Where the chosen ones are; None where nobody is."""
    return [one and (one.box[0] + one.box[2]) / 2 for one in chosen]


def test_who_is_built_like_a_person_is_chosen_and_not_what_is_large():
    bag = person(30, score=0.1, head=40, shade=1)
    looks = [[bag, person(120)] for _ in range(4)]
    assert xs(follow(looks, range(4))) == [120] * 4


def test_of_two_people_who_cross_one_is_followed():
    one = [20, 40, 60, 80, 100, 120, 140]
    looks = [[person(a, shade=0), person(b, shade=5)] for a, b in zip(one, reversed(one))]
    chosen = xs(follow(looks, range(0, 70, 10)))
    assert chosen in (one, one[::-1])


def test_a_better_score_in_one_look_does_not_make_the_path_leap():
    looks = [[person(30), person(130, score=0.75 if k == 2 else 0.4)] for k in range(5)]
    assert xs(follow(looks, range(5))) == [30] * 5


def test_nobody_is_chosen_where_nothing_is_like_a_person():
    thing = person(40, score=0.05)
    looks = [[person(60)], [thing], [thing], [thing], []]
    assert xs(follow(looks, [0, 30, 60, 90, 120])) == [60, None, None, None, None]
    assert follow([[]], [0]) == [None]


def test_across_a_cut_the_colours_tell_and_not_the_place():
    before = [[person(30, shade=2)]] * 3
    after = [[person(30, shade=9, score=0.6), person(130, shade=2, score=0.6)]] * 3
    assert xs(follow([*before, *after], range(6), cuts=[3])) == [30] * 3 + [130] * 3


@pytest.mark.parametrize("x", [30, 130])
def test_whom_the_user_points_at_is_the_one_in_all_looks(x):
    looks = [[person(30, score=0.5), person(130, score=0.7, shade=3)] for _ in range(4)]
    assert xs(follow(looks, range(4), clicks={2: (x, 60)})) == [x] * 4


def test_a_click_beside_everybody_chooses_nobody_there():
    looks = [[person(30)] for _ in range(3)]
    assert xs(follow(looks, range(3), clicks={1: (150, 10)}))[1] is None


def test_of_two_sure_people_the_one_is_kept_who_was_there_before():
    looks = [[person(30, score=0.7)]] * 3 + [[person(30, score=0.7), person(130, score=0.95)]] * 9
    assert xs(follow(looks, range(12))) == [30] * 12


def test_to_go_and_come_again_is_no_way_to_leap():
    looks = [[person(30)], [person(30)], [], [person(30, score=0.5), person(150, score=0.6)]]
    assert xs(follow(looks, range(4)))[3] == 30
