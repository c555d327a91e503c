import numpy as np

from personalize import parts
from personalize.datasets.dye import (
    draw_colour,
    dye,
    part_garments,
    redress,
    region_garments,
    take_colour,
)

GARMENT = np.zeros((40, 40), bool)
GARMENT[10:30, 10:30] = True
FOLDED = np.full((40, 40, 3), 60, np.uint8)
FOLDED[:, 20:] = 120  # the right half of everything is twice as bright
PATTERN = np.zeros((16, 16, 3), np.uint8)
BEHIND = np.full((64, 64, 3), (10, 200, 90), np.uint8)


def test_a_dyed_garment_keeps_its_folds_and_nothing_else_changes():
    dyed = dye(FOLDED, GARMENT, PATTERN, BEHIND, np.random.default_rng(2))
    around = np.ones((40, 40), bool)
    around[9:31, 9:31] = False
    np.testing.assert_array_equal(dyed[around], FOLDED[around])
    dark, bright = dyed[20, 14].astype(int), dyed[20, 26].astype(int)
    assert abs(dark - 60).max() > 10
    np.testing.assert_allclose(bright / dark, 136 / 76, atol=0.1)  # 16 added to 120 and to 60


def test_a_pattern_is_printed_on_some_garments():
    pattern = np.zeros((16, 16, 3), np.uint8)
    pattern[::2] = 255
    plain = np.full((40, 40, 3), 90, np.uint8)
    rows = [
        dye(plain, GARMENT, pattern, BEHIND, np.random.default_rng(number))[12:28, 20].astype(int)
        for number in range(40)
    ]
    printed = [bool(np.ptp(row, axis=0).max() > 20) for row in rows]
    assert 8 <= sum(printed) <= 24


def test_some_garments_have_a_colour_of_what_is_behind():
    plain = np.full((40, 40, 3), 90, np.uint8)
    dyed = [
        dye(plain, GARMENT, np.full_like(PATTERN, BEHIND[0, 0]), BEHIND, np.random.default_rng(n))
        for n in range(100)
    ]
    hidden = [np.abs(image[20, 20].astype(int) - BEHIND[0, 0]).max() <= 1 for image in dyed]
    assert 15 <= sum(hidden) <= 45


def test_a_colour_is_taken_from_one_place():
    halves = np.zeros((64, 64, 3), np.uint8)
    halves[:, 32:] = (40, 80, 120)
    generator = np.random.default_rng(0)
    taken = np.array([take_colour(halves, generator) for _ in range(60)])
    shares = taken[:, 0] / 40
    np.testing.assert_allclose(taken, shares[:, None] * (40, 80, 120), atol=1e-9)
    assert 15 <= np.count_nonzero(shares == 0) <= 40
    assert np.count_nonzero((shares > 0) & (shares < 1)) <= 20


def test_a_garment_of_a_few_pixels_is_left_alone():
    few = np.zeros((40, 40), bool)
    few[:7, :9] = True
    assert dye(FOLDED, few, PATTERN, BEHIND, np.random.default_rng(0)) is FOLDED


def test_the_share_of_dyed_garments_is_the_one_asked_for():
    generator = np.random.default_rng(0)
    changed = [
        not np.array_equal(redress(FOLDED, [GARMENT], 0.3, lambda: PATTERN, BEHIND, generator), FOLDED)
        for _ in range(100)
    ]
    assert 18 <= sum(changed) <= 42


def test_nothing_is_drawn_where_nothing_is_dyed():
    generator = np.random.default_rng(0)
    assert redress(FOLDED, [GARMENT], 0.0, lambda: PATTERN, BEHIND, generator) is FOLDED
    assert generator.random() == np.random.default_rng(0).random()


def test_colours_are_of_every_hue_and_within_range():
    generator = np.random.default_rng(0)
    colours = np.array([draw_colour(generator) for _ in range(300)])
    assert colours.min() >= 0
    assert colours.max() <= 255
    assert np.bincount(colours.argmax(axis=1)).min() > 60


def test_garments_of_parts_are_short_or_long_and_leave_skin_of_head_and_hands():
    labels = np.arange(parts.CLASSES)[None]
    worn = {
        tuple(np.flatnonzero(top[0]))
        for number in range(20)
        for top in part_garments(labels, np.random.default_rng(number))
    }
    assert worn == {
        (5, 6, 7, 18, 19, 20),
        (3, 4, 5, 6, 7, 16, 17, 18, 19, 20),
        (8, 9, 21, 22),
        (8, 9, 10, 11, 21, 22, 23, 24),
    }


def test_garments_of_regions_are_tops_dresses_and_trousers():
    regions = np.array([[0, *parts.REGION_LABELS.values(), 255]])
    names = ["background", *parts.REGION_LABELS, "unknown"]
    worn = [names[np.flatnonzero(garment[0])[0]] for garment in region_garments(regions)]
    assert worn == ["upper garment", "long garment", "lower garment"]
