from dataclasses import replace

import numpy as np
import pytest

from personalize import parts
from personalize.synthesis import outfits
from personalize.synthesis.dressing import Costume, tailor
from personalize.synthesis.outfits import BOTTOM, TOP
from personalize.synthesis.skirts import Skirt, draw_skirt, under_skirt

KNEE_LONG = Skirt(waist=0.3, length=1.0, flare=0.5, folds=8, depth=0.0, phase=0.0, dress=False)


@pytest.fixture(scope="module")
def shape(studio):
    return studio.body.shape({})


def dressed(studio, shape, skirt):
    outfit = under_skirt(outfits.draw_outfit(np.random.default_rng(0)), skirt)
    worn = tailor(studio.body, shape, Costume(outfit, (), skirt))
    return worn, slice(worn.own, None)


def test_a_skirt_hangs_from_the_waist_to_its_length(studio, shape):
    worn, cloth = dressed(studio, shape, KNEE_LONG)
    knee = shape.heads[studio.body.skeleton.index("lowerleg01", "left"), 1]
    hips = shape.heads[studio.body.skeleton.index("upperleg01", "left"), 1]
    heights = worn.rest[cloth, 1]
    assert heights.min() == pytest.approx(knee, abs=0.04)
    assert hips < heights.max() < hips + 0.3


def test_a_flared_hem_is_wider_than_the_waist_by_its_flare(studio, shape):
    worn, cloth = dressed(studio, shape, KNEE_LONG)
    waist, hem = worn.rest[cloth][:48], worn.rest[cloth][-48:]
    fallen = waist[0, 1] - hem[0, 1]
    wider = np.ptp(hem[:, 0]) - np.ptp(waist[:, 0])
    assert wider > 2 * 0.5 * fallen - 0.01


def test_no_leg_pokes_through_a_skirt_at_rest(studio, shape):
    worn, cloth = dressed(studio, shape, replace(KNEE_LONG, flare=0.0))
    hem = worn.rest[cloth][-48:]
    knees = np.abs(worn.rest[: worn.own, 1] - hem[0, 1]) < 0.02
    arms = np.isin(worn.labels[: worn.own], [*range(1, 6), *range(14, 19)])
    legs = worn.rest[: worn.own][knees & ~arms]
    assert np.abs(legs[:, 0]).max() < hem[:, 0].max() and legs[:, 2].max() < hem[:, 2].max()


def test_a_skirt_has_the_parts_of_the_legs_beneath_on_their_side(studio, shape):
    worn, cloth = dressed(studio, shape, KNEE_LONG)
    left = worn.rest[cloth, 0] > 0.05
    names = {parts.NAMES[label] for label in worn.labels[cloth][left]}
    assert {"llbody", "luleg", "lknee"} <= names <= {"lubody", "llbody", "luleg", "lknee", "llleg"}


@pytest.mark.parametrize(("dress", "piece"), [(True, TOP), (False, BOTTOM)])
def test_a_dress_is_of_the_cloth_of_the_top_and_a_skirt_of_the_bottom(studio, shape, dress, piece):
    worn, cloth = dressed(studio, shape, replace(KNEE_LONG, dress=dress))
    surface = outfits.pick(worn.surface, np.arange(worn.own, len(worn.rest)))
    assert (outfits.cover(worn.costume.outfit, surface) == piece).all()


def test_a_skirt_moves_with_the_bones_and_no_weight_is_lost(studio, shape):
    worn, cloth = dressed(studio, shape, KNEE_LONG)
    np.testing.assert_allclose(
        np.asarray(worn.weights[worn.own :].sum(axis=1)).ravel(), 1, atol=1e-4
    )


def test_skirts_are_drawn_at_random():
    drawn = [draw_skirt(np.random.default_rng(seed)) for seed in range(20)]
    assert len({skirt.length for skirt in drawn}) == 20
    assert {skirt.dress for skirt in drawn} == {True, False}
