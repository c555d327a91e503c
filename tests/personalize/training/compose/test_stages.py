"""Light, cloth, shadows, things and lenses, each by itself."""

import numpy as np
import pytest
import torch

from personalize.training.compose import cells, cloth, lens, light, shade, things
from personalize.training.compose.dice import THROWS, Dice

ONE = np.ones(1)


@pytest.fixture
def image():
    """A smooth image, (1, 3, 64, 64)."""
    random = torch.Generator().manual_seed(0)
    coarse = torch.rand((1, 3, 4, 4), generator=random) * 200 + 20
    return torch.nn.functional.interpolate(coarse, size=(64, 64), mode="bicubic").clamp(0, 255)


def square():
    opaque = torch.zeros((1, 1, 64, 64))
    opaque[..., 20:40, 20:40] = 1
    return opaque


def test_every_sample_has_its_own_numbers_whatever_it_is_drawn_with():
    together, alone = Dice(3, [4, 9]), Dice(3, [9])
    for draw in (Dice.uniform, Dice.normal, lambda dice: dice.choice(1000)):
        np.testing.assert_array_equal(draw(together)[1:], draw(alone))
    with pytest.raises(IndexError, match=f"more than {THROWS} random numbers"):
        alone.uniform(count=THROWS)


def test_numbers_have_the_distributions_that_they_are_asked_for():
    dice = Dice(0, range(2000))
    assert dice.normal(2, 3).std() == pytest.approx(3, abs=0.2)
    assert dice.chance(0.25).mean() == pytest.approx(0.25, abs=0.04)
    assert set(dice.choice(3)) == {0, 1, 2}


def test_light_of_no_strength_changes_nothing(image):
    whole = image.round()
    same = light.relight(whole, light.Light.draw(Dice(0, [5]), 0.0))
    torch.testing.assert_close(same, whole, atol=0.01, rtol=0)


def test_light_changes_and_stays_within_its_bounds(image):
    for number in range(10):
        lit = light.relight(image, light.Light.draw(Dice(0, [number]), 1.0))
        assert lit.min() >= 0
        assert lit.max() <= 255
        assert (lit - image).abs().max() > 2


def test_a_person_blends_into_what_is_behind(image):
    person, behind = torch.full_like(image, 200.0), torch.full_like(image, 60.0)
    lit = light.blend_in(person, square(), behind, ONE)
    torch.testing.assert_close(lit.mean(), torch.tensor(200 * 68 / 208), atol=1e-2, rtol=0)
    same = light.blend_in(person, square(), behind, 0 * ONE)
    assert torch.equal(same, person)


def test_a_shadow_darkens_what_is_behind_and_nothing_without_a_person(image):
    for number in range(5):
        shadow = shade.Shadow.draw(Dice(0, [number]))
        shaded = shade.cast(image, square(), shadow)
        assert (shaded <= image + 1e-3).all()
        assert shaded.sum() < image.sum()
        torch.testing.assert_close(shade.cast(image, 0 * square(), shadow), image)


def test_a_shadow_falls_to_where_it_is_shifted():
    shadow = shade.Shadow(np.array([[0.25, 0.125]]), ONE, 0.01 * ONE, 0.5 * ONE)
    shaded = shade.cast(torch.ones((1, 3, 64, 64)), square(), shadow)
    assert shaded[0, 0, 38, 46] < 0.55  # the middle of the square, (30, 30), moved by (16, 8)
    assert shaded[0, 0, 30, 22] > 0.99


def dyes(**changes):
    plain = {
        "garment": np.array([0]),
        "colour": np.array([[200.0, 20, 20]]),
        "hidden": np.array([False]),
        "place": np.array([0]),
        "pattern": np.zeros(1),
    }
    return cloth.Dye(**{**plain, **changes})


def test_a_dyed_garment_keeps_its_folds_and_nothing_else_changes():
    image = torch.full((1, 3, 64, 64), 100.0)
    image[..., 32:] = 160.0  # a fold
    labels = torch.zeros((1, 64, 64), dtype=torch.uint8)
    labels[:, 16:48, 16:48] = 7
    behind = torch.zeros_like(image)
    dyed = cloth.dye(image, labels, behind, behind, dyes())
    assert torch.equal(dyed[..., :14, :], image[..., :14, :])
    dark, bright = dyed[0, :, 30, 24], dyed[0, :, 30, 40]
    assert dark[0] > 5 * dark[1]
    assert bright[0] > dark[0] + 30


def test_a_garment_takes_a_colour_of_what_is_behind_or_a_pattern():
    image = torch.full((1, 3, 64, 64), 100.0)
    labels = torch.full((1, 64, 64), 7, dtype=torch.uint8)
    green = torch.zeros_like(image)
    green[:, 1] = 90.0
    hidden = cloth.dye(image, labels, green, image, dyes(hidden=np.array([True])))
    torch.testing.assert_close(hidden[0, :, 30, 30], torch.tensor([0.0, 90, 0]))
    printed = cloth.dye(image, labels, image, green, dyes(pattern=ONE))
    torch.testing.assert_close(printed[0, :, 30, 30], torch.tensor([0.0, 90, 0]))


def test_a_few_pixels_are_no_garment(image):
    labels = torch.zeros((1, 64, 64), dtype=torch.uint8)
    labels[:, :7, :9] = 7
    assert torch.equal(cloth.dye(image, labels, image, image, dyes()), image)


def test_a_pattern_fills_the_garment_from_edge_to_edge():
    inside = torch.zeros((1, 1, 64, 64))
    inside[..., 16:48, 8:40] = 1
    pattern = torch.arange(32.0).expand(1, 3, 32, 32)
    spread = cloth.stretched(pattern, inside)
    torch.testing.assert_close(spread[0, 0, 30, 8:40], torch.arange(32.0), atol=1e-3, rtol=0)


def thing(kind, **changes):
    plain = {
        "kind": np.array([kind]),
        "centre": np.array([[0.5, 0.5]]),
        "half": np.array([[0.25, 0.125]]),
        "angle": np.zeros(1),
        "bars": np.array([0.05]),
        "plain": np.array([True]),
        "alike": np.array([False]),
        "colour": np.array([[10.0, 20, 30]]),
    }
    return things.Things(**{**plain, **changes})


@pytest.mark.parametrize(
    ("kind", "area"),
    [
        (things.BOX, 1 / 8),
        (things.ELLIPSE, np.pi / 32),
        (things.POLE, 1 / 8),
        (things.NET, None),
        (things.RING, None),
    ],
)
def test_things_have_their_shapes(kind, area):
    cover = things.shapes(thing(kind), 64, torch.device("cpu"))
    assert cover.shape == (1, 1, 64, 64)
    assert cover[..., 0, 0] == 0
    if area:
        assert cover.mean() == pytest.approx(area, rel=0.03)
    else:
        assert 0 < cover.mean() < 0.1


def test_thin_things_hide_no_labels():
    assert thing(things.BOX).solid(304).all()
    assert not thing(things.NET).solid(304).any()
    assert thing(things.POLE).solid(304).all()  # 30 pixels broad
    assert not thing(things.POLE, bars=np.array([0.008])).solid(304).any()


def test_a_thing_that_is_alike_has_the_colour_of_the_person():
    texture = torch.full((1, 3, 8, 8), 128.0)
    person = torch.tensor([90.0, 60, 30]).reshape(1, 3, 1, 1)
    alike = things.paint(thing(things.BOX, alike=np.array([True])), texture, person)
    torch.testing.assert_close(alike[0, :, 0, 0], person[0, :, 0, 0])
    other = things.paint(thing(things.BOX, plain=np.array([False])), texture, person)
    assert torch.equal(other, texture)


def test_compression_of_quality_100_changes_a_smooth_image_by_a_level_or_two(image):
    assert (lens.coded(image, 100 * ONE) - image).abs().max() < 3
    assert (lens.coded(image, 25 * ONE) - image).abs().max() > 3


def test_compression_leaves_a_flat_block_flat():
    flat = torch.full((1, 3, 16, 16), 77.0)
    coded = lens.coded(flat, 50 * ONE)
    assert coded.std() < 1e-3
    assert (coded - flat).abs().max() < 3


def test_waves_are_orthonormal():
    np.testing.assert_allclose(lens.waves() @ lens.waves().T, np.eye(8), atol=1e-6)


def test_a_blur_spreads_a_point_by_its_deviation():
    point = torch.zeros((1, 3, 64, 64))
    point[..., 30, 20] = 1000.0
    blurred = lens.softened(point, torch.tensor([1.5]))
    assert blurred.sum() == pytest.approx(3000, rel=1e-4)
    x = torch.arange(64.0)
    spread = (blurred[0, 0].sum(dim=0) * (x - 20) ** 2).sum() / 1000
    assert spread.sqrt() == pytest.approx(1.5, abs=0.05)
    assert blurred[0, 0].argmax() == 30 * 64 + 20


def test_what_moves_is_blurred_along_its_way():
    point = torch.zeros((1, 3, 64, 64))
    point[..., 30, 20] = 100.0
    moved = lens.moved(point, np.array([5]), np.zeros(1))
    assert moved[0, 0, 30, 18:23].tolist() == pytest.approx([20.0] * 5)
    down = lens.moved(point, np.array([5]), np.full(1, np.pi / 2))
    assert down[0, 0, 28:33, 20].tolist() == pytest.approx([20.0] * 5)


def test_noise_has_its_deviation_and_is_cut_out_of_one_sheet():
    grey = torch.full((2, 3, 64, 64), 128.0)
    noise = lens.noisy(grey, np.array([5.0, 5.0]), np.array([[0, 0], [0, 3]])) - 128
    assert noise.std() == pytest.approx(5, abs=0.2)
    assert torch.equal(noise[0, :, :, 3:], noise[1, :, :, :-3])


def test_cells_are_labelled_as_for_one_image():
    from personalize.datasets import samples

    random = np.random.default_rng(0)
    labels = random.choice(
        np.array([0, 2, 7, 15, 255], np.uint8), (64, 64), p=(0.3, 0.2, 0.2, 0.1, 0.2)
    )
    given = torch.from_numpy(labels)[None]
    for wrists in (False, True):
        found = cells.part_cells(given, np.array([False]), wrists=wrists)
        np.testing.assert_array_equal(found[0], samples.part_cells(labels, wrists=wrists))
    person = cells.person_cells(given, 0.75 * ONE)
    np.testing.assert_allclose(person[0], samples.person_cells(labels), atol=1e-6)
    plain, mirrored = (
        cells.part_cells(given, np.array([one]), wrists=False) for one in (False, True)
    )
    assert torch.equal(mirrored == 20, plain == 7)
    assert torch.equal(mirrored == 255, plain == 255)
