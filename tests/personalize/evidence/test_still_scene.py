import cv2
import numpy as np

from personalize.evidence.settings import StillSceneSettings
from personalize.evidence.still_scene import Scene


def believed(belief):
    """Where a map of cells says the person is."""
    return cv2.resize(belief, (128, 96)) >= 0.5


def test_the_picture_is_of_what_stays(still_room):
    frames, masks, _ = still_room
    picture = Scene.of(frames).picture
    assert np.abs(picture.astype(int) - frames[5])[~masks[5]].mean() < 4
    assert (
        np.abs(picture.astype(int) - frames[0])[masks[5]].mean() < 4
    )  # where nobody is in the first frame


def test_a_lamp_that_was_always_there_is_doubted_and_the_person_is_not(still_room):
    frames, masks, beliefs = still_room
    scene = Scene.of(frames)
    for t in (2, 5, 9):
        belief = beliefs[t]
        weighed = scene.weigh(frames[t], belief)
        assert weighed.shape == (96, 128)
        assert weighed.dtype == np.float32
        assert (weighed[26:64, 10:18] < 0.5).mean() > 0.9
        assert (weighed[believed(belief) & masks[t]] >= 0.5).mean() > 0.9


def test_nothing_becomes_more_likely(still_room):
    frames, _, beliefs = still_room
    belief = beliefs[3].copy()
    belief[0], belief[1], belief[5] = 0, 1e-5, 1  # certain either way, and nearly so
    weighed = Scene.of(frames).weigh(frames[3], belief)
    assert (weighed <= cv2.resize(belief, (128, 96)) + 1e-6).all()


def test_a_frame_of_another_place_is_left_alone(still_room):
    frames, _, beliefs = still_room
    scene, belief = Scene.of(frames), beliefs[4]
    expected = cv2.resize(belief, (128, 96))
    moved = np.roll(frames[4], (13, 21), axis=(0, 1))
    np.testing.assert_array_equal(scene.weigh(moved, belief), expected)
    blank = Scene(np.full_like(scene.picture, 90))  # of no edges, so that nothing can be told
    np.testing.assert_array_equal(blank.weigh(frames[4], belief), expected)
    unweighed = Scene.of(frames, StillSceneSettings(weight=0.0))
    np.testing.assert_array_equal(unweighed.weigh(frames[4], belief), expected)


def test_who_never_moved_is_not_doubted(still_room):
    frames, masks, beliefs = still_room
    still = np.repeat(frames[5:6], 8, axis=0)
    belief = beliefs[5]
    weighed = Scene.of(still).weigh(still[0], belief)
    assert (weighed[believed(belief) & masks[5]] >= 0.5).mean() > 0.95


def test_the_frame_may_be_larger_than_the_picture(still_room):
    frames, _, beliefs = still_room
    scene, belief = Scene.of(frames), beliefs[6]
    large = cv2.resize(frames[6], (256, 192), interpolation=cv2.INTER_CUBIC)
    weighed = scene.weigh(large, belief)
    assert weighed.shape == (192, 256)
    small = scene.weigh(frames[6], belief)
    assert (
        np.abs(cv2.resize(weighed, (128, 96), interpolation=cv2.INTER_AREA) - small).mean() < 0.02
    )


def test_what_is_doubted_loses_no_more_than_the_limit(still_room):
    frames, _, beliefs = still_room
    small = StillSceneSettings(limit=0.5)
    before = np.full_like(beliefs[5], 0.6)
    before[beliefs[5] >= 0.5] = 0.9
    expected = cv2.resize(before, (128, 96))
    weighed = Scene.of(frames, small).weigh(frames[5], before)
    lost = np.log(expected / (1 - expected)) - np.log(weighed / (1 - weighed))
    assert lost.max() <= 0.5 + 1e-4
    assert lost.max() > 0.4  # there is something to doubt


def test_no_belief_is_beyond_doubt(still_room):
    """However sure a belief is, what was there all the time takes it down as far."""
    frames, _, beliefs = still_room
    sure = np.where(beliefs[5] >= 0.5, np.float32(1), beliefs[5])
    weighed = Scene.of(frames).weigh(frames[5], sure)
    most = StillSceneSettings().belief_limit
    assert weighed.max() <= 1 / (1 + np.exp(-most)) + 1e-6


def test_the_place_is_told_by_what_is_behind_the_person(still_room):
    """A person in stripes covers most of a frame of the same place; their edges are not its own."""
    frames, _, beliefs = still_room
    scene = Scene.of(frames)
    image, belief = frames[5].copy(), beliefs[5].copy()
    image[:, 40:112] = np.where(np.arange(72)[:, None] % 8 < 4, 0, 255)
    covered = np.zeros((96, 128), bool)
    covered[:, 38:114] = True
    belief[cv2.resize(np.float32(covered), belief.shape[::-1]) >= 0.5] = 1.0
    weighed = scene.weigh(image, belief)
    assert not np.array_equal(weighed, cv2.resize(belief, (128, 96)))
