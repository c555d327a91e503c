"""Apple's GPUs know no float64: a fake of one refuses it wherever networks look, learn and link."""

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from personalize.adaptation.factor import finetune_factor
from personalize.adaptation.self_training import pseudo_label, self_train_parts
from personalize.adaptation.settings import FactorSettings, SelfTrainingSettings
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


def test_the_fake_refuses_double_precision():
    with Single(), pytest.raises(TypeError, match="knows no float64"):
        torch.ones(3).double()


def test_networks_look_and_are_asked_in_single_precision(square_network, square_frames):
    frames, masks = square_frames
    with Single():
        merge(square_network, look(square_network, frames[:4]), list(masks[:4]))


def test_silhouettes_and_parts_are_learned_in_single_precision(square_network, square_frames):
    frames, masks = (arrays[:4] for arrays in square_frames)
    with Single():
        settings = FactorSettings(epochs=1, batch=2)
        seed = torch.Generator().manual_seed(0)
        finetune_factor(
            square_network, frames, masks.astype(np.uint8), settings=settings, generator=seed
        )
        again = SelfTrainingSettings(epochs=1, batch=2)
        parts = pseudo_label(square_network, frames, masks, settings=again)
        self_train_parts(square_network, frames, parts, settings=again, generator=seed)


def test_beliefs_are_propagated_in_single_precision(square_frames):
    frames = square_frames[0][:4]
    seeds = np.zeros(frames.shape[:3], np.float32)
    seeds[1] = np.random.default_rng(2).normal(scale=3, size=seeds.shape[1:])
    with Single():
        beliefs = propagate(frames, seeds, settings=PropagationSettings(radius=4), device="cpu")
    assert beliefs.std() > 0
