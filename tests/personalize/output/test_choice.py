import numpy as np

from personalize.output.choice import CROP, PERSON, draw_choice

GREY = np.full((120, 160, 3), 100, np.uint8)


def test_what_the_network_does_not_see_is_dark():
    picture = draw_choice(GREY, np.array([40.0, 20.0, 120.0, 100.0]))
    assert (picture[60, 80] == 100).all() and (picture[60, 20] == 50).all()
    assert tuple(picture[60, 40]) == CROP
    assert (GREY == 100).all()


def test_the_person_and_the_point_on_them_are_drawn():
    crop, place = np.array([0.0, 0, 160, 120]), np.array([60.0, 30, 100, 90])
    without = draw_choice(GREY, crop, place)
    assert tuple(without[60, 60]) == PERSON and (without[60, 80] == 100).all()
    picture = draw_choice(GREY, crop, place, [(80.0, 60.0)])
    assert tuple(picture[60, 86]) == PERSON


def test_a_crop_that_reaches_beyond_the_frame_is_drawn_as_far_as_it_goes():
    picture = draw_choice(GREY, np.array([-50.0, -10.0, 300.0, 200.0]))
    assert (picture[60, 80] == 100).all() and tuple(picture[60, 0]) == CROP
