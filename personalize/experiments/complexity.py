"""What networks cost: parameters, multiply-adds, and images a second on this machine.

The paper tells them of its network alone (Charles et al., BMVC 2017, section 4).
Rates are measured from uint8 pixels to labels of cells, of all networks in turn, round
after round, so that what else the machine does falls on all of them alike.
"""

import statistics
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from personalize.evaluation.tables import markdown_table
from personalize.network.inference import to_images
from personalize.types import Frames, Json, Wrap

PAPER = {
    "factored": ("about 0.5 million", "120", "11"),
}
"""Parameters, and images a second in batches and through a webcam, one at a time, on a Titan Xp."""

PAPER_NOTE = (
    "The paper's rates are of a Titan Xp; live there means through a webcam, and here one image "
    "after the other."
)


@dataclass(frozen=True)
class Cost:
    """What a network costs.

    Attributes
    ----------
    parameters : int
    multiply_adds : int
        Of its convolutions, for one image.
    batch_rate, live_rate : float
        Images a second in batches, and one at a time; medians over rounds.
    """

    parameters: int
    multiply_adds: int
    batch_rate: float
    live_rate: float


def measure_costs(
    networks: Mapping[str, nn.Module],
    *,
    size: int = 512,
    batch: int = 8,
    rounds: int = 5,
    progress: Wrap = iter,
) -> dict[str, Cost]:
    """Measure networks side by side.

    Parameters
    ----------
    networks : dict of str to network
        In evaluation mode, on one device.
    size : int
        Side of the images, a multiple of 8.
    batch : int
        Images in a batch.
    rounds : int
        Times that each network is measured, after once that does not count.
    progress : callable
        Wraps the rounds.

    Returns
    -------
    dict of str to Cost
    """
    frames = np.random.default_rng(0).integers(0, 256, (batch, size, size, 3), dtype=np.uint8)
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in networks}
    for _ in progress(range(rounds + 1)):
        for name, network in networks.items():
            together = seconds_for(network, [frames])
            alone = seconds_for(network, frames[:, None])
            seconds[name].append((together, alone))
    return {
        name: Cost(
            sum(weights.numel() for weights in network.parameters()),
            multiply_adds(network, size),
            *(batch / statistics.median(times) for times in zip(*seconds[name][1:])),
        )
        for name, network in networks.items()
    }


@torch.inference_mode()
def seconds_for(network: nn.Module, batches: Iterable[Frames]) -> float:
    """Return the seconds that a network needs from frames (B, H, W, 3) to labels, batch after
    batch.
    """
    device = next(network.parameters()).device
    began = time.perf_counter()
    for frames in batches:
        network(to_images(frames, device)).parts.argmax(dim=1).cpu()  # waits for the device
    return time.perf_counter() - began


@torch.no_grad()
def multiply_adds(network: nn.Module, size: int) -> int:
    """Return the multiply-adds of a network's convolutions for one image of size x size pixels."""
    counter = FlopCounterMode(display=False)
    with counter:
        network(torch.zeros((1, 3, size, size), device=next(network.parameters()).device))
    return counter.get_total_flops() // 2


def machine(device: Any) -> str:
    """Return in a few words what computes."""
    if torch.device(device).type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device}, threads: {torch.get_num_threads()}"


def cost_table(costs: Mapping[str, Cost], *, size: int, batch: int, device: Any) -> str:
    """Lay the costs of networks out in Markdown, with the paper's beside where it tells them."""
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
    return f"{markdown_table(head, rows)}\n\n{note}"


def report_costs(costs: Mapping[str, Cost], *, size: int, batch: int, device: Any) -> Json:
    """Return the costs of networks for JSON."""
    return {
        "size": size,
        "batch": batch,
        "machine": machine(device),
        "torch": torch.__version__,
        "networks": {name: asdict(cost) for name, cost in costs.items()},
    }
