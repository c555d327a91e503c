import numpy as np
import pytest
import torch

from personalize.datasets.labelled import labelled_people
from personalize.datasets.labelled_samples import labelled_validation
from personalize.datasets.settings import AugmentSettings
from personalize.training.prepare_photographs import labelled_samples
from personalize.training.settings import TrainingSettings

STILL = AugmentSettings(rotation=0, shift=0, scale=(1, 1))


@pytest.fixture
def items(write_unite_the_people, tmp_path):
    """Four photographs of 64 x 48: the right chest beside the left, before black to grey."""
    (tmp_path / "list.txt").write_text("00000\n00001\n")
    root = write_unite_the_people()
    return labelled_people("unite-the-people", root, "train", tmp_path / "list.txt")


def composed(items, vary):
    """The first six samples, mirrored or not: images (6, 64, 64, 3), parts and person."""
    samples = labelled_samples(items, TrainingSettings(size=64, augment=vary))
    images, parts, person = (values.numpy() for values in samples.compose(range(6)))
    return images.transpose(0, 2, 3, 1), parts, person


def test_the_whole_photograph_is_seen_and_sides_stay_in_the_picture(items):
    images, parts, person = composed(items[:1], STILL)
    for image, labels, shares in zip(images, parts, person):
        assert image[32, [2, 10, 32, 62], 0].tolist() == [128, 40, 230, 128]
        assert labels[4].tolist() == [0, 0, 7, 7, 20, 0, 0, 0]  # that of pixels 4, 12, ...
        assert shares[4].tolist() == [0, 0, 0.5, 1, 1, 0.5, 0, 0]  # how much of a cell it covers


def test_beside_a_photograph_is_grey_background(items):
    images, parts, _ = composed(items, AugmentSettings(rotation=0, shift=0, scale=(0.5, 0.5)))
    assert (images[:, :14] == 128).all()
    assert (parts[:, :2] == 0).all()
    assert (parts > 0).any()


def test_a_sample_depends_on_its_number_alone(items):
    settings = TrainingSettings(size=64, samples=40, augment=AugmentSettings(photometric=1))
    one, other = labelled_samples(items, settings), labelled_samples(items, settings)
    assert len(one) == 40
    for a, b in zip(one.compose([5, 0, 39]), other.compose([5, 0, 39])):
        assert torch.equal(a.nan_to_num(), b.nan_to_num())


def test_cells_beside_a_photograph_are_not_measured(items):
    image, parts, person = labelled_validation(items, 64)[0]
    assert image.shape == (64, 64, 3)
    assert parts[4].tolist() == [255, 0, 7, 7, 20, 0, 0, 255]
    np.testing.assert_array_equal(person[4], [np.nan, 0, 1, 1, 1, 0, 0, np.nan])
