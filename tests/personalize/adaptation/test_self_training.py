"""A network that says little teaches itself; what is checked is what changes, and how."""

import copy

import numpy as np
import pytest
import torch

from personalize.adaptation.self_training import move, pseudo_label, self_train_parts, sharpen
from personalize.adaptation.settings import SelfTrainingSettings
from personalize.network.factored import FactoredNetwork
from personalize.network.inference import look, merge

FAST = SelfTrainingSettings(epochs=4, batch=2, learning_rate=2e-3)
PLAIN = SelfTrainingSettings()
STILL = SelfTrainingSettings(rotation=0.0, shift=0.0, scale=(1.0, 1.0))


def generator():
    return torch.Generator().manual_seed(0)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FactoredNetwork().eval()


@pytest.fixture(scope="module")
def frames():
    random = np.random.default_rng(0)
    frames = random.integers(0, 90, (6, 64, 96, 3), dtype=np.uint8)
    frames[:, 16:48, 24:56] = 230
    return frames


@pytest.fixture(scope="module")
def silhouettes():
    silhouettes = np.zeros((6, 64, 96), bool)
    silhouettes[:, 16:48, 24:56] = True
    return silhouettes


def teach(network, frames, silhouettes, workers=1):
    parts = pseudo_label(network, frames, silhouettes, settings=FAST)
    return self_train_parts(
        network, frames, parts, settings=FAST, generator=generator(), workers=workers
    )


def test_only_the_aggregation_module_changes_and_the_given_network_does_not(
    network, frames, silhouettes
):
    before = copy.deepcopy(network.state_dict())
    after, given = teach(network, frames, silhouettes).state_dict(), network.state_dict()
    assert all(torch.equal(before[name], given[name]) for name in before)
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    assert {name.split(".")[0] for name in moved} == {"aggregation"}
    assert not any("running" in name or "tracked" in name for name in moved)


def test_the_same_seed_teaches_the_same_with_any_number_of_threads(network, frames, silhouettes):
    one, *others = (teach(network, frames, silhouettes, k).state_dict() for k in (1, 1, 3))
    for other in others:
        assert all(torch.equal(one[name], other[name]) for name in one)


def test_one_look_comes_nearer_to_what_was_said_with_the_silhouette(network, frames, silhouettes):
    wanted = pseudo_label(network, frames, silhouettes, settings=FAST)
    wanted = sharpen(torch.from_numpy(wanted), FAST.sharpness).numpy()

    def distance(of):
        return np.abs(merge(of, look(of, frames)) - wanted).mean()

    assert distance(teach(network, frames, silhouettes)) < 0.9 * distance(network)


def test_an_empty_silhouette_is_not_injected(network, frames, silhouettes):
    nothing = np.zeros_like(silhouettes[:1])
    own = merge(network, look(network, frames[:1], views=PLAIN.views))
    np.testing.assert_allclose(
        pseudo_label(network, frames[:1], nothing, settings=PLAIN), own, atol=1e-6
    )
    told = pseudo_label(network, frames[:1], silhouettes[:1], settings=PLAIN)
    assert np.abs(told - own).max() > 1e-4


def test_sharpened_probabilities_sum_to_one():
    sharp = sharpen(torch.tensor([0.8, 0.2]).reshape(1, 2, 1, 1), 2.0)
    torch.testing.assert_close(sharp.flatten(), torch.tensor([0.64, 0.04]) / 0.68)


def test_frames_that_are_not_moved_stay_as_they_are():
    images, labels = torch.rand((2, 3, 16, 24)), torch.rand((2, 5, 2, 3))
    moved, carried = move(images, labels, STILL, generator())
    torch.testing.assert_close(moved, images, atol=1e-5, rtol=0)
    torch.testing.assert_close(carried, labels, atol=1e-5, rtol=0)


def test_labels_move_with_their_images():
    spot = torch.zeros((8, 1, 64, 128))
    spot[:, :, 24:40, 56:72] = 1
    cells = torch.nn.functional.avg_pool2d(spot, 8)
    settings = SelfTrainingSettings(rotation=80.0, shift=0.2, scale=(0.8, 1.2))
    moved, carried = move(spot, cells, settings, generator())
    again = torch.nn.functional.avg_pool2d(moved, 8)

    def centres(maps):
        grid = torch.stack(torch.meshgrid(torch.arange(8.0), torch.arange(16.0), indexing="ij"))
        return (maps * grid).sum(dim=(2, 3)) / maps.sum(dim=(2, 3))

    torch.testing.assert_close(centres(again), centres(carried), atol=0.25, rtol=0)
    assert centres(again).std(dim=0).min() > 0.3  # they did move
