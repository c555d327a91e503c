import cv2
import numpy as np
import pytest

from personalize.imaging.guided_filter import enlarge_guided
from personalize.imaging.settings import GuideSettings


@pytest.fixture
def disc():
    """A bright disc on noise, (96, 128, 3), and where it is."""
    random = np.random.default_rng(0)
    image = random.integers(20, 60, (96, 128, 3), dtype=np.uint8)
    inside = np.zeros((96, 128), np.uint8)
    cv2.circle(inside, (61, 45), 30, 1, -1)
    image[inside > 0] += 120
    return image, inside > 0


def overlap(one, other):
    return (one & other).sum() / (one | other).sum()


@pytest.mark.parametrize("coarse", [1, 2])
def test_an_enlarged_map_has_its_outline_where_the_image_has_an_edge(disc, coarse):
    image, inside = disc
    cells = np.float32(inside[4::8, 4::8])  # what cells say of their centres
    plain = cv2.resize(cells, (128, 96)) >= 0.5
    guided = enlarge_guided(cells, image, settings=GuideSettings(coarse=coarse))
    assert guided.shape == (96, 128)
    assert guided.dtype == np.float32
    assert overlap(guided >= 0.5, inside) > 0.97 > overlap(plain, inside)


def test_a_map_on_an_image_without_edges_is_enlarged_smoothly():
    cells = np.linspace(0, 1, 16, dtype=np.float32)[None].repeat(12, axis=0)
    grey = np.full((96, 128, 3), 90, np.uint8)
    guided = enlarge_guided(cells, grey)
    np.testing.assert_allclose(guided, cv2.resize(cells, (128, 96)), atol=0.06)


def test_a_map_of_one_value_stays_that_value(disc):
    guided = enlarge_guided(np.full((12, 16), 0.4, np.float32), disc[0])
    np.testing.assert_allclose(guided, 0.4, atol=1e-5)


def test_values_stay_between_0_and_1_and_an_odd_size_is_kept():
    random = np.random.default_rng(1)
    image = random.integers(0, 255, (97, 131, 3), dtype=np.uint8)
    guided = enlarge_guided(random.random((12, 16), np.float32).round(), image)
    assert guided.shape == (97, 131)
    assert guided.min() >= 0
    assert guided.max() <= 1


def test_a_map_that_follows_one_colour_of_many_is_found_again():
    image = np.random.default_rng(2).integers(0, 255, (24, 32, 3), dtype=np.uint8)
    image[..., 2] = image[..., 2] // 2 + image[..., 0] // 2  # colours that are not independent
    image[..., 1] = image[..., 1] // 2 + image[..., 0] // 4
    cells = np.float32(image @ np.float32([0.2, -0.3, 0.4]) / 255 + 0.3)
    guided = enlarge_guided(cells, image, settings=GuideSettings(coarse=1, smoothness=1e-6))
    np.testing.assert_allclose(guided, cells, atol=0.01)
