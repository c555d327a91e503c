import json

import numpy as np
import pytest
from PIL import Image

from personalize import parts
from personalize.datasets.labelled import TEST_LIST
from personalize.datasets.reading import read_names
from personalize.datasets.unite_the_people import RENDERED, images, parts_of_colours
from personalize.errors import DatasetError


@pytest.fixture
def root(tmp_path):
    """Two photographs for training and one for testing: labels as ids, as colours, as ids."""
    folder = tmp_path / "up-s31" / "s31"
    tree = folder / "31" / "500" / "pkg_dorder"
    tree.mkdir(parents=True)
    ids = np.array([[0, 1, 31]], np.uint8)
    for number, labels in enumerate((ids, RENDERED[[[0, 14, 32]]].astype(np.uint8), ids)):
        Image.new("RGB", (3, 1), (number, 0, 0)).save(tree / f"{number:05d}_image.png")
        Image.fromarray(labels).save(tree / f"{number:05d}_ann.png")
    for split, numbers in {"trainval": (1, 0), "test": (2,)}.items():
        line = "/31/500/pkg_dorder/{0:05d}_image.png /31/500/pkg_dorder/{0:05d}_ann.png 1.902011\n"
        text = "".join(line.format(number) for number in numbers)
        (folder / f"{split}_31_500_pkg_dorder.txt").write_text(text)
    return tmp_path / "up-s31"


def test_photographs_are_read_from_both_lists(root):
    for folder in (root, root / "s31"):
        assert [image.name for image in images(folder)] == ["00001", "00000", "00002"]
    assert images(root)[0].read_image().tolist() == [[[1, 0, 0]] * 3]


def test_labels_are_read_as_ids_or_colours(root):
    coloured, plain = images(root)[:2]
    assert plain.read_parts().tolist() == [[0, 1, 31]]
    assert coloured.read_parts().tolist() == [[0, 14, 8]]  # the crotch is right lower body
    assert plain.read_parts().dtype == coloured.read_parts().dtype == np.uint8


def test_files_may_lie_beside_the_list(root):
    for path in list((root / "s31" / "31").rglob("*.png")):
        path.rename(root / "s31" / path.name)
    assert images(root)[1].read_parts().tolist() == [[0, 1, 31]]


def test_missing_lists_and_files_are_named(root):
    (root / "s31/31/500/pkg_dorder/00000_ann.png").unlink()
    with pytest.raises(DatasetError, match=r"00000_ann\.png: the file is in a list .* missing"):
        images(root)
    (root / "s31/trainval_31_500_pkg_dorder.txt").unlink()
    with pytest.raises(DatasetError, match=r"list trainval_31_500_pkg_dorder\.txt of UP-S31"):
        images(root)


def test_a_list_of_another_form_is_refused(root):
    (root / "s31/test_31_500_pkg_dorder.txt").write_text("00000_image.png 1.9\n")
    with pytest.raises(DatasetError, match="line 1 has 2 fields"):
        images(root)


def test_the_split_that_ships_is_as_large_as_that_of_the_paper():
    names = read_names(TEST_LIST)
    assert len(set(names)) == len(names) == 1703
    assert names == sorted(names)
    assert int(names[0]) >= 0 and int(names[-1]) < 1703 + 6812


def test_colours_may_be_rounded():
    nearly = np.array([[[252, 108, 1], [255, 254, 255]]], np.uint8)
    assert parts_of_colours(nearly).tolist() == [[1, 0]]


def test_colours_of_no_part_are_refused(root):
    image = images(root)[0]
    Image.new("RGB", (2, 1), (0, 0, 255)).save(image.labels)
    with pytest.raises(DatasetError, match=r"ann\.png: 1 colours belong .* such as \[0, 0, 255\]"):
        image.read_parts()


def test_every_label_has_its_own_colour():
    assert len(np.unique(RENDERED, axis=0)) == len(RENDERED) == parts.CLASSES + 1
    everything = RENDERED[None].astype(np.uint8)
    assert parts_of_colours(everything).tolist() == [[*range(parts.CLASSES), 8]]


def test_colours_are_those_of_the_data_set(shared_data):
    regions = json.loads((shared_data / "up31" / "up31_regions.json").read_text())
    assert RENDERED[: parts.CLASSES].tolist() == regions["rgb"]
    assert regions["extra_colour_crotch_maps_to"] == ["rlbody", 8]
