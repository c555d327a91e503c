"""The PReLU that learns fast on a CPU is torch's own, in numbers."""

import copy

import pytest
import torch
from torch import nn

from personalize.network.prelu import PReLU, _WholeMaps


@pytest.fixture
def both():
    torch.manual_seed(0)
    ours, torchs = PReLU(6), nn.PReLU(6)
    slopes = torch.tensor([0.25, -0.5, 0.0, 1.5, 0.1, 1.0])  # also falling, flat and steep ones
    ours.weight.data, torchs.weight.data = slopes.clone(), slopes.clone()
    return ours, torchs


def gradients(layer, maps, weights):
    maps = maps.clone().requires_grad_(True)
    bent = layer(maps)
    return bent, *torch.autograd.grad((bent * weights).sum(), [maps, layer.weight])


def test_values_and_gradients_are_torchs(both):
    maps, weights = torch.randn(3, 6, 9, 7), torch.randn(3, 6, 9, 7)
    maps[0, :, 0] = 0.0  # at the bend itself
    for ours, torchs in zip(*(gradients(layer, maps, weights) for layer in both)):
        torch.testing.assert_close(ours, torchs, rtol=1e-5, atol=1e-6)


def test_numerical_gradients_agree():
    maps = torch.randn(2, 3, 4, 5, dtype=torch.float64) + 0.01
    slopes = torch.tensor([0.2, -0.3, 1.2], dtype=torch.float64)
    inputs = maps.requires_grad_(True), slopes.requires_grad_(True)
    assert torch.autograd.gradcheck(_WholeMaps.apply, inputs)


def test_a_gradient_that_others_use_too_is_not_changed(both):
    ours, _ = both
    maps = torch.randn(1, 6, 4, 4, requires_grad=True)
    gradient = torch.randn(1, 6, 4, 4)
    before = gradient.clone()
    ours(maps).backward(gradient)
    assert torch.equal(gradient, before)


def test_its_state_is_torchs(both):
    ours, torchs = both
    assert isinstance(ours, nn.PReLU)
    copy.deepcopy(torchs).load_state_dict(ours.state_dict())


def test_half_precision_takes_torchs_own(both):
    ours, torchs = (layer.to(torch.bfloat16) for layer in both)
    maps, weights = torch.randn(1, 6, 5, 5).bfloat16(), torch.randn(1, 6, 5, 5).bfloat16()
    for mine, theirs in zip(*(gradients(layer, maps, weights) for layer in (ours, torchs))):
        assert torch.equal(mine, theirs)
