import numpy as np
import pytest
import scipy.io

from personalize import parts
from personalize.datasets.clothing import TO_REGIONS, photographs
from personalize.errors import DatasetError


@pytest.mark.parametrize("published", [False, True])
def test_bags_are_neither_person_nor_background(write_clothing, published):
    photograph = photographs(write_clothing(published=published))[1]
    silhouette = photograph.read_silhouette()
    assert photograph.name == "0002"
    assert photograph.read_image().shape == (2, 3, 3)
    assert silhouette.dtype == np.uint8
    assert silhouette.tolist() == [[1, 0, 255], [255, 255, 1]]


def test_garments_tell_the_region_of_the_body():
    regions = {
        name: TO_REGIONS[number]
        for name, number in [
            ("null", 0),
            ("bag", 2),
            ("hair", 19),
            ("jeans", 25),
            ("skin", 41),
            ("t-shirt", 51),
            ("wedges", 58),
        ]
    }
    assert regions == {
        "null": 0,
        "bag": 255,
        "hair": parts.REGION_LABELS["hair"],
        "jeans": parts.REGION_LABELS["lower garment"],
        "skin": parts.REGION_LABELS["somebody"],
        "t-shirt": parts.REGION_LABELS["upper garment"],
        "wedges": parts.REGION_LABELS["shoes"],
    }


def test_regions_lie_where_the_silhouette_is(write_clothing):
    photograph = photographs(write_clothing())[1]
    regions, silhouette = photograph.read_regions(), photograph.read_silhouette()
    assert ((regions == 0) == (silhouette == 0)).all()
    assert ((regions == 255) == (silhouette == 255)).all()


def test_photographs_without_labels_are_left_out(write_clothing):
    root = write_clothing()
    (root / "pixel-level" / "0001.mat").unlink()
    assert [photograph.name for photograph in photographs(root)] == ["0002"]


def test_labels_without_a_photograph_are_refused(write_clothing):
    root = write_clothing()
    (root / "photos" / "0001.jpg").unlink()
    with pytest.raises(DatasetError, match=r"1 photographs that have labels .* is 0001\.jpg"):
        photographs(root)


def test_missing_and_empty_folders_are_refused(tmp_path, write_clothing):
    with pytest.raises(DatasetError, match="photos: no such folder"):
        photographs(tmp_path)
    with pytest.raises(DatasetError, match="pixel-level: there are no labels"):
        photographs(write_clothing(names=()))


def test_the_real_photographs_show_a_person(shared_data):
    found = photographs(shared_data / "clothing_co_parsing_dev")
    assert len(found) == 699
    assert found[0].read_image().shape == (832, 550, 3)
    silhouette = found[0].read_silhouette()
    assert silhouette.shape == (832, 550)
    assert set(np.unique(silhouette)) <= {0, 1, 255}
    assert 0.1 < (silhouette == 1).mean() < 0.5


@pytest.mark.parametrize(
    "labels", [np.full((2, 3), 256), np.full((2, 3), -1), np.full((2, 3), np.nan)]
)
def test_labels_that_nobody_knows_are_refused(write_clothing, labels):
    root = write_clothing()
    scipy.io.savemat(root / "pixel-level" / "0001.mat", {"groundtruth": labels})
    with pytest.raises(DatasetError, match=r"0001\.mat: expected a map of the labels 0 to 255"):
        photographs(root)[0].read_regions()
