"""What networks cost: parameters, multiply-adds, and images a second on this machine.

The paper tells them of its network alone (Charles et al., BMVC 2017, section 4).
Rates are measured from uint8 pixels to labels of cells, of all networks in turn, round
after round, so that what else the machine does falls on all of them alike. What the machine
allows is told beside (roofline: Williams, Waterman and Patterson, CACM 2009): images a second if
nothing but the multiply-adds took time, and if nothing but the maps that are read and written did.
"""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils.flop_counter import FlopCounterMode

from personalize.network.engines.choose import Engines
from personalize.network.factored import FactoredNetwork, Parsing
from personalize.network.inference import to_images
from personalize.types import Frames, Wrap


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
    bytes_moved : int
        Of the maps and weights that its layers read and write, for one image, in float32.
    """

    parameters: int
    multiply_adds: int
    batch_rate: float
    live_rate: float
    bytes_moved: int = 0


@dataclass(frozen=True)
class Limits:
    """What a machine can do, measured.

    Attributes
    ----------
    multiply_adds, bytes : float
        A second: of a product of large matrices, and read and written by a copy.
    """

    multiply_adds: float
    bytes: float

    def images(self, cost: Cost) -> tuple[float, float]:
        """Return the images a second that operations allow, and that bytes do."""
        return self.multiply_adds / cost.multiply_adds, self.bytes / max(cost.bytes_moved, 1)


class Asked(nn.Module):
    """A network whose answers an engine computes.

    Parameters
    ----------
    network : FactoredNetwork
    engines : Engines
    """

    def __init__(self, network: FactoredNetwork, engines: Engines) -> None:
        super().__init__()
        self.network, self._engine = network, engines.of(network)

    def forward(self, images: torch.Tensor) -> Parsing:
        """Return the `Parsing` of `images`: probabilities in the place of logits."""
        features = self._engine.features(images)
        person = self._engine.person(features)
        return Parsing(person, self._engine.parts(features, person))


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
            batch / statistics.median(together for together, _ in seconds[name][1:]),
            batch / statistics.median(alone for _, alone in seconds[name][1:]),
            bytes_moved(network, size),
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
        _reference(network)(_blank(network, size))
    return counter.get_total_flops() // 2


@torch.no_grad()
def bytes_moved(network: nn.Module, size: int) -> int:
    """Return the bytes that a network's layers read and write for one image, in float32.

    A convolution reads its input and its weights, and writes its output; an activation and a
    batch norm are taken to be done on the way.
    """
    with (counter := _BytesMoved()):
        _reference(network)(_blank(network, size))
    return counter.total


class _BytesMoved(TorchFunctionMode):
    """Counts what convolutions read and write."""

    total = 0

    def __torch_function__(
        self, function: Any, types: Any, arguments: Any = (), keywords: Any = None
    ) -> Any:
        answer = function(*arguments, **(keywords or {}))
        if function in (torch.conv2d, torch.conv_transpose2d):
            maps = (*arguments[:2], answer)
            self.total += sum(one.numel() * one.element_size() for one in maps)
        return answer


def measure_limits(device: Any, *, side: int = 2048, rounds: int = 5) -> Limits:
    """Measure what a machine can do in float32: the best of a few rounds.

    Parameters
    ----------
    device : str or torch.device
    side : int
        Of the square matrices that are multiplied.
    rounds : int

    Returns
    -------
    Limits
    """
    one, other = torch.rand((2, side, side), device=device)
    target = torch.empty((8, side, side), device=device)
    source = torch.rand((8, side, side), device=device)
    products = (side**3 / _seconds(lambda: one @ other, device) for _ in range(rounds))
    copies = (
        2 * source.numel() * source.element_size() / _seconds(lambda: target.copy_(source), device)
        for _ in range(rounds)
    )
    return Limits(max(products), max(copies))


def _seconds(step: Callable[[], object], device: Any) -> float:
    """Return the seconds of a step, the second time."""
    seconds = 0.0
    for _ in range(2):
        began = time.perf_counter()
        step()
        if torch.device(device).type == "cuda":
            torch.cuda.synchronize(device)
        seconds = time.perf_counter() - began
    return seconds


def _reference(network: nn.Module) -> nn.Module:
    """The network in torch that an engine answers for, or the network itself."""
    return network.network if isinstance(network, Asked) else network


def _blank(network: nn.Module, size: int) -> torch.Tensor:
    return torch.zeros((1, 3, size, size), device=next(network.parameters()).device)


def machine(device: Any) -> str:
    """Return in a few words what computes."""
    if torch.device(device).type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device}, threads: {torch.get_num_threads()}"
