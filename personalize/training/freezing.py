"""Which modules learn, and which stay as they are to the last bit.

A frozen module is in evaluation mode: without that its batch-norm statistics
would follow the images although no gradient reaches its weights.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from personalize.network.factored import FactoredNetwork
from personalize.network.registry import has_factor

END_TO_END = 3
"""The training setting without noise, in which every module learns (section 3.2)."""

AGGREGATION_ALONE = 0
"""A setting of ours, without noise too, in which the aggregation module alone learns."""

MOMENTUM = 0.1  # of batch-norm statistics; torch's and ENet's


def prepare_setting(network: nn.Module, setting: int) -> None:
    """Make a network ready for one step in a training setting (section 3.2).

    In setting 3 everything learns. In the others only the aggregation module
    does; it normalises by the statistics of the batch, but does not keep
    them, since in 1, 2 and 4 its input is corrupted on purpose.

    Parameters
    ----------
    network
        Changed in place. One without an X factor is trained in setting 3 alone.
    setting : int
        1 to 4, or `AGGREGATION_ALONE`.
    """
    everything = setting == END_TO_END
    network.train(everything)
    network.requires_grad_(everything)
    if not everything:
        assert has_factor(network)  # the others have no such setting
        network.aggregation.train()
        network.aggregation.requires_grad_(True)
    for norm in norms(network):  # a frozen one keeps its statistics whatever its momentum
        norm.momentum = MOMENTUM if everything else 0.0


def freeze_all_but_factor(network: FactoredNetwork) -> None:
    """Leave only the factored module's weights trainable; no batch norm updates its statistics."""
    network.eval()
    network.requires_grad_(False)
    network.factored.requires_grad_(True)


def norms(module: nn.Module) -> list[nn.BatchNorm2d]:
    """Return the batch norms inside a module."""
    return [child for child in module.modules() if isinstance(child, nn.BatchNorm2d)]


@torch.no_grad()
def reestimate_statistics(network: nn.Module, batches: Iterable[Tensor]) -> None:
    """Measure the aggregation module's batch-norm statistics again on clean images.

    Parameters
    ----------
    network
        Changed in place; left in evaluation mode. One without an X factor has seen clean
        images alone, and keeps its statistics.
    batches : iterable of (B, 3, H, W) float32 tensors
    """
    network.eval()
    if not has_factor(network):
        return
    for norm in norms(network.aggregation):
        norm.train()
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean over all batches
    for images in batches:
        network(images)
    for norm in norms(network.aggregation):
        norm.momentum = MOMENTUM
    network.eval()
