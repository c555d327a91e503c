from dataclasses import replace

import numpy as np
import pytest

from personalize import parts
from personalize.synthesis import outfits
from personalize.synthesis.dressing import draw_costume, tailor
from personalize.synthesis.garments import Garment
from personalize.synthesis.head_shapes import ball, direction, measure_head, mesh_of, tube
from personalize.synthesis.headwear import (
    COLLARS,
    HAIR,
    HATS,
    Headwear,
    draw_headwear,
    sew_headwear,
)
from personalize.synthesis.settings import SynthesisSettings

ALL = HAIR + HATS + COLLARS
HEAD = {parts.NAMES.index(name) for name in ("luhead", "ruhead", "rlhead", "llhead")}
NECK = parts.NAMES.index("neck")


@pytest.fixture(scope="module")
def skin(studio):
    """Arguments of `sew_headwear` after the first, and the head's measures."""
    worn = studio.sitter(0).worn
    own = slice(0, worn.own)
    surface = outfits.pick(worn.surface, own)
    vertices = worn.shape.vertices
    return (vertices, worn.weights[own], surface, worn.labels[own]), measure_head(vertices, surface)


def sew(kind, skin, **numbers):
    numbers = {"length": 0.45, "size": 0.5, "phase": 3.0, "hatted": False} | numbers
    return sew_headwear(Headwear(kind, **numbers), *skin)


def test_behind_is_an_angle_of_0_and_left_is_positive():
    np.testing.assert_allclose(direction(np.pi / 2, 0.0), [0, 0, -1], atol=1e-9)
    np.testing.assert_allclose(direction(np.pi / 2, np.pi / 2), [1, 0, 0], atol=1e-9)
    np.testing.assert_allclose(direction(0.0, 1.0), [0, 1, 0], atol=1e-9)


def test_a_closed_grid_has_triangles_from_its_last_column_to_its_first():
    grid = np.zeros((2, 3, 3))
    assert len(mesh_of(grid, closed=False)[1]) == 4
    assert mesh_of(grid, closed=True)[1].tolist() == [
        [0, 1, 3],
        [1, 2, 4],
        [2, 0, 5],
        [1, 4, 3],
        [2, 5, 4],
        [0, 3, 5],
    ]


def test_a_tube_has_its_radius_all_along_its_path():
    path = np.array([[0, 0, 0], [0, 1.0, 0], [0, 2.0, 0]])
    rings = tube(path, [0.1, 0.2, 0.3], sides=6)
    assert rings.shape == (3, 6, 3)
    np.testing.assert_allclose(
        np.hypot(rings[..., 0], rings[..., 2]), [[0.1] * 6, [0.2] * 6, [0.3] * 6]
    )
    np.testing.assert_allclose(rings[2, :, 1], 2.0)


def test_a_ball_has_its_radius():
    np.testing.assert_allclose(np.linalg.norm(ball((0, 0, 0), 0.5), axis=-1), 0.5)


@pytest.mark.parametrize("kind", ALL)
def test_everything_sewn_is_a_mesh_near_the_head_whose_bones_move_it(kind, skin):
    sewn = sew(kind, skin[0])
    rest, triangles = sewn["rest"], sewn["triangles"]
    assert np.isfinite(rest).all() and triangles.min() == 0 and triangles.max() == len(rest) - 1
    assert np.linalg.norm(rest - skin[1].centre, axis=1).max() < 0.65
    np.testing.assert_allclose(sewn["weights"].sum(axis=1), 1, atol=1e-6)
    assert set(sewn["labels"].tolist()) <= set(range(1, parts.CLASSES))


def test_hair_down_hangs_behind_as_far_as_it_is_long_and_leaves_the_face_free(skin):
    sewn = sew("curtain", skin[0], length=0.5, size=0.0)
    eyes = skin[1].centre[1] - 0.02
    assert sewn["rest"][:, 1].min() == pytest.approx(eyes - 0.5, abs=0.05)
    assert sewn["rest"][:, 2].max() < skin[1].centre[2] + 0.05  # metres; the nose is 0.1 before it


def test_hair_over_the_back_is_the_back_and_on_the_head_the_head(skin):
    sewn = sew("curtain", skin[0], length=0.5)
    labels, height = sewn["labels"], sewn["rest"][:, 1] - skin[1].centre[1]
    assert set(labels[height > 0.02].tolist()) <= HEAD
    assert {parts.NAMES.index("rubody"), parts.NAMES.index("lubody")} <= set(
        labels[height < -0.35].tolist()
    )


@pytest.mark.parametrize("kind", ["bun", "cap", "backwards cap", "brim", "beanie"])
def test_what_is_on_the_head_is_the_head_with_the_sides_of_the_person(kind, skin):
    sewn = sew(kind, skin[0])
    assert set(sewn["labels"].tolist()) <= HEAD
    right = np.isin(sewn["labels"], [parts.NAMES.index("ruhead"), parts.NAMES.index("rlhead")])
    assert (sewn["rest"][right, 0] < 1e-9).all() and (sewn["rest"][~right, 0] > -1e-9).all()


def test_the_peak_of_a_cap_is_in_front_and_of_one_worn_backwards_behind(skin):
    middle = skin[1].centre[2]
    forwards, backwards = (
        sew(kind, skin[0])["rest"][:, 2] - middle for kind in ("cap", "backwards cap")
    )
    assert forwards.max() > -forwards.min() + 0.02
    assert -backwards.min() > backwards.max() + 0.02


def test_a_collar_is_around_the_neck_and_open_in_front(skin):
    rest = sew("collar", skin[0])["rest"] - skin[1].neck_centre
    assert np.abs(rest[:, 1]).max() < 0.1
    behind, before = rest[rest[:, 2] < -0.02], rest[rest[:, 2] > 0.02]
    assert np.abs(behind[:, 0]).min() < 0.005 and np.abs(before[:, 0]).min() > 0.01


def test_hair_is_of_the_hair_s_colour_a_hood_of_the_top_s_and_a_cap_of_its_own():
    pieces = [
        Headwear(kind, 0.3, 0.5, 0.0, False).piece
        for kind in ("bun", "hood", "collar", "cap", "scarf")
    ]
    assert pieces == [outfits.HAIR, outfits.TOP, outfits.TOP, outfits.HAT, outfits.HAT]


def test_the_bald_get_no_hair_and_who_wears_a_hood_neither():
    drawn = [draw_headwear(np.random.default_rng(seed), bald=seed % 2 == 0) for seed in range(300)]
    kinds = [{worn.kind for worn in things} for things in drawn]
    assert not any(chosen.intersection(HAIR) for chosen in kinds[::2])
    assert not any(chosen.intersection(HAIR) for chosen in kinds if "hood" in chosen)
    assert set().union(*kinds) == set(ALL)
    assert all(
        worn.hatted == bool(chosen.intersection(HATS))
        for things, chosen in zip(drawn, kinds)
        for worn in things
    )


def test_hair_is_flat_under_a_hat(skin):
    (vertices, *_), head = skin
    hair, flat, cap = (
        sew(kind, skin[0], hatted=hatted)["rest"]
        for kind, hatted in (("curtain", False), ("curtain", True), ("cap", True))
    )
    crown = [points[:, 1].max() for points in (hair, flat, cap)]
    assert crown[1] < crown[0] and crown[1] < crown[2] - 0.005


def test_strands_run_down_sewn_hair_and_cloth_keeps_its_place(skin):
    hair, hood = sew("curtain", skin[0]), sew("hood", skin[0])
    np.testing.assert_array_equal(hood["surface"].rest, hood["rest"])
    strand = hair["surface"].rest
    behind = (np.abs(hair["rest"][:, 0]) < 0.002) & (hair["rest"][:, 2] < skin[1].centre[2] - 0.05)
    assert (
        np.ptp(strand[behind, 0]) < 0.01
        and np.ptp(strand[behind, 1]) > 0.3
        and not strand[:, 2].any()
    )


def test_sewn_hair_is_instead_of_modelled_hair_and_nothing_else_changes():
    modelled = [Garment(kind, kind, *[None] * 9) for kind in ("suit", "shoes", "hair", "hat")]
    old = SynthesisSettings(dressed_share=1.0)
    new = replace(old, headwear_share=1.0)
    seen = set()
    for seed in range(40):
        before = draw_costume(np.random.default_rng(seed), old, modelled)
        after = draw_costume(np.random.default_rng(seed), new, modelled)
        kinds = {worn.kind for worn in after.headwear}
        gone = {garment.kind for garment in before.garments} - {
            garment.kind for garment in after.garments
        }
        assert before.headwear == () and gone <= {"hair", "hat"}
        assert ("hair" in gone) == bool(
            kinds.intersection(HAIR + HATS)
            and "hair" in {garment.kind for garment in before.garments}
        )
        assert (after.outfit.sleeve, after.skirt) == (before.outfit.sleeve, before.skirt)
        seen |= gone
    assert "hair" in seen


def test_painted_cloth_ends_where_something_is_sewn_on(studio):
    costume = replace(
        studio.sitter(0).worn.costume, headwear=(Headwear("bun", 0.3, 0.5, 1.0, False),)
    )
    worn = tailor(studio.body, studio.sitter(0).worn.shape, costume)
    assert np.bincount(worn.sewn, minlength=256)[[outfits.HAIR, outfits.PAINTED]].min() > 100
    assert (worn.garment[worn.sewn == outfits.HAIR] == -1).all()
