import numpy as np
import pytest

from personalize.experiments.labelled import Examples, people_to_test_on


def test_examples_are_read_when_they_are_asked_for():
    read = []
    examples = Examples(["a", "b", "c"], lambda number: read.append(number) or number)
    assert len(examples) == 3
    assert not read
    assert examples[-1] == 2
    assert list(examples) == [0, 1, 2]
    assert read == [2, 0, 1, 2]
    with pytest.raises(IndexError):
        examples[3]


def test_the_last_rendered_people_are_tested_on(rendered_set):
    examples = people_to_test_on("rendered", rendered_set, count=3)
    assert examples.names == [f"people/000/00000{number}.png" for number in (5, 6, 7)]
    image, labels = examples[0]
    assert image.shape == (512, 512, 3)
    assert labels.shape == (64, 64)
    assert set(np.unique(labels)) == {0, 7, 20}
    np.testing.assert_array_equal(examples[0][0], image)


def test_a_small_set_is_tested_on_as_a_whole(rendered_set):
    assert len(people_to_test_on("rendered", rendered_set, count=160)) == 8


def test_photographs_are_tested_on_by_their_list(request, tmp_path):
    pytest.importorskip("personalize.datasets.labelled")
    write_unite_the_people = request.getfixturevalue("write_unite_the_people")
    names = tmp_path / "names.txt"
    names.write_text("00001\n00003\n00004\n")
    root = write_unite_the_people(height=64, width=48)
    examples = people_to_test_on("unite-the-people", root, test_list=names)
    assert examples.names == ["00001", "00003", "00004"]
    image, labels = examples[1]
    assert image.shape == (512, 512, 3)
    assert image[256, 100].tolist() == [60, 60, 60]
    assert set(np.unique(labels)) == {0, 7, 20, 255}
    assert (labels[:, :8] == 255).all()
    assert len(people_to_test_on("unite-the-people", root, count=2, test_list=names)) == 2
