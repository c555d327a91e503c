import pytest
import torch

from personalize.experiments.complexity import (
    Asked,
    bytes_moved,
    measure_costs,
    measure_limits,
    multiply_adds,
)
from personalize.network.engines.choose import REFERENCE
from personalize.network.registry import make_network


@pytest.mark.parametrize(
    ("name", "at_64"), [("factored", 35_781_632), ("baseline", 34_700_288), ("enet", 31_493_120)]
)
def test_multiply_adds_are_those_of_the_convolutions(name, at_64):
    assert multiply_adds(make_network(name).eval(), 64) == at_64


def test_a_convolution_that_can_be_counted_by_hand():
    layer = torch.nn.Conv2d(3, 8, 3, padding=1)
    assert multiply_adds(layer, 16) == 16 * 16 * 8 * 3 * 3 * 3


def test_bytes_of_a_convolution_can_be_counted_by_hand():
    layer = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3, padding=1, bias=False), torch.nn.PReLU(8))
    assert bytes_moved(layer, 16) == 4 * (3 * 16 * 16 + 8 * 16 * 16 + 3 * 8 * 3 * 3)


def test_an_engine_is_measured_as_the_network_that_it_answers_for():
    network = make_network("factored").eval()
    costs = measure_costs({"asked": Asked(network, REFERENCE)}, size=32, batch=2, rounds=1)
    assert costs["asked"].parameters == 505_742
    assert costs["asked"].multiply_adds == multiply_adds(network, 32)
    assert costs["asked"].bytes_moved == bytes_moved(network, 32)


def test_limits_are_measured():
    limits = measure_limits("cpu", side=64, rounds=1)
    assert limits.multiply_adds > 0
    assert limits.bytes > 0


def test_costs_are_measured_of_every_network_in_every_round():
    networks = {name: make_network(name).eval() for name in ("factored", "enet")}
    asked = []
    costs = measure_costs(
        networks, size=32, batch=2, rounds=3, progress=lambda r: asked.append(r) or r
    )
    assert [len(rounds) for rounds in asked] == [4]
    assert costs["factored"].parameters == 505_742
    assert costs["enet"].parameters == 365_156
    assert 0 < costs["enet"].live_rate < 1e5
    assert 0 < costs["enet"].batch_rate < 1e5
