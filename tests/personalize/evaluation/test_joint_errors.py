import math

import numpy as np
import pytest

from personalize.datasets.youtube_pose import videos
from personalize.evaluation.joint_errors import (
    group_errors,
    group_errors_found,
    group_errors_per_width,
    group_miss_rates,
    group_pck,
    measure_joints,
    shoulder_width,
)

HEAD, RIGHT_WRIST, LEFT_WRIST, RIGHT_ELBOW, LEFT_ELBOW, RIGHT_SHOULDER, LEFT_SHOULDER = range(7)


def labels(frames=2, width=50.0):
    """Joints at the origin, but for a left shoulder `width` to the right."""
    truth = np.zeros((frames, 7, 2))
    truth[:, LEFT_SHOULDER] = width, 0
    return truth


def errors(frame, joint, pixels, frames=2, width=50.0, found=None):
    """Estimates that are right, but for one that is `pixels` too far down."""
    estimate = labels(frames, width)
    estimate[frame, joint, 1] += pixels
    return measure_joints(labels(frames, width), estimate, found)


def test_an_offset_of_3_and_4_is_an_error_of_5_pixels():
    truth, estimate = labels(), labels()
    estimate[1, LEFT_ELBOW] += (3, -4)
    measured = measure_joints(truth, estimate)
    assert measured.pixels[1, LEFT_ELBOW] == 5
    assert measured.pixels.sum() == 5


def test_groups_average_frames_and_sides():
    assert group_errors([errors(0, RIGHT_WRIST, 8.0)]) == {
        "Head": 0,
        "Wrists": 2,  # 8 px over two frames and two sides
        "Elbows": 0,
        "Shoulders": 0,
    }
    assert group_errors([errors(0, HEAD, 8.0)])["Head"] == 4


def test_videos_count_by_their_frames():
    short, long = errors(0, HEAD, 8.0, frames=1), errors(0, HEAD, 0.0, frames=3)
    assert group_errors([short, long])["Head"] == 2  # the mean of the videos' means is 4


def test_a_joint_that_is_not_found_is_counted_and_left_out():
    measured = errors(0, RIGHT_WRIST, 8.0)
    lost = errors(1, LEFT_WRIST, np.nan)
    assert group_errors([measured, lost])["Wrists"] == pytest.approx(8 / 7)
    assert group_miss_rates([measured, lost])["Wrists"] == pytest.approx(1 / 8)
    assert group_miss_rates([measured, lost])["Elbows"] == 0


def test_a_joint_without_a_label_is_neither_wrong_nor_missed():
    truth, estimate = labels(), labels()
    truth[0, RIGHT_WRIST] = np.nan
    estimate[0, RIGHT_WRIST] = np.nan
    measured = measure_joints(truth, estimate)
    assert not measured.labelled[0, RIGHT_WRIST]
    assert not measured.missed.any()
    assert group_errors([measured])["Wrists"] == 0
    assert group_pck([measured])["Wrists"] == 1


def test_a_part_without_pixels_is_estimated_and_missed():
    found = np.ones((2, 7), bool)
    found[0, RIGHT_WRIST] = False
    measured = errors(0, RIGHT_WRIST, 8.0, found=found)
    assert group_errors([measured])["Wrists"] == 2  # rule A
    assert group_errors_found([measured])["Wrists"] == 0  # rule B
    assert group_miss_rates([measured])["Wrists"] == 0.25


def test_a_group_that_is_never_found_has_no_error():
    truth, estimate = labels(), labels()
    estimate[:, HEAD] = np.nan
    measured = measure_joints(truth, estimate)
    assert math.isnan(group_errors([measured])["Head"])
    assert math.isnan(group_errors_found([measured])["Head"])
    assert group_miss_rates([measured])["Head"] == 1
    assert group_pck([measured])["Head"] == 0


def test_shoulder_width_is_the_mean_over_the_frames_that_show_both():
    truth = labels(frames=3)
    truth[0, LEFT_SHOULDER] = 30, 40
    truth[1, LEFT_SHOULDER] = 0, 70
    truth[2, RIGHT_SHOULDER] = np.nan
    assert shoulder_width(truth) == 60


def test_errors_are_divided_by_the_shoulder_width_of_their_video():
    narrow, wide = errors(0, HEAD, 8.0, width=40.0), errors(0, HEAD, 8.0, width=80.0)
    assert group_errors_per_width([narrow])["Head"] == pytest.approx(0.1)
    assert group_errors_per_width([narrow, wide])["Head"] == pytest.approx(0.075)


def test_pck_counts_joints_within_a_fifth_of_the_shoulder_width():
    assert group_pck([errors(0, HEAD, 10.0)])["Head"] == 1
    assert group_pck([errors(0, HEAD, 10.1)])["Head"] == 0.5
    assert group_pck([errors(0, HEAD, 10.1)], threshold=0.3)["Head"] == 1


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"expected \(N, 7, 2\) .* got \(2, 7, 2\), \(1, 7, 2\)"):
        measure_joints(labels(2), labels(1))
    with pytest.raises(ValueError, match=r"expected \(N, 7, 2\)"):
        measure_joints(np.zeros((2, 13, 2)), np.zeros((2, 13, 2)))


def test_real_labels_moved_by_3_and_4_are_wrong_by_5_pixels(shared_data):
    found = videos(shared_data / "youtube_pose_dev")
    measured = [measure_joints(video.xy, video.xy + (3, 4)) for video in found]
    assert group_errors(measured) == pytest.approx(dict.fromkeys(group_errors(measured), 5.0))
    widths = [video.shoulder_width for video in measured]
    assert np.mean(widths) == pytest.approx(79.7, abs=0.1)
    assert min(widths) == pytest.approx(63.4, abs=0.1)
    assert max(widths) == pytest.approx(103.1, abs=0.1)
