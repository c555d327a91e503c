import subprocess
import sys
import threading
from functools import partial

import pytest
import torch

from personalize.adaptation.gradients import (
    TOGETHER,
    add_gradients,
    channels_innermost,
    frames_together,
    ready_to_learn,
)
from personalize.network.inference import BATCH
from personalize.network.modules import FactoredModule

CPU = torch.device("cpu")


def losses_of(module, features):
    return [partial(lambda few: module(few).square().mean(), few) for few in features.split(2)]


@pytest.mark.parametrize("workers", [1, 3])
def test_gradients_are_the_sums_of_those_of_the_losses(workers):
    torch.manual_seed(0)
    module, features = FactoredModule().eval(), torch.randn(6, 128, 5, 4)
    weights = list(module.parameters())
    wanted = torch.autograd.grad(sum(loss() for loss in losses_of(module, features)), weights)
    add_gradients(weights, losses_of(module, features), workers)
    for weight, gradient in zip(weights, wanted, strict=True):
        assert torch.allclose(weight.grad, gradient, rtol=1e-4, atol=1e-5)


def test_gradients_of_before_are_forgotten_and_threads_change_no_bit():
    torch.manual_seed(0)
    module, features = FactoredModule().eval(), torch.randn(8, 128, 9, 7)
    weights, found = list(module.parameters()), []
    for workers in (1, 4, 2):
        with ready_to_learn(module):
            add_gradients(weights, losses_of(module, features), workers)
        found.append([weight.grad for weight in weights])
    for others in found[1:]:
        assert all(torch.equal(one, other) for one, other in zip(found[0], others, strict=True))


def test_threads_have_layers_of_their_own_while_the_block_lasts():
    module, before, seen = FactoredModule(), torch.get_num_threads(), []
    try:
        torch.set_num_threads(2)
        with ready_to_learn(module):
            thread = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
            thread.start()
            thread.join()
            seen.append(torch.get_num_threads())
        assert seen == [1, 1]
        assert torch.get_num_threads() == 2
        with pytest.raises(ValueError, match="stop"), ready_to_learn(module):
            raise ValueError("stop")
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_channels_are_innermost_while_the_block_lasts():
    module = FactoredModule()
    weight = module.head.weight.detach().clone()

    def innermost(values):
        return values.is_contiguous(memory_format=torch.channels_last)

    with ready_to_learn(module):
        assert all(innermost(value) for value in module.parameters() if value.ndim == 4)
    assert all(value.is_contiguous() for value in module.parameters())
    assert torch.equal(module.head.weight, weight)
    maps = torch.randn(2, 3, 4, 5)
    assert innermost(channels_innermost(maps)) and torch.equal(channels_innermost(maps), maps)


def test_a_gpu_shares_nothing_out():
    assert frames_together(CPU) == TOGETHER
    assert frames_together(torch.device("cuda")) == BATCH


TWO_LOSSES = """
import torch
from personalize.adaptation.gradients import add_gradients
from personalize.network.prelu import PReLU

bend, maps = PReLU(4), torch.randn(1, 4, 2, 2)


def by_torch():
    for _ in range(50_000):
        bend.weight - 1.0
    return bend.weight.sum()


def by_python():
    for _ in range(50_000):
        bend(maps)
    return bend(maps).sum()


torch.set_num_threads(1)
add_gradients([bend.weight], [by_torch, by_python], workers=2)
"""


def test_threads_that_use_a_weight_at_once_do_not_wait_for_each_other_for_ever():
    subprocess.run([sys.executable, "-c", TWO_LOSSES], check=True, timeout=120)
