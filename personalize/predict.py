"""Run the network over frames (Charles et al., BMVC 2017, section 4.4, steps 1 and 7).

Frames on the canvas in, probabilities of the person and of the parts out. Frames may
be looked at twice, as they are and mirrored: the mean of both answers errs less.
"""

import numpy as np
import torch

from personalize import parts
from personalize.network.factored import inject

MIRRORED = torch.tensor(parts.MIRRORED)


def to_images(frames, device):
    """Turn (B, rows, cols, 3) uint8 frames into (B, 3, rows, cols) float32 images in [0, 1]."""
    images = torch.from_numpy(np.ascontiguousarray(frames)).to(device)
    return images.permute(0, 3, 1, 2).float().div(255).contiguous()


@torch.inference_mode()
def look(network, frames, *, mirror=False):
    """Run everything before the aggregation module over a few frames.

    Parameters
    ----------
    network : FactoredNetwork
        In evaluation mode; its device is used.
    frames : (B, rows, cols, 3) uint8 array
        RGB, on the canvas.
    mirror : bool
        Look at the mirrored frames too.

    Returns
    -------
    features : (B, 128, h, w) tensor
        With `mirror` (2 B, 128, h, w), those of the mirrored frames behind.
    person : (B, 2, h, w) tensor
        Probabilities of background and person.
    """
    images = to_images(frames, next(network.parameters()).device)
    if mirror:
        images = torch.cat((images, images.flip(-1)))
    features = network.features(images)
    person = network.factored(features).softmax(dim=1)
    if mirror:
        person = (person[: len(frames)] + person[len(frames) :].flip(-1)) / 2
    return features, person


def predict_person(network, frames, *, mirror=False, batch=8, progress=iter):
    """Return how probable the person is in every cell of every frame.

    Parameters
    ----------
    network : FactoredNetwork
        In evaluation mode; its device is used.
    frames : (T, rows, cols, 3) uint8 array
        RGB, on the canvas.
    mirror : bool
        As for `look`.
    batch : int
        Frames at a time.
    progress : callable
        Wraps the sequence of batches.

    Returns
    -------
    (T, rows / 8, cols / 8) float32 array
        In [0, 1].
    """
    starts = progress(range(0, len(frames), batch))
    seen = [look(network, frames[start : start + batch], mirror=mirror)[1] for start in starts]
    return np.concatenate([person[:, 1].cpu().numpy() for person in seen])


@torch.inference_mode()
def merge(network, features, person, silhouettes=None):
    """Run the aggregation module on what `look` returned.

    Parameters
    ----------
    network : FactoredNetwork
        In evaluation mode.
    features, person : tensor
        Of `look`.
    silhouettes : sequence of B (H, W) bool arrays or None, optional
        Known silhouettes, of any size, to inject; None where there is none.

    Returns
    -------
    (B, 32, h, w) float32 array
        Probabilities of background and parts.
    """
    believed = inject(person, silhouettes)
    mirror = len(features) > len(person)
    if mirror:
        believed = torch.cat((believed, believed.flip(-1)))
    found = network.aggregation(features, believed).softmax(dim=1)
    if mirror:
        found = (found[: len(person)] + found[len(person) :].flip(-1)[:, MIRRORED]) / 2
    return found.cpu().numpy()


def certainty(person):
    """Return how certain person maps (..., h, w) are: the mean of max(p, 1 - p), in [0.5, 1].

    Returns
    -------
    (...) float64 array
    """
    return np.maximum(person, 1 - person).mean(axis=(-2, -1), dtype=np.float64)
