import numpy as np
import pytest

from personalize.datasets.rendered_video import rendered_video
from personalize.errors import DatasetError


@pytest.fixture
def root(tmp_path):
    masks = np.zeros((2, 3, 5), bool)
    masks[1, 2, 4] = True
    bits = np.stack([np.packbits(mask) for mask in masks])
    np.savez(tmp_path / "silhouettes.npz", bits=bits, shape=np.array(masks.shape))
    (tmp_path / "clip.mp4").touch()
    (tmp_path / "joints.csv").write_text(
        "frame,time,joint,x,y,visible\n"
        "0,0.000,head,1.50,2.00,1\n"
        "1,0.040,head,1.60,2.10,0\n"
        "1,0.040,left_ankle,4.00,0.00,1\n"
    )
    return tmp_path


def test_masks_and_visible_joints_are_read(root):
    video = rendered_video(root)
    assert len(video) == 2
    assert not video.read_mask(0).any()
    np.testing.assert_array_equal(np.argwhere(video.read_mask(1)), [[2, 4]])
    np.testing.assert_array_equal(video.xy[0, 0], [1.5, 2.0])
    np.testing.assert_array_equal(video.xy[1, 12], [4.0, 0.0])
    assert np.isnan(video.xy[1, 0]).all()


def test_a_missing_file_is_named(root):
    (root / "joints.csv").unlink()
    with pytest.raises(DatasetError, match="joints.csv is missing"):
        rendered_video(root)


def test_joints_of_frames_that_are_not_there_are_refused(root):
    with open(root / "joints.csv", "a") as file:
        file.write("2,0.080,head,1.0,2.0,1\n")
    with pytest.raises(DatasetError, match="has a frame 2, the silhouettes only 2"):
        rendered_video(root)


@pytest.mark.parametrize(
    ("bits", "shape"),
    [
        (np.zeros((2, 2), np.uint8), (3, 3, 5)),
        (np.zeros((2, 2), np.uint8), (2, 3, 500)),
        (np.zeros((2, 2), np.uint8), (-1, 3, 5)),
        (np.zeros((2, 2), np.float32), (2, 3, 5)),
        (np.zeros(2, np.uint8), (2, 3, 5)),
        (np.zeros((2, 2), np.uint8), (2, 3)),
        (np.zeros((2, 2), np.uint8), (2.0, 3.0, 5.0)),
    ],
)
def test_silhouettes_that_do_not_fit_are_refused(root, bits, shape):
    np.savez(root / "silhouettes.npz", bits=bits, shape=np.array(shape))
    with pytest.raises(DatasetError, match=r"silhouettes\.npz: h.*; render the video again"):
        rendered_video(root)


@pytest.mark.parametrize(
    "line",
    ["x,0,head,1,2,1", "0,0,tail,1,2,1", "0,0,head,one,2,1", "0", "-1,0,head,1,2,1", "0,0,head,1"],
)
def test_a_table_that_is_damaged_is_named(root, line):
    with open(root / "joints.csv", "a") as file:
        file.write(line + "\n")
    with pytest.raises(DatasetError, match=r"joints\.csv: (is damaged|has a frame -1)"):
        rendered_video(root)


def test_damaged_silhouettes_are_named(root):
    (root / "silhouettes.npz").write_bytes(b"PK\3\4" + bytes(99))
    with pytest.raises(DatasetError, match=r"silhouettes\.npz: is missing or damaged"):
        rendered_video(root)


def test_other_people_that_do_not_fit_are_refused(root):
    (root / "frames.csv").write_text("frame,time,shot,seen,head\n")
    with np.load(root / "silhouettes.npz") as stored:
        bits, shape = stored["bits"], stored["shape"]
    np.savez(root / "silhouettes.npz", bits=bits, others=bits[:1], shape=shape)
    with pytest.raises(DatasetError, match=r"silhouettes\.npz: has other people of shape \(1, 2\)"):
        rendered_video(root)


@pytest.mark.parametrize("line", ["2,0,0,yes,9", "-1,0,0,yes,9", "0,0,0,often,9", "0,0,0,yes,far"])
def test_a_table_of_frames_that_is_damaged_is_named(root, line):
    (root / "frames.csv").write_text(f"frame,time,shot,seen,head\n{line}\n")
    with np.load(root / "silhouettes.npz") as stored:
        bits, shape = stored["bits"], stored["shape"]
    np.savez(root / "silhouettes.npz", bits=bits, others=bits, shape=shape)
    with pytest.raises(DatasetError, match=r"frames\.csv: (is damaged|has a frame)"):
        rendered_video(root)


def test_videos_of_before_frames_were_told_have_somebody_wherever_there_are_pixels(root):
    video = rendered_video(root)
    assert video.seen.tolist() == ["no", "yes"]
    assert np.isnan(video.heads).all()
    assert not video.read_others(1).any()


def test_who_is_seen_how_large_and_who_else_is_there_are_read(root):
    (root / "frames.csv").write_text(
        "frame,time,shot,seen,head\n0,0.000,0,no,\n1,0.040,0,doubt,12.50\n"
    )
    with np.load(root / "silhouettes.npz") as stored:
        bits, shape = stored["bits"], stored["shape"]
    np.savez(root / "silhouettes.npz", bits=bits, others=bits[::-1], shape=shape)
    video = rendered_video(root)
    assert video.seen.tolist() == ["no", "doubt"]
    np.testing.assert_array_equal(video.heads, [np.nan, 12.5])
    np.testing.assert_array_equal(np.argwhere(video.read_others(0)), [[2, 4]])
