"""Score a network on samples that it does not learn from, at the resolution of its maps."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from personalize import parts
from personalize.datasets.samples import MeasuredSample
from personalize.evaluation.segmentation import (
    class_accuracy,
    class_iou,
    count_confusion,
    mean_score,
)
from personalize.types import UNLABELLED, Labels


def to_images(images: Tensor, device: str | torch.device) -> Tensor:
    """Bring images (B, H, W, 3) uint8 to a device as (B, 3, H, W) float32 in [0, 1]."""
    return (images.to(device).permute(0, 3, 1, 2).float() / 255).contiguous()


@torch.no_grad()
def validate(
    network: nn.Module, samples: Sequence[MeasuredSample], batch: int, device: str | torch.device
) -> dict[str, float]:
    """Pool the errors of both tasks over samples.

    Parameters
    ----------
    network
        In evaluation mode. For one without an X factor the person is where it predicts a part.
    samples : sequence of (image (S, S, 3) uint8, parts (s, s) uint8, person (s, s) float32)
        Labels with 255 where unknown, and shares of the person with NaN.
    batch : int
    device : str

    Returns
    -------
    dict
        "parts_iou", "parts_accuracy": means over the 31 parts, background left
        out; "person_iou". In [0, 1], NaN where nothing is labelled.
    """
    parts_counts = np.zeros((parts.CLASSES, parts.CLASSES), np.int64)
    person_counts = np.zeros((2, 2), np.int64)
    listed = cast(Dataset[MeasuredSample], samples)  # a sequence is all that a loader needs
    for images, part_labels, shares in DataLoader(listed, batch):
        parsing = network(to_images(images, device))
        labels = parsing.parts.argmax(1)
        person = labels > parts.BACKGROUND if parsing.person is None else parsing.person.argmax(1)
        parts_counts += count_confusion(part_labels.numpy(), labels.cpu().numpy())
        person_counts += count_confusion(majority(shares), person.cpu().numpy(), classes=2)
    return {
        "parts_iou": float(mean_score(class_iou(parts_counts))),
        "parts_accuracy": float(mean_score(class_accuracy(parts_counts))),
        "person_iou": float(class_iou(person_counts)[1]),
    }


def majority(shares: Tensor) -> Labels:
    """Label cells by their greater share: 1 person, 0 background, 255 where the shares are NaN."""
    values = shares.numpy()
    return np.where(np.isnan(values), UNLABELLED, values >= 0.5).astype(np.uint8)
