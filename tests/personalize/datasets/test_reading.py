import numpy as np
import pytest
import scipy.io

from personalize.datasets.reading import choose_names, list_files, read_mat, read_names
from personalize.errors import DatasetError


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


def test_numbers_in_names_count_as_numbers(tmp_path):
    for number in (10, 9, 1):
        (tmp_path / f"{number}.jpg").touch()
    assert [path.name for path in list_files(tmp_path, (".jpg",))] == ["1.jpg", "9.jpg", "10.jpg"]


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


def test_a_list_of_names_may_have_comments(tmp_path):
    (tmp_path / "test.txt").write_text("# held out\n00003\n\n-b&\n", encoding="utf-8")
    assert read_names(tmp_path / "test.txt") == ["00003", "-b&"]


def test_a_list_that_is_missing_binary_or_empty_is_named(tmp_path):
    with pytest.raises(DatasetError, match=r"test\.txt: not a readable list of names"):
        read_names(tmp_path / "test.txt")
    (tmp_path / "test.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DatasetError, match=r"test\.txt: not a readable list of names"):
        read_names(tmp_path / "test.txt")
    (tmp_path / "test.txt").write_text("# nothing\n")
    with pytest.raises(DatasetError, match=r"test\.txt: there are no names"):
        read_names(tmp_path / "test.txt")
