import copy
import itertools

import numpy as np
import pytest
import torch

from personalize.adaptation.factor import batch_loss, finetune_factor
from personalize.adaptation.settings import FactorSettings
from personalize.errors import NobodyFoundError
from personalize.network.factored import FactoredNetwork
from personalize.network.inference import predict_person

FAST = FactorSettings(epochs=6, learning_rate=4e-3, batch=4)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FactoredNetwork().eval()


@pytest.fixture(scope="module")
def window():
    """Six frames of a bright square on noise, and where it is."""
    random = np.random.default_rng(0)
    frames = random.integers(0, 90, (6, 64, 64, 3), dtype=np.uint8)
    labels = np.zeros((6, 64, 64), np.uint8)
    for t in range(6):
        frames[t, 16:48, 8 + 2 * t : 40 + 2 * t] = 230
        labels[t, 16:48, 8 + 2 * t : 40 + 2 * t] = 1
    return frames, labels


def finetune(network, frames, labels, settings=FAST):
    generator = torch.Generator().manual_seed(0)
    return finetune_factor(network, frames, labels, settings=settings, generator=generator)


def agreement(network, frames, labels):
    person = predict_person(network, frames)
    return np.mean((person > 0.5) == labels[:, 4::8, 4::8])


def test_only_the_factored_module_changes_and_the_given_network_does_not(network, window):
    before = copy.deepcopy(network.state_dict())
    personal = finetune(network, *window)
    after, given = personal.state_dict(), network.state_dict()
    assert all(torch.equal(before[name], given[name]) for name in before)
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    assert moved
    assert all(name.startswith("factored.") for name in moved)
    assert not any("running" in name or "tracked" in name for name in moved)


def test_the_silhouettes_are_learned(network, window):
    personal = finetune(network, *window)
    assert agreement(personal, *window) > max(0.9, agreement(network, *window))


def test_the_first_step_is_as_long_as_the_rate_says_and_the_last_is_hardly_any(network, window):
    weights = []

    def watch(steps, now):
        weights.append(torch.cat([w.detach().flatten().clone() for w in now.factored.parameters()]))

    generator = torch.Generator().manual_seed(0)
    finetune_factor(network, *window, settings=FAST, generator=generator, watch=watch)
    lengths = [(after - before).abs().max().item() for before, after in itertools.pairwise(weights)]
    assert len(lengths) == 12  # two batches, six times
    assert lengths[0] == pytest.approx(FAST.learning_rate, rel=0.01)
    assert lengths[-1] < FAST.learning_rate / 2


def test_the_same_seed_learns_the_same(network, window):
    one, other = (finetune(network, *window).state_dict() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_unlabelled_frames_teach_nothing(network, window):
    frames, labels = window
    half = labels.copy()
    half[3:] = 255
    alone = finetune(network, frames[:3], labels[:3]).state_dict()
    together = finetune(network, frames, half).state_dict()
    assert all(torch.equal(alone[name], together[name]) for name in alone)


def test_a_window_without_a_person_is_refused(network, window):
    frames, labels = window
    with pytest.raises(NobodyFoundError, match="no frame of the window has a silhouette"):
        finetune(network, frames, np.zeros_like(labels))


def test_frames_may_have_several_shapes(network, window):
    frames, labels = window
    mixed = [frames[0], frames[1][:, :48], frames[2], frames[3][8:]]
    silhouettes = [labels[0], labels[1][:, :48], labels[2], labels[3][8:]]
    longer = FactorSettings(epochs=24, learning_rate=1e-3, batch=4)
    personal = finetune(network, mixed, silhouettes, longer)
    assert agreement(personal, *window) > max(0.9, agreement(network, *window))


def test_a_loss_counts_every_labelled_cell_once():
    features = [torch.zeros(2, 1, 2), torch.zeros(2, 1, 4)]
    features[1][1] = 2.0  # logits (0, 2)
    targets = [torch.tensor([[1, torch.nan]]), torch.tensor([[1, 1, 1, torch.nan]])]
    certain = np.log1p(np.exp(-2.0))
    loss = batch_loss(torch.nn.Identity(), features, targets, [0, 1], False)
    assert float(loss) == pytest.approx((np.log(2) + 3 * certain) / 4)


def test_every_step_can_be_watched(network, window):
    seen = []
    personal = finetune_factor(
        network,
        *window,
        settings=FactorSettings(epochs=2, batch=4),
        generator=torch.Generator().manual_seed(0),
        watch=lambda steps, now: seen.append((steps, now.factored.head.bias[0].item())),
    )
    assert [steps for steps, _ in seen] == [0, 1, 2, 3, 4]  # six frames are two batches
    assert seen[0][1] == network.factored.head.bias[0].item()
    assert seen[-1][1] == personal.factored.head.bias[0].item()
