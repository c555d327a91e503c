import numpy as np
import pytest
import torch

from personalize.appearance import Appearance
from personalize.lesson import Lesson, learn_silhouettes_and_parts, learned_from, propagate, silent
from personalize.network.factored import FactoredNetwork
from personalize.settings import FactorSettings, RunSettings, SceneSettings, TeachSettings
from personalize.verdict import Verdict


def learn(way=0.5, epochs=1):
    """Learn a square in noise: weights before and after, and the wardrobe."""
    torch.manual_seed(0)
    network = FactoredNetwork().eval()
    frames = np.random.default_rng(0).integers(0, 255, (3, 64, 64, 3), dtype=np.uint8)
    labels = np.zeros((3, 64, 64), np.uint8)
    labels[:, 16:48, 16:48] = 1
    settings = RunSettings(
        factor=FactorSettings(epochs=1), teach=TeachSettings(epochs=epochs), way=way
    )
    personal, worn = learn_silhouettes_and_parts(
        network, frames, labels, np.float16(labels), settings, silent
    )
    return network.state_dict(), personal.state_dict(), worn


def test_frames_to_learn_from_are_spread_and_hold_all_that_are_given():
    held = np.zeros(12, bool)
    held[[3, 4]] = True
    assert learned_from(held, [], 4).tolist() == [0, 5, 8, 11]
    assert learned_from(held, [1, 9], 4).tolist() == [0, 1, 5, 8, 9, 11]
    assert learned_from(held, [], 100).tolist() == [0, 1, 2, 5, 6, 7, 8, 9, 10, 11]
    assert learned_from(np.ones(2, bool), [1], 4).tolist() == [1]


@pytest.mark.parametrize(
    ("epochs", "learned"), [(0, {"factored"}), (1, {"factored", "aggregation"})]
)
def test_without_epochs_for_parts_silhouettes_alone_are_learned(epochs, learned):
    before, after, worn = learn(epochs=epochs)
    moved = {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert moved == learned
    assert (worn is not None) == ("aggregation" in learned)


def test_silhouettes_are_learned_all_the_way_and_parts_half_of_it():
    before, half, _ = learn()
    _, whole, _ = learn(way=1.0)
    for name, weights in whole.items():
        if name.startswith("aggregation") and weights.is_floating_point():
            torch.testing.assert_close(half[name], (before[name] + weights) / 2)
        else:
            assert torch.equal(half[name], weights)


def test_what_was_always_there_is_doubted_before_it_is_learned_but_not_what_was_given(still_room):
    frames, masks, person = still_room
    lamp, known = np.s_[26:64, 10:18], masks[4].copy()
    known[20:70, 8:20] = True
    carried = {
        weight: propagate(
            frames,
            person,
            settings=RunSettings(scene=SceneSettings(weight=weight)),
            given={4: known},
            device=None,
            progress=iter,
        )
        for weight in (0.0, 1.0)
    }
    before, after = (carried[weight]["beliefs"] for weight in (0.0, 1.0))
    assert (before[8][lamp] > 0.5).mean() > 0.9
    assert (after[8][lamp] < 0.5).mean() > 0.9
    np.testing.assert_array_equal(after[4], before[4])
    assert (after[4][lamp] > 0.9).all()
    assert after.dtype == np.float16
    assert carried[1.0]["scene"].shape == (96, 128, 3)


@pytest.mark.parametrize(("kept", "helped"), [("personal", True), ("generic", False)])
def test_the_generic_network_is_not_helped_by_what_was_learned(kept, helped):
    generic, personal, appearance = object(), object(), Appearance(None, None)
    verdict = Verdict(kept, 5, {})
    lesson = Lesson(None, None, None, appearance, generic, personal, verdict)
    expected = (personal, appearance) if helped else (generic, None)
    assert lesson.kept == expected
