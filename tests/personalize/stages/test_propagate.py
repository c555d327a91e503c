import os
import signal

import cv2
import numpy as np
import pytest
import torch

from personalize.errors import NobodyFoundError, PersonalizeError
from personalize.evidence.settings import ResidualMotionSettings, StillSceneSettings
from personalize.stages.propagate import confident_seeds, propagate_person, working_size
from personalize.stages.settings import SeedSettings
from propagation import tree


def test_only_what_is_surer_than_the_threshold_becomes_a_seed():
    person = np.array([[[0.995, 0.98], [0.5, 0.005]]])
    seeds = confident_seeds(person, (2, 2), SeedSettings(limit=10.0, surest=0.0))
    expected = [[[np.log(0.995 / 0.005), 0], [0, np.log(0.005 / 0.995)]]]
    np.testing.assert_allclose(seeds, expected, rtol=1e-4)


def test_of_a_cautious_network_the_surest_share_becomes_seeds():
    person = np.array([[[0.9, 0.8, 0.7, 0.6, 0.2]]])
    seeds = confident_seeds(person, (1, 5), SeedSettings(surest=0.5))
    assert (seeds[0, 0, :2] > 0).all()
    assert (seeds[0, 0, 2:4] == 0).all()
    np.testing.assert_allclose(seeds[0, 0, 0], np.log(9), rtol=1e-5)


def test_no_seed_is_beyond_doubt():
    seeds = confident_seeds(np.array([[[1.0, 0.0]]]), (1, 2), SeedSettings())
    np.testing.assert_allclose(seeds, [[[4.6, -4.6]]])


def test_the_edge_between_two_sure_cells_stays_open():
    seeds = confident_seeds(np.array([[[1.0, 0.0]]]), (1, 16), SeedSettings())
    assert seeds[0, 0, 0] > 0 > seeds[0, 0, -1]
    assert (seeds[0, 0, 6:10] == 0).all()


def test_frames_are_matched_at_about_the_area_asked_for():
    assert working_size((384, 680), 256) == (192, 341)
    assert working_size((64, 64), 256) == (64, 64)


def test_an_unsure_frame_gets_the_answer_of_its_neighbours():
    random = np.random.default_rng(0)
    frames = np.repeat(random.integers(0, 255, (1, 32, 32, 3), dtype=np.uint8), 5, axis=0)
    person = np.full((5, 4, 4), 0.5)
    person[[0, 4]] = 0.001
    person[[0, 4], 1:3, 1:3] = 0.999
    beliefs, _ = propagate_person(frames, person, settings=SeedSettings())
    assert beliefs.shape == (5, 32, 32)
    assert beliefs[2, 16, 16] > 0.8
    assert beliefs[2, 2, 2] < 0.2


@pytest.mark.parametrize(
    "weight, found", [(0.0, False), (SeedSettings().residual_motion.weight, True)]
)
def test_what_moves_with_a_sure_person_is_the_person_though_the_network_is_not_sure(weight, found):
    random = np.random.default_rng(0)
    wall, coat = (
        cv2.resize(random.integers(0, 256, (n, n, 3), dtype=np.uint8), (8 * n, 8 * n))
        for n in (12, 5)
    )
    frames, person = np.repeat(wall[None], 6, axis=0), np.full((6, 12, 12), 0.3)
    person[:, :2] = person[:, -2:] = 0.001
    for t in range(6):
        left = 16 + 3 * t
        frames[t, 28:68, left : left + 40] = coat
        person[t, 4:7, left // 8 + 1 : left // 8 + 4] = 0.999
    seeds = SeedSettings(residual_motion=ResidualMotionSettings(weight=weight), own=0.0)
    beliefs, _ = propagate_person(
        frames, person, settings=seeds, scene=StillSceneSettings(weight=0.0)
    )
    assert (np.median(beliefs[3, 60:66, 30:60]) > 0.7) == found  # of the coat, below what is sure
    assert (np.median(beliefs[3, 20:80, 76:84]) < 0.3) == found  # of the wall


def test_a_window_without_a_sure_person_is_told():
    frames = np.zeros((3, 16, 16, 3), np.uint8)
    with pytest.raises(
        NobodyFoundError, match="a person is seen for certain in 0.000% of the window"
    ):
        propagate_person(frames, np.full((3, 2, 2), 0.8), settings=SeedSettings())


@pytest.mark.parametrize("device, wanted", [("cuda:0", "cuda:0"), ("cpu", None), (None, None)])
def test_a_gpu_is_handed_down_and_on_the_cpu_numpy_computes(monkeypatch, device, wanted):
    asked = []

    def propagate(frames, seeds, *, device, **rest):
        asked.append(device and str(device))
        return seeds

    monkeypatch.setattr("personalize.stages.propagate.propagate", propagate)
    propagate_person(
        np.zeros((2, 16, 16, 3), np.uint8),
        np.full((2, 2, 2), 0.99),
        settings=SeedSettings(),
        device=device and torch.device(device),
    )
    assert asked == [wanted]


def test_what_was_always_there_is_doubted_but_not_what_was_given(still_room):
    frames, masks, person = still_room
    lamp, known = np.s_[26:64, 10:18], masks[4].copy()
    known[20:70, 8:20] = True
    (before, _), (after, scene) = (
        propagate_person(
            frames,
            person,
            settings=SeedSettings(),
            scene=StillSceneSettings(weight=weight),
            given={4: known},
        )
        for weight in (0.0, 1.0)
    )
    assert (before[8][lamp] > 0.5).mean() > 0.9
    assert (after[8][lamp] < 0.5).mean() > 0.9
    np.testing.assert_array_equal(after[4], before[4])
    assert (after[4][lamp] > 0.9).all()
    assert scene.picture.shape == (96, 128, 3)


def kill_this_process(*pair, **settings):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system kills otherwise")
def test_a_process_that_is_killed_is_one_sentence(monkeypatch):
    monkeypatch.setattr(tree, "FEW", 0)
    monkeypatch.setattr(tree, "_link", kill_this_process)
    frames = np.random.default_rng(0).integers(256, size=(4, 16, 16, 3), dtype=np.uint8)
    with pytest.raises(PersonalizeError, match="was ended from outside.*--workers 1"):
        propagate_person(frames, np.full((4, 2, 2), 0.999), settings=SeedSettings(), workers=2)
