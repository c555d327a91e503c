import json

import numpy as np
import pytest

from personalize.evaluation.clips import (
    MIRRORED,
    ClipScores,
    clip_table,
    mean_of_clips,
    measure_clip,
    report_clips,
)
from personalize.parts import UPPER_BODY_JOINTS

HEAD, RIGHT_WRIST, LEFT_WRIST, RIGHT_ELBOW = 0, 1, 2, 3


def one_clip(frames=4):
    """Joints (T, 7, 2) and masks (T, 100, 100): a person of 50 by 30 pixels, joints 10 pixels
    apart.
    """
    truth = np.zeros((frames, 7, 2))
    truth[:] = [[50, 30], [35, 60], [65, 60], [38, 50], [62, 50], [40, 40], [60, 40]]
    masks = np.zeros((frames, 100, 100), bool)
    masks[:, 25:75, 35:65] = True
    return truth, masks


def measure(truth, masks, estimate, silhouettes=None, **more):
    return measure_clip(
        truth, masks, estimate, masks if silhouettes is None else silhouettes, **more
    )


def test_the_other_side_of_every_joint_is_known():
    sides = [UPPER_BODY_JOINTS[index] for index in MIRRORED]
    assert sides == [
        *(
            "head",
            "left_wrist",
            "right_wrist",
            "left_elbow",
            "right_elbow",
            "left_shoulder",
            "right_shoulder",
        )
    ]


def test_the_truth_has_no_error():
    truth, masks = one_clip()
    scores = measure(truth, masks, truth)
    assert scores == ClipScores(
        px=0, median_px=0, pck=1, wrists_pck=1, elbows_pck=1, j=1, swapped=0, lost=False, empty=()
    )


def test_a_joint_is_right_within_a_fifth_of_the_longer_side_of_the_box():
    truth, masks = one_clip(frames=2)
    estimate = truth.copy()
    estimate[0, RIGHT_WRIST] += (6, 8)  # 10 px, of 50
    estimate[1, RIGHT_WRIST] += (6, 8.1)
    estimate[:, RIGHT_ELBOW] += (30, 40)
    scores = measure(truth, masks, estimate)
    assert scores.wrists_pck == 3 / 4
    assert scores.elbows_pck == 1 / 2
    assert scores.pck == pytest.approx(11 / 14)
    assert scores.px == pytest.approx((10 + np.hypot(6, 8.1) + 100) / 14)
    assert scores.median_px == 0


def test_exchanged_sides_are_swapped_frames():
    truth, masks = one_clip()
    estimate = truth.copy()
    estimate[0] = truth[0, MIRRORED]
    assert measure(truth, masks, estimate).swapped == 1 / 4
    estimate[0, HEAD] += (500, 0)  # an error that the exchange leaves is more than half of all
    assert measure(truth, masks, estimate).swapped == 0


def test_a_clip_is_lost_whose_mean_error_is_over_half_of_the_longer_side():
    truth, masks = one_clip()
    assert not measure(truth, masks, truth + (25, 0)).lost
    assert measure(truth, masks, truth + (25.1, 0)).lost


def test_silhouettes_are_measured_frame_by_frame():
    truth, masks = one_clip(frames=2)
    silhouettes = masks.copy()
    silhouettes[1, 50:] = False
    assert measure(truth, masks, truth, silhouettes).j == 3 / 4
    with pytest.raises(ValueError):
        measure(truth, masks, truth, masks[:1])


def test_frames_said_to_be_empty_are_listed_and_count():
    truth, masks = one_clip()
    scores = measure(truth, masks, truth + (3, 4), empty=[1, 3])
    assert scores.empty == (1, 3)
    assert scores.px == pytest.approx(5)


def two_clips():
    truth, masks = one_clip()
    near, far = (measure(truth, masks, truth + (step, 0), empty=[2]) for step in (2, 40))
    return {"a": {"generic": near}, "b": {"generic": far}, "c": {"generic": near}}


def test_clips_count_alike_and_the_median_does_not_move_with_a_lost_one():
    means = mean_of_clips([networks["generic"] for networks in two_clips().values()])
    assert means["px"] == pytest.approx(44 / 3)
    assert means["median_px"] == pytest.approx(2)
    assert means["lost"] == pytest.approx(1 / 3)


def test_the_report_is_json_and_tells_the_networks_that_were_measured():
    report = json.loads(json.dumps(report_clips(two_clips())))
    assert set(report) == {"mean", "clips"}
    assert set(report["mean"]) == {"generic"}
    assert set(report["mean"]["generic"]) == {
        *("px", "median_px", "pck", "wrists_pck", "elbows_pck", "j", "swapped", "lost")
    }
    assert report["clips"]["b"]["generic"]["px"] == pytest.approx(40)
    three = {
        name: {**one, "personalized": one["generic"], "kept": one["generic"]}
        for name, one in two_clips().items()
    }
    assert list(report_clips(three)["mean"]) == ["generic", "personalized", "kept"]


def test_the_table_names_the_clips_with_frames_that_would_stay_empty():
    table = clip_table(two_clips())
    assert "| generic | 14.7 |       2.0 | 0.667 |" in table
    assert "counted all the same: 3, of a (1), b (1), c (1)." in table
