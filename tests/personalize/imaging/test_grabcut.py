"""One image: a red figure on a green field, believed roughly."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from personalize.evidence.window_colours import learn_colours
from personalize.imaging.grabcut import contrast_edges, cut, is_acceptable
from personalize.imaging.settings import CutSettings
from personalize.stages.refine import person_masks, refine_silhouettes
from personalize.stages.settings import RefineSettings

SETTINGS = CutSettings()


@pytest.fixture
def figure():
    """A (60, 80) mask of a body with one arm stretched out."""
    mask = np.zeros((60, 80), bool)
    mask[10:50, 30:50] = True
    mask[20:26, 50:66] = True
    return mask


@pytest.fixture
def image(figure):
    generator = np.random.default_rng(0)
    colours = np.where(figure[..., None], [180, 60, 50], [70, 130, 60])
    return np.clip(colours + generator.normal(0, 12, colours.shape), 0, 255).astype(np.uint8)


@pytest.fixture
def blurred(figure):
    """The figure as a network of a coarse grid sees it: its arm halfway lost."""
    return cv2.GaussianBlur(figure.astype(np.float32), (0, 0), 4)


def grabcut(image, belief, *, settings=SETTINGS):
    """Cut one image along its own colours, a window of one frame."""
    window, settings = (image[None], belief[None]), RefineSettings(cut=settings)
    labels = refine_silhouettes(
        *window, learn_colours(*window, settings=settings), settings=settings
    )
    return person_masks(labels, belief[None], settings=settings)[0]


def iou(a, b):
    return (a & b).sum() / (a | b).sum()


def test_a_blurred_belief_becomes_the_figure(image, blurred, figure):
    assert iou(blurred >= 0.5, figure) < 0.9
    as_it_is = replace(SETTINGS, gaps=1)  # closing rounds the corners below the arm
    assert iou(grabcut(image, blurred, settings=as_it_is), figure) > 0.99


def test_the_same_input_gives_the_same_mask(image, blurred):
    assert np.array_equal(grabcut(image, blurred), grabcut(image, blurred))


def test_input_is_not_changed(image, blurred):
    before = image.copy(), blurred.copy()
    grabcut(image, blurred)
    assert np.array_equal(image, before[0])
    assert np.array_equal(blurred, before[1])


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_without_two_sides_the_belief_is_returned(image, value):
    belief = np.full(image.shape[:2], value, np.float32)
    assert (grabcut(image, belief) == (value == 1.0)).all()


def test_a_side_of_a_few_pixels_is_returned_as_believed(image):
    belief = np.zeros(image.shape[:2], np.float32)
    belief[30, 40:44] = 1
    assert np.array_equal(grabcut(image, belief), belief > 0)


def test_an_image_of_one_colour_keeps_a_sure_belief():
    belief = np.full((40, 40), 0.01, np.float32)
    belief[10:30, 10:30] = 0.99
    grey = np.full((40, 40, 3), 90, np.uint8)
    assert iou(grabcut(grey, belief), belief > 0.5) > 0.95


def test_a_cut_that_runs_away_falls_back_on_the_belief(image, figure):
    whole_body = np.where(figure, 0.9, 0.1).astype(np.float32)
    whole_body[:, :45] = 0.1  # a sliver of the body is believed, its colours are all of it
    eager = replace(SETTINGS, accept_growth=1.5, colour_limit=50.0)
    assert np.array_equal(grabcut(image, whole_body, settings=eager), whole_body >= 0.5)


def test_probability_decides_where_colours_do_not():
    """The cut keeps the belief as unary: equal colours leave it as it was."""
    grey = np.full((30, 30, 3), 90, np.uint8)
    belief = np.full((30, 30), 0.2, np.float32)
    belief[5:25, 5:25] = 0.8
    ratio = np.zeros((30, 30), np.float32)
    weak = replace(SETTINGS, contrast=0.1)
    assert np.array_equal(cut(grey, belief, ratio, settings=weak), belief > 0.5)


def test_colours_convince_a_doubtful_pixel():
    grey = np.full((9, 9, 3), 90, np.uint8)
    belief = np.full((9, 9), 0.6, np.float32)
    ratio = np.zeros((9, 9), np.float32)
    ratio[:, 5:] = -3.0
    weak = replace(SETTINGS, contrast=0.1)
    expected = np.zeros((9, 9), bool)
    expected[:, :5] = True
    assert np.array_equal(cut(grey, belief, ratio, settings=weak), expected)


def test_a_strong_contrast_term_removes_a_speck():
    grey = np.full((21, 21, 3), 90, np.uint8)
    belief = np.full((21, 21), 0.1, np.float32)
    belief[3:12, 3:12] = 0.9
    belief[16, 16] = 0.9
    settings = replace(SETTINGS, contrast=2.0, belief_weight=1.0)
    mask = cut(grey, belief, np.zeros((21, 21), np.float32), settings=settings)
    assert mask[7, 7]
    assert not mask[16, 16]


def test_a_piece_that_nobody_believed_in_is_dropped():
    grey = np.full((20, 20, 3), 90, np.uint8)
    belief = np.full((20, 20), 0.4, np.float32)
    belief[4:16, 2:10] = 0.8
    ratio = np.full((20, 20), -3.0, np.float32)
    ratio[4:16, 2:12] = 3.0  # grows beyond the belief
    ratio[5:10, 14:17] = 3.0  # has the person's colours, but stands apart
    mask = cut(grey, belief, ratio, settings=replace(SETTINGS, contrast=0.1, margin=1.0))
    expected = np.zeros((20, 20), bool)
    expected[4:16, 2:12] = True
    assert np.array_equal(mask, expected)


def test_edges_are_cheap_where_colours_change():
    image = np.zeros((2, 3, 3), np.uint8)
    image[:, 2] = 100
    right, down, forward, backward = contrast_edges(image, 50.0)
    # squared differences: right (0, 3e4) twice, down 0 three times, two of four diagonals 3e4
    beta = 0.5 * 11 / (4 * 3e4)
    across = np.exp(-beta * 3e4)
    np.testing.assert_allclose(right, 50 * np.array([[1, across], [1, across]]), rtol=1e-5)
    np.testing.assert_allclose(down, np.full((1, 3), 50.0), rtol=1e-5)
    np.testing.assert_allclose(forward, 50 / np.sqrt(2) * np.array([[1, across]]), rtol=1e-5)
    np.testing.assert_allclose(backward, 50 / np.sqrt(2) * np.array([[1, across]]), rtol=1e-5)


def test_an_image_without_contrast_has_equal_edges():
    right, *_ = contrast_edges(np.full((4, 4, 3), 9, np.uint8), 50.0)
    assert (right == 50).all()


@pytest.mark.parametrize(
    ("cols", "accepted"),
    [(10, True), (19, True), (21, False), (6, True), (4, False), (0, False)],
)
def test_a_cut_is_accepted_near_the_belief_only(cols, accepted):
    believed, mask = np.zeros((10, 30), bool), np.zeros((10, 30), bool)
    believed[:, :10] = True
    mask[:, :cols] = True
    assert is_acceptable(mask, believed, SETTINGS) is accepted


@pytest.mark.parametrize("width, closed", [(3, True), (4, True), (9, False)])
def test_narrow_gaps_of_a_cut_are_closed_and_wide_ones_are_not(
    image, blurred, figure, width, closed
):
    gap = np.s_[28 : 28 + width, 30:50]  # green, right across the body
    image[gap] = (70, 130, 60)
    ratio = np.where(image[..., 0] > image[..., 1], 5.0, -5.0)
    mask = cut(image, np.clip(blurred, 0.4, 1), ratio, settings=replace(SETTINGS, gaps=5))
    assert mask[gap][:, 4:-4].all() == closed


def test_no_edge_leaves_a_mask():
    within = np.zeros((3, 4), bool)
    within[:, :2] = True
    image = np.zeros((3, 4, 3), np.uint8)
    across, *_ = contrast_edges(image, 3.0, within)  # from each pixel to the next in its row
    assert across.tolist() == [[3.0, 0.0, 0.0]] * 3
    assert (contrast_edges(image, 3.0)[0] == 3.0).all()
