"""What computes the answers of a network: three steps, each of which may be asked for alone."""

from typing import Protocol

import torch
from torch import Tensor


class Engine(Protocol):
    """The inference of one Factored ConvNet, its weights as they are when it is made.

    `FactoredNetwork` in evaluation mode is an engine itself, the reference: float32, in torch.
    Images and maps may have any size and number, and those of a call need not be those of the
    call before.
    """

    @property
    def device(self) -> torch.device:
        """The device of images and answers."""

    def features(self, images: Tensor) -> Tensor:
        """Return the shared features (B, 128, H/8, W/8) of images (B, 3, H, W) in [0, 1]."""

    def person(self, features: Tensor) -> Tensor:
        """Return the probabilities (B, 2, h, w) of background and person: the X factor."""

    def parts(self, features: Tensor, person: Tensor) -> Tensor:
        """Return the probabilities (B, 32, h, w) of background and parts, given the person."""
