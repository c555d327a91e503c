"""Experiments 2 and 3: what a true silhouette is worth to the parts (Charles et al., BMVC 2017).

Direct injection (Figure 5a): the factored module's answer is replaced by the
truth, nothing is trained, and every part should gain. Simulated occlusion
(Figures 4b and 6): a black box hides a random part of the person, and the
silhouette that is injected knows nothing of the box.
"""

from dataclasses import dataclass

import numpy as np
import torch

from personalize import parts as names
from personalize.evaluation.segmentation import class_iou, count_confusion, mean_score
from personalize.experiments.labelled import shrink
from personalize.predict import look, merge

BOX = 0.25
"""Side of the box, of the side of the image."""


@dataclass(frozen=True, eq=False)
class Gain:
    """IOU of every label, background first, before and after injection.

    Attributes
    ----------
    own, true : (32,) float array
        With the network's own silhouettes, and with the true ones; NaN where a
        part is nowhere.
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


def inject_silhouettes(network, samples, *, size, occluded=False, seed=0, progress=iter):
    """Parse labelled images with the network's own silhouettes and with the true ones.

    Parameters
    ----------
    network : FactoredNetwork
        In evaluation mode.
    samples : sequence of (image, parts, person)
        From `held_out_people`.
    size : int
        Side of the network's input; its answer is enlarged to the cells of the labels.
    occluded : bool
        Hide a random part of every person behind a black box.
    seed : int
        Of the parts that are hidden.
    progress : callable
        Wraps the samples.

    Returns
    -------
    Gain
        Counts pooled over all images.
    """
    counts = np.zeros((2, names.CLASSES, names.CLASSES), np.int64)
    generator = np.random.default_rng(seed)
    for image, labels, person in progress(samples):
        if occluded:
            image = hide_part(image, labels, generator)
        seen = look(network, shrink(image, size)[None])
        for count, known in zip(counts, (None, [person == 1])):
            count += count_confusion(labels, winners(merge(network, *seen, known), labels.shape))
    return Gain(*map(class_iou, counts))


def winners(probabilities, shape):
    """Enlarge part probabilities (1, 32, h, w) to a shape, and return the labels that win."""
    enlarged = torch.nn.functional.interpolate(
        torch.from_numpy(probabilities), shape, mode="bilinear"
    )
    return enlarged[0].argmax(dim=0).numpy()


def hide_part(image, labels, generator):
    """Return an image with a black box around the middle of a random part that is in it."""
    there = np.setdiff1d(labels, (names.BACKGROUND, 255))
    if not len(there):
        return image
    cells = np.argwhere(labels == generator.choice(there))
    row, col = (cells.mean(axis=0) + 0.5) * len(image) / len(labels)
    reach = BOX * len(image) / 2
    hidden = image.copy()
    rows, cols = (slice(max(round(at - reach), 0), round(at + reach)) for at in (row, col))
    hidden[rows, cols] = 0
    return hidden


def gain_table(gain):
    """Lay a gain out in Markdown: every part, sides apart, and the mean."""
    lines = ["| IOU | own silhouette | true silhouette |", "|---|--:|--:|"]
    for name, own, true in zip(names.NAMES, gain.own, gain.true):
        lines.append(f"| {name} | {own:.3f} | {true:.3f} |")
    lines.append("| mean of parts | {:.3f} | {:.3f} |".format(*gain.means))
    up, of = gain.lifted
    return "\n".join(lines) + f"\n\n{up} of {of} parts gain."


def report_gain(gain):
    """Return a gain for JSON; null where a part is nowhere."""
    sides = {"own": gain.own, "true": gain.true}
    return {
        "means": dict(zip(sides, gain.means)),
        "parts": {
            name: {side: None if np.isnan(iou[k]) else float(iou[k]) for side, iou in sides.items()}
            for k, name in enumerate(names.NAMES)
        },
    }
