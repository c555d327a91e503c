import numpy as np
import pytest
import scipy.io

from personalize.datasets.jhmdb import PUPPET_JOINTS, clips
from personalize.errors import DatasetError
from personalize.parts import UPPER_BODY_JOINTS


def test_a_clip_has_joints_that_count_from_0_and_masks_in_the_order_of_time(
    write_jhmdb, square_frames
):
    first, second = clips(write_jhmdb())
    assert (first.name, first.action, second.name) == ("wave_one", "wave", "wave_two")
    xy = first.read_joints(UPPER_BODY_JOINTS)
    assert xy.shape == (12, 7, 2)
    assert xy[3].tolist() == [[5, 14], [14, 32], [15, 34], [10, 24], [11, 26], [6, 16], [7, 18]]
    np.testing.assert_array_equal(first.read_masks(), square_frames[1])


def test_all_of_its_joints_have_names():
    assert len(set(PUPPET_JOINTS)) == 15
    assert set(UPPER_BODY_JOINTS) < set(PUPPET_JOINTS)


def test_clips_can_be_chosen(write_jhmdb):
    root = write_jhmdb()
    assert [clip.name for clip in clips(root, ["wave_two"])] == ["wave_two"]
    with pytest.raises(DatasetError, match="there is no 'wave_too'; did you mean wave_two"):
        clips(root, ["wave_too"])


def test_a_clip_without_labels_is_refused(write_jhmdb):
    root = write_jhmdb()
    (root / "puppet_mask" / "wave" / "wave_two" / "puppet_mask.mat").unlink()
    with pytest.raises(
        DatasetError, match=r"puppet_mask\.mat: missing, though .*wave_two\.avi is there"
    ):
        clips(root)


def test_another_layout_is_told(tmp_path, write_jhmdb):
    with pytest.raises(
        DatasetError, match="the layout of J-HMDB is ReCompress_Videos/ACTION/CLIP.avi"
    ):
        clips(tmp_path)
    [clip] = clips(write_jhmdb(names=("one",)))
    scipy.io.savemat(clip.joints, {"pos_img": np.zeros((2, 14, 12))})
    with pytest.raises(
        DatasetError, match=r"'pos_img' of shape \(2, 14, 12\); expected \(2, 15, frames\)"
    ):
        clip.read_joints(UPPER_BODY_JOINTS)
    scipy.io.savemat(clip.masks, {"part_mask": np.zeros((64, 96))})
    with pytest.raises(
        DatasetError, match=r"'part_mask' of shape \(64, 96\) and type float64; expected"
    ):
        clip.read_masks()


def test_a_frame_without_a_silhouette_is_refused(write_jhmdb):
    [clip] = clips(write_jhmdb(names=("one",)))
    masks = scipy.io.loadmat(clip.masks)["part_mask"]
    masks[..., 4] = 0
    scipy.io.savemat(clip.masks, {"part_mask": masks})
    with pytest.raises(DatasetError, match=r"puppet_mask\.mat: frame 4 has no silhouette"):
        clip.read_masks()


def test_the_real_clips_are_whole(shared_data):
    listed = clips(shared_data / "jhmdb_dev")
    assert len(listed) == 59
    for clip in listed[::10]:
        xy, masks = clip.read_joints(UPPER_BODY_JOINTS), clip.read_masks()
        assert masks.shape == (len(xy), 240, 320)
        head = np.rint(xy[:, 0]).astype(int)
        inside = masks[np.arange(len(xy)), head[:, 1].clip(0, 239), head[:, 0].clip(0, 319)]
        assert inside.mean() > 0.8  # counted from 0, on the person
