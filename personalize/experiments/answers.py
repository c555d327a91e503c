"""What networks answer to one labelled image, in the cells of its labels.

Every network is asked in the same way: the image at the size of its input, the
probabilities enlarged to the cells of the labels before they compete.
"""

import torch

from personalize.experiments.labelled import shrink
from personalize.network.registry import has_factor
from personalize.predict import look, merge, to_images


@torch.inference_mode()
def part_probabilities(network, image, size, shape):
    """Return the probabilities of background and parts.

    Parameters
    ----------
    network
        Any of `registry.CLASSES`, in evaluation mode.
    image : (512, 512, 3) uint8 array
    size : int
        Side of the network's input, a multiple of 8.
    shape : (int, int)
        Rows and columns of the answer.

    Returns
    -------
    (32, h, w) float32 array
    """
    images = to_images(shrink(image, size)[None], next(network.parameters()).device)
    return enlarge(network(images).parts.softmax(dim=1).cpu(), shape)[0]


def answer_with(network, image, silhouette, size):
    """Label an image without and with its true silhouette.

    The factored network gets it injected. Any other is held to it: background
    outside, and inside the most probable part, never background.

    Parameters
    ----------
    network, image, size
        As for `part_probabilities`.
    silhouette : (h, w) bool array
        In the cells of the answer.

    Returns
    -------
    own, true : (h, w) int64 array
    """
    if not has_factor(network):
        probabilities = part_probabilities(network, image, size, silhouette.shape)
        return probabilities.argmax(axis=0), constrain(probabilities, silhouette)
    seen = look(network, shrink(image, size)[None])
    return tuple(
        enlarge(merge(network, *seen, known), silhouette.shape)[0].argmax(axis=0)
        for known in (None, [silhouette])
    )


def constrain(probabilities, silhouette):
    """Label (32, h, w) probabilities so that the parts fill a silhouette (h, w) and nothing else."""
    return (1 + probabilities[1:].argmax(axis=0)) * silhouette


def enlarge(probabilities, shape):
    """Enlarge probabilities (B, C, h, w), a tensor or an array, to a shape: a (B, C, *shape) array."""
    return torch.nn.functional.interpolate(
        torch.as_tensor(probabilities), shape, mode="bilinear"
    ).numpy()
