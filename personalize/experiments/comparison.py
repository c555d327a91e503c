"""Experiment 1: networks compared on labelled people (Charles et al., BMVC 2017).

Figure 4c, on rendered people and Unite the People: scores of left and right parts averaged.
Table 1, on Freiburg Sitting People: 14 parts, whose probabilities are sums over the 31.
Counts are pooled over all images, in 64 x 64 cells. "Accuracy" is the paper's word for the
recall of a class.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from torch import nn

from personalize import parts
from personalize.datasets.freiburg_sitting import merge_probabilities
from personalize.evaluation.markdown import format_score, markdown_table, or_none
from personalize.evaluation.segmentation import (
    average_sides,
    class_accuracy,
    class_iou,
    count_confusion,
    mean_score,
    side_groups,
)
from personalize.experiments.labelled_images import LabelledImages
from personalize.experiments.predictions import part_probabilities
from personalize.types import Array, Json, Wrap

PAPER_TABLE_1 = {
    "paper, factored": (0.690, 0.39),
    "paper, factored, domain transferred": (0.71, 0.48),
    "paper, FCN tuned on the first two people": (0.597, 0.43),
}
"""Accuracy and IOU on Freiburg Sitting People, 14 parts (Charles et al., BMVC 2017, Table 1)."""

NOTE = (
    "Accuracy is the recall of a class. Counts are pooled over {people} images, in 64 x 64 cells; "
    "{classes}. The background takes no part in the mean of parts, but what it wins from a part "
    "is missed by that part."
)


@dataclass(frozen=True)
class Classes:
    """The classes of a data set, and the groups of them that scores are given for.

    Attributes
    ----------
    names : tuple of str
        Of the groups, the background first.
    groups : tuple of tuple of int
        Labels whose scores are averaged.
    words : str
        Description of the groups, for a table.
    merge : callable, optional
        Converts the probabilities of the 32 labels to those of the data set's labels.
    paper : dict of str to (float, float)
        Accuracy and IOU in the paper.
    """

    names: tuple[str, ...]
    groups: tuple[tuple[int, ...], ...]
    words: str
    merge: Callable | None = None
    paper: dict | None = None

    @property
    def labels(self) -> int:
        """Number of labels, the background included."""
        return sum(map(len, self.groups))


UNITE_THE_PEOPLE = Classes(
    parts.GROUP_NAMES,
    side_groups(),
    "the scores of left and right parts are averaged, 31 parts to 16",
)
FREIBURG = Classes(
    parts.FREIBURG_NAMES,
    tuple((label,) for label in range(len(parts.FREIBURG_NAMES))),
    "14 parts, into which the probabilities of the 31 are summed",
    merge_probabilities,
    PAPER_TABLE_1,
)


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of every group of classes, the background first; NaN where a class is absent.

    Attributes
    ----------
    accuracy, iou : (G,) float array
    """

    accuracy: Array
    iou: Array

    @classmethod
    def of(cls, confusion: Array, classes: Classes) -> Self:
        """Compute the scores of a confusion matrix (C, C) with true labels in rows."""
        accuracy, iou = class_accuracy(confusion), class_iou(confusion)
        return cls(average_sides(accuracy, classes.groups), average_sides(iou, classes.groups))

    def means(self, *, background: bool = False) -> tuple[float, float]:
        """Return mean accuracy and mean IOU over the groups."""
        accuracy = mean_score(self.accuracy, background=background)
        return float(accuracy), float(mean_score(self.iou, background=background))


def count_predictions(
    network: nn.Module,
    test_set: LabelledImages,
    classes: Classes,
    *,
    size: int,
    progress: Wrap = iter,
) -> NDArray[np.int64]:
    """Compute the confusion matrix of a network's labels.

    Parameters
    ----------
    network
        Any of `registry.CLASSES`, in evaluation mode.
    test_set : sequence of (image, labels)
        From `load_test_set`.
    classes : Classes
    size : int
        Side of the network's input, a multiple of 8.
    progress : callable
        Wraps the images.

    Returns
    -------
    (C, C) int64 array
        True labels in rows.
    """
    counts = np.zeros((classes.labels, classes.labels), np.int64)
    for image, labels in progress(test_set):
        probabilities = part_probabilities(network, image, size, labels.shape)
        if classes.merge:
            probabilities = classes.merge(probabilities)
        counts += count_confusion(labels, probabilities.argmax(axis=0), classes.labels)
    return counts


def comparison_table(scores: Mapping[str, Scores], classes: Classes, people: int) -> str:
    """Lay the scores of networks out in Markdown.

    Parameters
    ----------
    scores : dict of str to Scores
        By the names of the networks.
    classes : Classes
    people : int
        Number of images.

    Returns
    -------
    str
        A table of means, together with the paper's, a table of all classes, and a note.
    """
    means = [
        [name, *map(format_score, one.means() + one.means(background=True))]
        for name, one in scores.items()
    ]
    for name, paper in (classes.paper or {}).items():
        means.append([name, *map(format_score, paper), "", ""])
    head = ["mean of parts", "accuracy", "IOU", "accuracy with background", "IOU with background"]
    head_of_all = [
        "",
        *(f"{name}, {measure}" for name in scores for measure in ("accuracy", "IOU")),
    ]
    columns = [column for one in scores.values() for column in (one.accuracy, one.iou)]
    rows = [[name, *map(format_score, values)] for name, *values in zip(classes.names, *columns)]
    note = NOTE.format(people=people, classes=classes.words)
    return "\n\n".join((markdown_table(head, means), markdown_table(head_of_all, rows), note))


def report_comparison(scores: Mapping[str, Scores], classes: Classes, people: int) -> Json:
    """Return the scores of networks for JSON; null where a class is absent.

    Parameters
    ----------
    scores, classes, people
        As for `comparison_table`.

    Returns
    -------
    dict
        ``{"images": n, "networks": {NAME: {"mean": {"accuracy": a, "iou": i},
        "mean_with_background": the same, "classes": {CLASS: the same}}}}``.
    """
    return {
        "images": people,
        "networks": {
            name: {
                "mean": _pair(*one.means()),
                "mean_with_background": _pair(*one.means(background=True)),
                "classes": {
                    group: _pair(*pair)
                    for group, *pair in zip(classes.names, one.accuracy, one.iou)
                },
            }
            for name, one in scores.items()
        },
    }


def comparison_panels(scores: Mapping[str, Scores]) -> dict[str, dict[str, Array]]:
    """Return the panels of a chart (Figure 4c) for `draw_bars`."""
    return {
        "accuracy": {name: one.accuracy for name, one in scores.items()},
        "IOU": {name: one.iou for name, one in scores.items()},
    }


def _pair(accuracy, iou):
    return {"accuracy": or_none(accuracy), "iou": or_none(iou)}
