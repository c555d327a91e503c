"""The costs of networks as JSON and as Markdown tables, together with the paper's numbers."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import torch

from personalize.evaluation.markdown import markdown_table
from personalize.experiments.complexity import Cost, Limits, machine
from personalize.types import Json

PAPER = {
    "factored": ("about 0.5 million", "120", "11"),
}
"""Parameters, and images a second in batches and through a webcam, one at a time, on a Titan Xp."""

PAPER_NOTE = (
    "The paper's rates are of a Titan Xp; live there means through a webcam, and here one image "
    "after the other."
)


def cost_table(
    costs: Mapping[str, Cost],
    *,
    size: int,
    batch: int,
    device: Any,
    limits: Limits | None = None,
) -> str:
    """Return the costs of networks as a Markdown table, together with the paper's numbers.

    Parameters
    ----------
    costs : dict of str to Cost
        By the name of the network.
    size : int
        Side of the images, in pixels.
    batch : int
        Images at a time.
    device : str or torch.device
    limits : Limits, optional
        Adds a table of the limits of the machine.

    Returns
    -------
    str
    """
    head = [
        "network",
        "parameters",
        "multiply-adds, 10^9",
        f"images/s, {batch} at a time",
        "images/s, live",
        "paper: parameters",
        "images/s",
        "live",
    ]
    rows = [
        [
            name,
            f"{cost.parameters:,}",
            f"{cost.multiply_adds / 1e9:.3f}",
            f"{cost.batch_rate:.2f}",
            f"{cost.live_rate:.2f}",
            *PAPER.get(name, ("", "", "")),
        ]
        for name, cost in costs.items()
    ]
    note = (
        f"{size} x {size} pixels, on {machine(device)}, PyTorch {torch.__version__}. {PAPER_NOTE}"
    )
    roof = f"\n\n{roofline(costs, limits)}" if limits else ""
    return f"{markdown_table(head, rows)}\n\n{note}{roof}"


def roofline(costs: Mapping[str, Cost], limits: Limits) -> str:
    """Return a Markdown table of the limits of the machine and the measured rates."""
    rows = []
    for name, cost in costs.items():
        by_operations, by_bytes = limits.images(cost)
        share = cost.batch_rate / min(by_operations, by_bytes)
        rows.append(
            [
                name,
                f"{by_operations:.0f}",
                f"{by_bytes:.0f}",
                f"{cost.batch_rate:.0f}",
                f"{share:.0%}",
            ]
        )
    head = ["network", "images/s by operations", "by bytes", "measured", "of the limit"]
    note = (
        f"The machine does {limits.multiply_adds / 1e9:.0f} 10^9 multiply-adds a second in "
        f"float32, and moves {limits.bytes / 1e9:.0f} GB."
    )
    return f"{markdown_table(head, rows)}\n\n{note}"


def report_costs(
    costs: Mapping[str, Cost],
    *,
    size: int,
    batch: int,
    device: Any,
    limits: Limits | None = None,
) -> Json:
    """Return the costs of networks for JSON.

    Parameters
    ----------
    costs, size, batch, device, limits
        As for `cost_table`.

    Returns
    -------
    dict
    """
    return {
        "size": size,
        "batch": batch,
        "machine": machine(device),
        "torch": torch.__version__,
        "networks": {name: asdict(cost) for name, cost in costs.items()},
        **({"limits": asdict(limits)} if limits else {}),
    }
