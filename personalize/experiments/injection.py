"""Experiments 2 and 3: how a true silhouette improves the parts (Charles et al., BMVC 2017).

Direct injection (Figure 5a): the true silhouette replaces the output of the factored module,
nothing is trained, and every part should gain. A network without an X factor is held to the
same silhouette instead. Simulated occlusion (Figures 4b and 6): a black box hides a random part
of the person; the given silhouette includes what the box hides.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from personalize import parts as names
from personalize.evaluation.markdown import format_score, markdown_table, or_none
from personalize.evaluation.segmentation import (
    average_sides,
    class_iou,
    count_confusion,
    mean_score,
)
from personalize.experiments.labelled_images import LabelledImages
from personalize.experiments.predictions import WAYS, predict_with, ways_of
from personalize.types import UNLABELLED, Array, Frame, Json, Labels, Wrap

NOTE = (
    "Injected, the true silhouette takes the place of the factored module's answer. Held to it, "
    "there is background outside, and inside the most probable part. The mean leaves the "
    "background out."
)

BOX = 0.25
"""Side of the box, as a share of the side of the image."""


@dataclass(frozen=True, eq=False)
class Gain:
    """IOU of every label, background first, of a network without and with true silhouettes.

    Attributes
    ----------
    scores : dict of str to (32,) float array
        By the names of `predictions.WAYS`, "own" first; NaN where a part is absent from all images.
    """

    scores: dict[str, Array]

    @property
    def means(self) -> dict[str, float]:
        """Mean IOU over the 31 parts, by the same names."""
        return {way: float(mean_score(iou)) for way, iou in self.scores.items()}

    @property
    def lifts(self) -> dict[str, Array]:
        """Gain in IOU of each way over the network's own prediction: (32,) arrays."""
        own = self.scores["own"]
        return {way: iou - own for way, iou in self.scores.items() if way != "own"}

    @property
    def lifted(self) -> dict[str, tuple[int, int]]:
        """For each way, the number of parts that gain, and the number of parts with a score."""
        return {
            way: (int((lift[1:] > 0).sum()), int((~np.isnan(lift[1:])).sum()))
            for way, lift in self.lifts.items()
        }


def count_injection(
    network: nn.Module,
    test_set: LabelledImages,
    *,
    size: int,
    occluded: bool = False,
    seed: int = 0,
    progress: Wrap = iter,
) -> NDArray[np.int64]:
    """Compute confusion matrices of a network, without and with true silhouettes.

    Parameters
    ----------
    network
        Any of `registry.CLASSES`, in evaluation mode.
    test_set : sequence of (image, labels)
        From `load_test_set`.
    size : int
        Side of the network's input, a multiple of 8.
    occluded : bool
        Hide a random part of every person behind a black box.
    seed : int
        Seed of the choice of hidden parts; the same parts are hidden for every network.
    progress : callable
        Wraps the images.

    Returns
    -------
    (W, 32, 32) int64 array
        One for each of the W ways of `predictions.ways_of`, pooled over all images; true labels
        in rows. For `gain`.
    """
    counts = np.zeros((len(ways_of(network)), names.CLASSES, names.CLASSES), np.int64)
    generator = np.random.default_rng(seed)
    for image, labels in progress(test_set):
        silhouette = (labels != names.BACKGROUND) & (labels != UNLABELLED)
        if occluded:
            image = hide_part(image, labels, generator)
        answers = predict_with(network, image, silhouette, size)
        for count, answer in zip(counts, answers.values()):
            count += count_confusion(labels, answer)
    return counts


def gain(network: nn.Module, counts: Array) -> Gain:
    """Return the Gain of a network from the (W, 32, 32) counts of `count_injection`."""
    return Gain(dict(zip(ways_of(network), map(class_iou, counts))))


def hide_part(image: Frame, labels: Labels, generator: np.random.Generator) -> Frame:
    """Return an image with a black box over a random one of its parts.

    Parameters
    ----------
    image : (S, S, 3) uint8 array
        RGB.
    labels : (s, s) uint8 array
        Parts of its cells.
    generator : numpy.random.Generator
        Chooses the part.

    Returns
    -------
    (S, S, 3) uint8 array
        The image itself if it shows no part.
    """
    there = np.setdiff1d(labels, (names.BACKGROUND, UNLABELLED))
    if not len(there):
        return image
    cells = np.argwhere(labels == generator.choice(there))
    row, col = (cells.mean(axis=0) + 0.5) * len(image) / len(labels)
    reach = BOX * len(image) / 2
    hidden = image.copy()
    rows, cols = (slice(max(round(at - reach), 0), round(at + reach)) for at in (row, col))
    hidden[rows, cols] = 0
    return hidden


def gain_table(gains: Mapping[str, Gain]) -> str:
    """Return a Markdown table of the gains of networks: every part, left and right, and the mean.

    Parameters
    ----------
    gains : dict of str to Gain
        By the names of the networks.
    """
    titles = [f"{name}, {WAYS[way]}" for name, one in gains.items() for way in one.scores]
    columns = [iou for one in gains.values() for iou in one.scores.values()]
    means = [mean for one in gains.values() for mean in one.means.values()]
    rows = [[name, *map(format_score, scores)] for name, *scores in zip(names.NAMES, *columns)]
    rows.append(["mean of parts", *map(format_score, means)])
    lines = [
        f"{name}, {WAYS[way]}: {more} of {there} parts gain."
        for name, one in gains.items()
        for way, (more, there) in one.lifted.items()
    ]
    return "\n\n".join((markdown_table(["IOU", *titles], rows), *lines, NOTE))


def report_gain(gains: Mapping[str, Gain]) -> Json:
    """Return the gains of networks for JSON; null where a part is absent from all images."""
    return {
        name: {
            "means": one.means,
            "parts": {
                part: {way: or_none(iou[label]) for way, iou in one.scores.items()}
                for label, part in enumerate(names.NAMES)
            },
        }
        for name, one in gains.items()
    }


def gain_panels(gains: Mapping[str, Gain]) -> dict[str, dict[str, Array]]:
    """Return the panels of a chart (Figures 4b, 5a and 6) for `draw_bars`.

    Left and right are averaged. The background is left out: held to the true silhouette it is
    always right.
    """
    scores: dict[str, Array] = {}
    lifts: dict[str, Array] = {}
    for name, one in gains.items():
        sides = {way: average_sides(iou)[1:] for way, iou in one.scores.items()}
        scores |= {f"{name}, {WAYS[way]}": iou for way, iou in sides.items()}
        lifts |= {
            f"{name}, {WAYS[way]}": iou - sides["own"] for way, iou in sides.items() if way != "own"
        }
    return {"IOU": scores, "what a true silhouette adds to the IOU": lifts}
