import numpy as np
import pytest

from personalize.live.crop import Crop, Sighting
from personalize.live.settings import LiveSettings

SETTINGS = LiveSettings()
MIDDLE = (270.0, 180.0, 370.0, 360.0)
"""A person of 100 x 180 pixels in the middle of a frame of 640 x 480, with a head of 30."""


def crop_of(box=MIDDLE, head=30.0, size=(480, 640)):
    return Crop(*size, Sighting(np.array(box), head))


def test_the_crop_holds_the_person_and_a_margin():
    left, top, right, bottom = crop_of().framing.edges()
    assert left <= 225
    assert right >= 415
    assert top <= 135
    assert bottom >= 405


def test_heads_have_the_size_that_is_aimed_at():
    assert crop_of().framing.scale * 30 == pytest.approx(42, rel=0.2)


def test_a_large_person_gets_no_larger_canvas():
    framing = crop_of((0, 0, 640, 480), 60.0).framing
    assert framing.rows * framing.cols <= 1.2 * SETTINGS.camera.most**2


@pytest.mark.parametrize("box", [MIDDLE, (0, 0, 90, 480), (600, 400, 640, 480)])
def test_sides_of_the_canvas_are_multiples_of_the_step(box):
    framing = crop_of(box).framing
    assert framing.rows % SETTINGS.step == framing.cols % SETTINGS.step == 0


def test_whoever_keeps_still_keeps_their_crop_though_their_box_trembles():
    crop, random = crop_of(), np.random.default_rng(0)
    first = crop.framing
    for _ in range(60):
        crop.follow(Sighting(np.array(MIDDLE) + random.normal(0, 3, 4), 30 + random.normal(0, 2)))
    assert crop.framing == first


def test_whoever_walks_is_followed():
    crop = crop_of()
    for number in range(1, 31):
        box = np.array(MIDDLE) + (8 * number, 0, 8 * number, 0)
        crop.follow(Sighting(box, 30.0))
        left, top, right, bottom = crop.framing.edges()
        assert left <= box[0]
        assert right >= box[2]


def test_whoever_comes_nearer_is_seen_smaller():
    crop = crop_of()
    before = crop.framing.scale
    for _ in range(60):
        crop.follow(Sighting(np.array((170.0, 30.0, 470.0, 480.0)), 75.0))
    assert crop.framing.scale < 0.7 * before


def test_the_crop_stays_in_the_frame():
    for box in ((0, 0, 60, 100), (580, 380, 640, 480)):
        left, top, right, bottom = crop_of(box, 25.0).framing.edges()
        assert left >= 0
        assert top >= 0
        assert right <= 641
        assert bottom <= 481


def test_a_frame_smaller_than_the_crop_is_shown_from_its_corner():
    framing = crop_of((10, 5, 50, 60), 14.0, size=(64, 64)).framing
    canvas = framing.apply(np.zeros((64, 64, 3), np.uint8))
    assert canvas.shape == (framing.rows, framing.cols, 3)
