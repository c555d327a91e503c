import pytest

from personalize.datasets.source_videos import find_source
from personalize.errors import DatasetError


@pytest.mark.parametrize(
    ("file_name", "name"),
    [
        ("-bbb.webm", "-bbb"),
        ("cccc&.mp4", "cccc&"),
        ("cccc.mp4", "cccc&"),
        ("A talk [aaaa].mkv", "aaaa"),
        ("A talk--bbb.mp4", "-bbb"),
    ],
)
def test_source_videos_are_found_by_name(tmp_path, file_name, name):
    for other in (file_name, "xaaaa.mp4", f"{name}.info.json", f"{name}.mp4.part", f"{name}.jpg"):
        (tmp_path / other).touch()
    assert find_source(tmp_path, name) == tmp_path / file_name


def test_a_folder_of_frames_is_a_source_too(tmp_path):
    (tmp_path / "aaaa").mkdir()
    assert find_source(tmp_path, "aaaa") == tmp_path / "aaaa"


def test_a_source_video_that_is_not_there_is_none(tmp_path):
    assert find_source(tmp_path, "aaaa") is None


def test_two_source_videos_of_one_name_are_refused(tmp_path):
    (tmp_path / "aaaa.mp4").touch()
    (tmp_path / "aaaa.webm").touch()
    with pytest.raises(DatasetError, match=r"for aaaa: aaaa\.mp4, aaaa\.webm; keep one"):
        find_source(tmp_path, "aaaa")


def test_a_missing_folder_of_source_videos_is_named(tmp_path):
    with pytest.raises(DatasetError, match="nowhere: no such folder of source videos"):
        find_source(tmp_path / "nowhere", "aaaa")
