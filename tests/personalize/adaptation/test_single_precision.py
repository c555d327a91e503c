"""Apple's GPUs know no float64: a fake of one refuses it wherever networks look, learn and link."""

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from personalize.adaptation.factor import finetune_factor
from personalize.adaptation.self_training import pseudo_label, self_train_parts
from personalize.adaptation.settings import FactorSettings, SelfTrainingSettings
from personalize.network.factored import FactoredNetwork
from personalize.network.inference import look, merge
from propagation.propagate import propagate
from propagation.settings import PropagationSettings


class Single(TorchDispatchMode):
    """What a device without double precision does: it refuses to make such a tensor."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        made = func(*args, **(kwargs or {}))
        for value in tree_leaves(made):
            if isinstance(value, torch.Tensor) and value.dtype == torch.float64 and value.dim():
                raise TypeError(f"{func}: this device knows no float64")
        return made


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FactoredNetwork().eval()


@pytest.fixture(scope="module")
def window():
    """Four frames of a bright square on noise, and where it is."""
    frames = np.random.default_rng(0).integers(0, 90, (4, 64, 64, 3), dtype=np.uint8)
    labels = np.zeros((4, 64, 64), np.uint8)
    frames[:, 16:48, 8:40], labels[:, 16:48, 8:40] = 230, 1
    return frames, labels


def test_the_fake_refuses_double_precision():
    with Single(), pytest.raises(TypeError, match="knows no float64"):
        torch.ones(3).double()


def test_networks_look_and_are_asked_in_single_precision(network, window):
    with Single():
        merge(network, look(network, window[0]), list(window[1] == 1))


def test_silhouettes_and_parts_are_learned_in_single_precision(network, window):
    frames, labels = window
    with Single():
        settings = FactorSettings(epochs=1, batch=2)
        seed = torch.Generator().manual_seed(0)
        finetune_factor(network, frames, labels, settings=settings, generator=seed)
        again = SelfTrainingSettings(epochs=1, batch=2)
        parts = pseudo_label(network, frames, labels == 1, settings=again)
        self_train_parts(network, frames, parts, settings=again, generator=seed)


def test_beliefs_are_propagated_in_single_precision(window):
    seeds = np.zeros((4, 64, 64), np.float32)
    seeds[1] = np.random.default_rng(2).normal(scale=3, size=(64, 64))
    with Single():
        beliefs = propagate(window[0], seeds, settings=PropagationSettings(radius=4), device="cpu")
    assert beliefs.std() > 0
