"""Coverage is that of the lens, not of whole pixels."""

import cv2
import numpy as np
import pytest

from personalize.imaging.soft_edges import mean_around, person_colours, soften

REACH = 6.0


def star(seed, soft):
    """A star over a wall with colours that vary: frame, true coverage, colours of the star."""
    random = np.random.default_rng(seed)
    rows, cols, fine = 160, 200, 8
    y, x = np.mgrid[: rows * fine, : cols * fine] / fine
    radius = 50 + 8 * np.sin(7 * np.arctan2(y - 80, x - 100))
    inside = np.float32(np.hypot(x - 100, y - 80) < radius)
    coverage = cv2.resize(inside, (cols, rows), interpolation=cv2.INTER_AREA)
    if soft:
        coverage = cv2.GaussianBlur(coverage, (0, 0), soft)

    def cloth(colour):
        coarse = random.normal(0, 18, (rows // 8, cols // 8, 3)).astype(np.float32)
        return np.array(colour) + cv2.resize(coarse, (cols, rows), interpolation=cv2.INTER_CUBIC)

    person, wall = cloth((180, 150, 130)), cloth((70, 90, 110))
    share = coverage[..., None]
    frame = np.clip(share * person + (1 - share) * wall, 0, 255).astype(np.uint8)
    return frame, coverage, person


@pytest.mark.parametrize(("soft", "gain"), [(0, 2.0), (1.5, 1.7), (3, 1.5)])
@pytest.mark.parametrize("seed", range(3))
def test_coverage_is_nearer_to_the_truth_than_whole_pixels(seed, soft, gain):
    frame, truth, _ = star(seed, soft)
    silhouette = truth >= 0.5
    found = soften(silhouette, frame, REACH)
    assert gain * np.abs(found - truth).mean() < np.abs(silhouette - truth).mean()
    assert found.dtype == np.float32 and found.min() >= 0 and found.max() <= 1
    assert ((found > 0.1) & (found < 0.9)).sum() > 100  # steps between, not 0 and 1


def test_a_silhouette_beside_the_edge_is_drawn_to_it():
    frame, truth, _ = star(0, 0)
    beside = np.roll(truth >= 0.5, 2, axis=1)
    found = soften(beside, frame, REACH)
    assert 1.5 * np.abs(found - truth).mean() < np.abs(beside - truth).mean()


def test_far_from_its_edge_a_silhouette_is_believed():
    frame = np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    silhouette = np.zeros((60, 80), bool)
    silhouette[10:50, 20:60] = True
    found = soften(silhouette, frame, 4)
    assert (found[15:45, 25:55] == 1).all()
    assert not found[:5].any() and not found[:, 66:].any()


def test_a_person_beyond_the_frame_has_no_edge_there():
    frame = np.full((40, 40, 3), 50, np.uint8)
    silhouette = np.zeros((40, 40), bool)
    silhouette[20:, 10:30] = True
    frame[silhouette] = 200
    assert (soften(silhouette, frame, 4)[-1, 15:25] == 1).all()


def test_nobody_covers_nothing():
    frame = np.full((20, 30, 3), 90, np.uint8)
    assert not soften(np.zeros((20, 30), bool), frame, 4).any()
    assert not person_colours(frame, np.zeros((20, 30), np.float32), 4).any()


def test_the_wall_is_taken_out_of_the_colours_at_the_edge():
    frame, coverage, person = star(1, 2)
    edge = (coverage > 0.3) & (coverage < 0.8)
    found = person_colours(frame, coverage, REACH)
    assert np.abs(found - person)[edge].mean() < 0.5 * np.abs(frame - person)[edge].mean()
    assert not found[coverage == 0].any()
    inside = coverage > 0.999
    assert np.abs(found[inside].astype(int) - frame[inside]).max() <= 2


def test_a_mean_around_leaves_out_what_has_no_weight():
    image = np.zeros((21, 21, 1), np.float32)
    image[:, 10:] = 100
    weight = np.zeros_like(image)
    weight[:, :10] = 1
    assert np.abs(mean_around(image, weight, 3)[:, 8:14]).max() < 1e-3
