import numpy as np
import pytest

from personalize.imaging.shades import SHADES, number_shades, shade_log_ratio

RED, BLUE = (200, 30, 30), (30, 30, 200)


def shares(colour):
    return np.bincount(number_shades(np.uint8([[colour]])).ravel(), minlength=SHADES)


def test_colours_that_look_alike_have_one_number():
    red, like_red, blue = number_shades(np.uint8([[RED, (203, 31, 29), BLUE]]))[0]
    assert red == like_red != blue


def test_a_colour_speaks_for_the_one_who_wears_it():
    odds = shade_log_ratio(shares(RED), shares(BLUE))
    red, blue = number_shades(np.uint8([[RED, BLUE]]))[0]
    assert odds[red] > 2 and odds[blue] < -2
    np.testing.assert_allclose(odds, -shade_log_ratio(shares(BLUE), shares(RED)))


def test_a_colour_that_nobody_wears_says_nothing():
    odds = shade_log_ratio(shares(RED), shares(BLUE))
    [[green]] = number_shades(np.uint8([[(30, 200, 30)]]))
    assert odds[green] == pytest.approx(0)


def test_a_colour_in_another_light_still_tells():
    shade = (3 * 6 + 3) * 6 + 3
    odds = shade_log_ratio(np.eye(SHADES)[shade], np.eye(SHADES)[0])
    assert odds[shade] > odds[shade + 36] > 1  # a step brighter
