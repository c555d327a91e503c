from dataclasses import replace

import numpy as np
import pytest

from personalize.imaging.framing import Framing
from personalize.imaging.shades import SHADES, number_shades
from personalize.stages.find import Candidate
from personalize.stages.others import (
    drop_passers,
    frames_met,
    others_of,
    part_merged,
    shades_of,
)
from personalize.stages.settings import OtherSettings
from personalize.stages.sightings import Sightings

WHOLE = Framing(120, 160, 1.0, 0.0, 0.0, 120, 160)
RED, BLUE = (200, 30, 30), (30, 30, 200)
GREY = (120, 120, 120)


def shares(colour):
    return np.bincount(number_shades(np.uint8([[colour]])).ravel(), minlength=SHADES) / 1.0


def somebody(x, colour, *, score=0.8, cells=300):
    """Somebody 30 pixels wide and 100 high, all in one colour, seen in so many cells."""
    box = np.array([x - 15, 10, x + 15, 110], float)
    colours = np.sqrt(shares(colour)).astype(np.float32)
    mask = (np.arange(300) < cells).reshape(15, 20)
    return Candidate(box, 12.0, np.array([x, 20.0]), score, colours, mask, WHOLE)


def test_others_are_built_like_people_and_apart_and_wear_something_else():
    person = somebody(30, RED)
    cases = [
        (somebody(100, BLUE), True),
        (somebody(100, BLUE, score=0.2), False),  # a thing
        (somebody(100, BLUE, cells=50), False),  # small
        (somebody(40, BLUE), False),  # the same place
        (somebody(100, RED), False),  # the same clothes
    ]
    for other, is_other in cases:
        [colours, _] = others_of([[person, other]] * 2, [person] * 2)
        assert np.isnan(colours).all() != is_other
        if is_other:
            np.testing.assert_allclose(colours, shares(BLUE))
    assert np.isnan(others_of([[person]], [None])).all()


def test_who_is_where_the_person_is_in_the_looks_beside_is_nobody_else():
    person, ball = somebody(100, BLUE), somebody(30, RED)
    looks = [[person, ball]] * 7
    mistaken = [person, person, ball, ball, person, person, person]
    others = others_of(looks, mistaken)
    assert np.isnan(others[2:4]).all()
    moved = others_of(looks, [ball] * 7)
    assert not np.isnan(moved).any()


def test_who_is_seen_once_is_not_counted():
    person, other = somebody(30, RED), somebody(100, BLUE)
    near = OtherSettings().near

    def seen_in(*looks, count=3 * near):
        shown = [[person, other] if k in looks else [person] for k in range(count)]
        return np.flatnonzero(~np.isnan(others_of(shown, [person] * count)[:, 0])).tolist()

    assert not seen_in(5)
    assert not seen_in(2, 2 + near + 1)
    assert seen_in(2, 2 + near) == [2, 2 + near]


def test_frames_in_which_others_may_touch_the_person():
    count, near = 60, OtherSettings().near
    met = np.isin(np.arange(count), [20, 35])
    seen = replace(looks_at([30] * count, met=met), numbers=10 * np.arange(count) + 5)
    assert span_of(frames_met(seen, 605)) == (10 * (20 - near) + 5, 10 * (36 + near) + 5)
    early = replace(seen, colours=looks_at([30] * count, met=np.isin(np.arange(count), 3)).colours)
    assert span_of(frames_met(early, 605)) == (0, 10 * (4 + near) + 5)
    late = replace(seen, colours=looks_at([30] * count, met=np.isin(np.arange(count), 55)).colours)
    assert span_of(frames_met(late, 605)) == (10 * (55 - near) + 5, 605)
    nobody = replace(seen, colours=looks_at([30] * count, met=[False] * count).colours)
    assert not frames_met(nobody, 605).any()


def span_of(frames):
    """First and last + 1 of frames that follow each other."""
    [chosen] = np.nonzero(frames)
    assert frames[chosen[0] : chosen[-1] + 1].all()
    return chosen[0], chosen[-1] + 1


def test_colours_of_people_are_means_over_the_looks_that_show_them():
    unknown = np.full(SHADES, np.nan)
    looks = np.array([[shares(RED), unknown], [shares(RED), shares(BLUE)], [unknown, shares(BLUE)]])
    person, other = shades_of(looks)
    np.testing.assert_allclose(person, shares(RED))
    np.testing.assert_allclose(other, shares(BLUE))
    assert not len(shades_of(looks[:1]))
    assert not len(shades_of(None))


def looks_at(widths, *, met):
    """Looks at somebody who walks 10 pixels a look, with boxes of some widths, 100 high; `met`:
    whether somebody else is seen in each look.
    """
    count = len(widths)
    left = 10.0 * np.arange(count)
    boxes = np.stack([left, left * 0, left + widths, left * 0 + 100], axis=1)
    at = np.stack([left + np.array(widths) / 2, left * 0 + 10], axis=1)
    colours = np.full((count, 2, SHADES), np.nan)
    colours[:, 0] = shares(RED)
    colours[np.array(met), 1] = shares(BLUE)
    return Sightings(np.arange(count), boxes, np.full(count, 12.0), at, colours)


def test_a_look_that_takes_two_people_for_one_is_replaced_by_those_around_it():
    seen = looks_at([30, 30, 30, 90, 30, 30, 30], met=[True] * 3 + [False] * 2 + [True] * 2)
    parted = part_merged(seen)
    np.testing.assert_allclose(parted.boxes[:, 2] - parted.boxes[:, 0], 30)
    np.testing.assert_allclose(parted.at[:, 0], 10 * np.arange(7) + 15)
    assert np.isnan(parted.colours[:, 0, 0]).tolist() == [k == 3 for k in range(7)]
    assert seen.boxes[3, 2] == 120  # what was given is as it was


def test_a_head_outside_of_its_box_is_somebody_elses():
    seen = looks_at([30] * 7, met=[True] * 7)
    seen.at[3, 0] += 80
    np.testing.assert_allclose(part_merged(seen).at[:, 0], 10 * np.arange(7) + 15)
    alone = looks_at([30] * 7, met=[False] * 7)
    alone.at[3, 0] += 80
    assert part_merged(alone) is alone


@pytest.mark.parametrize(
    ("widths", "met"),
    [
        ([30, 30, 30, 90, 30, 30, 30], [False] * 7),  # nobody else is near
        ([30, 30, 30, 40, 30, 30, 30], [True] * 7),  # an arm
        ([30, 30, 90, 90, 90, 90, 90], [True] * 7),  # both arms, from now on
    ],
)
def test_who_grows_without_others_or_little_or_for_long_is_one_person(widths, met):
    seen = looks_at(widths, met=met)
    assert part_merged(seen) is seen


def test_sightings_without_colours_stay_as_they_are():
    seen = looks_at([30, 90, 30], met=[True] * 3)
    plain = replace(seen, colours=None)
    assert part_merged(plain) is plain
    assert plain.where_known().colours is None
    assert seen.between(1, 3).colours.shape == (2, 2, SHADES)


def scene(boundary):
    """Two people who touch: red left of a column, blue from there on; and their silhouette."""
    frame = np.full((120, 160, 3), GREY, np.uint8)
    frame[10:110, 40:boundary], frame[10:110, boundary:100] = RED, BLUE
    shown = np.zeros((120, 160), bool)
    shown[10:110, 40:100] = True
    return frame, shown


BOTH = np.stack([shares(RED), shares(BLUE)])


@pytest.mark.parametrize("boundary", [50, 70, 85])
def test_who_touches_the_person_is_cut_off_along_their_clothes(boundary):
    frame, shown = scene(boundary)
    kept = drop_passers(shown, frame, WHOLE, BOTH)
    expected = shown & (np.arange(160) < boundary)
    assert (kept != expected).sum() <= 0.03 * shown.sum()
    other = drop_passers(shown, frame, WHOLE, BOTH[::-1])
    assert (other != shown & ~expected).sum() <= 0.03 * shown.sum()


def test_a_person_alone_stays_whole():
    frame, shown = scene(100)
    np.testing.assert_array_equal(drop_passers(shown, frame, WHOLE, BOTH), shown)
    frame[40:48, 60:64] = BLUE  # a button of the others' colour
    np.testing.assert_array_equal(drop_passers(shown, frame, WHOLE, BOTH), shown)
    nobody = np.zeros_like(shown)
    np.testing.assert_array_equal(drop_passers(nobody, frame, WHOLE, BOTH), nobody)


def test_who_hides_the_person_leaves_nothing_of_them():
    frame, shown = scene(40)
    assert not drop_passers(shown, frame, WHOLE, BOTH).any()


def test_where_colours_say_nothing_the_place_tells():
    frame = np.full((120, 160, 3), GREY, np.uint8)
    shown = np.zeros((120, 160), bool)
    shown[10:110, 20:50] = shown[10:110, 90:120] = True
    place = np.array([18.0, 8.0, 52.0, 112.0])
    kept = drop_passers(shown, frame, WHOLE, BOTH, place=place)
    np.testing.assert_array_equal(kept, shown & (np.arange(160) < 60))
    np.testing.assert_array_equal(drop_passers(shown, frame, WHOLE, BOTH), shown)


def test_a_crop_at_another_scale_is_cut_at_the_same_place():
    frame, shown = scene(70)
    half = replace(WHOLE, scale=0.5, rows=64, cols=80)
    kept = drop_passers(shown, half.apply(frame), half, BOTH)
    expected = shown & (np.arange(160) < 70)
    assert (kept != expected).sum() <= 0.06 * shown.sum()
