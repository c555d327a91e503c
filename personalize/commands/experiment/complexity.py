"""`personalize experiment complexity`: what the networks cost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from personalize.commands.help import command
from personalize.commands.options import device_option, engine_option, numbers_option
from personalize.commands.terminal import give_report, stage_bars
from personalize.network.device import choose_device

if TYPE_CHECKING:
    from personalize.types import Json


@command()
@click.option("--size", type=click.IntRange(8), default=512, help="Side of the images.")
@click.option("--batch", type=click.IntRange(1), default=8, help="Images at a time.")
@click.option(
    "--rounds",
    type=click.IntRange(1),
    default=5,
    help="Times that everything is measured; the medians count.",
)
@device_option
@engine_option
@numbers_option
def complexity(
    size: int, batch: int, rounds: int, device: str, engine: str, report: Path | None
) -> None:
    """Measure all four networks side by side: parameters, multiply-adds, images a second; and the
    factored one by its engine, too.
    """
    from personalize.experiments.complexity import Asked, measure_costs, measure_limits
    from personalize.experiments.cost_tables import cost_table, report_costs
    from personalize.network.engines.choose import choose_engine
    from personalize.network.factored import FactoredNetwork
    from personalize.network.registry import CLASSES, make_network

    where, size = choose_device(device), size // 8 * 8
    networks = {name: make_network(name).eval().to(where) for name in CLASSES}
    engines = choose_engine(engine, where)
    if engines.name != "torch":
        networks[f"factored, {engines.name}"] = Asked(FactoredNetwork().eval().to(where), engines)
    with stage_bars() as progress:
        costs = measure_costs(
            networks, size=size, batch=batch, rounds=rounds, progress=progress("measure")
        )
    limits = measure_limits(where)
    asked: Json = {"size": size, "batch": batch, "device": where, "limits": limits}
    give_report(report_costs(costs, **asked), cost_table(costs, **asked), report)
