"""The Factored ConvNet as OpenVINO's graphs, made of the weights of the one in torch.

Batch norm is folded into the convolution before it, in float64. Number and size of images are
open, so that one compiled graph serves every canvas. It is built by hand, since a trace of the
network takes longer than compiling it, and the package's own converter reports home.
"""

from typing import Any

import numpy as np
import openvino as ov
import openvino.opset13 as op
import torch
from numpy.typing import NDArray
from torch import nn

from personalize.network.blocks import Bottleneck, Initial
from personalize.network.factored import FactoredNetwork
from personalize.network.modules import FEATURES, PERSON_CLASSES, AggregationModule, FactoredModule

Node = Any  # of a graph; the package has no types
Weights = NDArray[np.float64]


def features_graph(network: FactoredNetwork) -> ov.Model:
    """Images (B, 3, H, W) -> shared features (B, 128, H/8, W/8)."""
    images = _maps(3)
    found = _initial(network.initial, op.subtract(op.multiply(images, _value(2)), _value(1)))
    return ov.Model([_blocks(network.shared, found)], [images], "features")


def person_graph(module: FactoredModule) -> ov.Model:
    """Features (B, 128, h, w) -> probabilities of background and person (B, 2, h, w)."""
    features = _maps(FEATURES)
    logits = _convolve(module.head, _blocks(module.stage, features))
    return ov.Model([op.softmax(logits, 1)], [features], "person")


def parts_graph(module: AggregationModule) -> ov.Model:
    """Features (B, 128, h, w), person (B, 2, h, w) -> probabilities of parts (B, 32, h, w)."""
    features, person = _maps(FEATURES), _maps(PERSON_CLASSES)
    convolution, norm, activation = module.merge
    merged = _activate(activation, _convolve(convolution, op.concat([features, person], 1), norm))
    logits = _convolve(module.head, _blocks(module.stage, merged))
    return ov.Model([op.softmax(logits, 1)], [features, person], "parts")


def _blocks(modules: nn.Module, maps: Node) -> Node:
    for block in modules.children():
        assert isinstance(block, Bottleneck)
        maps = _bottleneck(block, maps)
    return maps


def _initial(block: Initial, images: Node) -> Node:
    halves = op.concat([_convolve(block.conv, images), _pool(images)], 1)
    scale, shift = (_value(of[:, None, None]) for of in _affine(block.norm))
    return _activate(block.act, op.add(op.multiply(halves, scale), shift))


def _bottleneck(block: Bottleneck, maps: Node) -> Node:
    squeeze, norm, activation, middle, middle_norm, second, expand, last_norm, _ = block.branch
    branch = _activate(activation, _convolve(squeeze, maps, norm))
    if isinstance(middle, nn.Sequential):  # asymmetric
        branch = _convolve(middle[1], _convolve(middle[0], branch), middle_norm)
    else:
        branch = _convolve(middle, branch, middle_norm)
    branch = _convolve(expand, _activate(second, branch), last_norm)
    skip = _pool(maps) if block.downsample else maps
    if block.padding:
        before, after = np.zeros(4, np.int64), np.array([0, block.padding, 0, 0])
        skip = op.pad(skip, op.constant(before), op.constant(after), "constant", _value(0))
    return _activate(block.act, op.add(branch, skip))


def _convolve(layer: nn.Module, maps: Node, norm: nn.Module | None = None) -> Node:
    """A convolution, and the batch norm behind it."""
    assert isinstance(layer, nn.Conv2d) and not isinstance(layer.padding, str)
    weight = _numbers(layer.weight)
    shift = np.zeros(len(weight)) if layer.bias is None else _numbers(layer.bias)
    if norm is not None:
        scale, offset = _affine(norm)
        weight, shift = weight * scale[:, None, None, None], shift * scale + offset
    padding, dilation = list(layer.padding), list(layer.dilation)
    convolved = op.convolution(maps, _value(weight), layer.stride, padding, padding, dilation)
    return op.add(convolved, _value(shift[:, None, None])) if shift.any() else convolved


def _affine(norm: nn.Module) -> tuple[Weights, Weights]:
    """Scale and shift that a batch norm is, per channel."""
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.running_mean is not None and norm.running_var is not None
    scale = _numbers(norm.weight) / np.sqrt(_numbers(norm.running_var) + norm.eps)
    return scale, _numbers(norm.bias) - _numbers(norm.running_mean) * scale


def _activate(activation: nn.Module, maps: Node) -> Node:
    assert isinstance(activation, nn.PReLU)
    return op.prelu(maps, _value(_numbers(activation.weight)))


def _pool(maps: Node) -> Node:
    """Maxima of squares of 2 x 2."""
    pooled = op.max_pool(maps, [2, 2], [1, 1], [0, 0], [0, 0], [2, 2], "floor")
    return pooled.output(0)  # the other output has their places


def _maps(channels: int) -> Node:
    """An input of maps with so many channels, of any number and size."""
    return op.parameter(ov.PartialShape([-1, channels, -1, -1]), np.float32)


def _value(values: Any) -> Node:
    return op.constant(np.asarray(values, np.float32))


def _numbers(weights: torch.Tensor) -> Weights:
    numbers: Weights = weights.detach().double().cpu().numpy()
    return numbers
