"""Refinement of a window: a red figure walks over a green field."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from personalize.evidence.window_colours import learn_colours
from personalize.imaging.grabcut import cut
from personalize.stages.refine import (
    person_masks,
    reconcile,
    refine_silhouettes,
    sharpen_silhouette,
)
from personalize.stages.settings import RefineSettings
from personalize.types import UNLABELLED

LENGTH = 5


@pytest.fixture
def truth():
    """Masks at working size (48, 64)."""
    masks = np.zeros((LENGTH, 48, 64), bool)
    for t in range(LENGTH):
        masks[t, 8:40, 16 + 4 * t : 30 + 4 * t] = True
    return masks


@pytest.fixture
def frames(truth):
    """Frames of twice the working size."""
    generator = np.random.default_rng(0)
    large = np.kron(truth, np.ones((1, 2, 2), bool))
    colours = np.where(large[..., None], [180, 60, 50], [70, 130, 60])
    return np.clip(colours + generator.normal(0, 12, colours.shape), 0, 255).astype(np.uint8)


@pytest.fixture
def beliefs(truth):
    return np.stack([cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 3) for mask in truth])


def refine(frames, beliefs, *, settings=RefineSettings(), **rest):
    colours = learn_colours(frames, beliefs, settings=settings)
    return refine_silhouettes(frames, beliefs, colours, settings=settings, **rest)


def test_labels_follow_the_figure(frames, beliefs, truth):
    labels = refine(frames, beliefs)
    assert labels.dtype == np.uint8
    assert set(np.unique(labels)) <= {0, 1, UNLABELLED}
    labelled = labels != UNLABELLED
    assert labelled.mean() > 0.98
    assert ((labels == 1)[labelled] == truth[labelled]).mean() > 0.999
    assert (person_masks(labels, beliefs) == truth).mean() > 0.999


def test_a_sure_belief_that_the_cut_denies_is_left_unlabelled(frames, beliefs, truth):
    beliefs[2, 10:16, 4:10] = 0.95  # believed, but as green as the field
    labels = refine(frames, beliefs)
    assert (labels[2, 11:15, 5:9] == UNLABELLED).all()
    assert not person_masks(labels, beliefs)[2, 11:15, 5:9].any()


def test_the_window_corrects_a_frame_that_missed_half_the_person(frames, beliefs, truth):
    beliefs[3, 8:14] = np.minimum(beliefs[3, 8:14], 0.4)  # the head, unsure
    labels = refine(frames, beliefs)
    assert (labels[3, 9:13, 31:39] == 1).all()


def test_a_frame_whose_cut_is_refused_keeps_its_sure_pixels(frames, beliefs):
    strict = RefineSettings(cut=replace(RefineSettings().cut, accept_overlap=1.01))
    labels = refine(frames, beliefs, settings=strict)
    sure = (beliefs >= 0.7) | (beliefs <= 0.3)
    assert np.array_equal(labels != UNLABELLED, sure)
    assert np.array_equal(person_masks(labels, beliefs), beliefs >= 0.5)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_window_with_one_side_only_keeps_its_belief(frames, beliefs, value):
    labels = refine(frames, np.full_like(beliefs, value))
    assert (labels == value).all()


def test_a_window_without_a_sure_pixel_has_no_labels(frames, beliefs):
    labels = refine(frames, np.full_like(beliefs, 0.5))
    assert (labels == UNLABELLED).all()


def test_one_frame_is_a_window(frames, beliefs, truth):
    labels = refine(frames[:1], beliefs[:1])
    assert (person_masks(labels, beliefs[:1]) == truth[:1]).mean() > 0.999


def test_progress_sees_every_frame(frames, beliefs):
    seen = []

    def progress(numbers):
        for number in numbers:
            seen.append(number)
            yield number
        seen.append("end")

    refine(frames, beliefs, progress=progress)
    assert seen == [0, 1, 2, 3, 4, "end"]


def test_a_map_in_cells_is_sharpened_to_the_outline(frames, beliefs, truth):
    colours = learn_colours(frames, beliefs)
    cells = cv2.resize(np.float32(truth[2]), (16, 12), interpolation=cv2.INTER_AREA)
    mask = sharpen_silhouette(frames[2], cells, colours)
    outline = np.kron(truth[2], np.ones((2, 2), bool))
    assert mask.shape == (96, 128)
    assert (mask == outline).mean() > 0.999


def test_a_frame_that_is_magnified_is_cut_at_the_size_of_the_source(
    frames, beliefs, truth, monkeypatch
):
    colours = learn_colours(frames, beliefs)
    canvas = cv2.resize(frames[2], None, fx=2, fy=2)
    cells = cv2.resize(np.float32(truth[2]), (32, 24), interpolation=cv2.INTER_AREA)
    sizes = []

    def cut_small(image, *others, **settings):
        sizes.append(image.shape)
        return cut(image, *others, **settings)

    monkeypatch.setattr("personalize.stages.refine.cut", cut_small)
    mask = sharpen_silhouette(canvas, cells, colours, scale=2.0)
    assert sizes == [frames[2].shape]
    assert mask.shape == canvas.shape[:2]
    assert (mask == np.kron(truth[2], np.ones((4, 4), bool))).mean() > 0.997


def test_a_frame_that_is_shrunk_is_cut_on_the_canvas(frames, beliefs, truth):
    colours = learn_colours(frames, beliefs)
    cells = cv2.resize(np.float32(truth[2]), (16, 12), interpolation=cv2.INTER_AREA)
    whole, shrunk = (
        sharpen_silhouette(frames[2], cells, colours, scale=scale) for scale in (1.0, 0.5)
    )
    np.testing.assert_array_equal(whole, shrunk)


def test_a_frame_without_a_person_is_not_sharpened(frames, beliefs):
    colours = learn_colours(frames, beliefs)
    assert sharpen_silhouette(frames[2], np.zeros((12, 16), np.float32), colours) is None


def test_a_cut_that_contradicts_a_sure_belief_is_not_told():
    mask = np.array([[True, True, False, False]])
    person = np.array([[0.1, 0.4, 0.6, 0.9]], np.float32)
    told = reconcile(mask, person, sure=0.7)
    np.testing.assert_allclose(told, [[0.1, 1.0, 0.0, 0.9]])


def test_the_cut_weighs_the_colours_near_each_place(frames, beliefs, truth, monkeypatch):
    settings, seen = RefineSettings(), []
    limit, weight = settings.cut.colour_limit, settings.local_colours.weight

    def near(image, likely, *, settings):
        return np.full(likely.shape, -30, np.float32)

    def watched(image, belief, ratio, *, settings):
        seen.append(ratio)
        return belief >= 0.5

    monkeypatch.setattr("personalize.stages.refine.nearby_log_ratio", near)
    monkeypatch.setattr("personalize.stages.refine.cut", watched)
    refine(frames, beliefs, settings=settings)
    alone = replace(settings, local_colours=replace(settings.local_colours, weight=0.0))
    refine(frames, beliefs, settings=alone)
    both, window = seen[0][truth[0]], np.clip(seen[LENGTH][truth[0]], -limit, limit)
    assert window.mean() > 2  # red is the person's
    np.testing.assert_allclose(both, (1 - weight) * window - weight * limit, atol=1e-4)
