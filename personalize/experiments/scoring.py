"""Score networks on labelled people of any set: parts and silhouettes, at 64 x 64 cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from personalize.datasets.freiburg_sitting import CLASSES as FREIBURG_CLASSES
from personalize.datasets.freiburg_sitting import merge_probabilities
from personalize.evaluation.segmentation import (
    class_accuracy,
    class_iou,
    count_confusion,
    mean_score,
)
from personalize.experiments.labelled_images import LabelledImages, shrink
from personalize.experiments.predictions import enlarge
from personalize.network.factored import FactoredNetwork
from personalize.network.inference import look, merge
from personalize.types import UNLABELLED, Array, Labels, Wrap


@dataclass(frozen=True, eq=False)
class Square:
    """A labelled person, scaled for a network.

    Attributes
    ----------
    image : (S, S, 3) uint8 array
        RGB, of the size of the network's input.
    labels : (64, 64) uint8 array
        255 where not counted.
    """

    image: Array
    labels: Array

    @property
    def silhouette(self) -> Labels:
        """(64, 64) uint8 array: 1 person, 0 background, 255 unlabelled."""
        return np.where(self.labels == UNLABELLED, self.labels, self.labels > 0).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class Score:
    """Counts of a network's labels, pooled over images.

    Attributes
    ----------
    parts : (C, C) int64 array
        Confusion of the part labels; true labels are rows.
    person : (2, 2) int64 array
        Confusion of background and person.
    """

    parts: Array
    person: Array

    @property
    def parts_iou(self) -> float:
        """Mean IOU of the parts, background left out."""
        return float(mean_score(class_iou(self.parts)))

    @property
    def parts_accuracy(self) -> float:
        """Mean recall of the parts, background left out: the paper's accuracy."""
        return float(mean_score(class_accuracy(self.parts)))

    @property
    def person_iou(self) -> float:
        """IOU of the silhouettes."""
        return float(class_iou(self.person)[1])

    def report(self) -> dict[str, float]:
        """Return the three numbers by name."""
        names = ("parts_iou", "parts_accuracy", "person_iou")
        return {name: getattr(self, name) for name in names}


def read_squares(items: Sequence[Any], size: int, *, progress: Wrap = iter) -> list[Square]:
    """Read labelled people for a network's input.

    Parameters
    ----------
    items : sequence
        As for `LabelledImages`.
    size : int
        Side of the input, in pixels.
    progress : callable
        Wraps the sequence of people.

    Returns
    -------
    list of Square
    """
    return [
        Square(shrink(image, size), labels) for image, labels in progress(LabelledImages(items))
    ]


def score(
    network: FactoredNetwork,
    squares: Sequence[Square],
    classes: int,
    *,
    batch: int = 8,
    progress: Wrap = iter,
) -> Score:
    """Count the labels that a network gives.

    Parameters
    ----------
    network : FactoredNetwork
        In evaluation mode.
    squares : sequence of Square
    classes : int
        Number of labels of the set; for Freiburg's, probabilities are merged first.
    batch : int
    progress : callable
        Wraps the sequence of batches.

    Returns
    -------
    Score
    """
    parts, person = np.zeros((classes, classes), np.int64), np.zeros((2, 2), np.int64)
    for start in progress(range(0, len(squares), batch)):
        together = squares[start : start + batch]
        looked = look(network, np.stack([square.image for square in together]))
        answers = merge(network, looked)
        if classes == FREIBURG_CLASSES:
            answers = np.stack([merge_probabilities(answer) for answer in answers])
        truth = np.stack([square.labels for square in together])
        silhouettes = np.stack([square.silhouette for square in together])
        shape = truth.shape[1:]
        parts += count_confusion(truth, enlarge(answers, shape).argmax(axis=1), classes)
        person += count_confusion(
            silhouettes, enlarge(looked.person.cpu(), shape).argmax(axis=1), 2
        )
    return Score(parts, person)
