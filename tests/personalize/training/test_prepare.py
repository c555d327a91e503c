import numpy as np

from personalize.training.prepare import streets_beside

PHOTOGRAPH = np.tile(np.arange(200, dtype=np.uint8)[None, :, None], (30, 1, 3))


def regions_of_a_person(first, last):
    regions = np.zeros((30, 200), np.uint8)
    regions[10:20, first:last] = 7
    return regions


def test_what_is_beside_a_person_is_a_street_of_three_widths():
    left, right = streets_beside(PHOTOGRAPH, regions_of_a_person(60, 100))
    assert left.shape == (30, 180, 3)
    assert right.shape == (30, 300, 3)
    np.testing.assert_array_equal(
        left[0, :, 0], [*range(59, -1, -1), *range(60), *range(59, -1, -1)]
    )
    assert right.min() == 100


def test_a_side_that_is_narrow_is_no_street():
    (right,) = streets_beside(PHOTOGRAPH, regions_of_a_person(40, 90))
    assert right.min() == 90


def test_a_photograph_without_a_person_is_a_street():
    (whole,) = streets_beside(PHOTOGRAPH, np.zeros((30, 200), np.uint8))
    assert whole.shape == (30, 600, 3)


def test_what_may_be_the_person_is_in_no_street():
    regions = np.full((30, 200), 255, np.uint8)  # open, as bags are
    assert streets_beside(PHOTOGRAPH, regions) == []
