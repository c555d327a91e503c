"""OpenVINO as an engine: the network's float32 answers on a CPU, in half of torch's time."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import Lock
from typing import Any

import torch
from torch import Tensor

from personalize.network.engines.interface import Engine
from personalize.network.engines.signal_stack import kept_signal_stack
from personalize.network.factored import FactoredNetwork

TELEMETRY = "openvino_telemetry"
"""A package beside OpenVINO that reports every import to its makers, unless it is not there."""


def is_available() -> bool:
    """Whether OpenVINO is installed, and computes on this machine's CPU."""
    with without_telemetry(), kept_signal_stack():
        try:
            import openvino as ov

            return "CPU" in ov.Core().available_devices
        except (ImportError, OSError, RuntimeError):  # no wheel, or one for another machine
            return False


@contextmanager
def without_telemetry() -> Iterator[None]:
    """Let OpenVINO be imported as if its telemetry were not installed: nothing is sent."""
    before = sys.modules.get(TELEMETRY)
    sys.modules[TELEMETRY] = None  # type: ignore[assignment]  # an import of it fails
    try:
        yield
    finally:
        if before is None:
            del sys.modules[TELEMETRY]
        else:
            sys.modules[TELEMETRY] = before


class OpenVinoEngine(Engine):
    """An `Engine` of OpenVINO's, for CPUs.

    Float32 is asked for, since OpenVINO may choose less by itself. It has as many threads as
    torch has when it is made. Several threads may ask it, one after the other.

    Parameters
    ----------
    network : FactoredNetwork
        In evaluation mode, and never changed afterwards.
    """

    device = torch.device("cpu")

    def __init__(self, network: FactoredNetwork) -> None:
        self._network = network
        self._threads = torch.get_num_threads()
        self._lock = Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        """Be pickled as the network; it is compiled where it is asked."""
        return OpenVinoEngine, (self._network,)

    def features(self, images: Tensor) -> Tensor:
        return self._ask(self._requests["features"], images)

    def person(self, features: Tensor) -> Tensor:
        return self._ask(self._requests["person"], features)

    def parts(self, features: Tensor, person: Tensor) -> Tensor:
        return self._ask(self._requests["parts"], features, person)

    @cached_property
    def _requests(self) -> dict[str, Any]:
        """The three graphs, compiled: in a fifth of a second."""
        with kept_signal_stack():
            return self._compile()

    def _compile(self) -> dict[str, Any]:
        with without_telemetry():
            import openvino as ov

            from personalize.network.engines import graph
        network, core = self._network, ov.Core()
        graphs = (
            graph.features_graph(network),
            graph.person_graph(network.factored),
            graph.parts_graph(network.aggregation),
        )
        wanted = {
            "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": "1",
            "INFERENCE_NUM_THREADS": str(self._threads),
            "ENABLE_CPU_PINNING": False,  # other programs are busy, too
        }
        return {
            made.get_friendly_name(): core.compile_model(made, "CPU", wanted).create_infer_request()
            for made in graphs
        }

    def _ask(self, request: Any, *maps: Tensor) -> Tensor:
        given = [values.detach().contiguous().numpy() for values in maps]
        with self._lock, kept_signal_stack():
            answers = request.infer(given, share_inputs=True)  # of which outputs are copies
        return torch.from_numpy(answers[0])
