import json

import numpy as np
import pytest

from personalize.datasets.landmark_names import find_points
from personalize.datasets.landmarks import read_landmarks
from personalize.errors import DatasetError


def landmarks(rows, count=33, start=10.0):
    """Landmarks at (start + 1, ...) pixels, all visible."""
    xy = start + np.arange(rows * count * 2, dtype=float).reshape(rows, count, 2)
    return xy, np.ones((rows, count))


def save(path, **tracks):
    """Write tracks NAME=(xy, visibility), `__` in a name for a slash."""
    arrays = {}
    for name, (xy, visibility, *frames) in tracks.items():
        name = name.replace("__", "/")
        arrays |= {f"{name}/xy": xy, f"{name}/visibility": visibility}
        if frames:
            arrays[f"{name}/frames"] = frames[0]
    np.savez(path, **arrays)
    return path


def coco(path, *people, size=(60, 80)):
    """Write COCO keypoints of one image, street/7.jpg."""
    image = {"id": 3, "file_name": "street/7.jpg", "height": size[0], "width": size[1]}
    path.write_text(
        json.dumps(
            {"images": [image], "annotations": [{"image_id": 3, **person} for person in people]}
        )
    )
    return path


def test_tracks_are_read_by_their_names(tmp_path):
    path = save(
        tmp_path / "a.npz",
        walk=(*landmarks(4), np.array([5, 6, 8, 9])),
        __7=[array[0] for array in landmarks(1, 17)],
    )
    tracks = read_landmarks(path)
    assert {name: track.xy.shape for name, track in tracks.items()} == {
        "walk": (4, 33, 2),
        "/7": (1, 17, 2),
    }
    assert tracks["walk"].frames.tolist() == [5, 6, 8, 9]
    assert tracks["walk"].points(1).at("nose").tolist() == [76.0, 77.0]


def test_a_pair_of_arrays_may_name_its_rows_or_not(tmp_path):
    xy, visibility = landmarks(2)
    np.savez(tmp_path / "named.npz", xy=xy, visibility=visibility, names=["a", "b"])
    named = read_landmarks(tmp_path / "named.npz")
    assert list(named) == ["a", "b"]
    assert named["b"].xy.tolist() == xy[1:].tolist()
    np.savez(tmp_path / "plain.npz", xy=xy, visibility=visibility)
    assert {name: len(track) for name, track in read_landmarks(tmp_path / "plain.npz").items()} == {
        "": 2
    }


def test_of_the_people_of_an_image_the_surest_or_the_largest_is_read(tmp_path):
    small = {"keypoints": [20, 30, 2] * 17, "area": 50}
    large = {"keypoints": [40, 50, 2] * 17, "area": 500}
    tracks = read_landmarks(coco(tmp_path / "a.json", small, large))
    assert tracks["street/7.jpg"].xy[0, 0].tolist() == [40, 50]
    assert tracks["street/7.jpg"].size == (60, 80)
    sure = {**small, "score": 0.9}
    assert (
        read_landmarks(coco(tmp_path / "a.json", sure, {**large, "score": 0.4}))["street/7.jpg"].xy[
            0, 0, 0
        ]
        == 20
    )


def test_people_of_whom_a_field_is_null_are_read(tmp_path):
    small = {
        "keypoints": [20, 30, 2] * 17,
        "score": None,
        "area": None,
        "bbox": None,
        "num_keypoints": None,
    }
    large = {"keypoints": [40, 50, 2] * 17, "area": 500}
    assert read_landmarks(coco(tmp_path / "a.json", small, large))["street/7.jpg"].xy[0, 0, 0] == 40


def test_keypoints_that_are_hidden_are_less_visible_and_missing_ones_are_nowhere(tmp_path):
    person = {"keypoints": [20, 30, 2] * 15 + [25, 35, 1] + [0, 0, 0]}
    track = read_landmarks(coco(tmp_path / "a.json", person))["street/7.jpg"]
    assert track.visibility[0, 14:].tolist() == [1.0, 0.25, 0.0]
    assert np.isnan(track.xy[0, 16]).all()
    sure = {"keypoints": [20, 30, 0.7] * 17}
    assert read_landmarks(coco(tmp_path / "a.json", sure))["street/7.jpg"].visibility[0, 0] == 0.7


def test_the_fields_of_whole_bodies_are_one_row_of_133(tmp_path):
    sizes = {
        "keypoints": 17,
        "foot_kpts": 6,
        "face_kpts": 68,
        "lefthand_kpts": 21,
        "righthand_kpts": 21,
    }
    person = {field: [20 + k, 30, 2] * size for k, (field, size) in enumerate(sizes.items())}
    track = read_landmarks(coco(tmp_path / "a.json", person))["street/7.jpg"]
    assert track.xy.shape == (1, 133, 2)
    assert [
        track.points(0).at(name)[0]
        for name in ("nose", "left_toe", "left_mouth", "left_hand", "right_hand")
    ] == [20, 21, 22, 23, 24]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            {"a/xy": np.ones((2, 26, 2)) * 9, "a/visibility": np.ones((2, 26))},
            r"a has landmarks of shape \(2, 26, 2\); expected \(N, K, 2\), with K 33 \(BlazePose\)",
        ),
        (
            {"a/xy": np.ones((2, 33, 3)) * 9, "a/visibility": np.ones((2, 33))},
            r"of shape \(2, 33, 3\)",
        ),
        (
            {"a/xy": np.ones((2, 33, 2)) * 9, "a/visibility": np.ones((3, 33))},
            r"visibility of shape \(3, 33\) .* expected \(2, 33\)",
        ),
        (
            {"a/xy": np.ones((2, 33, 2)) * 9},
            r"has a/xy but no a/visibility; write 1 for every point",
        ),
        (
            {"a/xy": np.ones((2, 33, 2)) / 2, "a/visibility": np.ones((2, 33))},
            r"shares of the picture; multiply them by its width and height",
        ),
        (
            {
                "a/xy": np.ones((2, 33, 2)) * 9,
                "a/visibility": np.ones((2, 33)),
                "a/frames": np.arange(3),
            },
            r"has 3 frame numbers for 2 rows",
        ),
        (
            {
                "a/xy": np.ones((2, 33, 2)) * 9,
                "a/visibility": np.ones((2, 33)),
                "a/frames": np.array([4, 4]),
            },
            r"frame numbers that are not whole and rising; sort",
        ),
        (
            {
                "a/xy": np.ones((2, 33, 2)) * 9,
                "a/visibility": np.ones((2, 33)),
                "a/frames": np.array([0, 0.5]),
            },
            r"frame numbers that are not whole and rising; sort",
        ),
        ({"a/xy": np.ones((2, 33, 2)) * 9j, "a/visibility": np.ones((2, 33))}, r"must be numbers"),
        ({"a/xy": np.full((2, 33, 2), "x"), "a/visibility": np.ones((2, 33))}, r"must be numbers"),
        (
            {"xy": np.ones((2, 33, 2)) * 9, "visibility": np.ones((2, 33)), "names": ["a", "a"]},
            r"2 names, 1 of them different, for 2 rows",
        ),
        (
            {"other": np.ones(3)},
            r"holds no landmarks; they are arrays NAME/xy and NAME/visibility, or COCO",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(arrays, message, tmp_path):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(DatasetError, match=r"a\.npz: .*" + message):
        read_landmarks(tmp_path / "a.npz")


def test_files_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(
        DatasetError, match=r"gone\.npz: no such file of landmarks; check --landmarks"
    ):
        read_landmarks(tmp_path / "gone.npz")
    (tmp_path / "a.npz").write_bytes(b"PK\x03\x04 cut")
    with pytest.raises(DatasetError, match=r"a\.npz: not a readable \.npz file of landmarks"):
        read_landmarks(tmp_path / "a.npz")
    (tmp_path / "b.npz").write_text("a list of points")
    with pytest.raises(
        DatasetError,
        match=r"b\.npz: not a readable \.npz file of landmarks; write it with numpy\.savez",
    ):
        read_landmarks(tmp_path / "b.npz")
    (tmp_path / "a.json").write_text("[1, 2]")
    with pytest.raises(
        DatasetError, match=r"a\.json: not COCO keypoints .*expected images with id and file_name"
    ):
        read_landmarks(tmp_path / "a.json")


def find(path, **groups):
    found = find_points(path, read_landmarks(path), groups)
    return {picture: points.at("nose")[0] for picture, (points, _) in found.items()}


def test_landmarks_are_found_by_picture_by_group_and_picture_or_by_the_order_of_a_group(tmp_path):
    path = save(
        tmp_path / "a.npz",
        a=landmarks(1),
        street__b=landmarks(1, start=20),
        desk=landmarks(2, start=30),
    )
    assert find(path, street=["a", "b", "c"], desk=["x", "y"]) == {
        ("street", "a"): 10,
        ("street", "b"): 20,
        ("desk", "x"): 30,
        ("desk", "y"): 96,
    }


def test_names_may_have_the_ending_of_pictures_and_folders_before_them(tmp_path):
    path = coco(tmp_path / "a.json", {"keypoints": [20, 30, 2] * 17})
    assert find(path, street=["7"]) == find(path, street=["7"], desk=["8"]) == {("street", "7"): 20}
    assert find(path, other=["7"]) == {("other", "7"): 20}


def test_an_unnamed_pair_is_of_all_pictures_in_order(tmp_path):
    np.savez(tmp_path / "a.npz", xy=landmarks(2)[0], visibility=landmarks(2)[1])
    assert find(tmp_path / "a.npz", street=["a"], desk=["b"]) == {
        ("street", "a"): 10,
        ("desk", "b"): 76,
    }
    with pytest.raises(
        DatasetError, match="2 rows of landmarks for 3 pictures of the folder; give a row for each"
    ):
        find(tmp_path / "a.npz", street=["a", "b", "c"])


def test_names_that_do_not_fit_are_refused(tmp_path):
    path = save(tmp_path / "a.npz", a=landmarks(1), b=landmarks(3))
    with pytest.raises(
        DatasetError, match="b has 3 rows of landmarks, and is the name of one picture"
    ):
        find(path, street=["b"])
    with pytest.raises(
        DatasetError, match="a may mean several pictures; name its landmarks street/a"
    ):
        find(path, street=["a"], desk=["a"])
    with pytest.raises(
        DatasetError,
        match="landmarks of none of 2 pictures; it names a, the first picture is x in street",
    ):
        find(path, street=["x", "y"])
    with pytest.raises(DatasetError, match="3 rows of landmarks for 2 pictures of b"):
        find(path, b=["x", "y"])
