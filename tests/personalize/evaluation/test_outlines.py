import numpy as np
import pytest

from personalize.evaluation.outlines import outline_distance


def square(start, stop, size=40):
    mask = np.zeros((size, size), bool)
    mask[start:stop, start:stop] = True
    return mask


def test_a_square_two_pixels_larger_all_round_is_two_pixels_away():
    assert outline_distance(square(12, 28), square(10, 30)) == pytest.approx(2.0, abs=0.05)


def test_the_same_mask_is_no_distance_away():
    assert outline_distance(square(12, 28), square(12, 28)) == 0.0


def test_the_border_of_the_picture_is_no_outline():
    half, less = np.zeros((20, 20), bool), np.zeros((20, 20), bool)
    half[:, :10], less[:, :9] = True, True
    assert outline_distance(half, less) == pytest.approx(1.0)


def test_nobody_has_no_outline():
    assert np.isnan(outline_distance(square(12, 28), np.zeros((40, 40), bool)))
