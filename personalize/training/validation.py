"""Score a network on samples that it does not learn from, at the resolution of its maps."""

import numpy as np
import torch
from torch.utils.data import DataLoader

from personalize import parts
from personalize.evaluation.segmentation import (
    class_accuracy,
    class_iou,
    count_confusion,
    mean_score,
)
from personalize.types import UNLABELLED


def to_tensors(batch, device):
    """Bring a batch to the device: images (B, H, W, 3) uint8 to (B, 3, H, W) float32 in [0, 1]."""
    images, *labels = batch
    images = images.to(device).permute(0, 3, 1, 2).float() / 255
    return images.contiguous(), *(label.to(device) for label in labels)


@torch.no_grad()
def validate(network, samples, batch, device):
    """Pool the errors of both tasks over samples.

    Parameters
    ----------
    network
        In evaluation mode. For one without an X factor the person is where it sees a part.
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
    for images, part_labels, shares in DataLoader(samples, batch):
        parsing = network(to_tensors((images,), device)[0])
        labels = parsing.parts.argmax(1)
        person = labels > parts.BACKGROUND if parsing.person is None else parsing.person.argmax(1)
        parts_counts += count_confusion(part_labels.numpy(), labels.cpu().numpy())
        person_counts += count_confusion(majority(shares), person.cpu().numpy(), classes=2)
    return {
        "parts_iou": float(mean_score(class_iou(parts_counts))),
        "parts_accuracy": float(mean_score(class_accuracy(parts_counts))),
        "person_iou": float(class_iou(person_counts)[1]),
    }


def majority(shares):
    """Label cells by their greater share: 1 person, 0 background, 255 where the shares are NaN."""
    shares = shares.numpy()
    return np.where(np.isnan(shares), UNLABELLED, shares >= 0.5).astype(np.uint8)
