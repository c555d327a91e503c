import numpy as np
import pytest

from personalize.synthesis.camera import facing_camera

HALF_TURN = np.pi


def camera(**changed):
    numbers = {"yaw": 0.0, "pitch": 0.0, "roll": 0.0, "view": 0.5, "width": 101, "height": 81}
    return facing_camera(np.array([0, 1.0, 0]), 40, 1.6, **(numbers | changed))


def test_the_target_is_in_the_middle():
    np.testing.assert_allclose(
        camera(yaw=0.7, pitch=0.2).project(np.array([[0, 1.0, 0]])), [[50, 40]]
    )


def test_the_left_hand_of_a_person_who_faces_the_camera_is_on_the_right_of_the_picture():
    left_hand, head = camera().project(np.array([[0.5, 1, 0], [0, 1.7, 0]]))
    assert left_hand[0] > 55 and head[1] < 30
    assert camera(yaw=HALF_TURN).project(np.array([[0.5, 1, 0]]))[0, 0] < 45


def test_a_person_has_the_wanted_height():
    feet, head = camera().project(np.array([[0, 0.2, 0], [0, 1.8, 0]]))
    assert feet[1] - head[1] == pytest.approx(40)


def test_rays_go_through_the_pixels_that_points_project_to():
    random = np.random.default_rng(0)
    points = random.normal((0, 1, 0), 0.3, (20, 3))
    one = camera(yaw=2.0, pitch=-0.3, roll=0.4).moved(np.array([3.5, -2.0]))
    rays = one.rays(one.project(points))
    steps = (points - one.place) / np.linalg.norm(points - one.place, axis=1, keepdims=True)
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    np.testing.assert_allclose(rays, steps, atol=1e-5)


def test_a_picture_that_is_shifted_shows_everything_elsewhere():
    points = np.array([[0, 1.0, 0], [0.3, 0.6, 0.2]])
    still, shifted = camera(), camera().moved(np.array([3.5, -2.0]))
    np.testing.assert_allclose(shifted.project(points) - still.project(points), [[3.5, -2]] * 2)


def test_what_is_behind_the_camera_has_no_pixel():
    assert np.isnan(camera().project(np.array([[0, 1.0, 50]]))).all()
