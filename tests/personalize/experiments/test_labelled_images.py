import numpy as np
import pytest

from personalize.datasets.samples import RenderedPeople
from personalize.experiments.labelled_images import LabelledImages, load_test_set, spread_items
from personalize.training.prepare import validation_samples


class Person:
    """Tells when it is read."""

    def __init__(self, name, read):
        self.name, self.read = name, read

    def read_image(self):
        self.read.append(self.name)
        return np.zeros((64, 64, 3), np.uint8)

    def read_parts(self):
        return np.zeros((64, 64), np.uint8)


def test_examples_are_read_when_they_are_asked_for():
    read = []
    test_set = LabelledImages([Person(name, read) for name in "abc"])
    assert len(test_set) == 3
    assert [item.name for item in test_set.items] == ["a", "b", "c"]
    assert not read
    assert test_set[-1][0].shape == (512, 512, 3)
    assert [labels.shape for _, labels in test_set] == [(64, 64)] * 3
    assert read == ["c", "a", "b", "c"]
    with pytest.raises(IndexError):
        test_set[3]


def test_a_count_is_spread_over_the_set():
    assert spread_items(list("abcdefgh"), 3) == ["a", "c", "f"]
    assert spread_items(list("ab"), 3) == ["a", "b"]
    assert spread_items(list("ab"), None) == ["a", "b"]


def test_rendered_people_that_training_leaves_out_are_tested_on(rendered_set):
    test_set = load_test_set("rendered", rendered_set)
    assert [item.name for item in test_set.items] == ["000004", "000005", "000006", "000007"]
    two = load_test_set("rendered", rendered_set, count=2)
    assert [item.name for item in two.items] == ["000004", "000006"]
    image, labels = test_set[0]
    assert image.shape == (512, 512, 3)
    assert set(np.unique(labels)) == {0, 7, 20}
    np.testing.assert_array_equal(test_set[0][0], image)


def test_they_are_seen_as_training_measures_them(rendered_set):
    test_set = load_test_set("rendered", rendered_set)
    measured = validation_samples(RenderedPeople(rendered_set), range(4, 8), [], 512)
    for (image, labels), (same_image, same_labels, _) in zip(test_set, measured, strict=True):
        np.testing.assert_array_equal(image, same_image)
        np.testing.assert_array_equal(labels, same_labels)


def test_photographs_are_tested_on_by_their_list(write_unite_the_people, tmp_path):
    names = tmp_path / "names.txt"
    names.write_text("00001\n00003\n00004\n")
    root = write_unite_the_people(height=64, width=48)
    test_set = load_test_set("unite-the-people", root, test_list=names)
    assert [item.name for item in test_set.items] == ["00001", "00003", "00004"]
    image, labels = test_set[1]
    assert image.shape == (512, 512, 3)
    assert image[256, 100].tolist() == [60, 60, 60]
    assert set(np.unique(labels)) == {0, 7, 20, 255}
    assert (labels[:, :8] == 255).all()
    assert len(load_test_set("unite-the-people", root, count=2, test_list=names)) == 2
