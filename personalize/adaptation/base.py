"""The generic network that every person starts from, and what may stand in for its X factor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch

from personalize.factors.registry import Factor
from personalize.network.checkpoints import digest
from personalize.network.engines.choose import REFERENCE, Engines
from personalize.network.engines.interface import Engine
from personalize.network.factored import FactoredNetwork
from personalize.network.inference import predict_person
from personalize.network.settings import VIEWS, View
from personalize.types import Frames, Map, Wrap


@dataclass(frozen=True, eq=False)
class Base:
    """The generic network that every person starts from.

    Attributes
    ----------
    network : FactoredNetwork
        In evaluation mode, on the device of all computation.
    digest : str
        Of its weights.
    factor : Factor or None
        What tells the person from the background in the window, in its place.
    engines : Engines
        What makes the engines of this network, and of those that learn from it.
    """

    network: FactoredNetwork
    digest: str
    factor: Factor | None = None
    engines: Engines = REFERENCE

    @classmethod
    def of(
        cls,
        network: FactoredNetwork,
        factor: Factor | None = None,
        engines: Engines = REFERENCE,
    ) -> Self:
        """Return the base of a network."""
        return cls(network, digest(network.state_dict()), factor, engines)

    @property
    def engine(self) -> Engine:
        """What looks at frames for the generic network."""
        return self.engines.of(self.network)

    @property
    def device(self) -> torch.device:
        """The device of all computation."""
        return next(self.network.parameters()).device

    def predict(
        self, frames: Frames, *, views: Sequence[View] = VIEWS["1"], progress: Wrap = iter
    ) -> Map:
        """Return the probability of the person, as `inference.predict_person`."""
        if self.factor:
            return self.factor.predict(frames, progress=progress)
        return predict_person(self.engine, frames, views=views, progress=progress)
