import numpy as np
import pytest
import scipy.io

from personalize import parts
from personalize.datasets.youtube_pose import videos
from personalize.errors import DatasetError

REVERSED_JOINTS = (
    "Left shoulder",
    "Right shoulder",
    "Left elbow",
    "Right elbow",
    "Left wrist",
    "Right wrist",
    "Head",
)


def test_frames_are_in_the_order_of_time_with_their_joints(write_youtube_pose):
    video = videos(write_youtube_pose())[0]
    assert video.frame_ids.tolist() == [10, 20, 30]
    assert [image.name for image in video.images] == [
        "frame_000010.jpg",
        "frame_000020.jpg",
        "frame_000030.jpg",
    ]
    # joint j of frame f is labelled (f + j, 2 j + 5), counted from 1
    assert video.xy.shape == (3, 7, 2)
    assert video.xy[0].tolist() == [
        [9, 4],
        [10, 6],
        [11, 8],
        [12, 10],
        [13, 12],
        [14, 14],
        [15, 16],
    ]
    assert video.xy[2, 0].tolist() == [29, 4]


def test_joints_are_found_by_name_and_put_in_the_order_of_parts(write_youtube_pose):
    video = videos(write_youtube_pose(joints=REVERSED_JOINTS))[0]
    head = parts.UPPER_BODY_JOINTS.index("head")
    left_shoulder = parts.UPPER_BODY_JOINTS.index("left_shoulder")
    assert video.xy[0, left_shoulder].tolist() == [9, 4]
    assert video.xy[0, head].tolist() == [15, 16]


def test_names_with_any_characters_are_read(write_youtube_pose):
    found = videos(write_youtube_pose())
    assert [video.name for video in found] == ["aaaa", "-bbb", "cccc&", "żółć"]
    assert [video.in_subset for video in found] == [False, True, False, False]


def test_frames_are_read_one_at_a_time(write_youtube_pose):
    video = videos(write_youtube_pose())[0]
    assert len(video) == 3
    frame = video.read_frame(2)
    assert frame.shape == (48, 64, 3) and frame.dtype == np.uint8
    assert frame[0, 0].tolist() == [30, 30, 30]


def test_the_mat_itself_may_be_given_and_have_another_name(write_youtube_pose):
    root = write_youtube_pose()
    labels = (root / "YouTube_Pose_dataset.mat").rename(root / "labels.mat")
    assert len(videos(labels)) == len(videos(root)) == 4


def test_only_the_videos_asked_for_need_their_frames(write_youtube_pose):
    root = write_youtube_pose()
    (root / "GT_frames" / "aaaa").rename(root / "elsewhere")
    assert [video.name for video in videos(root, ["cccc&", "-bbb"])] == ["cccc&", "-bbb"]
    with pytest.raises(DatasetError, match="aaaa: the folder of labelled frames is missing"):
        videos(root)


def test_an_unknown_video_is_answered_with_the_nearest(write_youtube_pose):
    with pytest.raises(DatasetError, match=r"there is no 'cccc'; did you mean cccc&\?"):
        videos(write_youtube_pose(), ["cccc"])


def test_missing_frames_are_counted(write_youtube_pose):
    root = write_youtube_pose()
    (root / "GT_frames" / "-bbb" / "frame_000020.jpg").unlink()
    expected = r"-bbb: 1 of 3 labelled frames are missing, the first is frame_000020\.jpg"
    with pytest.raises(DatasetError, match=expected):
        videos(root)


def test_a_missing_folder_and_a_folder_without_labels_are_told_apart(tmp_path):
    with pytest.raises(DatasetError, match="nowhere: no such folder"):
        videos(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match=r"found 0 \.mat files; it should hold YouTube_Pose"):
        videos(tmp_path)


def test_an_unreadable_mat_is_named(write_youtube_pose):
    root = write_youtube_pose()
    (root / "YouTube_Pose_dataset.mat").write_bytes(b"MATLAB 5.0 MAT-file" + bytes(50))
    with pytest.raises(DatasetError, match=r"YouTube_Pose_dataset\.mat: not a readable MATLAB"):
        videos(root)


def test_a_mat_of_another_layout_tells_what_is_missing(tmp_path):
    scipy.io.savemat(tmp_path / "other.mat", {"data": {"videoname": "a", "locs": 1}})
    with pytest.raises(DatasetError, match="no field frameids, label_names, isYouTubePoseSubset"):
        videos(tmp_path)


def test_missing_joints_are_named(write_youtube_pose):
    with pytest.raises(DatasetError, match="no labels of head, right_wrist, only of"):
        videos(write_youtube_pose(joints=REVERSED_JOINTS[:5]))


def test_a_labelled_frame_is_one_earlier_in_the_source_video(write_youtube_pose):
    assert videos(write_youtube_pose())[0].source_frames.tolist() == [9, 19, 29]


@pytest.mark.parametrize(("frame_count", "label"), [(20, 0), (29, 0), (30, 1), (40, 1), (500, 2)])
def test_the_window_is_laid_around_the_label_nearest_to_the_middle(
    write_youtube_pose, frame_count, label
):
    video = videos(write_youtube_pose())[0]  # source frames 9, 19, 29
    assert video.nearest_to_middle(frame_count) == label


def test_a_source_video_that_ends_before_the_labels_is_refused(write_youtube_pose):
    video = videos(write_youtube_pose())[0]
    assert video.nearest_to_middle(10) == 0
    with pytest.raises(DatasetError, match="aaaa: the source video has 9 frames, .* is number 10"):
        video.nearest_to_middle(9)


def test_the_real_labels_lie_in_their_frames(shared_data):
    found = videos(shared_data / "youtube_pose_dev")
    assert len(found) == 20
    assert {len(video) for video in found} == {100}
    assert found[0].name == "-osma2n86oA"
    assert all((np.diff(video.frame_ids) > 0).all() for video in found)
    widths = [np.linalg.norm(video.xy[:, 5] - video.xy[:, 6], axis=-1).mean() for video in found]
    assert np.mean(widths) == pytest.approx(79.7, abs=0.1)
    for video in found:
        height, width = video.read_frame(50).shape[:2]
        assert (video.xy >= 0).all() and (video.xy < (width, height)).all()


@pytest.mark.parametrize("name", ["..", "../aaaa", "/tmp", "a\\b", "."])
def test_a_name_that_leads_out_of_the_data_set_is_refused(write_youtube_pose, name):
    root = write_youtube_pose(names=("aaaa",))
    content = scipy.io.loadmat(root / "YouTube_Pose_dataset.mat")["data"]
    content[0, 0]["videoname"] = np.array([name])
    scipy.io.savemat(root / "YouTube_Pose_dataset.mat", {"data": content})
    with pytest.raises(DatasetError, match="has the name .*, which is that of no folder"):
        videos(root)


@pytest.mark.parametrize("field", ["videoname", "locs", "frameids", "label_names"])
def test_a_field_of_another_type_is_refused(write_youtube_pose, field):
    root = write_youtube_pose(names=("aaaa",))
    content = scipy.io.loadmat(root / "YouTube_Pose_dataset.mat")["data"]
    content[0, 0][field] = np.array([["a", "b"]], object)
    scipy.io.savemat(root / "YouTube_Pose_dataset.mat", {"data": content})
    with pytest.raises(DatasetError, match=r"YouTube_Pose_dataset\.mat: "):
        videos(root)
