"""Run the network over frames (Charles et al., BMVC 2017, section 4.4, steps 1 and 7).

Frames on the canvas in, probabilities of the person and of the parts out. A frame may be looked
at in several views, mirrored, larger or smaller: the mean of the answers has smaller errors.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from personalize import parts as names
from personalize.imaging.framing import CELL, resize_area, scale_canvas
from personalize.network.device import threads_on
from personalize.network.engines.interface import Engine
from personalize.network.factored import Silhouettes, inject
from personalize.network.settings import VIEWS, View
from personalize.types import Array, Frames, Labels, Map, Wrap
from personalize.workers import in_order

MIRRORED = torch.tensor(names.MIRRORED)

BATCH = 4
"""Frames that the network looks at together: eight took a fifth longer a frame on a CPU."""

PERSON_FROM = 0.5
"""Probability from which a place in a silhouette is the person's."""


def to_images(frames: Frames, device: torch.device | str) -> Tensor:
    """Turn (B, rows, cols, 3) uint8 frames into (B, 3, rows, cols) float32 images in [0, 1]."""
    images = torch.from_numpy(np.ascontiguousarray(frames)).to(device)
    return images.permute(0, 3, 1, 2).float().div(255)  # channels stay innermost, which is faster


class Seen(NamedTuple):
    """What a network saw in one view of B frames.

    Attributes
    ----------
    features : (B, 128, h', w') tensor
    mirrored : bool
    """

    features: torch.Tensor
    mirrored: bool


class Look(NamedTuple):
    """What a network saw of B frames before the aggregation module.

    Attributes
    ----------
    views : list of Seen
        One of every view.
    person : (B, 2, h, w) tensor
        Probabilities of background and person, in cells of the canvas: means over the views.
    """

    views: list[Seen]
    person: torch.Tensor


@torch.inference_mode()
def look(network: Engine, frames: Frames, *, views: Sequence[View] = VIEWS["1"]) -> Look:
    """Run everything before the aggregation module over a few frames.

    Parameters
    ----------
    network : Engine
        A `FactoredNetwork` in evaluation mode, or what computes its answers; its device is used.
    frames : (B, rows, cols, 3) uint8 array
        RGB, on the canvas.
    views : sequence of View

    Returns
    -------
    Look
    """
    canvas = frames.shape[1:3]
    cells = canvas[0] // CELL, canvas[1] // CELL
    seen, answers = [], []
    for view in views:
        images = to_images(
            resize_area(frames, *scale_canvas(canvas[0], canvas[1], view.scale)), network.device
        )
        features = network.features(_flip(images, view.mirrored))
        person = network.person(features)
        seen.append(Seen(features, view.mirrored))
        answers.append(_resize(_flip(person, view.mirrored), cells))
    return Look(seen, _mean(answers))


def _mean(answers: list[Tensor]) -> Tensor:
    total: Any = sum(answers)
    return total / len(answers)


def _flip(maps: Tensor, mirrored: bool) -> Tensor:
    return maps.flip(-1) if mirrored else maps


def _resize(maps: Tensor, cells: tuple[int, ...]) -> Tensor:
    """Bring maps (B, K, h, w) to other cells, bilinearly."""
    if maps.shape[-2:] == cells:
        return maps
    return F.interpolate(maps, cells, mode="bilinear", antialias=True)


def predict_person(
    network: Engine,
    frames: Frames,
    *,
    views: Sequence[View] = VIEWS["1"],
    batch: int = BATCH,
    progress: Wrap = iter,
) -> Map:
    """Return how probable the person is in every cell of every frame, by the X factor alone.

    Parameters
    ----------
    network : Engine
        A `FactoredNetwork` in evaluation mode, or what computes its answers; its device is used.
    frames : (T, rows, cols, 3) uint8 array
        RGB, on the canvas.
    views : sequence of View
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
    seen = [look(network, frames[start : start + batch], views=views).person for start in starts]
    return np.concatenate([person[:, 1].cpu().numpy() for person in seen])


def predict_consensus(
    network: Engine,
    frames: Frames,
    *,
    views: Sequence[View] = VIEWS["1"],
    batch: int = BATCH,
    workers: int = 1,
    progress: Wrap = iter,
) -> Map:
    """Return how probable the person is in every cell of every frame, by both answers.

    Parameters
    ----------
    network, frames, views, batch, progress
        As for `predict_person`.
    workers : int
        Threads, as for `workers.in_order`.

    Returns
    -------
    (T, rows / 8, cols / 8) float32 array
        The `consensus`, in [0, 1].
    """

    def predict(start: int) -> Map:
        return agreed(network, look(network, frames[start : start + batch], views=views))

    starts = progress(range(0, len(frames), batch))
    return np.concatenate(list(in_order(predict, starts, threads_on(network.device, workers))))


def agreed(network: Engine, looked: Look) -> Map:
    """Return the `consensus` of the answers to what was looked at, (B, h, w) float32.

    The parts are those of the first view, which are as good here as the mean of all.
    """
    first = looked._replace(views=looked.views[:1])
    return consensus(looked.person[:, 1].cpu().numpy(), merge(network, first))


@torch.inference_mode()
def merge(network: Engine, looked: Look, silhouettes: Silhouettes | None = None) -> Map:
    """Run the aggregation module on what `look` returned.

    Parameters
    ----------
    network : Engine
    looked : Look
        Of `look`.
    silhouettes : sequence of B (H, W) bool arrays or None, optional
        Known silhouettes, of any size, to inject; None where there is none.

    Returns
    -------
    (B, 32, h, w) float32 array
        Probabilities of background and parts: means over the views.
    """
    believed, answers = inject(looked.person, silhouettes), []
    for features, mirrored in looked.views:
        injected = _flip(_resize(believed, features.shape[-2:]), mirrored)
        found = _flip(network.parts(features, injected), mirrored)
        answers.append(_resize(found[:, MIRRORED] if mirrored else found, looked.person.shape[-2:]))
    return _mean(answers).cpu().numpy()


@torch.inference_mode()
def label_cells(network: Engine, frames: Frames, *, batch: int = BATCH) -> Labels:
    """Name the part of every cell of frames in memory, in one view: the fastest path there is.

    Parameters
    ----------
    network : Engine
    frames : (T, rows, cols, 3) uint8 array
        RGB, on the canvas.
    batch : int
        Frames at a time; a GPU is faster with many.

    Returns
    -------
    (T, rows / 8, cols / 8) uint8 array
        The most probable part of every cell, 0 for background.
    """
    cells = frames.shape[1] // CELL, frames.shape[2] // CELL
    labels = np.empty((len(frames), *cells), np.uint8)
    for start in range(0, len(frames), batch):
        images = to_images(frames[start : start + batch], network.device)
        features = network.features(images)
        parts = network.parts(features, network.person(features))
        labels[start : start + batch] = parts.argmax(dim=1).byte().cpu().numpy()
    return labels


def consensus(person: Array, parts: Array) -> Array:
    """Return the person map of both outputs of a network combined (not in the paper).

    The X factor misses limbs that the parts find, and the parts cover more than the X factor.
    Labels of a window are made from both. From the X factor alone the network learned that a
    person in dark trousers ends at the belt (docs/notebook/personalization.md).

    Parameters
    ----------
    person : (..., h, w) float array
        Probability of the person, by the X factor.
    parts : (..., 32, h, w) float array
        Probabilities of background and parts.

    Returns
    -------
    (..., h, w) float array
        Mean of the two.
    """
    return (person + 1 - parts[..., names.BACKGROUND, :, :]) / 2


def certainty(person: Array) -> NDArray[np.float64]:
    """Return how certain person maps (..., h, w) are: the mean of max(p, 1 - p), in [0.5, 1].

    Returns
    -------
    (...) float64 array
    """
    return np.maximum(person, 1 - person).mean(axis=(-2, -1), dtype=np.float64)
