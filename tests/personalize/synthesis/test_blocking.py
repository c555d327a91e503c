import numpy as np
import pytest

from personalize.synthesis.blocking import block, cameras, depth_of, focal_of
from personalize.synthesis.scripts import Keys, Role, Shot

HEAD, FOCAL, WIDTH = 0.2, 300.0, 320
MOMENTS = np.linspace(0, 1, 41)


def marks(role, seconds=4.0):
    return block(role, HEAD, FOCAL, WIDTH, MOMENTS, seconds)


def test_who_comes_nearer_walks_at_one_speed_to_the_sizes_that_were_told():
    walk = marks(Role(Keys((12.0, 96.0)), does="walk"))
    depths = np.array([-mark.place[1] for mark in walk])
    assert FOCAL * HEAD / depths[[0, -1]] == pytest.approx([12.0, 96.0])
    np.testing.assert_allclose(np.diff(depths), np.diff(depths)[0])
    assert walk[-1].gone == pytest.approx(depths[0] - depths[-1])
    assert np.array([mark.heading for mark in walk]) == pytest.approx(0.0)
    assert walk[20].effort == 1.0


def test_who_crosses_to_the_right_looks_there_and_is_as_far_aside_as_told():
    walk = marks(Role(Keys((20.0,)), Keys((-0.4, 0.4)), does="walk"))
    first = walk[0].place
    assert first[0] * FOCAL / -first[1] == pytest.approx(-0.4 * WIDTH)
    assert walk[20].heading == pytest.approx(np.pi / 2)


def test_who_stands_faces_as_told_and_goes_nowhere():
    stand = marks(Role(Keys((20.0,)), facing=30.0))
    assert stand[-1].gone == 0.0 and stand[-1].effort == 0.0
    assert stand[-1].heading == pytest.approx(np.radians(30))


@pytest.mark.parametrize("change", [{"zoom": Keys((1.0, 4.0))}, {"closer": Keys((1.0, 4.0))}])
def test_a_lens_and_a_camera_that_moves_enlarge_as_told(change):
    shot = Shot((Role(Keys((20.0,))),), **change)
    focal = focal_of(shot.view, 240)
    subject = np.array([0.0, -depth_of(HEAD, 20.0, focal)])
    random = np.random.default_rng(0)
    seen = cameras(shot, 1.6, subject, random, MOMENTS, 4.0, WIDTH, 240)
    ends = np.array([[-0.1, 1.6, subject[1]], [0.1, 1.6, subject[1]]])
    sizes = [np.ptp(camera.project(ends)[:, 0]) for camera in (seen[0], seen[-1])]
    assert sizes[0] == pytest.approx(20.0, rel=0.02)
    assert sizes[1] == pytest.approx(80.0, rel=0.02)


def test_a_camera_that_turns_to_the_right_moves_the_picture_to_the_left():
    shot = Shot((Role(Keys((20.0,))),), turn=Keys((0.0, 10.0)))
    seen = cameras(
        shot, 1.6, np.array([0.0, -3.0]), np.random.default_rng(0), MOMENTS, 4.0, WIDTH, 240
    )
    before, after = (camera.project(np.array([[0.0, 1.6, -3.0]]))[0] for camera in seen[::40])
    assert before[0] == pytest.approx((WIDTH - 1) / 2)
    assert after[0] < before[0] - 40
