import numpy as np
import pytest

from personalize.datasets import augment
from personalize.datasets.settings import AugmentSettings

STILL = AugmentSettings(rotation=0, shift=0, scale=(1, 1))


@pytest.fixture
def generator():
    return np.random.default_rng(0)


@pytest.fixture
def picture(generator):
    return generator.integers(0, 255, (48, 48, 3), dtype=np.uint8)


def test_mirroring_twice_is_identity(picture, generator):
    labels = generator.integers(0, 32, (48, 48), dtype=np.uint8)
    back = augment.mirror(*augment.mirror(picture, labels))
    np.testing.assert_array_equal(back[0], picture)
    np.testing.assert_array_equal(back[1], labels)


def test_mirroring_exchanges_the_sides_of_the_person(picture):
    labels = np.zeros((48, 48), np.uint8)
    labels[10, 3] = 2  # right wrist
    labels[11, 4] = 27  # left upper head
    labels[12, 5] = 255
    _, mirrored = augment.mirror(picture, labels)
    assert mirrored[10, 44] == 15
    assert mirrored[11, 43] == 28
    assert mirrored[12, 42] == 255


def test_a_placement_without_freedom_is_identity(picture, generator):
    matrix = augment.draw_placement((48, 48), 48, STILL, generator)
    np.testing.assert_allclose(matrix, [[1, 0, 0], [0, 1, 0]], atol=1e-12)
    np.testing.assert_array_equal(augment.place(picture, matrix, 48), picture)


def test_pixels_and_labels_land_in_the_same_place(generator):
    picture = np.zeros((64, 64, 3), np.uint8)
    labels = np.zeros((64, 64), np.uint8)
    picture[20:40, 30:50], labels[20:40, 30:50] = 255, 7
    free = AugmentSettings(rotation=80, shift=0.1, scale=(0.4, 0.5))
    for _ in range(5):
        matrix = augment.draw_placement((64, 64), 64, free, generator)
        bright = augment.place(picture, matrix, 64)[..., 0] > 127
        labelled = augment.place(labels, matrix, 64, labels=True) == 7
        assert np.sum(bright & labelled) / np.sum(bright | labelled) > 0.75


def test_labels_are_not_mixed(generator):
    labels = generator.choice(np.array([0, 3, 31], np.uint8), (64, 64))
    free = AugmentSettings(rotation=45, shift=0.1, scale=(0.5, 1.5))
    matrix = augment.draw_placement((64, 64), 64, free, generator)
    assert set(np.unique(augment.place(labels, matrix, 64, labels=True))) <= {0, 3, 31}


def test_an_occluder_is_background_and_looks_like_the_cover(picture, generator):
    labels = np.full((48, 48), 5, np.uint8)
    cover = np.full_like(picture, 77)
    image, left = augment.occlude(picture, labels, cover, generator)
    hidden = left == 0
    assert hidden.any()
    assert (image[hidden] == 77).all()
    np.testing.assert_array_equal(image[~hidden], picture[~hidden])


def test_strength_0_changes_nothing(picture, generator):
    np.testing.assert_array_equal(augment.relight(picture, 0, generator), picture)
    np.testing.assert_array_equal(augment.degrade(picture, 0, generator), picture)


def test_light_and_damage_keep_shape_and_type(picture, generator):
    for _ in range(20):
        changed = augment.degrade(augment.relight(picture, 1, generator), 1, generator)
        assert changed.shape == picture.shape
        assert changed.dtype == np.uint8


def test_the_given_arrays_are_left_alone(picture, generator):
    labels = np.full((48, 48), 5, np.uint8)
    before = picture.copy()
    augment.occlude(picture, labels, picture[::-1], generator)
    augment.relight(picture, 1, generator)
    augment.degrade(picture, 1, generator)
    np.testing.assert_array_equal(picture, before)
    assert (labels == 5).all()


def test_a_shadow_darkens_the_background_beside_the_person_only():
    background = np.full((64, 64, 3), 200.0, np.float32)
    cover = np.zeros((64, 64, 1), np.float32)
    cover[24:40, 24:40] = 1
    darkest = []
    for seed in range(8):
        shaded = augment.cast_shadow(background, cover, np.random.default_rng(seed))
        assert shaded.max() == pytest.approx(200, abs=1) and shaded.shape == (64, 64, 3)
        darkest.append(shaded.min())
    assert min(darkest) < 120 and max(darkest) < 180
    nobody = augment.cast_shadow(background, np.zeros_like(cover), np.random.default_rng(0))
    np.testing.assert_array_equal(nobody, background)


def test_a_person_blends_in_from_not_at_all_to_the_light_of_what_is_behind():
    image = np.full((20, 20, 3), 200, np.uint8)
    image[:, :10] = 100
    shown = np.zeros((20, 20), bool)
    shown[:, :10] = True
    background = np.full((16, 16, 3), (50, 100, 180), np.uint8)
    blended = np.array([
        augment.blend_in(image, shown, background, np.random.default_rng(seed))[0, 0]
        for seed in range(50)
    ]).astype(int)  # fmt: skip
    assert blended[:, 0].min() >= 53  # 100 * (50 + 8) / (100 + 8)
    assert blended[:, 0].min() < 60
    assert blended[:, 0].max() in (98, 99, 100)
    assert set(blended[:, 1]) <= {99, 100}
    assert blended[:, 2].max() > 160


def test_nobody_blends_into_the_night_altogether():
    image, shown = np.full((8, 8, 3), 250, np.uint8), np.ones((8, 8), bool)
    night = np.zeros((8, 8, 3), np.uint8)
    darkest = min(
        augment.blend_in(image, shown, night, np.random.default_rng(seed)).min()
        for seed in range(50)
    )
    assert 62 <= darkest < 75  # a quarter of the light stays
