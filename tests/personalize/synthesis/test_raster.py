import numpy as np
import pytest

from personalize.errors import PersonalizeError
from personalize.synthesis import raster
from personalize.synthesis.boxes import join_boxes

TRIANGLE = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0.0]])


def test_rays_find_triangle_corners_and_depth():
    pytest.importorskip("embreex", reason="embreex is not installed")
    scene = raster.Scene(TRIANGLE, np.array([[0, 1, 2]]))
    hits = scene.cast(np.array([0.25, 0.5, 2.0]), np.array([[0, 0, -1.0], [1, 0, 0]]))
    assert hits.triangle.tolist() == [0, raster.MISSED]
    np.testing.assert_allclose(hits.corners[0], (0.25, 0.25, 0.5), atol=1e-6)
    np.testing.assert_allclose(hits.depth, (2, np.inf))


def test_the_nearest_of_two_boxes_is_met():
    pytest.importorskip("embreex", reason="embreex is not installed")
    half = np.ones(3) / 2
    mesh = join_boxes([(np.zeros(3), half, None), (np.array([0, 0, 3.0]), half, None)])
    scene = raster.Scene(*mesh)
    hits = scene.cast(np.array([0.1, 0.2, 9.0]), np.array([[0, 0, -1.0]]))
    assert hits.triangle[0] // 12 == 1
    assert hits.depth[0] == pytest.approx(5.5)
    assert scene.blocked(np.array([0.1, 0.2, 9.0]), np.array([[0, 0, -1.0]]), reach=6)[0]
    assert not scene.blocked(np.array([0.1, 0.2, 9.0]), np.array([[0, 0, -1.0]]), reach=5)[0]


def test_without_embreex_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr(raster, "EmbreeScene", None)
    with pytest.raises(PersonalizeError, match=r"pip install 'personalize\[synthetic\]'"):
        raster.Scene(TRIANGLE, np.array([[0, 1, 2]]))
