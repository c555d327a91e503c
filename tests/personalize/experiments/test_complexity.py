import pytest
import torch

from personalize.experiments.complexity import (
    Asked,
    Cost,
    Limits,
    bytes_moved,
    cost_table,
    measure_costs,
    measure_limits,
    multiply_adds,
    report_costs,
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


def test_the_roofline_tells_which_limit_is_nearer():
    cost = Cost(1, 10**9, 25.0, 3.0, 2 * 10**9)
    limits = Limits(multiply_adds=100e9, bytes=100e9)
    assert limits.images(cost) == (100, 50)
    table = cost_table({"enet": cost}, size=512, batch=8, device="cpu", limits=limits)
    row = next(line for line in reversed(table.splitlines()) if "enet" in line)
    assert [cell.strip() for cell in row.strip("|").split("|")] == [
        "enet",
        "100",
        "50",
        "25",
        "50%",
    ]
    assert report_costs({"enet": cost}, size=8, batch=1, device="cpu", limits=limits)["limits"]


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


def test_the_table_has_the_papers_figures_beside():
    costs = {"factored": Cost(505_742, 2_290_024_448, 12.5, 11.25), "enet": Cost(1, 10**9, 2, 3)}
    table = cost_table(costs, size=512, batch=8, device="cpu")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[:4]
    ]
    assert rows[2] == [
        "factored",
        "505,742",
        "2.290",
        "12.50",
        "11.25",
        "about 0.5 million",
        "120",
        "11",
    ]
    assert rows[3] == ["enet", "1", "1.000", "2.00", "3.00", "", "", ""]
    assert "512 x 512 pixels, on cpu" in table


def test_the_report_tells_the_machine():
    report = report_costs({"enet": Cost(1, 2, 3.0, 4.0)}, size=64, batch=2, device="cpu")
    assert report["networks"]["enet"] == {
        "parameters": 1,
        "multiply_adds": 2,
        "batch_rate": 3.0,
        "live_rate": 4.0,
        "bytes_moved": 0,
    }
    assert report["machine"] == f"cpu, threads: {torch.get_num_threads()}"
