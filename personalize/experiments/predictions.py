"""Predictions of networks for one labelled image, in the cells of its labels.

All networks are treated alike. The image is scaled to the size of their input, and their
probabilities to the cells of the labels, before the most probable label is taken.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from personalize.experiments.labelled_images import shrink
from personalize.network.inference import look, merge, to_images
from personalize.network.registry import has_factor
from personalize.types import Frame, Map, Mask

WAYS = {
    "own": "own silhouette",
    "injected": "true silhouette injected",
    "held": "held to the true silhouette",
    "both": "injected and held",
}
"""Name of a prediction -> how the true silhouette was used. Injected, the silhouette replaces the
output of the factored module. Held to it, all outside is background, and inside the most probable
part is taken."""


@torch.inference_mode()
def part_probabilities(network: nn.Module, image: Frame, size: int, shape: tuple[int, int]) -> Map:
    """Return the probabilities of background and parts.

    Parameters
    ----------
    network
        Any of `registry.CLASSES`, in evaluation mode.
    image : (512, 512, 3) uint8 array
    size : int
        Side of the network's input, a multiple of 8.
    shape : (int, int)
        Rows and columns of the result.

    Returns
    -------
    (32, h, w) float32 array
    """
    images = to_images(shrink(image, size)[None], next(network.parameters()).device)
    return enlarge(network(images).parts.softmax(dim=1).cpu(), shape)[0]


def predict_with(
    network: nn.Module, image: Frame, silhouette: Mask, size: int
) -> dict[str, NDArray[np.int64]]:
    """Label an image without its true silhouette, and with it in every way that a network allows.

    Parameters
    ----------
    network, image, size
        As for `part_probabilities`.
    silhouette : (h, w) bool array
        In the cells of the result.

    Returns
    -------
    dict of str to (h, w) int64 array
        By the names of `ways_of`.
    """
    if not has_factor(network):
        own = part_probabilities(network, image, size, silhouette.shape)
        return {"own": own.argmax(axis=0), "held": constrain(own, silhouette)}
    looked = look(network, shrink(image, size)[None])
    own, injected = (
        enlarge(merge(network, looked, known), silhouette.shape)[0]
        for known in (None, [silhouette])
    )
    return {
        "own": own.argmax(axis=0),
        "injected": injected.argmax(axis=0),
        "held": constrain(own, silhouette),
        "both": constrain(injected, silhouette),
    }


def ways_of(network: nn.Module) -> tuple[str, ...]:
    """Return the names of `WAYS` that a network allows; injection needs an X factor."""
    return tuple(WAYS) if has_factor(network) else ("own", "held")


def constrain(probabilities: Map, silhouette: Mask) -> NDArray[np.int64]:
    """Label probabilities (32, h, w), with parts inside a silhouette (h, w), background outside."""
    return (1 + probabilities[1:].argmax(axis=0)) * silhouette


def enlarge(probabilities: Any, shape: tuple[int, int]) -> Map:
    """Scale probabilities (B, C, h, w), a tensor or an array, to a (B, C, *shape) array."""
    return torch.nn.functional.interpolate(
        torch.as_tensor(probabilities), shape, mode="bilinear"
    ).numpy()
