"""Fine-tune the factored module alone (Charles et al., BMVC 2017, section 3.3).

Frames and silhouette labels in, a network with a personal X factor out; every
other tensor stays bit-equal. The frozen modules before the factored one run
once: their features are kept, in half precision, and all epochs learn from those.

Where the paper is silent: a few epochs at a rate that falls to 0, a pull to the base
weights against drift, statistics of batch norm left alone. RMSprop's mean of squares is
corrected for its start at 0, as Adam's is: without, the first step is ten times as long
as the rate says, and two steps may forget a person.
"""

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from personalize.adaptation.gradients import (
    add_gradients,
    channels_innermost,
    frames_together,
    ready_to_learn,
)
from personalize.adaptation.settings import FactorSettings
from personalize.errors import NobodyFoundError
from personalize.imaging.framing import CELL, cell_shares
from personalize.network.device import threads_on
from personalize.network.engines.interface import Engine
from personalize.network.factored import FactoredNetwork
from personalize.network.inference import BATCH, to_images
from personalize.training.freezing import freeze_all_but_factor
from personalize.training.losses import person_cross_entropy
from personalize.types import Frame, Frames, Labels, Wrap

CORRECTED_RMSPROP = (0.0, 0.99)
"""Adam's shares of old gradients, and of old squares as RMSprop's: with these two it is RMSprop,
corrected."""


def finetune_factor(
    network: FactoredNetwork,
    frames: Sequence[Frame] | Frames,
    labels: Sequence[Labels] | Labels,
    *,
    settings: FactorSettings,
    generator: torch.Generator,
    engine: Engine | None = None,
    workers: int = 1,
    progress: Wrap = iter,
    watch: Callable[..., object] | None = None,
) -> FactoredNetwork:
    """Teach the X factor the silhouettes of a window, or of images of several shapes.

    Parameters
    ----------
    network : FactoredNetwork
        Left unchanged.
    frames : (T, rows, cols, 3) uint8 array, or a sequence of T (rows, cols, 3) ones
        RGB, on the network's canvas; rows and cols may differ from frame to frame.
    labels : (T, H, W) uint8 array, or a sequence of T (H, W) ones
        1 person, 0 background, 255 unlabelled; any size.
    settings : FactorSettings
    generator : torch.Generator
        Order of frames and mirroring.
    engine : Engine, optional
        Of the network, for what is frozen; by default the network itself.
    workers : int
        Threads, as for `workers.in_order`; they change no result.
    progress : callable
        Wraps the sequence of epochs.
    watch : callable, optional
        ``watch(steps, personal)`` is called before the first step and after each, with the
        network as it is then; it must not change it.

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
    targets = cell_targets(frames, labels)
    useful = teaching_frames(targets, settings.least_labelled)
    targets = [targets[k] for k in useful]
    labelled = torch.stack([(~cells.isnan()).sum() for cells in targets])
    features = cache_features(engine or personal, [frames[k] for k in useful], settings)
    weights, device = dict(personal.factored.named_parameters()), personal.device
    workers = threads_on(device, workers)
    base = {name: values.detach().clone() for name, values in weights.items()}
    optimizer = torch.optim.Adam(
        weights.values(), lr=settings.learning_rate, betas=CORRECTED_RMSPROP
    )
    falling = torch.optim.lr_scheduler.LinearLR(
        optimizer, 1, 0, settings.epochs * -(-len(useful) // settings.batch)
    )
    steps = 0
    if watch:
        watch(steps, personal)
    with ready_to_learn(personal.factored):
        for _ in progress(range(settings.epochs)):
            for chosen in torch.randperm(len(useful), generator=generator).split(settings.batch):
                mirrored = settings.flip and bool(torch.rand((), generator=generator) < 0.5)

                def share_of_loss(few: Tensor) -> Tensor:
                    seen = features[int(mirrored)]
                    loss = batch_loss(personal.factored, seen, targets, few.tolist(), mirrored)
                    share = labelled[few].sum() / labelled[chosen].sum().clamp(min=1)
                    return loss * share.to(loss)

                losses = [
                    partial(share_of_loss, few) for few in chosen.split(frames_together(device))
                ]
                pull = partial(pull_back, weights, base, settings.pull)
                add_gradients(list(weights.values()), [pull, *losses], workers)
                optimizer.step()
                falling.step()
                steps += 1
                if watch:
                    watch(steps, personal)
    return personal.eval().requires_grad_(True)


def cell_targets(
    frames: Sequence[Frame] | Frames, labels: Sequence[Labels] | Labels
) -> list[Tensor]:
    """Return the person's share of the cells of each frame: (h, w) float32 tensors, NaN where
    unlabelled.
    """
    return [
        torch.from_numpy(cell_shares(label, (frame.shape[0] // CELL, frame.shape[1] // CELL)))
        for frame, label in zip(frames, labels)
    ]


def teaching_frames(targets: Sequence[Tensor], least: float) -> list[int]:
    """Return the numbers of the targets of which at least this share is labelled.

    Raises
    ------
    NobodyFoundError
        If none of them has a person.
    """
    useful = [k for k, cells in enumerate(targets) if 1 - cells.isnan().float().mean() >= least]
    if not any((targets[k] >= 0.5).any() for k in useful):
        raise NobodyFoundError(
            "nobody was found: no frame of the window has a silhouette to learn from"
        )
    return useful


@torch.no_grad()
def cache_features(
    network: Engine, frames: Sequence[Frame] | Frames, settings: FactorSettings
) -> list[list[Tensor]]:
    """Run the frozen modules once over frames, and over their mirror images.

    Parameters
    ----------
    network : Engine
    frames : sequence of N (rows, cols, 3) uint8 arrays
        RGB; their shapes may differ.
    settings : FactorSettings
        Whether mirror images are learned from, too.

    Returns
    -------
    list of one or two lists of N (128, h, w) float16 tensors
        Of the frames, and of their mirror images.
    """
    views = []
    for mirrored in (False, True) if settings.flip else (False,):
        view: list[Any] = [None] * len(frames)
        for alike in of_one_shape(range(len(frames)), frames):
            for start in range(0, len(alike), BATCH):
                chosen = alike[start : start + BATCH]
                images = to_images(np.stack([frames[k] for k in chosen]), network.device)
                for k, features in zip(chosen, network.features(flip(images, mirrored)).half()):
                    view[k] = features
        views.append(view)
    return views


def batch_loss(
    factored: nn.Module,
    features: Sequence[Tensor],
    targets: Sequence[Tensor],
    chosen: Sequence[int],
    mirrored: bool,
) -> Tensor:
    """Return the mean loss over all labelled cells of some frames, whatever their shapes.

    Parameters
    ----------
    factored : torch.nn.Module
        The module that learns.
    features : sequence of (128, h, w) tensors
        From `cache_features`: of the frames, or of their mirror images.
    targets : sequence of (h, w) tensors
        Share of each cell that the person covers; NaN where unknown. Not mirrored.
    chosen : sequence of int
        Which frames.
    mirrored : bool
        Whether the features are of mirror images.

    Returns
    -------
    () tensor
    """
    logits, labels = [], []
    for alike in of_one_shape(chosen, targets):
        seen = torch.stack([features[k] for k in alike]).float()
        known = flip(torch.stack([targets[k] for k in alike]), mirrored).to(seen.device)
        logits.append(factored(channels_innermost(seen)).transpose(0, 1).flatten(1))  # (2, cells)
        labels.append(known.flatten())
    return person_cross_entropy(torch.cat(logits, dim=1)[None], torch.cat(labels)[None])


def of_one_shape(numbers: Iterable[int], arrays: Sequence[Any] | Frames) -> list[list[int]]:
    """Split numbers into lists of those whose arrays have the same shape."""
    alike: dict[tuple[int, ...], list[int]] = {}
    for number in numbers:
        alike.setdefault(tuple(arrays[number].shape), []).append(number)
    return list(alike.values())


def flip(values: Tensor, mirrored: bool) -> Tensor:
    """Mirror the last axis of a tensor, or not."""
    return values.flip(-1) if mirrored else values


def pull_back(weights: Mapping[str, Tensor], base: Mapping[str, Tensor], share: float) -> Tensor:
    """Return how far weights have gone from those of the base, as a loss.

    Parameters
    ----------
    weights, base : dict of str to tensor
        Of the same names and shapes.
    share : float
        What the sum of squared differences is multiplied by.

    Returns
    -------
    () tensor
    """
    total: Any = sum(((weights[name] - base[name]) ** 2).sum() for name in weights)
    return share * total
