import cv2
import numpy as np
import pytest

from personalize.imaging.components import drop_others, main_component


def scene(gap):
    """A trunk of 20 x 10 with legs `gap` rows below it, and a larger pole to the right; the core is
    the trunk's.
    """
    trunk, legs, pole = np.zeros((3, 90, 80), bool)
    trunk[10:30, 10:20], legs[30 + gap : 40 + gap, 10:20], pole[5:85, 60:70] = True, True, True
    return trunk, legs, pole, np.where(trunk, 0.9, 0.01).astype(np.float32)


@pytest.mark.parametrize(("gap", "near"), [(2, True), (30, False)])
def test_what_is_near_the_person_is_theirs_and_what_is_far_is_not(gap, near):
    trunk, legs, pole, core = scene(gap)
    kept = drop_others(trunk | legs | pole, core * ~pole)
    np.testing.assert_array_equal(kept, trunk | legs if near else trunk)


def test_the_person_is_the_piece_with_a_head_or_a_trunk_not_the_largest():
    trunk, legs, pole, core = scene(2)
    np.testing.assert_array_equal(main_component(trunk | legs | pole, core), trunk)


def test_a_silhouette_in_one_piece_or_without_a_trunk_stays_as_it_is():
    trunk, legs, pole, core = scene(30)
    np.testing.assert_array_equal(drop_others(pole, core * 0), pole)
    np.testing.assert_array_equal(drop_others(legs | pole, core * 0), legs | pole)
    assert not drop_others(trunk & pole, core).any()


def test_who_has_a_head_and_a_trunk_of_their_own_is_left_out():
    trunk, legs, pole, core = scene(2)
    core = np.where(legs, np.float32(0.9), core)  # as large a trunk, just beside
    both, one = trunk | legs, core * trunk
    for here in (trunk, legs):
        weight = np.where(here, 1.0, 0.1)
        np.testing.assert_array_equal(drop_others(both, core, head=core, weight=weight), here)
        np.testing.assert_array_equal(drop_others(both, core, weight=weight), both)
    np.testing.assert_array_equal(drop_others(both, core, head=one), both)  # a lower half, say


def test_pieces_anywhere_in_a_picture_are_told_apart_as_in_one_that_is_cut_to_them():
    random = np.random.default_rng(0)
    noise = cv2.GaussianBlur(random.normal(0, 1, (40, 50)), (0, 0), 2.5)
    core, head = (cv2.GaussianBlur(random.random((40, 50)), (0, 0), 3.0) for _ in range(2))
    mask = noise > 0.08
    mask[:6] = mask[-7:] = mask[:, :4] = mask[:, -9:] = False
    kept = drop_others(mask, core, head=head, weight=core)
    assert mask.any() and (kept != mask).any() and kept.any()
    wide = [np.pad(values, ((9, 3), (2, 12))) for values in (mask, core, head)]
    found = drop_others(wide[0], wide[1], head=wide[2], weight=wide[1])
    assert np.array_equal(found[9:-3, 2:-12], kept)


def test_nothing_is_left_out_of_nothing():
    assert not drop_others(np.zeros((4, 5), bool), np.zeros((4, 5))).any()


def test_a_piece_with_little_of_a_head_and_a_trunk_is_of_the_person():
    trunk, legs, _, core = scene(2)
    both = trunk | legs
    for share, kept in ((0.3, both), (0.8, trunk)):  # of the person's own
        less = np.where(legs, np.float32(share), np.float32(1)) * both
        less[legs] *= trunk.sum() / legs.sum()  # mass, not height
        np.testing.assert_array_equal(drop_others(both, less, head=less), kept)
