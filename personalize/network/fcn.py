"""FCN-8s over VGG-16 (Long et al., CVPR 2015), one of the networks that the paper compares with.

VGG's classifier is run as convolutions, its scores are doubled twice and added to
those of the fourth and third pooling; there, at an eighth of the image, all networks
here are trained and scored. Poolings round up, so that any image of whole cells fits.

The original starts from weights for ImageNet. None come with this project: layers
start at random (He et al., ICCV 2015) and scores at zero.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from personalize import parts
from personalize.network.factored import Parsing

VGG = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
"""Channels of the 3x3 convolutions before each of the five poolings (VGG-16)."""

CLASSIFIER = 4096
"""Channels of VGG's two fully connected layers."""


class FCN(nn.Module):
    """Parse a person into 31 parts. Images as for `FactoredNetwork`.

    134,449,056 parameters.
    """

    def __init__(self) -> None:
        super().__init__()
        widths = (3, *(channels[-1] for channels in VGG))
        self.blocks = nn.ModuleList(
            vgg_block(inputs, channels) for inputs, channels in zip(widths, VGG)
        )
        self.classifier = nn.Sequential(
            nn.Conv2d(widths[-1], CLASSIFIER, 7, padding=3),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Conv2d(CLASSIFIER, CLASSIFIER, 1),
            nn.ReLU(),
            nn.Dropout(0.5),
        )
        self.scores = nn.ModuleList(
            nn.Conv2d(channels, parts.CLASSES, 1) for channels in (CLASSIFIER, 512, 256)
        )
        self.doublings = nn.ModuleList(doubling() for _ in range(2))
        self.apply(start_at_random)
        for score in self.scores:
            nn.init.zeros_(score.weight)  # type: ignore[arg-type]  # a convolution's

    def forward(self, images: Tensor) -> Parsing:
        """Return the `Parsing` of `images`, without person logits."""
        pooled = [images * 2 - 1]
        for block in self.blocks:
            pooled.append(block(pooled[-1]))
        classified, fourth, third = (
            score(features)
            for score, features in zip(
                self.scores, (self.classifier(pooled[5]), pooled[4], pooled[3])
            )
        )
        merged = cropped(self.doublings[0](classified), fourth) + fourth
        return Parsing(None, cropped(self.doublings[1](merged), third) + third)


def vgg_block(inputs: int, channels: Sequence[int]) -> nn.Sequential:
    """Return 3x3 convolutions of so many channels, and a pooling that halves, rounding up."""
    layers = []
    for outputs in channels:
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU()]
        inputs = outputs
    return nn.Sequential(*layers, nn.MaxPool2d(2, ceil_mode=True))


def doubling() -> nn.ConvTranspose2d:
    """Return a learned upsampling by two that starts as a bilinear one."""
    layer = nn.ConvTranspose2d(parts.CLASSES, parts.CLASSES, 4, stride=2, padding=1, bias=False)
    ramp = torch.tensor([0.25, 0.75, 0.75, 0.25])
    with torch.no_grad():
        layer.weight.copy_(torch.eye(parts.CLASSES)[..., None, None] * torch.outer(ramp, ramp))
    return layer


def start_at_random(layer: nn.Module) -> None:
    """Give a convolution random weights that keep the variance through its ReLU."""
    if isinstance(layer, nn.Conv2d):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


def cropped(maps: Tensor, like: Tensor) -> Tensor:
    """Cut off the row and the column that rounding up may have added."""
    return maps[..., : like.shape[-2], : like.shape[-1]]
