"""Batches of composed samples, made ahead by processes of their own where a CPU makes them."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from personalize.training.compose.composer import Batch, Composer

CLEAN_BATCHES = 12  # for the statistics of the aggregation module


class Batches(Dataset[Batch]):
    """Composed batches by the number of the step, for processes that compose them.

    Parameters
    ----------
    samples : Composer
    steps : range
    size : int
        Samples of a batch.
    """

    def __init__(self, samples: Composer, steps: Sequence[int], size: int) -> None:
        self.samples, self.steps, self.size = samples, steps, size

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, number: int) -> Batch:
        first = self.steps[number] * self.size
        return self.samples.compose(range(first, first + self.size))


def composed(
    samples: Composer, steps: Sequence[int], size: int, workers: int, device: str | torch.device
) -> Iterator[Batch]:
    """Yield the batch of every step, on the device.

    Parameters
    ----------
    samples : Composer
    steps : range
        Numbers of the steps.
    size : int
        Samples of a batch.
    workers : int
        Processes that compose, where the device is a CPU; a GPU composes its own.
    device : str or torch.device

    Yields
    ------
    images : (B, 3, S, S) float32 tensor
        RGB, in [0, 1].
    parts : (B, s, s) uint8 tensor
        Labels of the cells; 255 where unknown.
    person : (B, s, s) float32 tensor
        Share of the cell that the person covers; NaN where unknown.
    """
    workers = workers if torch.device(device).type == "cpu" else 0
    for images, *labels in DataLoader(
        Batches(samples, steps, size), batch_size=None, num_workers=workers
    ):
        yield to_floats(images, device), *(label.to(device) for label in labels)


def to_floats(images: Tensor, device: str | torch.device) -> Tensor:
    """Return images (B, 3, S, S) uint8 on a device as float32 in [0, 1], in the memory format that
    is fastest there.
    """
    images = images.to(device).float() / 255
    on_gpu = images.device.type == "cuda"
    return images.contiguous(memory_format=torch.channels_last) if on_gpu else images


def clean_images(samples: Composer, batch: int, device: str | torch.device) -> Iterator[Tensor]:
    """Yield the images of the first batches of a set, as they are trained on.

    Parameters
    ----------
    samples : Composer
    batch : int
        Images at a time.
    device : str or torch.device

    Yields
    ------
    (B, 3, S, S) float32 tensor
        RGB, in [0, 1].
    """
    for images, *_ in composed(samples, range(CLEAN_BATCHES), batch, 0, device):
        yield images
