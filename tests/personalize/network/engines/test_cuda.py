"""The engine of a GPU on a CPU: what is recorded is called instead of replayed."""

import time
from concurrent.futures import ThreadPoolExecutor

import torch

from personalize.network.checkpoints import load_base
from personalize.network.engines.cuda import CudaEngine, fold_norms
from personalize.network.factored import FactoredNetwork

WITHIN = 1e-2
"""Of probability: what half precision may differ by."""


class FakeGraphs:
    """Records steps like CUDA graphs: shapes are fixed, and the place of an answer is used
    again.
    """

    def __init__(self, pause=0.0):
        self.recorded = []
        self.pause = pause

    def __call__(self, step, inputs):
        places = [one.clone() for one in inputs]
        place = step(*places).clone()
        self.recorded.append([tuple(one.shape) for one in places])

        def replay(*given):
            for held, values in zip(places, given, strict=True):
                assert held.shape == values.shape and held.dtype == torch.float16
                held.copy_(values)
            time.sleep(self.pause)
            return place.copy_(step(*places))

        return replay


def images_of(count, side):
    return torch.rand((count, 3, side, side), generator=torch.Generator().manual_seed(side))


def test_answers_are_those_of_torch_within_half_precision():
    network, graphs = load_base()[0], FakeGraphs()
    engine = CudaEngine(network, graphs)
    images = images_of(2, 64)
    with torch.inference_mode():
        features = network.features(images)
        person = network.person(features)
        parts = network.parts(features, person)
    seen = engine.features(images)
    assert seen.dtype == torch.float32
    found = engine.person(seen)
    assert (found - person).abs().max() < WITHIN
    assert (engine.parts(seen, found) - parts).abs().max() < WITHIN


def test_a_shape_is_recorded_once_and_an_answer_outlives_the_next_question():
    graphs = FakeGraphs()
    engine = CudaEngine(FactoredNetwork().eval(), graphs)
    first = engine.features(images_of(2, 64))
    before = first.clone()
    engine.features(images_of(2, 64) / 2)
    assert torch.equal(first, before)
    engine.features(images_of(2, 32))
    assert graphs.recorded == [[(2, 3, 64, 64)], [(2, 3, 32, 32)]]


def test_threads_that_ask_at_once_get_their_own_answers():
    engine = CudaEngine(FactoredNetwork().eval(), FakeGraphs(pause=0.01))
    batches = torch.stack([images_of(2, 64) / shade for shade in (1, 2, 3, 4, 5, 6)])
    expected = list(map(engine.features, batches))
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(engine.features, batches))
    assert all(torch.equal(one, other) for one, other in zip(expected, found))


def test_folding_batch_norm_changes_no_answer():
    network = FactoredNetwork().eval()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.1, 0.1)
            module.running_var.uniform_(0.5, 2)
    images = images_of(1, 64)
    with torch.inference_mode():
        before = network(images)
        after = fold_norms(network)(images)
    assert torch.allclose(before.parts, after.parts, atol=1e-4)
    norms = sum(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules())
    assert norms == 7  # behind a concatenation, and behind the pair of an asymmetric convolution


def test_what_was_looked_at_without_gradients_can_be_learned_from():
    engine = CudaEngine(FactoredNetwork().eval(), FakeGraphs())
    with torch.inference_mode():
        engine.features(images_of(1, 32))
    weights = torch.ones(1, requires_grad=True)
    (engine.features(images_of(1, 32)) * weights).sum().backward()
    assert weights.grad is not None
