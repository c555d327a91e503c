import numpy as np
import pytest

from personalize.datasets.labelled import (
    CLASSES,
    first_held_out,
    labelled_people,
    read_square,
    square_image,
    square_labels,
)
from personalize.errors import DatasetError


def names(items):
    return [item.name for item in items]


@pytest.fixture
def two_listed(tmp_path):
    path = tmp_path / "test.txt"
    path.write_text("# two\n00004\n00001\n")
    return path


def test_rendered_people_are_split_as_in_training(rendered_set):
    assert first_held_out(9000) == 8840
    assert first_held_out(200) == 100
    assert names(labelled_people("rendered", rendered_set, "train")) == [
        *("000000", "000001", "000002", "000003")
    ]
    assert names(labelled_people("rendered", rendered_set, "test"))[0] == "000004"


def test_a_rendered_person_is_the_same_at_every_time_and_not_varied(rendered_set):
    item = labelled_people("rendered", rendered_set, "test")[1]
    image = item.read_image()
    np.testing.assert_array_equal(image, item.read_image())
    assert image.shape == (512, 512, 3)
    assert image[256, 256].tolist() == [200, 180, 210]
    assert image[16, 16].max() < 30
    assert item.read_parts()[256, [16, 160, 320]].tolist() == [0, 7, 20]


def test_the_list_of_names_is_for_testing_and_the_rest_for_training(
    write_unite_the_people, two_listed
):
    root = write_unite_the_people()
    testing = labelled_people("unite-the-people", root, "test", two_listed)
    training = labelled_people("unite-the-people", root, "train", two_listed)
    assert names(testing) == ["00001", "00004"]  # in the order of the set
    assert names(training) == ["00000", "00002", "00003", "00005"]
    assert testing[0].read_image()[0, 0].tolist() == [20, 20, 20]


def test_names_that_the_set_lacks_are_counted(write_unite_the_people):
    message = "1700 of the 1703 photographs .* first is 00015.* with --test-list"
    root = write_unite_the_people(count=9)
    with pytest.raises(DatasetError, match=message):
        labelled_people("unite-the-people", root, "test")


def test_freiburg_needs_a_list(write_freiburg, tmp_path):
    root = write_freiburg()
    with pytest.raises(DatasetError, match="nothing says who is on which photograph"):
        labelled_people("freiburg", root, "test")
    listed = tmp_path / "people.txt"
    listed.write_text("img_02\nimg_00\n")
    testing = labelled_people("freiburg", root, "test", listed)
    assert names(testing) == ["img_00", "img_02"]
    assert testing[0].read_parts()[30, [0, 20, 40]].tolist() == [0, 1, 2]
    assert CLASSES["freiburg"] == 15


def test_a_list_of_everything_leaves_nothing_to_train_on(write_freiburg, tmp_path):
    listed = tmp_path / "people.txt"
    listed.write_text("img_00\nimg_01\n")
    with pytest.raises(DatasetError, match="none is left for training"):
        labelled_people("freiburg", write_freiburg(count=2), "train", listed)


def test_a_tall_picture_stands_in_the_middle_of_a_grey_square():
    image = np.zeros((64, 32, 3), np.uint8)
    square = square_image(image, 128)
    assert square.shape == (128, 128, 3)
    assert square[60, [0, 31, 32, 95, 96, 127], 0].tolist() == [128, 128, 0, 0, 128, 128]


def test_cells_take_the_label_at_their_middle_and_none_in_the_grey():
    labels = np.zeros((16, 8), np.uint8)  # fitted to 32 x 16 of 32 x 32; a cell is 4 x 4
    labels[2, 2], labels[6, 6], labels[13, 5] = 1, 2, 3  # middles of cells, and beside one
    assert square_labels(labels, 32).tolist() == [
        [255, 1, 0, 255],
        [255, 0, 2, 255],
        [255, 0, 0, 255],
        [255, 0, 0, 255],
    ]


def test_an_item_is_read_at_the_size_of_the_paper(rendered_set):
    image, labels = read_square(labelled_people("rendered", rendered_set, "test")[0])
    assert image.shape == (512, 512, 3)
    assert labels.shape == (64, 64)
    assert labels[32, [2, 20, 40]].tolist() == [0, 7, 20]
    assert image[256, 200].min() > 150
