import json

import numpy as np
import pytest

from personalize.datasets.landmarks import read_landmarks
from personalize.errors import DatasetError


def write(folder, number, *people, name="walk"):
    """Write a frame of OpenPose; each person is the confidence of all keypoints k at (k, 10 k)."""
    folder.mkdir(exist_ok=True)
    flat = [
        np.stack([np.arange(25), 10 * np.arange(25), np.full(25, sure)], axis=1).ravel().tolist()
        for sure in people
    ]
    path = folder / f"{name}_{number:012d}_keypoints.json"
    path.write_text(
        json.dumps({"people": [{"pose_keypoints_2d": keypoints} for keypoints in flat]})
    )
    return path


def test_frames_of_openpose_are_read_by_their_numbers(tmp_path):
    folder = tmp_path / "walk_json"
    for number, people in ((12, [0.3, 0.8]), (3, [0.5]), (7, [])):
        write(folder, number, *people)
    (folder / "notes.json").write_text("[]")
    track = read_landmarks(folder)[""]
    assert track.frames.tolist() == [3, 7, 12]
    assert track.visibility[:, 0].tolist() == [0.5, 0.0, 0.8]
    assert np.isnan(track.xy[1]).all()
    points = track.points(2)
    assert {name: points.at(name)[0] for name in ("right_wrist", "left_wrist", "left_hip")} == {
        "right_wrist": 4,
        "left_wrist": 7,
        "left_hip": 12,
    }
    assert points.at("left_toe")[0] == 19.5


def test_a_folder_without_keypoints_or_of_two_videos_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="holds no keypoints of OpenPose; they are files such"):
        read_landmarks(tmp_path)
    write(tmp_path / "a", 3, 0.5)
    write(tmp_path / "a", 3, 0.5, name="run")
    with pytest.raises(DatasetError, match="is of frame 3, and so is run_000000000003_keypoints"):
        read_landmarks(tmp_path / "a")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "not keypoints of OpenPose"),
        ('{"people": [{"pose_keypoints_2d": [1, 2]}]}', "not keypoints of OpenPose"),
        ('{"people": [{"pose_keypoints_2d": [1, 2, 1]}]}', "people of 1 keypoints; only the 25"),
        ('{"people": 3}', "not keypoints of OpenPose"),
    ],
)
def test_a_damaged_file_is_named(tmp_path, content, told):
    write(tmp_path / "a", 3, 0.5).write_text(content)
    with pytest.raises(DatasetError, match=told):
        read_landmarks(tmp_path / "a")
