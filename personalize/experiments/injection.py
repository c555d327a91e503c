"""Experiments 2 and 3: what a true silhouette is worth to the parts (Charles et al., BMVC 2017).

Direct injection (Figure 5a): the factored module's answer is replaced by the
truth, nothing is trained, and every part should gain. A network without an X
factor is held to the same silhouette instead. Simulated occlusion (Figures 4b
and 6): a black box hides a random part of the person, and the silhouette that is
given knows nothing of the box.
"""

from dataclasses import dataclass

import numpy as np

from personalize import parts as names
from personalize.evaluation.segmentation import (
    IGNORED,
    average_sides,
    class_iou,
    count_confusion,
    mean_score,
)
from personalize.evaluation.tables import format_score, markdown_table, or_none
from personalize.experiments.answers import answer_with

NOTE = (
    "The factored network gets the true silhouette injected; any other is held to it: background "
    "outside, and inside the most probable part. The mean leaves the background out."
)

BOX = 0.25
"""Side of the box, of the side of the image."""


@dataclass(frozen=True, eq=False)
class Gain:
    """IOU of every label, background first, of a network without and with true silhouettes.

    Attributes
    ----------
    own, true : (32,) float array
        NaN where a part is nowhere.
    """

    own: np.ndarray
    true: np.ndarray

    @property
    def means(self):
        """Mean IOU over the 31 parts, own and true."""
        return float(mean_score(self.own)), float(mean_score(self.true))

    @property
    def lifted(self):
        """How many parts gain, and of how many."""
        gain = (self.true - self.own)[1:]
        return int((gain > 0).sum()), int((~np.isnan(gain)).sum())


def count_injection(network, examples, *, size, occluded=False, seed=0, progress=iter):
    """Count what a network answers to labelled images without and with their true silhouettes.

    Parameters
    ----------
    network
        Any of `registry.CLASSES`, in evaluation mode.
    examples : sequence of (image, labels)
        From `people_to_test_on`.
    size : int
        Side of the network's input; its answer is enlarged to the cells of the labels.
    occluded : bool
        Hide a random part of every person behind a black box.
    seed : int
        Of the parts that are hidden; they are the same for every network.
    progress : callable
        Wraps the examples.

    Returns
    -------
    (2, 32, 32) int64 array
        Pooled over all images; true labels in rows. For `gain`.
    """
    counts = np.zeros((2, names.CLASSES, names.CLASSES), np.int64)
    generator = np.random.default_rng(seed)
    for image, labels in progress(examples):
        silhouette = (labels != names.BACKGROUND) & (labels != IGNORED)
        if occluded:
            image = hide_part(image, labels, generator)
        for count, answer in zip(counts, answer_with(network, image, silhouette, size)):
            count += count_confusion(labels, answer)
    return counts


def gain(counts):
    """Return the Gain that counts (2, 32, 32) of `count_injection` tell of."""
    return Gain(*map(class_iou, counts))


def hide_part(image, labels, generator):
    """Return an image with a black box around the middle of a random part that is in it."""
    there = np.setdiff1d(labels, (names.BACKGROUND, IGNORED))
    if not len(there):
        return image
    cells = np.argwhere(labels == generator.choice(there))
    row, col = (cells.mean(axis=0) + 0.5) * len(image) / len(labels)
    reach = BOX * len(image) / 2
    hidden = image.copy()
    rows, cols = (slice(max(round(at - reach), 0), round(at + reach)) for at in (row, col))
    hidden[rows, cols] = 0
    return hidden


def gain_table(gains):
    """Lay the gains of networks out in Markdown: every part, sides apart, and the mean.

    Parameters
    ----------
    gains : dict of str to Gain
        By the names of the networks.
    """
    titles = [f"{name}, {whose} silhouette" for name in gains for whose in ("own", "true")]
    columns = [column for one in gains.values() for column in (one.own, one.true)]
    rows = [[name, *map(format_score, scores)] for name, *scores in zip(names.NAMES, *columns)]
    rows.append(["mean of parts", *(format_score(mean) for one in gains.values() for mean in one.means)])
    lines = ["{}: {} of {} parts gain.".format(name, *one.lifted) for name, one in gains.items()]
    return "\n\n".join((markdown_table(["IOU", *titles], rows), *lines, NOTE))


def report_gain(gains):
    """Return the gains of networks for JSON; null where a part is nowhere."""
    return {
        name: {
            "means": dict(zip(("own", "true"), one.means)),
            "parts": {
                part: {"own": or_none(own), "true": or_none(true)}
                for part, own, true in zip(names.NAMES, one.own, one.true)
            },
        }
        for name, one in gains.items()
    }


def gain_panels(gains):
    """Return the panels of a chart (Figures 4b, 5a and 6) for `draw_bars`.

    Left and right are averaged, and the background is left out: who is held to the true
    silhouette has it all right.
    """
    scores, lifts = {}, {}
    for name, one in gains.items():
        own, true = (average_sides(iou)[1:] for iou in (one.own, one.true))
        scores |= {f"{name}, own silhouette": own, f"{name}, true silhouette": true}
        lifts[name] = true - own
    return {"IOU": scores, "what a true silhouette adds to the IOU": lifts}
