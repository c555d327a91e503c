import cv2
import numpy as np
import pytest

from personalize.scene import Scene
from personalize.settings import SceneSettings


@pytest.fixture(scope="module")
def room():
    """A still room of 96 x 128 with a lamp on the left, and somebody who walks before it: frames and masks."""
    random = np.random.default_rng(0)
    wall = cv2.resize(random.integers(40, 120, (12, 16, 3), dtype=np.uint8), (128, 96), interpolation=cv2.INTER_NEAREST)
    wall[20:70, 8:20] = (230, 190, 150)  # the lamp
    frames, masks = np.repeat(wall[None], 11, axis=0), np.zeros((11, 96, 128), bool)
    for t, (frame, mask) in enumerate(zip(frames, masks)):
        mask[16:80, 24 + 9 * t : 44 + 9 * t] = True
        frame[mask] = (230, 190, 150)  # who wears what the lamp is made of
    noise = random.normal(0, 2, frames.shape)
    return np.clip(frames + noise, 0, 255).astype(np.uint8), masks


def mistaken(mask):
    """What takes the lamp for the person's arm, in cells."""
    belief = np.float32(mask) * 0.96 + 0.02
    belief[20:70, 8:20] = 0.8
    return cv2.resize(belief, (16, 12), interpolation=cv2.INTER_AREA)


def believed(belief):
    """Where a map of cells says the person is."""
    return cv2.resize(belief, (128, 96)) >= 0.5


def test_the_picture_is_of_what_stays(room):
    frames, masks = room
    picture = Scene.of(frames).picture
    assert np.abs(picture.astype(int) - frames[5])[~masks[5]].mean() < 4
    assert np.abs(picture.astype(int) - frames[0])[masks[5]].mean() < 4  # where nobody is in the first frame


def test_a_lamp_that_was_always_there_is_doubted_and_the_person_is_not(room):
    frames, masks = room
    scene = Scene.of(frames)
    for t in (2, 5, 9):
        belief = mistaken(masks[t])
        weighed = scene.weigh(frames[t], belief)
        assert weighed.shape == (96, 128)
        assert weighed.dtype == np.float32
        assert (weighed[26:64, 10:18] < 0.5).mean() > 0.9
        assert (weighed[believed(belief) & masks[t]] >= 0.5).mean() > 0.9


def test_nothing_becomes_more_likely(room):
    frames, masks = room
    belief = mistaken(masks[3])
    weighed = Scene.of(frames).weigh(frames[3], belief)
    assert (weighed <= cv2.resize(belief, (128, 96)) + 1e-6).all()


def test_a_frame_of_another_place_is_left_alone(room):
    frames, masks = room
    scene, belief = Scene.of(frames), mistaken(masks[4])
    expected = cv2.resize(belief, (128, 96))
    moved = np.roll(frames[4], (13, 21), axis=(0, 1))
    np.testing.assert_array_equal(scene.weigh(moved, belief), expected)
    blank = Scene(np.full_like(scene.picture, 90))  # of no edges, so that nothing can be told
    np.testing.assert_array_equal(blank.weigh(frames[4], belief), expected)
    unweighed = scene.weigh(frames[4], belief, settings=SceneSettings(weight=0.0))
    np.testing.assert_array_equal(unweighed, expected)


def test_who_never_moved_is_not_doubted(room):
    frames, masks = room
    still = np.repeat(frames[5:6], 8, axis=0)
    belief = mistaken(masks[5])
    weighed = Scene.of(still).weigh(still[0], belief)
    assert (weighed[believed(belief) & masks[5]] >= 0.5).mean() > 0.95


def test_the_frame_may_be_larger_than_the_picture(room):
    frames, masks = room
    scene, belief = Scene.of(frames), mistaken(masks[6])
    large = cv2.resize(frames[6], (256, 192), interpolation=cv2.INTER_CUBIC)
    weighed = scene.weigh(large, belief)
    assert weighed.shape == (192, 256)
    small = scene.weigh(frames[6], belief)
    assert np.abs(cv2.resize(weighed, (128, 96), interpolation=cv2.INTER_AREA) - small).mean() < 0.02
