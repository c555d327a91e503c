"""The networks by their names: the paper's, and those that it is compared with."""

from typing import TypeGuard

from torch import nn

from personalize.network.baseline import BaselineNetwork
from personalize.network.enet import ENet
from personalize.network.factored import FactoredNetwork
from personalize.network.fcn import FCN

CLASSES = {
    "factored": FactoredNetwork,
    "baseline": BaselineNetwork,
    "enet": ENet,
    "fcn": FCN,
}
"""The class of each of `settings.NETWORKS`."""


def make_network(name: str) -> nn.Module:
    """Return a network of a name in `settings.NETWORKS`, with random weights."""
    return CLASSES[name]()


def name_of(network: nn.Module) -> str:
    """Return the name of a network."""
    return next(name for name, kind in CLASSES.items() if type(network) is kind)


def has_factor(network: nn.Module) -> TypeGuard[FactoredNetwork]:
    """Whether a network has an X factor: a silhouette of its own, that can be replaced."""
    return isinstance(network, FactoredNetwork)
