import numpy as np
import pytest

from personalize.synthesis.talking import Track, draw_talk

ARMS = {side: (np.array([x, 0, 0]), (0.28, 0.25)) for side, x in (("right", -0.18), ("left", 0.18))}


def test_a_track_rests_moves_and_arrives():
    track = Track(np.array([0, 1, 2, 3.0]), np.array([5, 5, 9, 9.0]))
    assert track.at(0.5) == 5 and track.at(1.5) == pytest.approx(7) and track.at(2.7) == 9
    assert track.at(99) == 9


def test_a_talk_moves_smoothly_at_25_frames_a_second():
    talk = draw_talk(np.random.default_rng(2), 12.0, seated=False)
    poses = [talk.posture_at(frame / 25, ARMS) for frame in range(301)]
    for limb, fastest in (("right_forearm", 0.6), ("left_upper_arm", 0.6), ("left_thigh", 1e-9)):
        path = np.stack([pose.limbs[limb] for pose in poses])
        steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
        assert steps.max() < fastest, limb
    wrist = np.stack([pose.limbs["right_forearm"] for pose in poses])
    assert wrist.std(axis=0).max() > 0.1
