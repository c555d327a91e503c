"""Which engine looks for a network: resolved once, and handed down."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from personalize.errors import EngineError
from personalize.network.checkpoints import digest
from personalize.network.device import check_engine
from personalize.network.engines.cuda import CudaEngine
from personalize.network.engines.interface import Engine
from personalize.network.engines.openvino import OpenVinoEngine, is_available
from personalize.network.engines.stored import FeatureStore, StoringEngine
from personalize.network.factored import FactoredNetwork

HELD = 4
"""Engines that are kept: a generic one and a personal one, and those of the video before."""

SLOWER = "OpenVINO is not to be had here, so torch computes, which takes twice the time or more"


@dataclass(frozen=True, eq=False)
class Engines:
    """What makes engines of networks, all of one kind.

    Attributes
    ----------
    name : {"torch", "openvino", "cuda"}
    remark : str
        What a user should know of the choice; empty if nothing.
    """

    name: str
    make: Callable[[FactoredNetwork], Engine]
    remark: str = ""
    _made: OrderedDict[str, Engine] = field(default_factory=OrderedDict, repr=False)

    def of(self, network: FactoredNetwork) -> Engine:
        """Return the engine of a network in evaluation mode: made now, or for the same weights
        before. The reference is the network itself.
        """
        if self.make is _itself:
            return network
        key = digest(network.state_dict())
        if key not in self._made:
            self._made[key] = self.make(network)
            while len(self._made) > HELD:
                self._made.popitem(last=False)
        self._made.move_to_end(key)
        return self._made[key]

    def storing(self, store: FeatureStore, *, add: bool = False) -> "Engines":
        """Return what makes the same engines, with a store of features before those on a CPU.

        Parameters
        ----------
        store : FeatureStore
        add : bool
            Whether features that are not in the store are added to it.
        """

        def stored(network: FactoredNetwork) -> Engine:
            engine = self.of(network)
            on_cpu = engine.device.type == "cpu"
            return StoringEngine(engine, store, add=add) if on_cpu else engine

        return Engines(self.name, stored, self.remark)


def _itself(network: FactoredNetwork) -> Engine:
    return network


REFERENCE = Engines("torch", _itself)
"""The engine that all others must agree with."""


def choose_engine(name: str, device: str | torch.device) -> Engines:
    """Resolve "auto" to the fastest engine for a device; refuse an engine that does not run here.

    Parameters
    ----------
    name : {"auto", "torch", "openvino", "cuda"}
    device : str or torch.device
        Of `choose_device`.

    Raises
    ------
    EngineError
        If an engine was asked for by its name, and does not run here.
    """
    on_cpu = torch.device(device).type == "cpu"
    check_engine(name, str(device))
    if name == "torch" or (name == "auto" and not on_cpu):  # cuda was not measured yet
        return REFERENCE
    if name == "cuda":
        return Engines(name, CudaEngine)
    if is_available():
        return Engines("openvino", OpenVinoEngine)
    if name == "openvino":
        raise EngineError(
            "--engine openvino: OpenVINO is not to be had here; install it with `pip install "
            "openvino`, or use auto or torch"
        )
    return Engines("torch", _itself, SLOWER)
