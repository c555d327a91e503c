"""The building blocks of the network (Charles et al., BMVC 2017, Figure 2, top).

They are ENet's (Paszke et al., 2016): an initial block and residual bottlenecks
of three kinds, each of which may also halve the resolution. Shapes: B images,
C channels, maps of h x w.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from personalize.network.prelu import PReLU

NORM_EPS = 1e-3  # ENet's batch norm
SQUEEZE = 4  # a bottleneck works on a quarter of its output channels


class Initial(nn.Module):
    """Halve the image and widen it to 16 channels: a strided convolution beside a max pooling.

    (B, 3, H, W) -> (B, 16, H/2, W/2), H and W even.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 13, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(16, eps=NORM_EPS)
        self.act = PReLU(16)

    def forward(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) -> (B, 16, H/2, W/2)."""
        halves = (self.conv(images), F.max_pool2d(images, 2))
        return self.act(self.norm(torch.cat(halves, dim=1)))


class Bottleneck(nn.Module):
    """A residual block: squeeze by 1x1, convolve, expand by 1x1, add the skip.

    (B, inputs, h, w) -> (B, outputs, h, w), or half of h and w with `downsample`.
    The skip is the input itself, max-pooled where the block halves, its missing
    channels filled with zeros.

    Parameters
    ----------
    inputs, outputs : int
        Channels; `outputs` a multiple of 4 and not below `inputs`.
    kernel : {"regular", "dilated", "asymmetric"}
        3x3, 3x3 with `dilation`, or 1x5 followed by 5x1.
    dilation : int
        Spacing of a dilated kernel.
    downsample : bool
        Halve the resolution: the first 1x1 becomes 2x2 with stride 2.
    dropout : float
        Probability with which a whole channel of the branch is dropped in training.
    activation : callable
        Makes the activation of so many channels.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: str = "regular",
        *,
        dilation: int = 1,
        downsample: bool = False,
        dropout: float,
        activation: Callable[[int], nn.Module] = PReLU,
    ) -> None:
        super().__init__()
        width = outputs // SQUEEZE
        step = 2 if downsample else 1
        self.downsample = downsample
        self.padding = outputs - inputs
        self.branch = nn.Sequential(
            nn.Conv2d(inputs, width, step, stride=step, bias=False),
            nn.BatchNorm2d(width, eps=NORM_EPS),
            activation(width),
            main_convolution(width, kernel, dilation),
            nn.BatchNorm2d(width, eps=NORM_EPS),
            activation(width),
            nn.Conv2d(width, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs, eps=NORM_EPS),
            nn.Dropout2d(dropout),
        )
        self.act = activation(outputs)

    def forward(self, features: Tensor) -> Tensor:
        """(B, inputs, h, w) -> (B, outputs, h, w), or half of h and w with `downsample`."""
        return self.add(features, F.max_pool2d(features, 2) if self.downsample else features)

    def add(self, features: Tensor, skip: Tensor) -> Tensor:
        """Run the branch on `features`, and add it to a `skip` of its resolution."""
        if self.padding:
            skip = F.pad(skip, (0, 0, 0, 0, 0, self.padding))  # zeros in the new channels
        branch = self.branch(features) if self.training else self._frozen(features)
        return self.act(branch + skip)

    def _frozen(self, features: Tensor) -> Tensor:
        """Run the branch in evaluation mode: batch norm costs no pass over the maps, neither there
        nor, where its weights learn on by themselves, on the way back.
        """
        squeeze, norm, act, middle, middle_norm, middle_act, expand, last_norm, _ = self.branch
        squeezed = act(normalised(squeeze, norm, features))
        if isinstance(middle, nn.Sequential):  # asymmetric
            squeezed, middle = middle[0](squeezed), middle[1]
        convolved = middle_act(normalised(middle, middle_norm, squeezed))
        return normalised(expand, last_norm, convolved)


def normalised(convolution: nn.Module, norm: nn.Module, maps: Tensor) -> Tensor:
    """Convolve maps and normalise them, as one convolution.

    Its weights are a function of those of both layers, so both can learn. While the norm learns
    statistics the two are taken one after the other.

    Parameters
    ----------
    convolution : Conv2d
    norm : BatchNorm2d
        Or any other module, which then follows the convolution.
    maps : (B, C, h, w) tensor

    Returns
    -------
    (B, D, h', w') tensor
    """
    assert isinstance(convolution, nn.Conv2d)
    if not isinstance(norm, nn.BatchNorm2d) or norm.training:  # folded before, or not frozen
        return norm(convolution(maps))
    assert norm.running_mean is not None and norm.running_var is not None
    scale = norm.weight * (norm.running_var + norm.eps).rsqrt()
    shift = norm.bias - norm.running_mean * scale
    if convolution.bias is not None:
        shift = shift + convolution.bias * scale
    return F.conv2d(
        maps,
        convolution.weight * scale[:, None, None, None],
        shift,
        convolution.stride,
        convolution.padding,
        convolution.dilation,
    )


def main_convolution(width: int, kernel: str, dilation: int) -> nn.Module:
    """Return the middle convolution of a bottleneck; it keeps the size of maps.

    Parameters
    ----------
    width : int
        Channels.
    kernel : {"regular", "dilated", "asymmetric"}
    dilation : int

    Returns
    -------
    Module
    """
    if kernel == "asymmetric":
        return nn.Sequential(
            nn.Conv2d(width, width, (1, 5), padding=(0, 2), bias=False),
            nn.Conv2d(width, width, (5, 1), padding=(2, 0)),
        )
    return nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation)
