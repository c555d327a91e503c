import json
from fractions import Fraction

import numpy as np
import pytest

from personalize.datasets.video_landmarks import has_landmarks, read_video_landmarks
from personalize.errors import DatasetError
from personalize.media.source import Source


def video(frames=6, name="walk.mp4", height=60, width=80):
    """A video of which nothing is read."""
    return Source(name, height, width, Fraction(25), [k / 25 for k in range(frames)])


def save(path, rows=6, scale=40.0, **names):
    """Write the same 17 landmarks for every row of NAME=frames, at `scale` pixels."""
    arrays = {}
    for name, frames in (names or {"walk": None}).items():
        arrays |= {
            f"{name}/xy": np.full((rows, 17, 2), scale),
            f"{name}/visibility": np.ones((rows, 17)),
        }
        if frames is not None:
            arrays[f"{name}/frames"] = np.array(frames)
    np.savez(path, **arrays)
    return path


def coco(path, *names, size=(60, 80)):
    """Write COCO keypoints, one person in each of some images."""
    images = [
        {"id": k, "file_name": name, "height": size[0], "width": size[1]}
        for k, name in enumerate(names)
    ]
    people = [{"image_id": k, "keypoints": [10 + k, 20, 2] * 17} for k in range(len(names))]
    path.write_text(json.dumps({"images": images, "annotations": people}))
    return path


def test_rows_are_all_frames_in_order_or_those_that_are_numbered(tmp_path):
    every = read_video_landmarks(save(tmp_path / "a.npz"), video())
    assert list(every.points) == [0, 1, 2, 3, 4, 5]
    some = read_video_landmarks(save(tmp_path / "b.npz", 2, walk=[1, 4], run=[0, 1]), video())
    assert list(some.points) == [1, 4]
    assert some.describe()["frames"] == 2
    assert some.describe()["digest"] != every.describe()["digest"]


def test_a_video_is_known_by_its_name_with_or_without_ending_or_by_that_it_is_told(tmp_path):
    assert len(read_video_landmarks(save(tmp_path / "a.npz", **{"walk.mp4": None}), video())) == 6
    path = save(tmp_path / "b.npz", other=None)
    assert len(read_video_landmarks(path, video(), name="other")) == 6
    assert not has_landmarks(path, video())
    assert has_landmarks(save(tmp_path / "c.npz"), video())
    np.savez(tmp_path / "d.npz", xy=np.full((6, 17, 2), 9.0), visibility=np.ones((6, 17)))
    assert len(read_video_landmarks(tmp_path / "d.npz", video())) == 6


def test_pictures_are_frames_by_their_names_or_by_the_numbers_in_them(tmp_path):
    path = coco(tmp_path / "a.json", "walk_000004.jpg", "walk_000001.jpg", "run_000002.jpg")
    found = read_video_landmarks(path, video())
    assert list(found.points) == [1, 4]
    assert found.points[4].at("nose").tolist() == [10, 20]
    folder = video(name="frames")
    folder.frame_names = {"a7": 0, "a9": 1}
    path = coco(tmp_path / "b.json", "x/a9.png", "x/a7.png")
    assert list(read_video_landmarks(path, folder).points) == [0, 1]


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (lambda path: save(path, rows=5), r"5 rows of landmarks for the 6 frames of walk\.mp4"),
        (lambda path: save(path, 2, walk=[1, 6]), r"of frame 6, but walk\.mp4 has frames 0 to 5"),
        (lambda path: save(path, 2, walk=[-1, 3]), r"of frame -1, but walk\.mp4 has frames 0"),
        (lambda path: save(path, other=None), r"no landmarks of walk\.mp4; it names other; call"),
        (lambda path: save(path, scale=400.0), r"outside of the 80x60 pixels of walk\.mp4; find"),
    ],
)
def test_what_does_not_fit_the_video_is_refused(tmp_path, write, told):
    with pytest.raises(DatasetError, match=told):
        read_video_landmarks(write(tmp_path / "a.npz"), video())


def test_pictures_that_do_not_fit_the_video_are_refused(tmp_path):
    with pytest.raises(DatasetError, match=r"walk_7\.jpg has the number of frame 7; walk\.mp4 has"):
        read_video_landmarks(coco(tmp_path / "a.json", "walk_7.jpg"), video())
    with pytest.raises(DatasetError, match="frame 1, and so has walk_1.jpg"):
        read_video_landmarks(coco(tmp_path / "a.json", "walk_1.jpg", "walk_01.jpg"), video())
    with pytest.raises(DatasetError, match=r"walk_1\.jpg is 40x30, but walk\.mp4 is 80x60; find"):
        read_video_landmarks(coco(tmp_path / "a.json", "walk_1.jpg", size=(30, 40)), video())


def test_landmarks_of_which_none_is_visible_are_refused(tmp_path):
    np.savez(tmp_path / "a.npz", xy=np.full((6, 17, 2), np.nan), visibility=np.zeros((6, 17)))
    with pytest.raises(DatasetError, match=r"has no visible landmark of walk\.mp4"):
        read_video_landmarks(tmp_path / "a.npz", video())


def test_a_stretch_counts_from_its_own_first_frame(tmp_path):
    stretch = video(frames=3)
    stretch.first = 2
    found = read_video_landmarks(save(tmp_path / "a.npz"), video()).of_stretch(stretch)
    assert list(found.points) == [0, 1, 2]
