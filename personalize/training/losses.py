"""Losses of the two tasks; cells whose label is unknown (255) do not count.

A label of the main task may be a region of the body (`parts.REGIONS`): then any of
its parts is right, and what counts is their probability together. So the main task
also learns from photographs whose garments are labelled.
"""

from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F

from personalize import parts
from personalize.training.settings import TrainingSettings
from personalize.types import UNLABELLED

JOINT_PARTS = (
    *(1, 14),
    *(part for joint in parts.UPPER_BODY_JOINTS[1:] for part in parts.JOINTS[joint]),
)
"""The parts that upper-body joints are read off, and the hands."""


def _right_parts() -> Tensor:
    right = torch.eye(parts.CLASSES, dtype=torch.bool)
    regions = torch.zeros((len(parts.REGIONS), parts.CLASSES), dtype=torch.bool)
    for region, members in zip(regions, parts.REGIONS.values()):
        region[list(members)] = True
    return torch.cat((right, regions))


RIGHT_PARTS = _right_parts()
"""(labels, 32) bool: which parts are right where a part's or a region's label stands."""


@lru_cache(maxsize=8)
def class_weights(settings: TrainingSettings, device: str | torch.device = "cpu") -> Tensor:
    """Return the weights of the 32 parts and the regions in the main loss; 1 by default.

    Parameters
    ----------
    settings : TrainingSettings
    device : torch.device
    """
    weights = torch.ones(parts.CLASSES)
    weights[parts.BACKGROUND] = settings.background_weight
    weights[list(JOINT_PARTS)] = settings.joint_weight
    weights[list(parts.WRISTS)] = settings.wrist_weight
    regions = torch.full((len(parts.REGIONS),), settings.region_weight)
    return torch.cat((weights, regions)).to(device)


@lru_cache(maxsize=8)
def right_parts(device: torch.device) -> Tensor:
    """Return `RIGHT_PARTS` on a device; it is copied there once, since every copy makes a GPU
    wait.
    """
    return RIGHT_PARTS.to(device)


def region_cross_entropy(logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    """Mean cross-entropy of the main task, over the cells that are labelled; 0 if none is.

    Parameters
    ----------
    logits : (B, 32, h, w) tensor
    labels : (B, h, w) integer tensor
        Parts, or regions (`parts.REGION_LABELS`); 255 where unknown.
    weights : (labels,) tensor
        Of parts and regions; the mean is weighted too.
    """
    known = labels != UNLABELLED
    labels = labels.long().masked_fill(~known, parts.BACKGROUND)
    wrong = ~right_parts(logits.device)[labels].movedim(-1, 1)  # (B, 32, h, w)
    right = logits.float().log_softmax(dim=1).masked_fill(wrong, -torch.inf).logsumexp(dim=1)
    mass = weights[labels] * known
    return -(right * mass).sum() / mass.sum().clamp(min=1e-9)


def person_cross_entropy(logits: Tensor, person: Tensor) -> Tensor:
    """Mean cross-entropy of the X factor over the cells of which something is known; 0 if there is
    none.

    A cell on the outline belongs to neither side alone: what is learned is how much of it the
    person covers, so that an enlarged map has the outline in its place.

    Parameters
    ----------
    logits : (B, 2, h, w) tensor
        Of background and person.
    person : (B, h, w) float tensor
        Share of the cell that the person covers, in [0, 1]; NaN where unknown.
    """
    known = ~person.isnan()  # a weight and not an index, for whose size a GPU would have to wait
    loss = F.binary_cross_entropy_with_logits(
        (logits[:, 1] - logits[:, 0]).float(),
        person.nan_to_num().float(),
        weight=known.float(),
        reduction="sum",
    )
    return loss / known.sum().clamp(min=1)
