"""Fine-tune the factored module alone (Charles et al., BMVC 2017, section 3.3).

Frames and silhouette labels in, a network with a personal X factor out; every
other tensor stays bit-equal. The frozen modules before the factored one run
once: their features are kept, in half precision, and all epochs learn from those.

Where the paper is silent: a few epochs of RMSprop at two fifths of training's rate,
a pull to the base weights against drift, statistics of batch norm left alone.
"""

import copy

import numpy as np
import torch

from personalize.errors import NobodyFoundError
from personalize.framing import cell_labels
from personalize.predict import to_images
from personalize.training.freezing import freeze_all_but_factor
from personalize.training.losses import UNKNOWN, cross_entropy


def finetune_factor(network, frames, labels, *, settings, generator, progress=iter):
    """Teach the X factor the silhouettes of a window.

    Parameters
    ----------
    network : FactoredNetwork
        Left unchanged.
    frames : (T, rows, cols, 3) uint8 array
        RGB, on the network's canvas.
    labels : (T, H, W) uint8 array
        1 person, 0 background, 255 unlabelled; any size.
    settings : FactorSettings
    generator : torch.Generator
        Order of frames and mirroring.
    progress : callable
        Wraps the sequence of epochs.

    Returns
    -------
    FactoredNetwork
        A copy, in evaluation mode; only tensors of its factored module differ.

    Raises
    ------
    NobodyFoundError
        If no frame has enough labels, or none has a person.
    """
    personal = copy.deepcopy(network)
    freeze_all_but_factor(personal)
    cells = frames.shape[1] // 8, frames.shape[2] // 8
    targets = torch.from_numpy(np.stack([cell_labels(label, cells) for label in labels]))
    useful = teaching_frames(targets, settings.least_labelled)
    targets = targets[useful]
    features = cache_features(personal, frames, useful, settings)
    weights = dict(personal.factored.named_parameters())
    base = {name: values.detach().clone() for name, values in weights.items()}
    optimizer = torch.optim.RMSprop(weights.values(), lr=settings.learning_rate)
    for _ in progress(range(settings.epochs)):
        for chosen in torch.randperm(len(useful), generator=generator).split(settings.batch):
            mirrored = settings.flip and bool(torch.rand((), generator=generator) < 0.5)
            loss = cross_entropy(
                personal.factored(features[int(mirrored)][chosen].float()),
                flip(targets[chosen], mirrored).to(features[0].device),
            )
            loss = loss + settings.pull * distance(weights, base)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
    return personal.eval().requires_grad_(True)


def teaching_frames(targets, least):
    """Return the indices of frames (T, h, w) of which at least this share is labelled."""
    known = (targets != UNKNOWN).float().mean(dim=(1, 2))
    useful = torch.nonzero(known >= least)[:, 0]
    if not len(useful) or not (targets[useful] == 1).any():
        raise NobodyFoundError(
            "learning the person: no frame of the window has a silhouette to learn from; "
            "choose another window with --centre"
        )
    return useful


@torch.no_grad()
def cache_features(network, frames, useful, settings):
    """Run the frozen modules once over the useful frames, and over their mirror images.

    Returns
    -------
    list of one or two (N, 128, h, w) float16 tensors
    """
    device = next(network.parameters()).device
    views = []
    for mirrored in (False, True) if settings.flip else (False,):
        kept = None
        for start, chosen in enumerate(useful.split(settings.batch)):
            images = flip(to_images(frames[chosen.numpy()], device), mirrored)
            seen = network.features(images)
            if kept is None:  # whole from the start: no second copy of hundreds of megabytes
                kept = seen.new_empty((len(useful), *seen.shape[1:]), dtype=torch.float16)
            kept[start * settings.batch :][: len(seen)] = seen
        views.append(kept)
    return views


def flip(values, mirrored):
    """Mirror the last axis of a tensor, or not."""
    return values.flip(-1) if mirrored else values


def distance(weights, base):
    """Return the sum of squared differences of named tensors."""
    return sum(((weights[name] - base[name]) ** 2).sum() for name in weights)
