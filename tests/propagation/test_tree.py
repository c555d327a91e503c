"""From frames to forests."""

import numpy as np
import pytest

from propagation.settings import PropagationSettings
from propagation.tree import Forest, grow_forests

SETTINGS = PropagationSettings(radius=2, patch=3)


def video(frames=4, height=12, width=15):
    """A noise that moves right by one pixel a frame."""
    wide = np.random.default_rng(0).integers(256, size=(height, width + frames, 3))
    steps = [wide[:, frames - t : frames - t + width] for t in range(frames)]
    return np.stack(steps).astype(np.uint8)


def test_parents_lie_in_the_next_frame_and_in_the_previous():
    onward, backward = grow_forests(video(), settings=SETTINGS, workers=1)
    here = np.arange(12 * 15).reshape(12, 15)
    for parents in onward.parents:
        np.testing.assert_array_equal(parents.reshape(12, 15)[1:-1, 1:-2], here[1:-1, 2:-1])
    for parents in backward.parents:
        np.testing.assert_array_equal(parents.reshape(12, 15)[1:-1, 2:-1], here[1:-1, 1:-2])


def test_backward_forest_is_the_onward_one_of_reversed_time():
    frames = video()
    onward, backward = grow_forests(frames, settings=SETTINGS, workers=2)
    mirrored, _ = grow_forests(frames[::-1], settings=SETTINGS, workers=2)
    np.testing.assert_array_equal(backward.parents, mirrored.parents)


def test_links_are_trusted_alike_unless_a_tolerance_is_given():
    onward, _ = grow_forests(video(), settings=SETTINGS, workers=1)
    np.testing.assert_array_equal(onward.errors, np.full((3, 1), 0.005, np.float32))


def test_worse_matches_are_weaker_links():
    frames = video()
    frames[1, 5:8, 5:8] += 60  # a patch that nothing in frame 0 looks like
    settings = PropagationSettings(radius=2, patch=3, tolerance=20.0, cut_share=1.0)
    onward, _ = grow_forests(frames, settings=settings, workers=1)
    errors = onward.errors[1].reshape(12, 15)
    assert errors[6, 6] > 0.1
    np.testing.assert_allclose(errors[1:4, 1:12], 0.005, rtol=1e-3)
    assert (onward.errors <= 0.5).all()


@pytest.mark.parametrize("tolerance", [None, 20.0])
def test_links_across_a_cut_say_nothing(tolerance):
    frames = video(frames=6)
    frames[4:] = np.random.default_rng(1).integers(256, size=frames[4:].shape)
    settings = PropagationSettings(radius=2, patch=3, tolerance=tolerance)
    onward, backward = grow_forests(frames, settings=settings, workers=1)
    assert (onward.errors[3] == 0.5).all() and (onward.errors[:3] < 0.5).any()
    assert (backward.errors[1] == 0.5).all() and (backward.errors[2:] < 0.5).any()


@pytest.mark.parametrize("tolerance", [None, 20.0])
def test_links_across_a_cut_that_is_told_say_nothing(tolerance):
    settings = PropagationSettings(radius=2, patch=3, tolerance=tolerance)
    onward, backward = grow_forests(video(frames=6), settings=settings, cuts=[2], workers=1)
    said = [[(errors < 0.5).any() for errors in forest.errors] for forest in (onward, backward)]
    assert said == [[True, False, True, True, True], [True, True, True, False, True]]


def test_still_video_with_hardly_any_noise_has_no_cut_where_something_moves():
    frames = np.repeat(video(frames=1), 9, axis=0)
    frames[5:, 4:8, 4:8] = 255 - frames[5:, 4:8, 4:8]
    onward, _ = grow_forests(frames, settings=SETTINGS, workers=1)
    assert (onward.errors < 0.5).all()


def test_parents_outside_of_the_frame_are_refused():
    errors = np.full((2, 1), 0.1, np.float32)
    with pytest.raises(ValueError, match="from 0 to 2, found 0 to 3"):
        Forest(np.array([[0, 1, 2], [0, 3, 1]]), errors)


def test_errors_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"2 x 3 links .* found \(3, 1\)"):
        Forest(np.zeros((2, 3), int), np.full((3, 1), 0.1, np.float32))
