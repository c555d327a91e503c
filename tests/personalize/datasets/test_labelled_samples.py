import numpy as np
import pytest

from personalize.datasets.labelled import labelled_people
from personalize.datasets.labelled_samples import (
    LabelledSamples,
    labelled_sample,
    labelled_validation,
    squared,
)
from personalize.datasets.settings import AugmentSettings
from personalize.training.settings import TrainingSettings

STILL = AugmentSettings(rotation=0, shift=0, scale=(1, 1))


@pytest.fixture
def items(write_unite_the_people, tmp_path):
    """Four photographs of 64 x 48: the right chest beside the left, before black to grey."""
    (tmp_path / "list.txt").write_text("00000\n00001\n")
    root = write_unite_the_people()
    return labelled_people("unite-the-people", root, "train", tmp_path / "list.txt")


def test_the_whole_photograph_is_seen_and_sides_stay_in_the_picture(items):
    for number in range(6):  # mirrored or not
        sample = labelled_sample(items[0], 64, STILL, np.random.default_rng(number))
        assert sample.image[32, [2, 10, 32, 62], 0].tolist() == [128, 40, 230, 128]
        assert sample.parts[4].tolist() == [0, 0, 7, 7, 20, 0, 0, 0]  # that of pixels 4, 12, ...
        assert sample.person[4].tolist() == [0, 0, 0.5, 1, 1, 0.5, 0, 0]  # how much of a cell it covers


def test_beside_a_photograph_is_grey_background(items):
    away = AugmentSettings(rotation=0, shift=0, scale=(0.5, 0.5))
    sample = labelled_sample(items[0], 64, away, np.random.default_rng(0))
    assert (sample.image[:14] == 128).all()
    assert (sample.parts[:2] == 0).all()
    assert (sample.parts > 0).any()


def test_a_square_has_the_picture_in_its_middle():
    assert squared(np.ones((1, 4), np.uint8), 9).tolist() == [[9] * 4, [1] * 4, [9] * 4, [9] * 4]
    assert squared(np.ones((3, 1, 3), np.uint8), 0)[1, :, 0].tolist() == [0, 1, 0]


def test_a_sample_depends_on_its_number_alone(items):
    settings = TrainingSettings(size=64, samples=40, augment=AugmentSettings(photometric=1))
    one, other = LabelledSamples(items, settings), LabelledSamples(items, settings)
    assert len(one) == 40
    for number in (5, 0, 39):
        for a, b in zip(one[number], other[number]):
            np.testing.assert_array_equal(a, b)


def test_cells_beside_a_photograph_are_not_measured(items):
    image, parts, person = labelled_validation(items, 64)[0]
    assert image.shape == (64, 64, 3)
    assert parts[4].tolist() == [255, 0, 7, 7, 20, 0, 0, 255]
    np.testing.assert_array_equal(person[4], [np.nan, 0, 1, 1, 1, 0, 0, np.nan])
