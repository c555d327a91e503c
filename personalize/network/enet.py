"""ENet (Paszke et al., 2016), one of the networks that the paper compares with.

The encoder is the factored network's initial and shared module and one more stage;
the decoder brings its maps back to the image, where the maxima of the encoder's
poolings were. It parses pixels, while all networks here learn from and are scored on
cells of 8 x 8: a cell gets the mean of its pixels' logits. So every pixel of the decoder
learns and counts; if one pixel were picked from each cell, the other 63 would do neither.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from personalize import parts
from personalize.network.blocks import NORM_EPS, Bottleneck, Initial
from personalize.network.factored import Parsing
from personalize.network.modules import FEATURES, STRIDE, shared_module, stage


class ENet(nn.Module):
    """Parse a person into 31 parts, pixel by pixel. Images as for `FactoredNetwork`.

    365,156 parameters.
    """

    def __init__(self) -> None:
        super().__init__()
        self.initial = Initial()
        self.shared = shared_module()
        self.stage = stage()
        self.decoder = Decoder()

    def pixels(self, images: Tensor) -> Tensor:
        """Return the logits of the pixels, (B, 32, H, W)."""
        features, places = self.initial(images * 2 - 1), []
        for block in self.shared:
            assert isinstance(block, Bottleneck)
            if block.downsample:
                skip, place = F.max_pool2d(features, 2, return_indices=True)
                features = block.add(features, skip)
                places.append(place)
            else:
                features = block(features)
        return self.decoder(self.stage(features), places)

    def forward(self, images: Tensor) -> Parsing:
        """Return the `Parsing` of `images`, without person logits."""
        return Parsing(None, F.avg_pool2d(self.pixels(images), STRIDE))


class Decoder(nn.Module):
    """Features of an eighth of the image -> logits of its pixels.

    (B, 128, H/8, W/8) and the places of the maxima of both poolings -> (B, 32, H, W).
    """

    def __init__(self) -> None:
        super().__init__()
        self.to_quarter = UpsamplingBottleneck(FEATURES, 64)
        self.at_quarter = nn.Sequential(plain_bottleneck(64), plain_bottleneck(64))
        self.to_half = UpsamplingBottleneck(64, 16)
        self.at_half = plain_bottleneck(16)
        self.head = nn.ConvTranspose2d(16, parts.CLASSES, 2, stride=2)

    def forward(self, features: Tensor, places: Sequence[Tensor]) -> Tensor:
        """Features (B, 128, h, w) and the places of both poolings -> logits (B, 32, 8h, 8w)."""
        half, quarter = places  # in the order in which the encoder pooled
        features = self.at_quarter(self.to_quarter(features, quarter))
        return self.head(self.at_half(self.to_half(features, half)))


class UpsamplingBottleneck(nn.Module):
    """Double the resolution: a transposed convolution beside an unpooling.

    (B, inputs, h, w) and the places of maxima (B, outputs, h, w) -> (B, outputs, 2h, 2w).
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        width = outputs // 4
        self.branch = nn.Sequential(
            nn.Conv2d(inputs, width, 1, bias=False),
            nn.BatchNorm2d(width, eps=NORM_EPS),
            nn.ReLU(),
            nn.ConvTranspose2d(width, width, 3, stride=2, padding=1, output_padding=1),
            nn.BatchNorm2d(width, eps=NORM_EPS),
            nn.ReLU(),
            nn.Conv2d(width, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs, eps=NORM_EPS),
        )
        self.skip = nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs, eps=NORM_EPS)
        )

    def forward(self, features: Tensor, places: Tensor) -> Tensor:
        """(B, inputs, h, w) and places (B, outputs, h, w) -> (B, outputs, 2h, 2w)."""
        return torch.relu(self.branch(features) + unpool(self.skip(features), places))


def unpool(features: Tensor, places: Tensor) -> Tensor:
    """Put features (B, C, h, w) to the places of maxima in (B, C, 2h, 2w); 0 elsewhere.

    As `max_unpool2d` does, by an operation that ONNX has, too.
    """
    count, channels, rows, cols = features.shape
    empty = features.new_zeros((count, channels, 4 * rows * cols))
    placed = empty.scatter(2, places.flatten(2), features.flatten(2))
    return placed.view(count, channels, 2 * rows, 2 * cols)


def plain_bottleneck(channels: int) -> Bottleneck:
    """Return a bottleneck of the decoder: with ReLU, and without dropout."""
    return Bottleneck(channels, channels, dropout=0.0, activation=lambda _: nn.ReLU())
