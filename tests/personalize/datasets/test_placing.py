import numpy as np
import pytest

from personalize.datasets import placing


@pytest.fixture
def generator():
    return np.random.default_rng(0)


@pytest.fixture
def picture(generator):
    return generator.integers(0, 255, (48, 48, 3), dtype=np.uint8)


def test_mirroring_twice_is_identity(picture, generator):
    labels = generator.integers(0, 32, (48, 48), dtype=np.uint8)
    back = placing.mirror(*placing.mirror(picture, labels))
    np.testing.assert_array_equal(back[0], picture)
    np.testing.assert_array_equal(back[1], labels)


def test_mirroring_exchanges_the_sides_of_the_person(picture):
    labels = np.zeros((48, 48), np.uint8)
    labels[10, 3] = 2  # right wrist
    labels[11, 4] = 27  # left upper head
    labels[12, 5] = 255
    _, mirrored = placing.mirror(picture, labels)
    assert mirrored[10, 44] == 15
    assert mirrored[11, 43] == 28
    assert mirrored[12, 42] == 255


def test_a_picture_that_fits_stays_as_it_is(picture):
    matrix = placing.fit((48, 48), 48)
    np.testing.assert_allclose(matrix, [[1, 0, 0], [0, 1, 0]], atol=1e-12)
    np.testing.assert_array_equal(placing.place(picture, matrix, 48), picture)


def test_the_shorter_side_is_fitted_and_the_middle_stays_in_the_middle():
    matrix = placing.fit((40, 20), 64, 0.5)  # 1.6 pixels of the image per pixel
    np.testing.assert_allclose(matrix @ (9.5, 19.5, 1), (31.5, 31.5))
    np.testing.assert_allclose(matrix @ (0, 0, 1), (31.5 - 9.5 * 1.6, 31.5 - 19.5 * 1.6))


def test_labels_are_not_mixed(generator):
    labels = generator.choice(np.array([0, 3, 31], np.uint8), (64, 64))
    placed = placing.place(labels, placing.fit((64, 64), 64, 0.7), 64, labels=True)
    assert set(np.unique(placed)) <= {0, 3, 31}
