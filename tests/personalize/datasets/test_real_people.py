import shutil

import numpy as np
import pytest

from personalize.datasets.check import check_folder
from personalize.datasets.real_people import (
    has_pairs,
    head_size,
    photograph_labels,
    pictures,
    read_photograph_labels,
)
from personalize.errors import DatasetError
from personalize.media.images import write_image


@pytest.fixture
def people(tmp_path):
    """Two groups with a picture each; the head of the first is 20 x 20 pixels."""
    root = tmp_path / "people"
    labels = np.zeros((60, 40), np.uint8)
    labels[5:25, 10:20], labels[5:25, 20:30], labels[25:50, 10:30] = 28, 27, 32
    for name, level in (("street/0001", 90), ("desk/a", 50)):
        write_image(root / f"{name}.webp", np.full((60, 40, 3), level, np.uint8))
        write_image(root / f"{name}.png", labels)
    (root / "index.csv").write_text(
        "picture,source_file,width,height,head_px\ndesk/a,original.jpg,40,60,17.5\n"
    )
    write_image(root / "clothing_co_parsing_labels" / "0007.png", labels)
    return root


def test_pictures_are_listed_by_group_with_their_labels(people):
    desk, street = pictures(people)
    assert (desk.name, desk.group, street.name, street.group) == (
        "desk/a",
        "desk",
        "street/0001",
        "street",
    )
    assert street.read_image().shape == (60, 40, 3)
    assert np.unique(street.read_labels()).tolist() == [0, 27, 28, 32]


def test_heads_are_as_large_as_the_index_or_the_labels_say(people):
    desk, street = pictures(people)
    assert desk.head_px == 17.5
    assert street.head_px == 20.0
    assert head_size(np.full((4, 4), 32, np.uint8)) is None


def test_labels_of_photographs_are_apart_and_come_in_the_size_of_the_photograph(people):
    found = photograph_labels(people)
    assert list(found) == ["0007"]
    labels = read_photograph_labels(found["0007"], 120, 80)
    assert labels.shape == (120, 80)
    assert np.count_nonzero(labels == 28) == 4 * 200
    assert photograph_labels(people / "street") == {}


def test_a_label_that_is_none_is_refused(people):
    labels = np.zeros((60, 40), np.uint8)
    labels[3, 3] = 77
    write_image(people / "desk" / "a.png", labels)
    with pytest.raises(
        DatasetError,
        match=r"a\.png: label 77 is neither a part \(0 to 31\), nor a region \(32 to 39\)",
    ):
        pictures(people)[0].read_labels()


def test_labels_of_another_size_than_the_picture_are_refused(people):
    write_image(people / "desk" / "a.png", np.zeros((40, 60), np.uint8))
    with pytest.raises(
        DatasetError, match=r"a\.png: 60x40 labels of 40x60 pixels of a\.webp; make both"
    ):
        pictures(people)[0].read_labels()


def test_an_index_may_leave_a_head_open_but_not_tell_a_size_that_is_none(people):
    head = "picture,source_file,width,height,head_px\n"
    (people / "index.csv").write_text(head + "desk/a,,40,60,\n")
    assert pictures(people)[0].head_px == 20.0
    (people / "index.csv").write_text(head + "desk/a,,40,60,nan\n")
    with pytest.raises(DatasetError, match=r"index\.csv: head_px of desk/a is no size"):
        pictures(people)


def test_such_a_folder_is_known_with_and_without_an_index(people):
    [found] = [finding for finding in check_folder(people) if finding.title == "real people"]
    assert (found.root, found.whole) == (people, True)
    pictures = "2 pictures with labels of parts in 2 groups"
    assert found.summary == f"{pictures}, and labels of 1 photographs"
    (people / "index.csv").unlink()
    shutil.rmtree(people / "clothing_co_parsing_labels")
    [found] = [finding for finding in check_folder(people.parent) if finding.title == "real people"]
    assert (found.root, found.summary) == (people, pictures)
    assert not has_pairs(people / "street")


def test_what_stands_alone_is_told(people):
    (people / "desk" / "a.png").unlink()
    with pytest.raises(DatasetError, match="desk: a has a picture but no labels"):
        pictures(people)
    (people / "desk" / "a.webp").unlink()
    (people / "street" / "0001.webp").unlink()
    with pytest.raises(DatasetError, match="street: 0001 has labels but no picture"):
        pictures(people)


def test_a_folder_without_labelled_pictures_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="no such folder of labelled pictures"):
        pictures(tmp_path / "none")
    with pytest.raises(DatasetError, match=r"the layout is GROUP/NAME\.webp with GROUP/NAME\.png"):
        pictures(tmp_path)


def test_an_index_without_its_columns_is_refused(people):
    (people / "index.csv").write_text("picture,head\ndesk/a,12\n")
    with pytest.raises(
        DatasetError, match=r"index\.csv: not a readable index .*columns picture, source_file"
    ):
        pictures(people)


def test_the_real_pictures_are_whole(shared_data):
    listed = pictures(shared_data / "real_people")
    assert len(listed) == 4161
    assert len(photograph_labels(shared_data / "real_people")) == 598
    for picture in listed[::400]:
        labels = picture.read_labels()
        assert labels.shape == picture.read_image().shape[:2]
        assert head_size(labels) == pytest.approx(picture.head_px, rel=0.5)
