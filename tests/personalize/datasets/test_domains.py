import numpy as np
import pytest

from personalize.datasets.domains import DOMAINS, Domain, in_domain, worsen


class Person:
    name = "00007"

    def read_image(self):
        return np.full((60, 90, 3), 120, np.uint8)

    def read_parts(self):
        return np.full((60, 90), 7, np.uint8)


def test_an_image_is_changed_by_its_name_alone():
    item = in_domain([Person()], "poor")[0]
    image = item.read_image()
    np.testing.assert_array_equal(image, item.read_image())
    other = Person()
    other.name = "00008"
    assert (in_domain([other], "poor")[0].read_image() != image).any()
    assert item.name == "00007"
    assert (item.read_parts() == 7).all()


def test_as_is_changes_nothing():
    items = [Person()]
    assert in_domain(items, "as-is") is items
    image = Person().read_image()
    np.testing.assert_array_equal(worsen(image, Domain(), np.random.default_rng(0)), image)


@pytest.mark.parametrize("name", [name for name in DOMAINS if name not in ("as-is", "blurred")])
def test_a_flat_image_shows_light_noise_or_blocks(name):
    image = in_domain([Person()], name)[0].read_image()
    assert image.shape == (60, 90, 3)
    assert image.dtype == np.uint8
    assert (image != 120).any()


def test_less_light_is_darker_and_a_lens_softens_edges():
    generator = np.random.default_rng(0)
    assert (
        worsen(np.full((9, 9, 3), 200, np.uint8), Domain(exposure=(0.5, 0.5)), generator).max()
        == 100
    )
    edge = np.zeros((100, 100, 3), np.uint8)
    edge[:, 50:] = 200
    soft = worsen(edge, Domain(blur=20.0), generator)  # 2 pixels
    assert 60 < soft[50, 49, 0] < 100 < soft[50, 50, 0] < 140
    assert soft[50, 42, 0] == 0


def test_noise_of_a_large_image_is_coarse():
    noisy = worsen(
        np.full((999, 999, 3), 128, np.uint8), Domain(noise=20.0), np.random.default_rng(0)
    )
    blocks = noisy.reshape(333, 3, 333, 3, 3)
    assert (blocks == blocks[:, :1, :, :1]).all()
    assert noisy.std() == pytest.approx(20, abs=0.5)
