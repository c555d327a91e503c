import numpy as np
import pytest

from personalize.synthesis.sewing import sew_on


@pytest.fixture
def skin():
    """A flat grid of vertices, 1 cm apart."""
    x, y = np.mgrid[:20, :20] / 100
    return np.stack([x.ravel(), y.ravel(), 0 * x.ravel()], axis=1)


def test_points_follow_a_body_that_moves_as_a_whole(skin):
    points = np.array([[0.05, 0.05, 0.01], [0.1, 0.12, 0.03]])
    carry, _ = sew_on(points, skin, np.arange(len(skin)), softness=0.05)
    np.testing.assert_allclose(carry.sum(axis=1), 1)
    step = np.array([0.3, -0.2, 1.0])
    np.testing.assert_allclose(carry @ (skin + step) - carry @ skin, np.tile(step, (2, 1)))


def test_a_hard_seam_follows_the_nearest_vertex_alone(skin):
    carry, nearest = sew_on(skin[[37, 205]], skin, np.arange(len(skin)), softness=1e-3)
    assert nearest.tolist() == [37, 205]
    np.testing.assert_allclose(carry.toarray()[[0, 1], nearest], 1)


def test_only_the_vertices_that_may_carry_do(skin):
    near = np.arange(200, 400)
    carry, nearest = sew_on(skin[:3], skin, near, softness=0.05)
    assert set(nearest) <= set(near)
    assert carry.toarray()[:, :200].max() == 0
