"""Colours of a window: a red figure walks over a green field."""

import numpy as np
import pytest

from personalize.evidence.settings import WindowColourSettings
from personalize.evidence.window_colours import Colours, is_sure, learn_colours
from personalize.imaging.grabcut import colour_log_ratio
from personalize.imaging.mixture import monomials

RED, GREEN = (180, 60, 50), (70, 130, 60)


@pytest.fixture(scope="module")
def window():
    """Frames (3, 48, 64, 3), and beliefs (3, 24, 32) that are sure of all but the outline."""
    beliefs = np.full((3, 24, 32), 0.1, np.float32)
    for t in range(3):
        beliefs[t, 4:20, 8 + 4 * t : 16 + 4 * t] = 0.5
        beliefs[t, 5:19, 9 + 4 * t : 15 + 4 * t] = 0.9
    large = np.kron(beliefs >= 0.5, np.ones((1, 2, 2), bool))
    noise = np.random.default_rng(0).normal(0, 12, (*large.shape, 3))
    colours = np.where(large[..., None], RED, GREEN) + noise
    return np.clip(colours, 0, 255).astype(np.uint8), beliefs


def test_each_side_keeps_its_colour(window):
    ratio = learn_colours(*window).log_ratio(np.uint8([[RED, GREEN]]))
    assert ratio.shape == (1, 2)
    assert ratio[0, 0] > 3
    assert ratio[0, 1] < -3


def test_a_few_pixels_tell_the_same_colours(window):
    few = learn_colours(*window, settings=WindowColourSettings(samples=90))
    ratio = few.log_ratio(np.uint8([[RED, GREEN]]))
    assert ratio[0, 0] > 3
    assert ratio[0, 1] < -3


def test_every_colour_has_the_log_odds_of_both_mixtures(window):
    colours = learn_colours(*window)
    image = np.random.default_rng(1).integers(0, 256, (20, 30, 3)).astype(np.uint8) | 1
    table, exact = (
        np.clip(ratio, -5, 5)
        for ratio in (
            colours.log_ratio(image),
            colour_log_ratio(
                colours.person, colours.background, monomials(image - np.float32(0.5))
            ),
        )
    )
    assert np.abs(table - exact.reshape(20, 30)).max() < 1e-3
    near = colour_log_ratio(colours.person, colours.background, monomials(image)).reshape(20, 30)
    assert np.abs(table - np.clip(near, -5, 5)).mean() < 0.1


def test_colours_are_drawn_from_all_over_a_frame():
    stripes = np.zeros((1, 20, 20, 3), np.uint8)
    stripes[:, :10], stripes[:, 10:] = RED, GREEN  # the person wears both, one above the other
    stripes[..., 10:, :] = (60, 150, 110)  # behind is more like the green than the red
    beliefs = np.tile(np.repeat(np.float32([0.9, 0.1]), 10), (1, 20, 1))
    few = learn_colours(stripes, beliefs, settings=WindowColourSettings(samples=40))
    assert few.log_ratio(np.uint8([[RED, GREEN]])).min() > 1


def test_a_side_without_a_sure_pixel_has_no_colours(window):
    frames, beliefs = window
    assert learn_colours(frames, np.minimum(beliefs, 0.6)) is None
    assert learn_colours(frames, np.maximum(beliefs, 0.4)) is None


def test_a_belief_is_sure_of_either_side():
    belief = np.array([0.0, 0.3, 0.31, 0.5, 0.69, 0.7, 1.0])
    assert is_sure(belief, 0.7).tolist() == [True, True, False, False, False, True, True]


def test_frames_and_beliefs_of_different_number_are_refused(window):
    frames, beliefs = window
    with pytest.raises(ValueError, match=r"3 frames cannot be refined by beliefs of \(2, 24, 32\)"):
        learn_colours(frames, beliefs[:2])


def test_colours_come_back_from_arrays(window):
    colours = learn_colours(*window)
    again = Colours.from_arrays({"labels": window[1], **colours.arrays()})
    for side in ("person", "background"):
        one, other = getattr(colours, side), getattr(again, side)
        np.testing.assert_array_equal(one.coefficients, other.coefficients)
    assert Colours.from_arrays({"labels": window[1]}) is None
