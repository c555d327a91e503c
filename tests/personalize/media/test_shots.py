import numpy as np

from personalize.media.shots import find_cuts


def shot(seed, length, *, drift=1):
    """Frames of a camera that turns: a random picture that moves by `drift` pixels."""
    random = np.random.default_rng(seed)
    picture = np.kron(random.integers(0, 256, (12, 40, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    return [picture[:, drift * k : drift * k + 128] for k in range(length)]


def test_every_cut_is_found_and_a_turning_camera_is_none():
    assert find_cuts([*shot(0, 20), *shot(1, 15), *shot(2, 30)]) == [20, 35]


def test_frames_that_are_all_unlike_are_one_shot():
    assert find_cuts([shot(seed, 1)[0] for seed in range(12)]) == []


def test_a_video_of_one_frame_has_no_cut():
    assert find_cuts(shot(0, 1)) == []
    assert find_cuts([]) == []
