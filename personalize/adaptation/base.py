"""The generic network that every person starts from, and a factor in the place of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch

from personalize.factors.registry import Factor
from personalize.network.checkpoints import digest
from personalize.network.engines.choose import REFERENCE, Engines
from personalize.network.engines.interface import Engine
from personalize.network.factored import FactoredNetwork
from personalize.network.inference import predict_consensus
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
        What separates the person from the background in the window, in its place.
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
        """Return the base of a network, known by the digest of its weights.

        Parameters
        ----------
        network : FactoredNetwork
        factor : Factor, optional
            What takes the place of the network's own X factor in the window.
        engines : Engines
            What computes its answers.

        Returns
        -------
        Base
        """
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
        self,
        frames: Frames,
        *,
        views: Sequence[View] = VIEWS["1"],
        workers: int = 1,
        progress: Wrap = iter,
    ) -> Map:
        """Return how probable the person is, by the factor if there is one, else by both answers of
        the network (`inference.consensus`).

        Parameters
        ----------
        frames : (T, rows, cols, 3) uint8 array
            RGB, on the canvas.
        views : sequence of View
            Looks at each frame, of the network alone.
        workers : int
            Threads of the network, as for `workers.in_order`.
        progress : callable
            Wraps the sequence of frames.

        Returns
        -------
        (T, h, w) float32 array
            In [0, 1], in cells.
        """
        if self.factor:
            return self.factor.predict(frames, progress=progress)
        return predict_consensus(
            self.engine, frames, views=views, workers=workers, progress=progress
        )
