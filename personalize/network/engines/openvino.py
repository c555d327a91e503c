"""OpenVINO as an engine: the network's float32 answers on a CPU, in half of torch's time."""

import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import numpy as np
import torch
from torch import Tensor

from personalize.network.engines.interface import Engine
from personalize.network.engines.signal_stack import kept_signal_stack
from personalize.network.factored import FactoredNetwork

TELEMETRY = "openvino_telemetry"
"""A package beside OpenVINO that reports every import to its makers, unless it is not there."""

STREAMS = 8
"""Images that are computed at a time, at most: each has maps of its own in memory."""


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
    torch has when it is made. All of them compute an image that comes alone; of several, each
    computes its own, without waiting for the others at every layer. Any number of threads may ask
    at once.

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
        self._compiled: dict[int, dict[str, Any]] = {}
        self._free: defaultdict[tuple[str, int], list[Any]] = defaultdict(list)

    def __reduce__(self) -> tuple[Any, ...]:
        """Be pickled as the network; it is compiled where it is asked."""
        return OpenVinoEngine, (self._network,)

    def features(self, images: Tensor) -> Tensor:
        return self._ask("features", images)

    def person(self, features: Tensor) -> Tensor:
        return self._ask("person", features)

    def parts(self, features: Tensor, person: Tensor) -> Tensor:
        return self._ask("parts", features, person)

    def _ask(self, step: str, *maps: Tensor) -> Tensor:
        """Return the answers of a step, each image asked for by a request of its own."""
        given = [values.detach().contiguous().numpy() for values in maps]
        streams = 1 if len(given[0]) == 1 else min(self._threads, STREAMS)
        with kept_signal_stack():
            requests = [self._request(step, streams) for _ in given[0]]
            for number, request in enumerate(requests):
                image = [values[number : number + 1] for values in given]
                request.start_async(image, share_inputs=True)
            for request in requests:
                request.wait()
            answers = np.concatenate([request.get_output_tensor().data for request in requests])
        self._free[step, streams] += requests
        return torch.from_numpy(answers)

    def _request(self, step: str, streams: int) -> Any:
        """Return a request that nobody else asks with until it is free again."""
        try:
            return self._free[step, streams].pop()
        except IndexError:
            return self._graphs(streams)[step].create_infer_request()

    def _graphs(self, streams: int) -> dict[str, Any]:
        """The three graphs, compiled for so many images at a time: in a fifth of a second."""
        with self._lock:
            if streams not in self._compiled:
                self._compiled[streams] = self._compile(streams)
            return self._compiled[streams]

    def _compile(self, streams: int) -> dict[str, Any]:
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
            "NUM_STREAMS": str(streams),
            "INFERENCE_NUM_THREADS": str(self._threads),
            "ENABLE_CPU_PINNING": False,  # other programs are busy, too
        }
        return {
            made.get_friendly_name(): core.compile_model(made, "CPU", wanted) for made in graphs
        }
