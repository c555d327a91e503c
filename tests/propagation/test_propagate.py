"""From frames and seeds to beliefs."""

import numpy as np
import pytest

from propagation import tree
from propagation.processes import processes
from propagation.propagate import propagate
from propagation.settings import PropagationSettings

SURE = 4.6


def moving_square(frames=8, step=2, side=10):
    """Textured square on a textured ground, and its masks, (T, 32, 40)."""
    generator = np.random.default_rng(0)
    ground = generator.integers(0, 120, (32, 40, 3))
    square = generator.integers(130, 256, (side, side, 3))
    video = np.repeat(ground[None], frames, axis=0)
    masks = np.zeros((frames, 32, 40), bool)
    for t in range(frames):
        place = t, slice(10, 10 + side), slice(5 + step * t, 5 + step * t + side)
        video[place], masks[place] = square, True
    return video.astype(np.uint8), masks


def seed_frame(masks, t):
    seeds = np.zeros(masks.shape, np.float32)
    seeds[t] = np.where(masks[t], SURE, -SURE)
    return seeds


SETTINGS = PropagationSettings(radius=3, patch=5)


@pytest.mark.parametrize("known", [0, 4, 7])
@pytest.mark.parametrize("combination", ["mean", "product"])
def test_moving_square_is_followed(known, combination):
    frames, masks = moving_square()
    settings = PropagationSettings(radius=3, patch=5, combination=combination)
    beliefs = propagate(frames, seed_frame(masks, known), settings=settings)
    assert beliefs.shape == masks.shape and beliefs.dtype == np.float32
    found = beliefs > 0.5
    assert (found & masks).sum() / (found | masks).sum() > 0.9


def test_reversed_time_gives_reversed_beliefs():
    frames, masks = moving_square()
    seeds = seed_frame(masks, 2)
    beliefs = propagate(frames, seeds, settings=SETTINGS)
    mirrored = propagate(frames[::-1], seeds[::-1], settings=SETTINGS)
    np.testing.assert_allclose(mirrored[::-1], beliefs, atol=1e-5)


def test_seeds_survive_where_evidence_agrees():
    frames, masks = moving_square()
    seeds = np.where(masks, SURE, -SURE).astype(np.float32)
    beliefs = propagate(frames, seeds, settings=PropagationSettings(radius=3, offsets=1))
    np.testing.assert_array_equal(beliefs > 0.99, masks)


def test_swapping_the_labels_swaps_the_beliefs():
    frames, masks = moving_square()
    seeds = seed_frame(masks, 3)
    beliefs = propagate(frames, seeds, settings=SETTINGS)
    swapped = propagate(frames, -seeds, settings=SETTINGS)
    np.testing.assert_allclose(swapped, 1 - beliefs, atol=1e-5)


@pytest.mark.parametrize("combination", ["mean", "product"])
def test_two_labels_as_many_give_the_binary_beliefs(combination):
    frames, masks = moving_square(frames=5)
    seeds = seed_frame(masks, 2)
    settings = PropagationSettings(radius=3, patch=5, combination=combination)
    beliefs = propagate(frames, seeds, settings=settings)
    each = propagate(frames, np.stack([-seeds / 2, seeds / 2], axis=-1), settings=settings)
    np.testing.assert_allclose(each.sum(axis=-1), 1, atol=1e-5)
    np.testing.assert_allclose(each[..., 1], beliefs, atol=1e-4)


def test_cut_splits_the_forest():
    frames, masks = moving_square(frames=10)
    frames[6:] = 255 - frames[6:, ::-1]
    beliefs = propagate(frames, seed_frame(masks, 2), settings=SETTINGS)
    assert (np.abs(beliefs[:6] - 0.5) > 0.3).mean() > 0.9
    np.testing.assert_array_equal(beliefs[6:], 0.5)


def test_frames_without_seeds_stay_unknown():
    frames, masks = moving_square(frames=3)
    beliefs = propagate(frames, np.zeros(masks.shape, np.float32), settings=SETTINGS)
    np.testing.assert_array_equal(beliefs, 0.5)


def test_single_frame_keeps_its_seeds():
    frames, masks = moving_square(frames=1)
    settings = PropagationSettings(offsets=1)
    beliefs = propagate(frames, seed_frame(masks, 0), settings=settings)
    np.testing.assert_allclose(beliefs[masks], 1 / (1 + np.exp(-SURE)), rtol=1e-5)


def test_forests_that_disagree_leave_the_pixel_void():
    frames, masks = moving_square()
    mean = propagate(frames, seed_frame(masks, 4), settings=SETTINGS)
    settings = PropagationSettings(radius=3, patch=5, combination="agreement")
    agreed = propagate(frames, seed_frame(masks, 4), settings=settings)
    void = agreed == 0.5
    assert 0 < void.mean() < 0.2
    np.testing.assert_allclose(agreed[~void], mean[~void], atol=1e-6)


def test_neither_threads_nor_processes_change_the_beliefs(monkeypatch):
    frames, masks = moving_square(frames=4)
    seeds = seed_frame(masks, 1)
    alone = propagate(frames, seeds, settings=SETTINGS, workers=1)
    np.testing.assert_array_equal(propagate(frames, seeds, settings=SETTINGS, workers=3), alone)
    begun = []
    monkeypatch.setattr(tree, "FEW", 0)  # as if the video were long
    monkeypatch.setattr(tree, "processes", lambda count: begun.append(count) or processes(count))
    np.testing.assert_array_equal(propagate(frames, seeds, settings=SETTINGS, workers=3), alone)
    assert begun == [3]


def test_progress_sees_every_pair_and_every_run():
    frames, masks = moving_square(frames=4)
    lengths = []

    def progress(steps):
        lengths.append(len(steps))
        return iter(steps)

    propagate(frames, seed_frame(masks, 0), settings=SETTINGS, progress=progress)
    assert lengths == [3, 10]  # pairs of frames; two forests, five offsets each


def test_seeds_of_any_layout_and_precision_give_the_same_beliefs():
    frames, masks = moving_square(frames=4)
    seeds = seed_frame(masks, 1)
    expected = propagate(frames, seeds, settings=SETTINGS)
    other = np.asfortranarray(seeds, np.float64)
    beliefs = propagate(frames, other, settings=SETTINGS)
    assert beliefs.dtype == np.float32
    np.testing.assert_array_equal(beliefs, expected)


def test_bytes_and_the_same_numbers_as_floats_give_the_same_beliefs():
    frames, masks = moving_square()
    seeds = seed_frame(masks, 3)
    np.testing.assert_array_equal(
        propagate(np.float64(frames), seeds, settings=SETTINGS),
        propagate(frames, seeds, settings=SETTINGS),
    )


def grey_square_with_features():
    """A square that no colour tells, in a ground of its kind; features tell it.

    Each frame has a noise of its own in its colours.
    """
    _, masks = moving_square()
    generator = np.random.default_rng(3)
    frames = generator.integers(256, size=(*masks.shape, 3), dtype=np.uint8)
    pattern = generator.normal(size=(32, 40, 5))
    features = np.repeat(pattern[None], len(masks), axis=0)
    for t, mask in enumerate(masks):
        features[t][mask] = 3 + pattern[:10, :10].reshape(100, 5)
    return frames, features.astype(np.float32), masks


def test_features_in_the_place_of_colours_are_followed_where_colours_tell_nothing():
    frames, features, masks = grey_square_with_features()
    seeds = seed_frame(masks, 3)
    blind = propagate(frames, seeds, settings=SETTINGS)
    np.testing.assert_array_equal(blind[[0, -1]], 0.5)  # every pair of frames is a cut
    found = propagate(features, seeds, settings=SETTINGS) > 0.5
    assert (found & masks).sum() / (found | masks).sum() > 0.9


def test_colours_and_features_may_be_matched_together():
    frames, features, masks = grey_square_with_features()
    frames[:] = 128 + frames // 16  # a grey with hardly any noise
    stack = np.concatenate([frames, 20 * features], axis=-1)
    found = propagate(stack, seed_frame(masks, 3), settings=SETTINGS) > 0.5
    assert (found & masks).sum() / (found | masks).sum() > 0.9


def test_equal_float_features_are_ties_and_go_to_zero_motion():
    frames = np.full((3, 32, 40, 4), 0.1, np.float32)
    frames[:, 8:12, 8:12] = 1e4  # large sums beside small ones leave no trace
    seeds = np.zeros((3, 32, 40), np.float32)
    seeds[0] = np.random.default_rng(0).choice([-SURE, SURE], (32, 40))
    beliefs = propagate(frames, seeds, settings=PropagationSettings(radius=3, offsets=1))
    np.testing.assert_array_equal(beliefs[2] > 0.5, seeds[0] > 0)


def test_inputs_are_left_as_they_are():
    frames, masks = moving_square(frames=3)
    seeds = seed_frame(masks, 1)
    kept = frames.copy(), seeds.copy()
    propagate(frames, seeds, settings=SETTINGS)
    np.testing.assert_array_equal(frames, kept[0])
    np.testing.assert_array_equal(seeds, kept[1])


@pytest.mark.parametrize(
    "frames, seeds, message",
    [
        ((4, 8, 9), (4, 8, 9), r"frames \(T, H, W, channels\)"),
        ((4, 8, 9, 3), (3, 8, 9), r"found frames \(4, 8, 9, 3\) and seeds \(3, 8, 9\)"),
        ((4, 8, 9, 3), (4, 9, 8), r"seeds \(4, 9, 8\)"),
        ((4, 8, 9, 3), (4, 8, 9, 1), "two labels or more"),
        ((0, 8, 9, 3), (0, 8, 9), r"frames \(0, 8, 9, 3\)"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(frames, seeds, message):
    with pytest.raises(ValueError, match=message):
        propagate(np.zeros(frames, np.uint8), np.zeros(seeds, np.float32))


def test_seeds_that_are_not_finite_are_refused():
    seeds = np.full((2, 8, 9), np.nan, np.float32)
    with pytest.raises(ValueError, match="found NaN or infinity"):
        propagate(np.zeros((2, 8, 9, 3), np.uint8), seeds)


def test_frames_that_are_not_finite_are_refused():
    frames = np.zeros((2, 8, 9, 3), np.float32)
    frames[1, 2, 3] = np.inf
    with pytest.raises(ValueError, match="frames must be finite, found NaN or infinity"):
        propagate(frames, np.zeros((2, 8, 9), np.float32))
