"""The search against the plainest possible one."""

import numpy as np
import pytest

from propagation.matching import list_displacements, match_frames


def search_plainly(first, second, displacements, patch):
    """Targets and distances by comparing patch with patch."""
    height, width = first.shape[:2]
    half = patch // 2
    edges = ((half, half), (half, half), (0, 0))
    ours, theirs = (np.pad(f.astype(int), edges, mode="edge") for f in (first, second))
    target = np.empty((height, width), int)
    distance = np.full((height, width), np.inf)
    for y, x in np.ndindex(height, width):
        for down, right in displacements:
            v, u = y + down, x + right
            if not (0 <= v < height and 0 <= u < width):
                continue
            found = (
                (ours[y : y + patch, x : x + patch] - theirs[v : v + patch, u : u + patch]) ** 2
            ).sum()
            if found < distance[y, x]:
                distance[y, x], target[y, x] = found, v * width + u
    return target, distance


@pytest.mark.parametrize("patch", [1, 5, 7])
@pytest.mark.parametrize("shape", [(6, 9, 3), (8, 5, 1)])
def test_match_is_the_exact_minimum_in_both_directions(shape, patch):
    generator = np.random.default_rng(patch)
    first, second = generator.integers(256, size=(2, *shape)).astype(np.uint8)
    steps = list_displacements(2)
    forward, backward = match_frames(first, second, steps, patch=patch)
    for match, pair, tried in (
        (forward, (first, second), steps),
        (backward, (second, first), -steps),
    ):
        target, distance = search_plainly(*pair, tried, patch)
        np.testing.assert_array_equal(match.target, target)
        np.testing.assert_array_equal(match.distance, distance)
        down, right = tried[match.number].transpose(2, 0, 1)
        rows, columns = np.mgrid[: shape[0], : shape[1]]
        np.testing.assert_array_equal((rows + down) * shape[1] + columns + right, target)


def test_window_wider_than_the_frame_is_searched_as_far_as_it_goes():
    first, second = np.random.default_rng(0).integers(256, size=(2, 4, 3, 3))
    steps = list_displacements(6)
    forward, _ = match_frames(first, second, steps, patch=3)
    target, _ = search_plainly(first, second, steps, 3)
    np.testing.assert_array_equal(forward.target, target)


def test_ties_go_to_zero_motion():
    flat = np.full((8, 9, 3), 77, np.uint8)
    forward, backward = match_frames(flat, flat, list_displacements(3), patch=3)
    here = np.arange(72).reshape(8, 9)
    np.testing.assert_array_equal(forward.target, here)
    np.testing.assert_array_equal(backward.target, here)


def test_displacements_are_listed_from_the_shortest():
    steps = list_displacements(2)
    assert steps.tolist()[0] == [0, 0]
    assert len(steps) == 25
    assert (np.diff((steps**2).sum(axis=1)) >= 0).all()


def test_frames_of_two_shapes_are_refused():
    with pytest.raises(ValueError, match=r"\(4, 5, 3\) and \(4, 6, 3\)"):
        match_frames(np.zeros((4, 5, 3)), np.zeros((4, 6, 3)), list_displacements(1), patch=3)
