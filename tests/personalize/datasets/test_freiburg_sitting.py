import numpy as np
import pytest
import scipy.io
from PIL import Image

from personalize import parts
from personalize.datasets import freiburg_sitting
from personalize.datasets.freiburg_sitting import MIRRORED, merge_probabilities, photographs
from personalize.errors import DatasetError


@pytest.fixture
def root(tmp_path):
    """Two photographs of all fifteen labels in a row."""
    (tmp_path / "img").mkdir()
    (tmp_path / "masks").mkdir()
    for name in ("img_02", "img_01"):
        Image.new("RGB", (15, 1), (9, 0, 0)).save(tmp_path / "img" / f"{name}.jpg")
        scipy.io.savemat(tmp_path / "masks" / f"{name}.mat", {"M": np.arange(15.0)[None]})
    return tmp_path


def test_photographs_are_read_with_their_parts(root):
    first, second = photographs(root)
    assert (first.name, second.name) == ("img_01", "img_02")
    assert first.read_image().shape == (1, 15, 3)
    labels = first.read_parts()
    assert labels.dtype == np.uint8
    assert labels.tolist() == [list(range(15))]


def test_the_sides_are_one_line_to_change(root, monkeypatch):
    monkeypatch.setattr(freiburg_sitting, "STORED_PARTS", MIRRORED)
    labels = photographs(root)[0].read_parts()
    assert labels.tolist() == [[0, 1, 2, 6, 7, 8, 3, 4, 5, 12, 13, 14, 9, 10, 11]]


def test_mirrored_parts_differ_in_their_side_only():
    names = parts.FREIBURG_NAMES
    assert [names[label][1:] for label in MIRRORED] == [name[1:] for name in names]
    assert [MIRRORED[label] for label in MIRRORED] == list(range(15))


def test_photographs_without_a_mask_are_refused(root, tmp_path):
    (root / "masks" / "img_02.mat").unlink()
    with pytest.raises(DatasetError, match="1 photographs have no mask, the first is img_02"):
        photographs(root)


def test_missing_and_empty_folders_are_refused(tmp_path):
    with pytest.raises(DatasetError, match="img: no such folder"):
        photographs(tmp_path)
    (tmp_path / "img").mkdir()
    (tmp_path / "masks").mkdir()
    with pytest.raises(DatasetError, match="img: there are no photographs"):
        photographs(tmp_path)


def test_other_labels_are_refused(root):
    scipy.io.savemat(root / "masks" / "img_01.mat", {"M": np.array([[0, 15]])})
    with pytest.raises(DatasetError, match=r"labels 0 to 14, found 0 to 15 in the shape \(1, 2\)"):
        photographs(root)[0].read_parts()


def test_probabilities_of_merged_parts_are_added_up():
    probabilities = np.zeros((32, 1, 2), np.float32)
    probabilities[:, 0, 0] = 1 / 32
    probabilities[[7, 20, 1], 0, 1] = 0.3, 0.3, 0.4  # chest of both sides, right hand
    merged = merge_probabilities(probabilities)
    assert merged.shape == (15, 1, 2)
    assert merged[:, 0, 0] * 32 == pytest.approx([1, 4, 7, 2, 2, 1, 2, 2, 1, 2, 2, 1, 2, 2, 1])
    assert parts.FREIBURG_NAMES[merged[:, 0, 1].argmax()] == "torso"
