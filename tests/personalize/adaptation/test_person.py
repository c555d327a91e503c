import numpy as np
import pytest
import torch

from personalize.adaptation.person import learn_silhouettes_and_parts, learned_from
from personalize.adaptation.settings import FactorSettings, SelfTrainingSettings
from personalize.network.factored import FactoredNetwork
from personalize.settings import RunSettings


def learn(way=0.5, epochs=1, teach=None):
    """Learn a square in noise: weights before and after, and the wardrobe."""
    torch.manual_seed(0)
    network = FactoredNetwork().eval()
    frames = np.random.default_rng(0).integers(0, 255, (3, 64, 64, 3), dtype=np.uint8)
    labels = np.zeros((3, 64, 64), np.uint8)
    labels[:, 16:48, 16:48] = 1
    settings = RunSettings(
        factor=FactorSettings(epochs=1), self_training=SelfTrainingSettings(epochs=epochs), way=way
    )
    personal, worn = learn_silhouettes_and_parts(
        network, frames, labels, np.float16(labels), settings, lambda stage: iter, teach=teach
    )
    return network.state_dict(), personal.state_dict(), worn


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


def test_frames_to_learn_from_are_spread_and_hold_all_that_are_given():
    held = np.zeros(12, bool)
    held[[3, 4]] = True
    assert learned_from(held, [], 4).tolist() == [0, 5, 8, 11]
    assert learned_from(held, [1, 9], 4).tolist() == [0, 1, 5, 8, 9, 11]
    assert learned_from(held, [], 100).tolist() == [0, 1, 2, 5, 6, 7, 8, 9, 10, 11]
    assert learned_from(np.ones(2, bool), [1], 4).tolist() == [1]


def test_frames_that_a_teacher_tells_are_chosen_before_others():
    held = np.zeros(12, bool)
    held[[3, 4]] = True
    assert learned_from(held, [], 4, [2, 3, 6]).tolist() == [0, 2, 6, 11]
    assert learned_from(held, [], 2, [1, 2, 6, 7, 8]).tolist() == [1, 8]
    assert learned_from(held, [9], 2, [1]).tolist() == [0, 1, 9]


def test_what_a_teacher_says_is_learned_in_the_place_of_the_networks_answer():
    _, alone, _ = learn()
    seen = []

    def teach(parts):
        seen.append(parts.shape)
        return np.roll(parts, 1, axis=1)

    _, taught, _ = learn(teach=teach)
    assert seen == [(3, 32, 8, 8)]
    changed = {name.split(".")[0] for name in alone if not torch.equal(alone[name], taught[name])}
    assert changed == {"aggregation"}
