"""The modules of the network (Charles et al., BMVC 2017, Figure 2, bottom).

The paper prints its tables as a picture; this reconstruction agrees with every
number in its text: half a million parameters, shared features of 128 channels
at an eighth of the image, one 1x1 layer each for 2 and for 32 classes, and a
baseline that differs only by the factored head and the layer that merges it.
"""

import torch
from torch import Tensor, nn

from personalize import parts
from personalize.network.blocks import NORM_EPS, Bottleneck
from personalize.network.prelu import PReLU

STRIDE = 8
"""Pixels of the image per cell of a map, in both directions."""

FEATURES = 128
"""Channels of the shared features."""

PERSON_CLASSES = 2
"""Channels of the X factor: background, person."""

EARLY_DROPOUT = 0.01  # ENet: the first five bottlenecks
DROPOUT = 0.1

STAGE = (
    ("regular", 1),
    ("dilated", 2),
    ("asymmetric", 1),
    ("dilated", 4),
    ("regular", 1),
    ("dilated", 8),
    ("asymmetric", 1),
    ("dilated", 16),
)
"""Kernel and dilation of the eight bottlenecks that see the whole image at 1/8 of its size."""


def stage() -> nn.Sequential:
    """Return the eight bottlenecks of one stage: (B, 128, h, w) -> (B, 128, h, w)."""
    return nn.Sequential(
        *(
            Bottleneck(FEATURES, FEATURES, kernel, dilation=dilation, dropout=DROPOUT)
            for kernel, dilation in STAGE
        )
    )


def shared_module() -> nn.Sequential:
    """Return what both tasks share: (B, 16, H/2, W/2) -> (B, 128, H/8, W/8)."""
    return nn.Sequential(
        Bottleneck(16, 64, downsample=True, dropout=EARLY_DROPOUT),
        *(Bottleneck(64, 64, dropout=EARLY_DROPOUT) for _ in range(4)),
        Bottleneck(64, FEATURES, downsample=True, dropout=DROPOUT),
        *stage(),
    )


class FactoredModule(nn.Module):
    """The X factor: shared features -> logits of background and person.

    (B, 128, h, w) -> (B, 2, h, w).
    """

    def __init__(self) -> None:
        super().__init__()
        self.stage = stage()
        self.head = nn.Conv2d(FEATURES, PERSON_CLASSES, 1)

    def forward(self, features: Tensor) -> Tensor:
        """(B, 128, h, w) -> (B, 2, h, w)."""
        return self.head(self.stage(features))


class AggregationModule(nn.Module):
    """Merge the X factor's answer into the features and answer the main task.

    Features (B, 128, h, w) and probabilities of background and person
    (B, 2, h, w) -> logits of the parts (B, 32, h, w).
    """

    def __init__(self) -> None:
        super().__init__()
        self.merge = nn.Sequential(
            nn.Conv2d(FEATURES + PERSON_CLASSES, FEATURES, 1, bias=False),
            nn.BatchNorm2d(FEATURES, eps=NORM_EPS),
            PReLU(FEATURES),
        )
        self.stage = stage()
        self.head = nn.Conv2d(FEATURES, parts.CLASSES, 1)

    def forward(self, features: Tensor, person: Tensor) -> Tensor:
        """(B, 128, h, w) and (B, 2, h, w) -> (B, 32, h, w)."""
        merged = self.merge(torch.cat((features, person), dim=1))
        return self.head(self.stage(merged))
