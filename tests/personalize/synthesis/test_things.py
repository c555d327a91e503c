from dataclasses import replace

import numpy as np
import pytest

from personalize import parts
from personalize.synthesis.boxes import join_boxes
from personalize.synthesis.camera import facing_camera
from personalize.synthesis.looks import draw_look
from personalize.synthesis.people import Studio
from personalize.synthesis.pieces import Place, ring, rod
from personalize.synthesis.settings import AssetFolders
from personalize.synthesis.shading import draw_light
from personalize.synthesis.thing_shapes import MAKERS
from personalize.synthesis.things import Things, assemble, draw_things, place_about
from personalize.synthesis.tracing import View, trace_picture

GREEN = (0.0, 1.0, 0.0)
UPRIGHT = Place(
    axes=np.eye(3),
    hips=np.array([0, 1.0, 0]),
    hand=np.array([0.3, 0.1, 0.2]),
    fore=np.array([0, 0, 1.0]),
    side=1.0,
    low=np.array([-0.3, -0.9, -0.15]),
    front=0.12,
    back=-0.12,
    shoulders=0.5,
)


def seen(studio, box, occluders=None):
    """Picture and parts of a person, from the front, with a green box that is given from the
    hips.
    """
    sitter, random = studio.sitter(0), np.random.default_rng(0)
    hips = sitter.joints[[7, 8]].mean(axis=0)
    camera = facing_camera(hips, 60, 1.8, yaw=0, pitch=0, roll=0, view=0.6, width=96, height=96)
    things = None
    if box:
        middle, half = box
        vertices, triangles = join_boxes([(hips + middle, np.array(half), None)])
        colours = np.tile(GREEN, (len(triangles), 1))
        scene = type(sitter.scene)(vertices, triangles)
        things = Things(
            vertices, triangles, np.tile((0, 0, 1.0), (len(vertices), 1)), colours, scene
        )
    look = draw_look(random, [])
    view = View(sitter, camera, draw_light(random, np.array([0, 0, 1.0])), look, occluders, things)
    return trace_picture(view, 4)


def test_a_thing_before_a_person_is_seen_and_is_background(studio):
    colour, labels = seen(studio, ((0, 0, 0.8), (0.1, 0.1, 0.01)))
    assert labels[48, 48] == 0 and colour[48, 48, 3] == 255
    assert colour[48, 48, 1] > 20 and colour[48, 48, [0, 2]].tolist() == [0, 0]


def test_a_thing_behind_a_person_is_hidden_where_the_person_is(studio):
    alone, parts_alone = seen(studio, None)
    colour, labels = seen(studio, ((0, 0, -0.8), (1.2, 0.3, 0.01)))
    np.testing.assert_array_equal(labels, parts_alone)
    inside = (parts_alone > 0) & (alone[..., 3] == 255)
    beside = (colour[..., 3] == 255) & (parts_alone == 0)
    assert inside[48, 48] and beside[48, 20] and beside[48, 75]
    assert colour[48, 20, 1] > 20 and alone[48, 20, 3] == 0


def test_an_occluder_hides_things_as_well(studio):
    hips = studio.sitter(0).joints[[7, 8]].mean(axis=0)
    wall = type(studio.sitter(0).scene)(
        *join_boxes([(hips + (0, 0, 1.5), np.array([9, 9, 0.01]), None)])
    )
    colour, labels = seen(studio, ((0, 0, 0.8), (0.1, 0.1, 0.01)), occluders=wall)
    assert not labels.any() and not colour[..., 3].any()


def test_a_pixel_is_the_person_s_where_they_cover_half_of_it_beside_a_thing(studio):
    colour, labels = seen(studio, ((0.0, 0, 0.8), (0.02, 0.5, 0.01)))
    around = labels[30:60, 40:56]
    assert (around > 0).any() and (around == 0).any() and labels.max() < parts.CLASSES
    assert (colour[..., 3] == 255)[labels == 0].any()


@pytest.mark.parametrize("name", MAKERS)
def test_every_thing_is_about_the_person_and_none_below_the_ground(name):
    for seed in range(8):
        for vertices, triangles, colour in MAKERS[name][0](np.random.default_rng(seed), UPRIGHT):
            assert triangles.max() == len(vertices) - 1 and colour in (0, 1, 2)
            assert np.abs(vertices[:, [0, 2]]).max() < 2.5
            if name not in ("bat", "ball", "pole"):
                assert vertices[:, 1].min() > 0.1 - 0.15


@pytest.mark.parametrize("name", ["pole", "bat", "ball"])
def test_what_is_held_is_at_the_hand(name):
    hand = UPRIGHT.hips + UPRIGHT.hand
    for seed in range(8):
        made = MAKERS[name][0](np.random.default_rng(seed), UPRIGHT)
        points = np.concatenate(
            [vertices[triangles].mean(axis=1) for vertices, triangles, _ in made]
        )
        between = np.concatenate([points, (points[:-1] + points[1:]) / 2])
        assert np.linalg.norm(between - hand, axis=1).min() < 0.4


def test_who_sits_has_a_seat_and_who_stands_has_none():
    sits = replace(UPRIGHT, low=np.array([-0.3, -0.5, -0.15]))
    standing, seated = (
        MAKERS["chair"][0](np.random.default_rng(1), place) for place in (UPRIGHT, sits)
    )
    assert len(seated) == len(standing) + 2


def test_rods_and_rings_have_their_radius():
    vertices, _, colour = rod(np.zeros(3), np.array([0, 0, 1.0]), 0.1, 2)
    np.testing.assert_allclose(np.hypot(vertices[:, 0], vertices[:, 1]), 0.1)
    assert colour == 2
    wheel, _, _ = ring(np.zeros(3), np.array([1.0, 0, 0]), 0.3, 0.02)
    assert np.abs(wheel[:, 0]).max() == pytest.approx(0.02, abs=0.003)  # six-sided
    assert np.linalg.norm(wheel, axis=1).max() == pytest.approx(0.32, abs=0.002)


def test_left_of_the_person_is_where_their_left_side_is(studio):
    sitter = studio.sitter(1)
    place = place_about(np.random.default_rng(0), sitter)
    names = list(parts.JOINTS)
    left, right = sitter.joints[names.index("left_hip")], sitter.joints[names.index("right_hip")]
    assert (left - right) @ place.axes[:, 0] > 0.05
    assert np.linalg.det(place.axes) == pytest.approx(1) and place.low[1] < -0.2


def test_things_are_drawn_for_the_share_that_is_asked_for_and_change_nothing_else(studio):
    sitter, look = studio.sitter(0), draw_look(np.random.default_rng(0), [])
    some = replace(studio.settings, touching_share=0.5)
    drawn = [draw_things(np.random.default_rng(seed), some, sitter, look) for seed in range(40)]
    assert 10 < sum(things is not None for things in drawn) < 30
    assert draw_things(np.random.default_rng(0), studio.settings, sitter, look) is None
    touched = Studio(replace(studio.settings, touching_share=1.0), AssetFolders()).render(3)
    alone = studio.render(3)
    np.testing.assert_array_equal(touched.joints, alone.joints)
    both = (touched.parts > 0) & (alone.parts > 0)
    assert both.any() and (touched.parts == alone.parts)[both].mean() > 0.99
    assert (touched.colour[..., 3] > 0).sum() >= (alone.colour[..., 3] > 0).sum()


def test_colours_of_a_thing_are_of_its_pieces():
    pytest.importorskip("embreex")
    things = assemble(
        [
            rod(np.zeros(3), np.array([0, 0, 1.0]), 0.1, 0),
            rod(np.ones(3), np.array([1, 1, 2.0]), 0.1, 1),
        ],
        np.random.default_rng(1),
        draw_look(np.random.default_rng(0), []),
    )
    half = len(things.triangles) // 2
    assert things.triangles[half:].min() == 24  # vertices of the first
    assert (
        np.abs(things.colours[:half].mean(axis=0) - things.colours[half:].mean(axis=0)).max() > 0.05
    )
