"""The cost of networks: parameters, multiply-adds, and images a second on this machine.

The paper gives them for its own network only (Charles et al., BMVC 2017, section 4). Rates are
measured from uint8 pixels to labels of cells. Networks take turns, round after round, so that
other load on the machine affects all of them alike. Two limits of the machine are computed as
well (roofline: Williams, Waterman and Patterson, CACM 2009): images a second if only the
multiply-adds took time, and if only reading and writing maps did.
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
    """The cost of a network.

    Attributes
    ----------
    parameters : int
    multiply_adds : int
        Of its convolutions, for one image.
    batch_rate, live_rate : float
        Images a second in batches, and one at a time; medians over rounds.
    bytes_moved : int
        Size of the maps and weights that its layers read and write for one image, in float32.
    """

    parameters: int
    multiply_adds: int
    batch_rate: float
    live_rate: float
    bytes_moved: int = 0


@dataclass(frozen=True)
class Limits:
    """Measured limits of a machine.

    Attributes
    ----------
    multiply_adds, bytes : float
        Multiply-adds a second in a product of large matrices; bytes a second that a copy reads
        and writes.
    """

    multiply_adds: float
    bytes: float

    def images(self, cost: Cost) -> tuple[float, float]:
        """Return the images a second that multiply-adds allow, and those that bytes allow."""
        return self.multiply_adds / cost.multiply_adds, self.bytes / max(cost.bytes_moved, 1)


class Asked(nn.Module):
    """A network that an engine computes.

    Parameters
    ----------
    network : FactoredNetwork
    engines : Engines
    """

    def __init__(self, network: FactoredNetwork, engines: Engines) -> None:
        super().__init__()
        self.network, self._engine = network, engines.of(network)

    def forward(self, images: torch.Tensor) -> Parsing:
        """Return the `Parsing` of `images`, with probabilities instead of logits."""
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
    """Measure the costs of networks, in turn.

    Parameters
    ----------
    networks : dict of str to network
        In evaluation mode, on one device.
    size : int
        Side of the images, a multiple of 8.
    batch : int
        Images in a batch.
    rounds : int
        Measurements of each network, after one that is discarded.
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
    """Return the seconds that a network needs to label batches of frames (B, H, W, 3)."""
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

    A convolution reads its input and its weights, and writes its output. Activations and batch
    norms are assumed to be fused with it.
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
    """Measure the limits of a machine in float32: the best of a few rounds.

    Parameters
    ----------
    device : str or torch.device
    side : int
        Side of the square matrices that are multiplied.
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
    """Return the seconds of a step, when it is run for the second time."""
    seconds = 0.0
    for _ in range(2):
        began = time.perf_counter()
        step()
        if torch.device(device).type == "cuda":
            torch.cuda.synchronize(device)
        seconds = time.perf_counter() - began
    return seconds


def _reference(network: nn.Module) -> nn.Module:
    """The torch network that an engine computes, or the network itself."""
    return network.network if isinstance(network, Asked) else network


def _blank(network: nn.Module, size: int) -> torch.Tensor:
    return torch.zeros((1, 3, size, size), device=next(network.parameters()).device)


def machine(device: Any) -> str:
    """Return a short description of a device."""
    if torch.device(device).type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device}, threads: {torch.get_num_threads()}"
