"""Networks between others: means of their weights (not in the paper).

A network that teaches itself on a single video goes in the right direction, but too far.
Half of the way from the weights before, it knows the person as well, errs less where it
was wrong, and has forgotten less of other people (Wortsman et al., CVPR 2022). And the
mean of several points of one training may know other kinds of people better than each of
the points does (Izmailov et al., UAI 2018; docs/notebook/training.md).
"""

import copy
from collections.abc import Collection, Sequence

import torch
from torch import nn

from personalize.network.factored import FactoredNetwork


@torch.no_grad()
def blend(network: FactoredNetwork, taught: FactoredNetwork, share: float) -> FactoredNetwork:
    """Return the network whose weights are between those of two others.

    Parameters
    ----------
    network, taught : FactoredNetwork
        The one that learning began with, and what came of it; left unchanged.
    share : float
        Of the way from the first to the second, in [0, 1].

    Returns
    -------
    FactoredNetwork
        In evaluation mode; a tensor that learning left alone is bit-equal.
    """
    between = copy.deepcopy(taught).eval()
    before = network.state_dict()
    for name, value in between.state_dict().items():
        if value.is_floating_point() and not torch.equal(value, before[name]):
            value.copy_(before[name].lerp(value, share))
    return between


def with_modules(
    network: FactoredNetwork, taught: FactoredNetwork, names: Collection[str]
) -> FactoredNetwork:
    """Return a network of which some modules are those of another.

    Parameters
    ----------
    network, taught : FactoredNetwork
        Left unchanged.
    names : collection of str
        Modules that are taken from the second, such as "factored".

    Returns
    -------
    FactoredNetwork
        In evaluation mode.
    """
    mixed = copy.deepcopy(network).eval()
    for name in names:
        mixed.get_submodule(name).load_state_dict(taught.get_submodule(name).state_dict())
    return mixed


@torch.no_grad()
def average(networks: Sequence[nn.Module]) -> nn.Module:
    """Return the network whose weights are the means of those of others.

    Parameters
    ----------
    networks : sequence of torch.nn.Module
        Of one class and of one training, else their mean is worthless; left unchanged. One
        that is listed twice counts twice.

    Returns
    -------
    torch.nn.Module
        In evaluation mode.
    """
    mean = copy.deepcopy(networks[0]).eval()
    states = [network.state_dict() for network in networks]
    for name, value in mean.state_dict().items():
        if value.is_floating_point():
            value.copy_(torch.stack([state[name].double() for state in states]).mean(dim=0))
    return mean
