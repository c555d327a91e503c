"""CUDA graphs as an engine: half precision, every step recorded once for a shape and replayed.

A network of thin layers leaves a GPU waiting for Python; a graph is launched as one. Not run on
a GPU yet: see docs/guide/cluster.md.
"""

import copy
from collections.abc import Callable
from threading import Lock
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from personalize.network.engines.interface import Engine
from personalize.network.factored import FactoredNetwork

WARM = 3
"""Calls before a graph is recorded, in which libraries choose their kernels."""

Step = Callable[..., Tensor]


class CudaEngine(Engine):
    """An `Engine` for a GPU, in half precision; answers are float32. Several threads may ask it,
    one after the other.

    Parameters
    ----------
    network : FactoredNetwork
        In evaluation mode; copied.
    record : callable, optional
        ``record(step, inputs)`` returns a callable that does the same; by default it records a
        CUDA graph. One answer of it is gone when it is called again.
    """

    def __init__(
        self,
        network: FactoredNetwork,
        record: Callable[[Step, tuple[Tensor, ...]], Step] | None = None,
    ) -> None:
        self._given = network
        folded = fold_norms(copy.deepcopy(network).eval().requires_grad_(False))
        self._network = folded.half().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._record = record or record_graph
        self._recorded: dict[tuple[object, ...], Step] = {}
        self._lock = Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        """Be pickled as the network; graphs are recorded where it is asked."""
        return CudaEngine, (self._given,)

    @property
    def device(self) -> torch.device:
        return self._network.device

    def features(self, images: Tensor) -> Tensor:
        return self._replay("features", images)

    def person(self, features: Tensor) -> Tensor:
        return self._replay("person", features)

    def parts(self, features: Tensor, person: Tensor) -> Tensor:
        return self._replay("parts", features, person)

    def _replay(self, name: str, *maps: Tensor) -> Tensor:
        with torch.inference_mode(False), torch.no_grad():  # learning may keep the output
            given = tuple(one.half().contiguous(memory_format=torch.channels_last) for one in maps)
            key = (name, *(tuple(one.shape) for one in given))
            with self._lock:  # an answer is gone when the graph is replayed
                if key not in self._recorded:
                    self._recorded[key] = self._record(getattr(self._network, name), given)
                return self._recorded[key](*given).float().clone()


def record_graph(step: Step, inputs: tuple[Tensor, ...]) -> Step:
    """Record a CUDA graph of a step for inputs of these shapes."""
    places = [one.clone() for one in inputs]
    beside = torch.cuda.Stream()
    beside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(beside):
        for _ in range(WARM):
            step(*places)
    torch.cuda.current_stream().wait_stream(beside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        answer = step(*places)

    def replay(*given: Tensor) -> Tensor:
        for place, values in zip(places, given):
            place.copy_(values)
        graph.replay()
        return answer

    return replay


def fold_norms(module: FactoredNetwork) -> FactoredNetwork:
    """Fold every batch norm that follows a convolution into it, in place."""
    for part in module.modules():
        if isinstance(part, nn.Sequential):
            layers = dict(part.named_children())
            for (name, layer), (next_name, norm) in zip(
                list(layers.items()), list(layers.items())[1:]
            ):
                if isinstance(norm, nn.BatchNorm2d) and isinstance(layer, nn.Conv2d):
                    setattr(part, name, fuse_conv_bn_eval(layer, norm))
                    setattr(part, next_name, nn.Identity())
    return module
