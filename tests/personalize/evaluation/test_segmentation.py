import math

import numpy as np
import pytest

from personalize import parts
from personalize.datasets.clothing import photographs
from personalize.evaluation.segmentation import (
    average_sides,
    class_accuracy,
    class_iou,
    count_confusion,
    intersection_over_union,
    mean_j,
    mean_score,
    side_groups,
)

TRUTH = np.array([[0, 0, 0, 1], [1, 1, 2, 2]], np.uint8)
ESTIMATE = np.array([[0, 0, 1, 1], [1, 0, 2, 1]], np.uint8)


def test_confusion_counts_every_pixel_once():
    assert count_confusion(TRUTH, ESTIMATE, 4).tolist() == [
        [2, 1, 0, 0],
        [1, 2, 0, 0],
        [0, 1, 1, 0],
        [0, 0, 0, 0],
    ]


def test_ignored_pixels_are_not_counted():
    truth = np.array([0, 1, 255, 255])
    assert count_confusion(truth, np.array([0, 1, 1, 9]), 2).tolist() == [[1, 0], [0, 1]]
    assert count_confusion(truth[2:], np.array([1, 0]), 2).tolist() == [[0, 0], [0, 0]]


def test_labels_of_another_shape_or_number_are_refused():
    with pytest.raises(ValueError, match=r"shape \(2, 3\) against a truth of \(2, 4\)"):
        count_confusion(TRUTH, ESTIMATE[:, :3], 3)
    with pytest.raises(ValueError, match="labels 0 to 2 of 2 classes"):
        count_confusion(TRUTH, ESTIMATE, 2)


def test_accuracy_is_recall():
    accuracy = class_accuracy(count_confusion(TRUTH, ESTIMATE, 3))
    assert accuracy == pytest.approx([2 / 3, 2 / 3, 1 / 2])


def test_iou_counts_misses_and_false_alarms():
    iou = class_iou(count_confusion(TRUTH, ESTIMATE, 3))
    assert iou == pytest.approx([2 / 4, 2 / 5, 1 / 2])


def test_scores_pool_pixels_and_not_images():
    one_pixel = count_confusion(np.array([1]), np.array([0]), 2)
    nine_pixels = count_confusion(np.ones(9, int), np.ones(9, int), 2)
    assert class_accuracy(one_pixel + nine_pixels)[1] == 0.9  # the mean over images is 0.5


def test_absent_class_has_no_accuracy_and_no_iou():
    confusion = count_confusion(TRUTH, ESTIMATE, 4)
    assert math.isnan(class_accuracy(confusion)[3])
    assert math.isnan(class_iou(confusion)[3])


def test_class_that_only_the_estimate_shows_has_no_accuracy_but_an_iou_of_0():
    confusion = count_confusion(np.array([0, 0]), np.array([0, 1]), 2)
    assert math.isnan(class_accuracy(confusion)[1])
    assert class_iou(confusion).tolist() == [0.5, 0.0]


def test_absent_class_is_left_out_of_the_mean():
    assert mean_score(np.array([0.9, 0.2, np.nan, 0.4])) == pytest.approx(0.3)


def test_background_is_in_the_mean_only_when_asked_for():
    scores = np.array([0.9, 0.2, np.nan, 0.4])
    assert mean_score(scores, background=True) == pytest.approx(0.5)


def test_mean_of_nothing_is_unknown():
    assert math.isnan(mean_score(np.array([0.9, np.nan])))


def test_sides_make_17_groups():
    groups = side_groups()
    assert len(groups) == 17
    assert groups[:3] == ((0,), (1, 14), (2, 15))
    assert groups[13:] == ((13, 26), (27, 28), (29, 30), (31,))


def test_left_and_right_are_averaged():
    scores = np.zeros(parts.CLASSES)
    scores[[0, 1, 14, 2, 15, 27, 28]] = 0.9, 0.2, 0.6, 0.3, np.nan, np.nan, np.nan
    averaged = average_sides(scores)
    assert averaged[:3] == pytest.approx([0.9, 0.4, 0.3])
    assert math.isnan(averaged[14])
    assert averaged[15:].tolist() == [0, 0]


def test_other_labels_have_other_sides():
    groups = side_groups((0, 1, 3, 2))
    assert groups == ((0,), (1,), (2, 3))
    assert average_sides(np.array([0.1, 0.2, 0.3, 0.5]), groups) == pytest.approx([0.1, 0.2, 0.4])


def test_j_is_the_shared_part_of_two_masks():
    left = np.array([[True, True, False, False]])
    middle = np.array([[False, True, True, False]])
    assert intersection_over_union(left, middle) == pytest.approx(1 / 3)
    assert intersection_over_union(left, left) == 1
    assert intersection_over_union(left, ~left) == 0


def test_two_empty_masks_agree():
    empty = np.zeros((2, 2), bool)
    assert intersection_over_union(empty, empty) == 1
    assert intersection_over_union(empty, ~empty) == 0


def test_ignored_pixels_are_in_neither_mask():
    truth = np.array([[True, True, False, False]])
    estimate = np.array([[True, False, True, False]])
    ignored = np.array([[False, True, True, False]])
    assert intersection_over_union(truth, estimate, ignored) == 1
    assert intersection_over_union(truth, estimate, np.ones((1, 4), bool)) == 1


def test_masks_must_be_bool_and_of_one_shape():
    mask = np.ones((2, 2), bool)
    with pytest.raises(ValueError, match="expected two bool masks of one shape, got bool .* uint8"):
        intersection_over_union(mask, mask.astype(np.uint8))
    with pytest.raises(ValueError, match=r"\(2, 2\) and bool \(2, 1\)"):
        intersection_over_union(mask, mask[:, :1])


def test_mean_j_is_over_all_frames_the_first_and_last_included():
    mask = np.ones((1, 2), bool)
    half = np.array([[True, False]])
    assert mean_j(iter([mask, mask, half]), iter([mask, half, mask])) == pytest.approx(2 / 3)


def test_mean_j_needs_as_many_estimates_as_truths():
    mask = np.ones((1, 2), bool)
    with pytest.raises(ValueError, match="shorter"):
        mean_j([mask, mask], [mask])
    with pytest.raises(ValueError, match="no annotated frame"):
        mean_j([], [])


def test_real_silhouettes_are_counted_without_their_bags(shared_data):
    found = photographs(shared_data / "clothing_co_parsing_dev")[:9]
    truth = next(truth for truth in (p.read_silhouette() for p in found) if (truth == 255).any())
    confusion = count_confusion(truth, np.zeros_like(truth), 2)
    assert confusion.sum() == np.count_nonzero(truth != 255) < truth.size
    assert class_accuracy(confusion).tolist() == [1, 0]
