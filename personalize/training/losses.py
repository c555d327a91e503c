"""Losses of the two tasks; cells whose label is unknown (255) do not count."""

import torch
from torch.nn import functional as F

from personalize import parts

UNKNOWN = 255

JOINT_PARTS = (
    *(1, 14),
    *(part for joint in parts.UPPER_BODY_JOINTS[1:] for part in parts.JOINTS[joint]),
)
"""The parts that upper-body joints are read off, and the hands."""


def class_weights(settings):
    """Return the (32,) weights of the main loss: of background, joints, wrists; 1 otherwise.

    Parameters
    ----------
    settings : TrainingSettings
    """
    weights = torch.ones(parts.CLASSES)
    weights[parts.BACKGROUND] = settings.background_weight
    weights[list(JOINT_PARTS)] = settings.joint_weight
    weights[list(parts.WRISTS)] = settings.wrist_weight
    return weights


def cross_entropy(logits, labels, weights=None):
    """Mean cross-entropy over the cells that are labelled; 0 if none is.

    Parameters
    ----------
    logits : (B, K, h, w) tensor
    labels : (B, h, w) integer tensor
        255 where unknown.
    weights : (K,) tensor, optional
        Of the classes; the mean is weighted too.
    """
    total = F.cross_entropy(
        logits, labels.long(), weights, ignore_index=UNKNOWN, reduction="sum"
    )
    known = labels[labels != UNKNOWN].long()
    mass = len(known) if weights is None else weights[known].sum()
    return total / max(float(mass), 1e-9)
