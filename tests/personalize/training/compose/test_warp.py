import numpy as np
import pytest
import torch

from personalize.training.compose.bank import bordered, halved, prepare, stacked
from personalize.training.compose.warp import placements, seen, squares, warp, warp_colours

CPU = torch.device("cpu")


def picture_of(image, labels=None):
    labels = np.zeros(image.shape[:2], np.uint8) if labels is None else labels
    return prepare(stacked(image, np.where(labels > 0, np.uint8(255), np.uint8(0)), labels), 0, CPU)


def placed(x, y, at, scale, degrees, mirrored):
    return placements(
        np.array([[x, y]]),
        np.array([at]),
        np.array([scale]),
        np.deg2rad([degrees]),
        np.array([mirrored]),
    )


def spot(row, column, size=96):
    """A bright disc of the label 7 around a point."""
    y, x = np.ogrid[:size, :size]
    disc = (y - row) ** 2 + (x - column) ** 2 <= 6**2
    image = np.where(disc, np.uint8(255), np.uint8(0))[..., None].repeat(3, axis=2)
    return picture_of(image, np.where(disc, np.uint8(7), np.uint8(0)))


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(("scale", "degrees"), [(1, 0), (0.8, 30), (1.5, -70), (0.3, 10)])
def test_a_point_lands_where_the_map_says_and_labels_follow(scale, degrees, mirrored):
    maps = placed(55, 25, (36, 30), scale, degrees, mirrored)
    layers, labels = warp([spot(20, 60)], maps, 64, CPU, np.array([True]))
    expected = maps[0] @ (60, 20, 1)
    y, x = torch.meshgrid(torch.arange(64.0), torch.arange(64.0), indexing="ij")
    for weight in (layers[0, 0], (labels[0] == 7).float()):
        middle = (weight * x).sum() / weight.sum(), (weight * y).sum() / weight.sum()
        np.testing.assert_allclose(middle, expected, atol=0.5)
    bright = layers[0, 0] > 127
    assert (bright & (labels[0] == 7)).sum() >= 0.7 * (bright | (labels[0] == 7)).sum()


def test_a_picture_that_is_not_moved_stays_as_it_is_to_its_edges():
    image = np.random.default_rng(0).integers(0, 255, (32, 32, 3), dtype=np.uint8)
    labels = np.random.default_rng(1).integers(0, 32, (32, 32), dtype=np.uint8)
    layers, kept = warp(
        [picture_of(image, labels)], placed(0, 0, (0, 0), 1, 0, False), 32, CPU, np.array([True])
    )
    np.testing.assert_allclose(layers[0, :3].permute(1, 2, 0), image, atol=1e-2)
    assert torch.allclose(layers[0, 3], torch.tensor(255.0))
    np.testing.assert_array_equal(kept[0], labels)


def test_a_picture_mirrored_twice_is_itself():
    image = np.random.default_rng(0).integers(0, 255, (32, 32, 3), dtype=np.uint8)
    maps = placed(15.5, 15.5, (15.5, 15.5), 1, 0, True)
    once = warp_colours([picture_of(image)], maps, 32, CPU)
    np.testing.assert_allclose(once[0].permute(1, 2, 0), image[:, ::-1], atol=1e-2)
    again = picture_of(once[0].permute(1, 2, 0).round().byte().numpy())
    twice = warp_colours([again], maps, 32, CPU)
    np.testing.assert_allclose(twice[0].permute(1, 2, 0), image, atol=1e-2)


def test_beyond_a_picture_nothing_is_opaque_and_nobody_is():
    image, labels = np.full((20, 20, 3), 200, np.uint8), np.full((20, 20), 7, np.uint8)
    maps = placed(9.5, 9.5, (31.5, 31.5), 1, 0, False)
    layers, kept = warp([picture_of(image, labels)], maps, 64, CPU, np.array([False]))
    inside = torch.zeros(64, 64, dtype=torch.bool)
    inside[22:42, 22:42] = True
    assert torch.equal(layers[0, 3] > 127, inside)
    assert torch.equal(kept[0] == 7, inside)
    assert layers[0, :3, 22:42, 22:42].min() > 199.9  # edges are not mixed with black


def test_pictures_of_several_sizes_are_warped_together_as_alone():
    images = [
        np.random.default_rng(k).integers(0, 255, (30 + 9 * k, 50, 3), dtype=np.uint8)
        for k in range(3)
    ]
    pictures = [picture_of(image) for image in images]
    maps = np.concatenate([placed(20, 15, (30, 30), 0.5 + k, 40 * k, k == 1) for k in range(3)])
    together = warp_colours(pictures, maps, 48, CPU)
    for k in range(3):
        alone = warp_colours(pictures[k : k + 1], maps[k : k + 1], 48, CPU)
        torch.testing.assert_close(together[k : k + 1], alone, atol=0.05, rtol=0)


def test_what_shrinks_is_averaged():
    checks = np.indices((256, 256)).sum(axis=0) % 2 * 255
    fine = picture_of(checks.astype(np.uint8)[..., None].repeat(3, axis=2))
    shrunk = warp_colours([fine], placed(127.5, 127.5, (31.5, 31.5), 0.25, 0, False), 64, CPU)
    assert shrunk.min() > 100
    assert shrunk.max() < 155


def test_a_smaller_size_is_chosen_where_a_picture_shrinks():
    sizes = halved(np.zeros((5, 256, 256), np.uint8))
    assert [size.shape for size in sizes] == [
        (5, side + 2, side + 2) for side in (256, 128, 64, 32)
    ]
    picture = picture_of(np.zeros((256, 256, 3), np.uint8))
    chosen, backs, low, high, _ = seen([picture], placed(0, 0, (0, 0), 0.25, 0, False), 64)
    assert chosen[0].shape == (5, 66, 66)
    assert (low.tolist(), high.tolist()) == ([[0, 0]], [[66, 66]])
    np.testing.assert_allclose(
        backs[0], [[1, 0, 0.625], [0, 1, 0.625]]
    )  # 4 pixels are 1, behind a border


def test_a_border_repeats_the_colours_and_is_not_opaque():
    around = bordered(np.full((5, 3, 4), 9, np.uint8))
    assert (around[:3] == 9).all()
    assert around[3:].sum() == 2 * 12 * 9


def test_a_square_of_a_background_fills_the_image():
    image = np.zeros((40, 60, 3), np.uint8)
    image[5:25, 30:50] = 200
    one = np.array([1.0])
    maps = squares(30 * one, 5 * one, 20 * one, 64, np.array([False]))
    shown = warp_colours([picture_of(image)], maps, 64, CPU)
    assert shown[0, :, 2:-2, 2:-2].min() > 199
