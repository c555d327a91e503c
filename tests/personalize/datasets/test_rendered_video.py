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
