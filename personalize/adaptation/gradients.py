"""Gradients of a batch, its frames shared out among threads.

The layers of a network of half a million parameters are too thin to be shared by two threads,
which would wait for each other most of the time. So every thread takes a few frames of the batch
through all layers. Gradients are added in the order of the frames, so that they do not depend on
the number of threads.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from personalize.network.inference import BATCH
from personalize.workers import in_order

TOGETHER = 2
"""Frames of a thread of a CPU: with one, layers cost a third more, and four leave threads idle."""


def frames_together(device: torch.device) -> int:
    """Return how many frames of a batch one loss is of; a GPU shares nothing out."""
    return TOGETHER if device.type == "cpu" else BATCH


@contextmanager
def ready_to_learn(module: nn.Module) -> Iterator[None]:
    """Let a module learn fast while the block lasts: channels innermost in memory, and on a CPU
    every thread computes its layers alone.
    """
    threads = torch.get_num_threads()
    if next(module.parameters()).device.type == "cpu":
        torch.set_num_threads(1)  # of this thread, and of those that begin
    module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    try:
        yield
    finally:
        module.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
        torch.set_num_threads(threads)


def channels_innermost(maps: Tensor) -> Tensor:
    """Return maps (B, C, h, w) in the memory order of a module that is `ready_to_learn`."""
    return maps.contiguous(memory_format=torch.channels_last)


def add_gradients(
    weights: Sequence[Tensor], losses: Sequence[Callable[[], Tensor]], workers: int = 1
) -> None:
    """Set the gradients of weights to the sums over several losses.

    Parameters
    ----------
    weights : sequence of Tensor
        Each has a part in every loss.
    losses : sequence of callable
        Without arguments; each returns a scalar, and may be called in any thread.
    workers : int
        Threads, as for `workers.in_order`.
    """

    def gradients(loss: Callable[[], Tensor]) -> tuple[Tensor, ...]:
        return torch.autograd.grad(loss(), list(weights))

    for weight in weights:
        weight.grad = None
    with leaves_kept(weights):
        for found in in_order(gradients, losses, workers):
            for weight, gradient in zip(weights, found, strict=True):
                weight.grad = gradient if weight.grad is None else weight.grad + gradient


@contextmanager
def leaves_kept(weights: Sequence[Tensor]) -> Iterator[None]:
    """Keep the nodes of weights in the graph of gradients while the block lasts.

    Else every loss makes and drops them, and threads that do so at a time may wait for each other
    for ever: in torch 2.13 one holds the lock of a weight and waits for the interpreter's, and the
    other, in a function of Python's such as our PReLU, holds that and waits for the first.
    """
    views = [weight.view_as(weight) for weight in weights]  # what Python holds of a node is no help
    yield
    del views
