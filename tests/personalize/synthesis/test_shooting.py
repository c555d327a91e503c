"""Frames of scripts, small and few; what is drawn and what is told agree."""

from copy import copy
from dataclasses import replace

import numpy as np
import pytest

from personalize.synthesis.actors import place_actor
from personalize.synthesis.scripts import Keys, Pillar, Role, Script, Shot
from personalize.synthesis.settings import FilmSettings
from personalize.synthesis.shooting import prepare, take_frames

SETTINGS = FilmSettings(frames=4, width=96, height=72, frames_per_second=1.0, seed=3)


def shoot(studio, *shots, frames=4):
    """Pictures and Truths of a film of some shots."""
    settings = FilmSettings(**{**vars(SETTINGS), "frames": frames})
    takes = prepare(studio, Script(shots), settings)
    return [frame for take in takes for frame in take_frames(studio, take, settings)]


def test_the_head_grows_as_told_and_stays_in_the_picture(studio):
    films = {
        "walk": Shot((Role(Keys((4.0, 24.0)), does="walk"),)),
        "zoom": Shot((Role(Keys((4.0,))),), zoom=Keys((1.0, 6.0))),
        "dolly": Shot((Role(Keys((4.0,))),), closer=Keys((1.0, 6.0))),
    }
    for name, shot in films.items():
        truths = [truth for _, truth in shoot(studio, shot)]
        assert truths[0].head == pytest.approx(4.0, rel=0.25), name
        assert truths[-1].head == pytest.approx(24.0, rel=0.25), name
        assert all(truth.visible[0] for truth in truths), name
        areas = [np.count_nonzero(truth.labels) for truth in truths]
        assert areas == sorted(areas), name


def test_who_is_out_of_view_has_no_pixels_and_no_joints(studio):
    across = Keys((0.0, 0.0, 1.2, 1.2), (0.0, 0.3, 0.6, 1.0))
    frames = shoot(studio, Shot((Role(Keys((6.0,)), across, does="walk"),)))
    (_, here), (_, gone) = frames[0], frames[-1]
    assert here.labels.any() and here.visible.any()
    assert not gone.labels.any() and not gone.visible.any()
    nobody = shoot(studio, Shot(()), frames=1)[0][1]
    assert not nobody.labels.any() and np.isnan(nobody.head)


def test_a_pillar_hides_whoever_is_behind_it(studio):
    role = Role(Keys((6.0,)), Keys((-0.4, 0.0)), does="walk")
    frames = shoot(studio, Shot((role,), pillar=Pillar(9.0, width=0.5)), frames=2)
    assert frames[0][1].labels.any()
    assert not frames[1][1].labels.any() and not frames[1][1].visible.any()


def test_pixels_of_a_second_person_are_told_apart(studio):
    meant = Role(Keys((6.0,)))
    before = Role(Keys((9.0,)), person=1)
    behind = Role(Keys((4.5,)), person=1)
    alone = shoot(studio, Shot((meant,)), frames=1)[0][1]
    hidden = shoot(studio, Shot((meant, before)), frames=1)[0][1]
    hiding = shoot(studio, Shot((meant, behind)), frames=1)[0][1]
    for truth in (hidden, hiding):
        assert truth.others.any()
        assert not (truth.others & (truth.labels > 0)).any()
    np.testing.assert_array_equal(hiding.labels, alone.labels)
    assert np.count_nonzero(hidden.labels) < 0.5 * np.count_nonzero(alone.labels)


def test_painted_people_are_others(studio):
    shot = Shot((Role(Keys((5.0,)), Keys((0.4,))),), painted=2)
    picture, truth = shoot(studio, shot, frames=1)[0]
    assert truth.others.mean() > 0.01
    assert not (truth.others & (truth.labels > 0)).any()
    assert picture.shape == (72, 96, 3)


def test_a_cut_changes_the_place_and_keeps_the_person(studio):
    role = Role(Keys((8.0,)), facing=0.0)
    frames = shoot(studio, Shot((role,)), Shot((role,), place=1, outdoors=True))
    assert [truth.shot for _, truth in frames] == [0, 0, 1, 1]
    nobody = [truth.labels == 0 for _, truth in frames]
    changes = [
        np.abs(frames[k + 1][0] - frames[k][0])[nobody[k] & nobody[k + 1]].mean() for k in range(3)
    ]
    assert changes[1] > 5 * max(changes[0], changes[2])


@pytest.mark.parametrize("does", ["walk", "talk", "sit", "scooter", "bicycle"])
def test_nobody_floats_or_stands_in_the_ground(does, studio):
    across = Keys((0.0, 0.5)) if does in ("walk", "scooter", "bicycle") else Keys((0.0,))
    role = Role(Keys((6.0,)), across, does=does)
    take = prepare(studio, Script((Shot((role,)),)), SETTINGS)[0]
    actor, first = take.actors[0], take.first[0]
    for number in (1, 3):
        mark = take.marks[0][number]
        placed = place_actor(studio, actor, role, mark, float(number), first)
        lowest = placed.sitter.vertices[:, 1].min() + placed.offset[1]
        if placed.things is not None:
            things = placed.things.vertices[:, 1].min() + placed.offset[1]
            assert things == pytest.approx(0.0, abs=0.03)
            assert -0.03 < lowest < (0.25 if does == "bicycle" else 0.17)
        else:
            assert lowest == pytest.approx(0.0, abs=1e-6)


def test_nobody_rides_a_bicycle_in_a_skirt(studio):
    skirted = copy(studio)
    skirted.settings = replace(studio.settings, skirt_share=1.0)
    for does, worn in (("walk", True), ("bicycle", False)):
        script = Script((Shot((Role(Keys((6.0,)), does=does),)),))
        actor = prepare(skirted, script, SETTINGS)[0].actors[0]
        assert (actor.tailored.costume.skirt is not None) == worn


def test_things_that_are_touched_are_in_the_picture_and_not_in_the_truth(studio):
    role = Role(Keys((6.0,)))
    held = Role(Keys((6.0,)), thing="bounced ball")
    (bare, plain), (picture, truth) = (
        shoot(studio, Shot((one,)), frames=1)[0] for one in (role, held)
    )
    changed = np.abs(picture - bare).max(axis=2) > 20
    assert changed.any()
    assert not (truth.labels > 0)[changed & (plain.labels == 0)].any()
