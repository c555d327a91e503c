import numpy as np
import pytest
import scipy.io
from PIL import Image

from personalize.datasets.reading import choose_names, list_files, read_image, read_labels, read_mat
from personalize.errors import DatasetError


def test_colours_come_in_the_order_red_green_blue(tmp_path):
    Image.new("RGB", (3, 2), (255, 128, 0)).save(tmp_path / "orange.png")
    image = read_image(tmp_path / "orange.png")
    assert image.shape == (2, 3, 3) and image.dtype == np.uint8
    assert image[0, 0].tolist() == [255, 128, 0]


def test_a_grey_image_is_read_in_colour(tmp_path):
    Image.new("L", (3, 2), 7).save(tmp_path / "grey.png")
    assert read_image(tmp_path / "grey.png")[1, 2].tolist() == [7, 7, 7]


def test_labels_of_a_palette_image_are_its_indices(tmp_path):
    image = Image.fromarray(np.array([[0, 1, 2]], np.uint8)).convert("P")
    image.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0])
    image.save(tmp_path / "palette.png")
    assert read_labels(tmp_path / "palette.png").tolist() == [[0, 1, 2]]


def test_labels_of_a_colour_image_are_its_colours(tmp_path):
    Image.new("RGBA", (1, 1), (253, 107, 0, 255)).save(tmp_path / "colour.png")
    assert read_labels(tmp_path / "colour.png").tolist() == [[[253, 107, 0]]]


def test_a_missing_image_is_named(tmp_path):
    with pytest.raises(DatasetError, match=r"gone\.jpg: no such file"):
        read_image(tmp_path / "gone.jpg")


@pytest.mark.parametrize("kept", [0, 11, 700])
def test_a_damaged_image_is_named(tmp_path, kept):
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "cut.jpg")
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "cut.jpg").read_bytes()[:kept])
    with pytest.raises(DatasetError, match=r"cut\.jpg: not a readable image"):
        read_image(tmp_path / "cut.jpg")


@pytest.mark.parametrize("kept", [0, 60, 140, 200, 400])
def test_a_damaged_mat_is_named(tmp_path, kept):
    path = tmp_path / "labels.mat"
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)
    scipy.io.savemat(path, {"M": noise}, do_compression=True)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DatasetError, match=r"labels\.mat: not a readable MATLAB file"):
        read_mat(path, "M")


def test_text_is_not_a_mat(tmp_path):
    (tmp_path / "labels.mat").write_text("404: Not Found\n" * 40)
    with pytest.raises(DatasetError, match="not a readable MATLAB file"):
        read_mat(tmp_path / "labels.mat", "M")


def test_a_missing_mat_is_named(tmp_path):
    with pytest.raises(DatasetError, match=r"labels\.mat: no such file"):
        read_mat(tmp_path / "labels.mat", "M")


def test_a_mat_without_the_variable_tells_what_it_has(tmp_path):
    scipy.io.savemat(tmp_path / "labels.mat", {"N": 1, "S": 2})
    with pytest.raises(DatasetError, match="expected a variable 'M', found N, S"):
        read_mat(tmp_path / "labels.mat", "M")


def test_files_are_listed_by_name_without_hidden_ones(tmp_path):
    for name in ("b.JPG", "a.jpg", "._a.jpg", "notes.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in list_files(tmp_path, (".jpg",))] == ["a.jpg", "b.JPG"]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(DatasetError, match="photos: no such folder"):
        list_files(tmp_path / "photos", (".jpg",))


def test_names_are_kept_in_the_order_of_the_request():
    assert choose_names(["a", "b", "c"], ["c", "a", "c"], "set") == ["c", "a"]
    assert choose_names(["a", "b", "c"], None, "set") == ["a", "b", "c"]


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(DatasetError, match=r"set: there is no 'tenis'; did you mean tennis\?"):
        choose_names(["hike", "tennis"], ["tenis"], "set")


def test_a_name_far_from_all_is_answered_with_some():
    with pytest.raises(DatasetError, match="there is no 'zz'; it has a, b, c, d, e and 1 more"):
        choose_names("abcdef", ["zz"], "set")
