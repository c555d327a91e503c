import torch

from personalize.experiments.complexity import Cost, Limits
from personalize.experiments.cost_tables import cost_table, report_costs


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
