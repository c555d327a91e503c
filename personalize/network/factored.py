"""The Factored ConvNet (Charles et al., BMVC 2017, Figure 1)."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import torch
from torch import Tensor, nn

from personalize.network.blocks import Initial
from personalize.network.injection import silhouette_probabilities
from personalize.network.modules import (
    AggregationModule,
    FactoredModule,
    shared_module,
)

Silhouettes: TypeAlias = Tensor | Sequence[Any]
"""Of B images: one tensor, or a sequence of tensors or arrays, and None where none is known."""


class Parsing(NamedTuple):
    """The output of a network for B images, in cells of 8 x 8 pixels.

    Attributes
    ----------
    person : (B, 2, h, w) tensor or None
        Logits of background and person; None from a network without an X factor.
    parts : (B, 32, h, w) tensor
        Logits of the background and the 31 parts.
    """

    person: torch.Tensor | None
    parts: torch.Tensor


class FactoredNetwork(nn.Module):
    """Parse a person into 31 parts, with foreground and background as a factored sub-task.

    Images are (B, 3, H, W) float32 RGB in [0, 1]; H and W multiples of 8.
    505,742 parameters. In evaluation mode it is an `Engine` of itself, the reference of others.
    """

    def __init__(self) -> None:
        super().__init__()
        self.initial = Initial()
        self.shared = shared_module()
        self.factored = FactoredModule()
        self.aggregation = AggregationModule()

    def features(self, images: Tensor) -> Tensor:
        """Return the shared features (B, 128, H/8, W/8) of `images`."""
        return self.shared(self.initial(images * 2 - 1))  # the mean of a grey image is 0

    def person(self, features: Tensor) -> Tensor:
        """Return the probabilities (B, 2, h, w) of background and person: the X factor."""
        return self.factored(features).softmax(dim=1)

    def parts(self, features: Tensor, person: Tensor) -> Tensor:
        """Return the probabilities (B, 32, h, w) of background and parts, given the person."""
        return self.aggregation(features, person).softmax(dim=1)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.initial.conv.weight.device

    def forward(self, images: Tensor, silhouettes: Silhouettes | None = None) -> Parsing:
        """Parse `images`.

        Parameters
        ----------
        images : (B, 3, H, W) float32 tensor
            RGB in [0, 1].
        silhouettes : (B, H', W') tensor, or a sequence of B (H', W') tensors and None, optional
            Known silhouettes, bool or probabilities of the person, of any size.
            Where one is given it takes the place of the factored module's answer.

        Returns
        -------
        Parsing
        """
        features = self.features(images)
        person = self.factored(features)
        believed = inject(person.softmax(dim=1), silhouettes)
        return Parsing(person, self.aggregation(features, believed))


def inject(person: Tensor, silhouettes: Silhouettes | None) -> Tensor:
    """Replace the probabilities (B, 2, h, w) of each image whose silhouette is known."""
    if silhouettes is None:
        return person
    if len(silhouettes) != len(person):
        raise ValueError(f"{len(silhouettes)} silhouettes for {len(person)} images")
    return torch.stack(
        [
            guess
            if known is None
            else silhouette_probabilities(known[None], guess.shape[1:])[0].to(guess)
            for guess, known in zip(person, silhouettes)
        ]
    )
