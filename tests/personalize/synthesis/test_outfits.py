from dataclasses import replace

import numpy as np

from personalize.synthesis import outfits
from personalize.synthesis.outfits import Surface, cover, draw_outfit, stand_off

PLAIN = replace(
    draw_outfit(np.random.default_rng(0)),
    sleeve=1.4,
    hem=0.1,
    neckline=1.0,
    opening=0.0,
    waist=0.2,
    leg=1.5,
    shoe=2.06,
    gloves=False,
    hat=False,
    hairline=0.06,
    hair_length=0.0,
    beard=0.0,
)


def place(**changed):
    """One point of the body, on the chest unless said otherwise."""
    numbers = {
        "sleeve": 0.0,
        "height": 0.7,
        "aside": 0.2,
        "front": 0.1,
        "eye_level": -0.3,
        "face": 0.0,
    }
    values = {name: np.array([value]) for name, value in (numbers | changed).items()}
    return Surface(rest=np.zeros((1, 3)), **values)


def test_a_top_ends_at_sleeve_hem_and_neck():
    assert cover(PLAIN, place())[0] == outfits.TOP
    assert cover(PLAIN, place(height=0.85, sleeve=1.3))[0] == outfits.TOP
    assert cover(PLAIN, place(height=0.85, sleeve=1.6))[0] == outfits.SKIN
    assert cover(PLAIN, place(height=1.05))[0] == outfits.SKIN


def test_trousers_end_above_the_shoes():
    assert cover(PLAIN, place(height=-1.2))[0] == outfits.BOTTOM
    assert cover(PLAIN, place(height=-1.8))[0] == outfits.SKIN
    assert cover(PLAIN, place(height=-2.2))[0] == outfits.SHOES


def test_the_back_of_the_head_has_hair_and_the_face_has_none():
    assert cover(PLAIN, place(face=1.0, height=1.3, front=-0.05, eye_level=0.05))[0] == outfits.HAIR
    assert cover(PLAIN, place(face=1.0, height=1.3, front=0.12, eye_level=0.0))[0] == outfits.SKIN


def test_skin_is_not_pushed_out_and_cloth_is():
    surface = place()
    assert stand_off(PLAIN, surface, np.array([outfits.SKIN]))[0] == 0
    assert 0 < stand_off(PLAIN, surface, np.array([outfits.TOP]))[0] < 0.04
