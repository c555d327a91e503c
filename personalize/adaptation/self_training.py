"""Teach the network the parts of one person, without labels (not in the paper).

The network errs less when the silhouette is injected (section 3.1 of the paper), and when its
answers to several views of a frame are averaged: `pseudo_label`. That answer, weighed by the
colours of the parts (`part_colours`) and sharpened, is the label of the frame. It is learned from
the frame turned, shifted, scaled and in other light, so that the network answers to any view as
it does to the best ones. Only the aggregation module learns; every other tensor stays bit-equal.
"""

import copy
from collections.abc import Iterator
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from personalize.adaptation.gradients import (
    add_gradients,
    channels_innermost,
    frames_together,
    ready_to_learn,
)
from personalize.adaptation.settings import SelfTrainingSettings
from personalize.network.device import threads_on
from personalize.network.engines.interface import Engine
from personalize.network.factored import FactoredNetwork
from personalize.network.inference import BATCH, look, merge, to_images
from personalize.parts import CLASSES
from personalize.training.losses import class_weights
from personalize.types import Array, Frames, Map, Wrap
from personalize.workers import cores, in_order

AHEAD = 2
"""Batches that are made ready while one is learned."""


def pseudo_label(
    network: Engine, frames: Frames, silhouettes: Array, *, settings: SelfTrainingSettings
) -> Map:
    """Return the pseudo-labels of a network with the silhouettes injected.

    Parameters
    ----------
    network : Engine
    frames : (T, rows, cols, 3) uint8 array
        RGB, on the network's canvas.
    silhouettes : (T, H, W) float array
        Probabilities of the person, of any size; in frames without a person, the network's own
        are used.
    settings : SelfTrainingSettings

    Returns
    -------
    (T, 32, h, w) float32 array
        Probabilities of background and parts: means over the views.
    """
    said = []
    for start in range(0, len(frames), BATCH):
        together = slice(start, start + BATCH)
        known = [person if (person >= 0.5).any() else None for person in silhouettes[together]]
        said.append(merge(network, look(network, frames[together], views=settings.views), known))
    return np.concatenate(said)


def self_train_parts(
    network: FactoredNetwork,
    frames: Frames,
    parts: Map,
    *,
    settings: SelfTrainingSettings,
    generator: torch.Generator,
    engine: Engine | None = None,
    workers: int = 1,
    progress: Wrap = iter,
) -> FactoredNetwork:
    """Teach a network the parts of the person.

    Parameters
    ----------
    network : FactoredNetwork
        Left unchanged.
    frames : (T, rows, cols, 3) uint8 array
        RGB, on the network's canvas.
    parts : (T, 32, h, w) float32 array
        Probabilities of background and parts, to be learned when they are sharpened.
    settings : SelfTrainingSettings
    generator : torch.Generator
        Of the order of frames and of their changes.
    engine : Engine, optional
        Of the network, for what is frozen; by default the network itself.
    workers : int
        Threads, as for `workers.in_order`; they change no result.
    progress : callable
        Wraps the sequence of epochs.

    Returns
    -------
    FactoredNetwork
        A copy, in evaluation mode; only tensors of its aggregation module differ.
    """
    labels = sharpen(torch.from_numpy(parts), settings.sharpness)
    pupil = copy.deepcopy(network).eval().requires_grad_(False)
    weights = list(pupil.aggregation.requires_grad_(True).parameters())
    device = weights[0].device
    optimizer = torch.optim.AdamW(weights, lr=settings.learning_rate, weight_decay=0)
    of_labels = class_weights(settings)[:CLASSES].to(device)
    workers = threads_on(device, workers or cores())
    steps = settings.epochs * -(-len(frames) // settings.batch)
    falling = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 0, steps)

    def draw_steps() -> Iterator[tuple[Tensor, int]]:
        for _ in progress(range(settings.epochs)):
            for chosen in torch.randperm(len(frames), generator=generator).split(settings.batch):
                yield chosen, int(torch.randint(2**62, (), generator=generator))

    def prepare(step: tuple[Tensor, int]) -> tuple[Tensor, ...]:
        chosen, seed = step
        changes = torch.Generator().manual_seed(seed)
        images = relight(to_images(frames[chosen.numpy()], device), changes)
        images, wanted = move(images, labels[chosen].to(device), settings, changes)
        mass = torch.einsum("bkhw,k->bhw", wanted, of_labels)  # 0 outside of the frames
        seen = map(channels_innermost, see(engine or pupil, images))
        return *seen, wanted, mass / mass.sum()

    with ready_to_learn(pupil.aggregation):
        for prepared in in_order(prepare, draw_steps(), min(AHEAD, workers)):
            few = (maps.split(frames_together(device)) for maps in prepared)
            losses = [partial(shares_of_loss, pupil, *of_few) for of_few in zip(*few)]
            add_gradients(weights, losses, workers)
            optimizer.step()
            falling.step()
    return pupil.requires_grad_(True)


@torch.no_grad()
def see(frozen: Engine, images: Tensor) -> tuple[Tensor, Tensor]:
    """Return features and person of (N, 3, H, W) images, by the modules that do not learn."""
    features = [frozen.features(few) for few in images.split(BATCH)]
    return torch.cat(features), torch.cat([frozen.person(few) for few in features])


def shares_of_loss(
    pupil: FactoredNetwork, features: Tensor, person: Tensor, wanted: Tensor, mass: Tensor
) -> Tensor:
    """Return the share of some images in the loss of a batch: the cross entropy of their parts.

    Parameters
    ----------
    pupil : FactoredNetwork
    features : (B, 128, h, w) tensor
    person : (B, 2, h, w) tensor
        Probabilities that are injected into the aggregation module.
    wanted : (B, 32, h, w) tensor
        Pseudo-labels: probabilities of background and parts.
    mass : (B, h, w) tensor
        Share of each cell in the loss of the batch.

    Returns
    -------
    () tensor
    """
    said = pupil.aggregation(features, person).log_softmax(dim=1)
    return -((wanted * said).sum(dim=1) * mass).sum()


def sharpen(probabilities: Tensor, power: float) -> Tensor:
    """Raise probabilities (N, K, h, w) to a power, and let them sum to 1 again."""
    raised = probabilities.clamp(min=1e-6) ** power
    return raised / raised.sum(dim=1, keepdim=True)


def relight(images: Tensor, generator: torch.Generator) -> Tensor:
    """Change the light of each of (B, 3, H, W) images in [0, 1], and add noise."""

    def draw(channels: int, deviation: float) -> Tensor:
        return (torch.randn((len(images), channels, 1, 1), generator=generator) * deviation).to(
            images
        )

    gain = torch.exp(draw(1, 0.2) + draw(3, 0.06))
    images = (images * gain).clamp(0, 1) ** torch.exp(draw(1, 0.2))
    noise = torch.randn(images.shape, generator=generator).to(images)
    return images + noise * draw(1, 0.03).abs()


def move(
    images: Tensor, labels: Tensor, settings: SelfTrainingSettings, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Turn, scale and shift images and their labels alike.

    Parameters
    ----------
    images : (B, 3, H, W) tensor
    labels : (B, K, h, w) tensor
        Of their cells.
    settings : SelfTrainingSettings
    generator : torch.Generator

    Returns
    -------
    images, labels : tensors of the same shapes
        Zero outside of the frames.
    """

    def draw(low: float, high: float, *shape: int) -> Tensor:
        return torch.rand((len(images), *shape), generator=generator) * (high - low) + low

    angle = torch.deg2rad(draw(-settings.rotation, settings.rotation))
    scale = 1 / draw(*settings.scale)
    aspect = images.shape[3] / images.shape[2]
    turn = torch.zeros((len(images), 2, 3))
    turn[:, 0, 0], turn[:, 0, 1] = scale * angle.cos(), -scale * angle.sin() / aspect
    turn[:, 1, 0], turn[:, 1, 1] = scale * angle.sin() * aspect, scale * angle.cos()
    turn[:, :, 2] = 2 * draw(-settings.shift, settings.shift, 2)  # frames reach from -1 to 1

    def turned(values: Tensor) -> Tensor:
        grid = F.affine_grid(turn.to(values), list(values.shape), align_corners=False)
        return F.grid_sample(values, grid, align_corners=False)

    return turned(images), turned(labels)
