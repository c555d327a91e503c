import numpy as np
import pytest

from personalize import parts
from personalize.synthesis.camera import facing_camera
from personalize.synthesis.looks import draw_look
from personalize.synthesis.people import see_joints
from personalize.synthesis.shading import draw_light
from personalize.synthesis.tracing import View, trace_picture


def test_a_picture_depends_on_seed_and_index_only(studio):
    first = studio.render(3)
    studio.render(8)
    again = studio.render(3)
    np.testing.assert_array_equal(first.colour, again.colour)
    np.testing.assert_array_equal(first.parts, again.parts)
    assert (first.colour != studio.render(5).colour).any()


def test_parts_are_where_the_person_covers_at_least_half_of_the_pixel(studio):
    for index in range(3):
        picture = studio.render(index)
        assert picture.colour.shape == (64, 64, 4) and picture.parts.shape == (64, 64)
        np.testing.assert_array_equal(picture.parts > 0, picture.colour[..., 3] >= 127.5)
        assert picture.parts.max() < parts.CLASSES
        assert ((picture.colour[..., 3] > 0) & (picture.colour[..., 3] < 255)).any()


def test_visible_joints_lie_on_the_person(studio):
    for index in range(4):
        picture = studio.render(index)
        x, y = np.rint(picture.joints[picture.visible]).astype(int).T
        assert (picture.parts[y, x] > 0).all()


def test_joints_of_both_sides_stand_right_before_the_camera(studio):
    sitter = studio.sitter(1)
    turned = facing_camera(
        sitter.joints[0], 50, 1.7, yaw=0, pitch=0, roll=0, view=0.6, width=64, height=64
    )
    joints, _ = see_joints(sitter, turned, np.ones((64, 64), np.uint8))
    names = list(parts.JOINTS)
    shoulders = sitter.joints[[names.index("right_shoulder"), names.index("left_shoulder")]]
    seen = joints[[names.index("right_shoulder"), names.index("left_shoulder")], 0]
    assert (shoulders[0, 0] < shoulders[1, 0]) == (seen[0] < seen[1])


@pytest.mark.parametrize("yaw, right_is_on_the_right", [(0.0, False), (np.pi, True)])
def test_the_right_of_a_person_is_on_the_right_of_the_picture_from_behind(
    studio, yaw, right_is_on_the_right
):
    sitter, random = studio.sitter(0), np.random.default_rng(0)
    names = list(parts.JOINTS)
    across = np.diff(sitter.joints[[names.index("right_hip"), names.index("left_hip")]], axis=0)[0]
    heading = np.arctan2(-across[2], across[0])
    camera = facing_camera(
        sitter.joints[0], 50, 1.8, yaw=heading + yaw, pitch=0, roll=0, view=0.6, width=96, height=96
    )
    light, look = draw_light(random, np.array([0, 0, 1.0])), draw_look(random, [])
    _, labels = trace_picture(View(sitter, camera, light, look, occluders=None), 4)
    columns = {
        name: np.nonzero(np.isin(labels, [parts.NAMES.index(name)]))[1].mean()
        for name in ("rubody", "lubody", "ruhead", "luhead", "rshoulder", "lshoulder")
    }
    for name in ("ubody", "uhead", "shoulder"):
        assert (columns["r" + name] > columns["l" + name]) == right_is_on_the_right
