"""Whoever fills an outline has the mask again."""

import cv2
import numpy as np
import pytest

from personalize.imaging.outlines import outline


def filled(line, shape):
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [line.round().astype(np.int32)], 1)
    return mask > 0


def test_a_mask_without_holes_comes_back():
    mask = np.zeros((40, 50), bool)
    mask[5:30, 10:20] = mask[20:30, 10:45] = True
    np.testing.assert_array_equal(filled(outline(mask), mask.shape), mask)


def test_a_hole_stays_open():
    mask = np.zeros((40, 50), bool)
    mask[5:35, 5:45] = True
    mask[15:25, 15:30] = False
    found = filled(outline(mask), mask.shape)
    assert (found & ~mask).sum() <= 10  # the line that leads to it
    assert (mask & ~found).sum() == 0


def test_pieces_are_one_line():
    mask = np.zeros((40, 60), bool)
    mask[5:20, 5:20] = mask[25:38, 40:55] = True
    found = filled(outline(mask), mask.shape)
    assert (mask & ~found).sum() == 0 and (found & ~mask).sum() < 30


@pytest.mark.parametrize("tolerance", [0.5, 1.5])
def test_a_simpler_line_is_nearly_the_same(tolerance):
    y, x = np.mgrid[:100, :120]
    mask = np.hypot(x - 60, y - 50) < 40
    exact, simple = outline(mask), outline(mask, tolerance=tolerance)
    found = filled(simple, mask.shape)
    assert len(simple) < len(exact)
    assert (found & mask).sum() / (found | mask).sum() > 0.95


def test_nothing_and_a_thread_have_no_outline():
    mask = np.zeros((10, 10), bool)
    assert outline(mask) is None
    mask[4, 2:8] = True
    assert outline(mask) is None
