"""Colours near a place: grey hair before a red wall, on the other side of which there is a grey
wall."""

import cv2
import numpy as np
import pytest

from personalize.evidence import local_colours as nearby
from personalize.evidence.local_colours import nearby_log_ratio
from personalize.evidence.settings import LocalColourSettings
from personalize.evidence.window_colours import learn_colours
from personalize.stages.refine import person_masks, refine_silhouettes
from personalize.stages.settings import RefineSettings

GREY, RED, BLUE = [120, 120, 120], [190, 60, 50], [50, 70, 170]
SORT = nearby._sort
HEAD, BODY, WALL = np.s_[20:50, 20:50], np.s_[50:100, 15:55], 185


@pytest.fixture
def truth():
    mask = np.zeros((100, 200), bool)
    mask[HEAD] = mask[BODY] = True
    return mask


@pytest.fixture
def image(truth):
    picture = np.empty((*truth.shape, 3))
    picture[:, :WALL], picture[:, WALL:] = RED, GREY
    picture[BODY], picture[HEAD] = BLUE, GREY
    noise = np.random.default_rng(0).normal(0, 1, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def test_a_colour_is_the_persons_where_they_are_and_the_scenes_beside_them(image, truth):
    ratio = nearby_log_ratio(image, truth.astype(np.float32))
    assert ratio.shape == truth.shape
    assert ratio[30:40, 30:40].mean() > 1  # hair
    assert ratio[60:90, 25:45].mean() > 0.5
    assert ratio[30:40, 55:62].mean() < -1  # what is behind


def test_of_what_is_undecided_nothing_is_said(image):
    assert np.abs(nearby_log_ratio(image, np.full(image.shape[:2], 0.5))).max() < 1e-5


def test_where_one_side_alone_is_near_nothing_is_compared(image, truth):
    ratio = nearby_log_ratio(image, truth.astype(np.float32))
    assert np.abs(ratio[30:40, WALL:]).mean() < 0.05  # a wall of the hair's grey, out of reach


def test_a_rare_colour_in_the_middle_of_a_shirt_does_not_speak_for_the_scene():
    shirt = np.full((160, 160, 3), BLUE, np.uint8)
    shirt[77:83, 77:83] = RED
    ratio = nearby_log_ratio(shirt, np.ones((160, 160), np.float32))
    assert np.abs(ratio).max() < 1e-3


def test_a_large_image_is_counted_on_a_small_one(image, truth, monkeypatch):
    counted = []
    monkeypatch.setattr(
        nearby,
        "_sort",
        lambda small, settings: counted.append(small.shape) or SORT(small, settings),
    )
    large = np.kron(image, np.ones((4, 4, 1), np.uint8))
    ratio = nearby_log_ratio(large, np.kron(truth, np.ones((4, 4), np.float32)))
    same = nearby_log_ratio(image, truth.astype(np.float32))
    assert ratio.shape == large.shape[:2]
    assert counted == [(113, 226, 3), (100, 200, 3)]
    assert abs(ratio[100:180, 100:180].mean() - same[25:45, 25:45].mean()) < 0.3


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (3, 3)])
def test_the_smallest_surroundings_are_looked_at(shape):
    ratio = nearby_log_ratio(np.full((*shape, 3), 90, np.uint8), np.ones(shape, np.float32))
    np.testing.assert_allclose(ratio, np.zeros(shape), atol=1e-5)


def test_one_colour_is_one_word():
    assert SORT(np.full((20, 30, 3), 90, np.uint8), LocalColourSettings())[1] == 1


def test_a_cut_does_not_leak_into_a_wall_of_the_trousers_grey():
    """Everywhere taken together, grey is the person's; around the head it is the wall's."""
    mask, picture = np.zeros((120, 100), bool), np.full((120, 100, 3), RED)
    picture[8:56, 18:82] = GREY
    for part, colour in ((np.s_[20:50, 35:65], BLUE), (np.s_[50:110, 30:70], GREY)):
        mask[part], picture[part] = True, colour
    noise = np.random.default_rng(0).normal(0, 20, picture.shape)
    frames = np.clip(picture + noise, 0, 255).astype(np.uint8)[None]
    beliefs = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 5)[None] * 0.9 + 0.05
    colours = learn_colours(frames, beliefs)
    wrong = {}
    for weight in (0.0, 0.5):
        settings = RefineSettings(local_colours=LocalColourSettings(weight=weight))
        labels = refine_silhouettes(frames, beliefs, colours, settings=settings)
        wrong[weight] = (person_masks(labels, beliefs, settings=settings)[0] != mask).sum()
    assert wrong[0.0] > 200
    assert wrong[0.5] < 100
