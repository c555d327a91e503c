import numpy as np
import pytest

from personalize import parts
from personalize.synthesis.chart import Chart
from personalize.synthesis.labels import label_parts


def label(region, *, left=False, along=0.5, aside=0.1, front=0.1, eye_level=0.0):
    """Name of the part at one place of the chart."""
    place = Chart(*(np.array([value]) for value in (region, left, along, aside, front, eye_level)))
    return parts.NAMES[int(label_parts(place)[0])]


@pytest.mark.parametrize(
    "along, name",
    [
        (0.1, "rshoulder"),
        (0.4, "ruarm"),
        (1.0, "relbow"),
        (1.6, "rlarm"),
        (2.0, "rwrist"),
        (2.5, "rhand"),
    ],
)
def test_an_arm_is_cut_into_six(along, name):
    assert label("arm", along=along) == name
    assert label("arm", along=along, left=True) == "l" + name[1:]


@pytest.mark.parametrize(
    "along, name",
    [
        (0.2, "llbody"),
        (0.6, "luleg"),
        (1.0, "lknee"),
        (1.5, "llleg"),
        (1.95, "lankle"),
        (2.3, "lfoot"),
    ],
)
def test_a_leg_is_cut_into_six_below_the_lower_body(along, name):
    assert label("leg", along=along, left=True) == name


def test_the_trunk_is_cut_below_the_chest_and_at_the_shoulders():
    assert label("trunk", along=0.3) == "rlbody"
    assert label("trunk", along=0.6) == "rubody"
    assert label("trunk", along=0.95, aside=0.9) == "rshoulder"
    assert label("trunk", along=1.0, aside=0.2) == "neck"


def test_the_head_is_cut_at_the_eyes_and_lower_before_the_face():
    assert label("head", eye_level=0.05, left=True) == "luhead"
    assert label("head", eye_level=-0.06) == "rlhead"
    assert label("head", eye_level=-0.02, front=0.13) == "ruhead"
    assert label("head", eye_level=-0.02, front=0.0) == "rlhead"
    assert label("neck", left=True) == "neck"


def test_every_part_is_on_the_real_body_with_equal_sides(studio):
    sitter = studio.sitter(0)
    own = sitter.worn.labels[: sitter.worn.own]
    counts = np.bincount(own, minlength=parts.CLASSES)
    assert counts[0] == 0 and (counts[1:] > 50).all()
    mirrored = counts[list(parts.MIRRORED)]
    np.testing.assert_allclose(counts[1:], mirrored[1:], rtol=0.15)


def test_right_parts_are_on_the_right_of_the_real_body(studio):
    sitter = studio.sitter(0)
    x = sitter.worn.surface.rest[: sitter.worn.own, 0]
    own = sitter.worn.labels[: sitter.worn.own]
    assert x[own == parts.NAMES.index("rhand")].max() < -0.1
    assert x[own == parts.NAMES.index("lfoot")].min() > 0
