"""Training samples of photographs with part labels, varied as in the paper (section 4.1).

What comes into the image from beside a photograph is grey, and background. A sample is drawn
from its number alone, as in `samples`.
"""

import numpy as np

from personalize.datasets import augment
from personalize.datasets.labelled import GREY, square_image, square_labels
from personalize.datasets.samples import finish, label_cells
from personalize.parts import BACKGROUND
from personalize.types import UNLABELLED


def labelled_sample(item, size, settings, generator, *, wrists=False):
    """Vary a photograph whose parts are known.

    Parameters
    ----------
    item
        Of `labelled_people`, with the labels of `parts.NAMES`.
    size : int
        Side of the image, a multiple of 8; the longer side of the photograph is fitted to it.
    settings : AugmentSettings
        Occluders and shadows are for rendered people, whose backgrounds are known.
    generator : numpy.random.Generator
    wrists : bool
        As in `samples.part_cells`.

    Returns
    -------
    Sample
    """
    image, labels = item.read_image(), item.read_parts()
    if generator.random() < 0.5:
        image, labels = augment.mirror(image, labels)
    image, labels = squared(image, GREY), squared(labels, BACKGROUND)
    matrix = augment.draw_placement(labels.shape, size, settings, generator)
    image = augment.relight(image, settings.photometric, generator)
    image = augment.place(image, matrix, size, fill=GREY)
    labels = augment.place(labels, matrix, size, fill=BACKGROUND, labels=True)
    return label_cells(finish(image, settings, generator), labels, wrists=wrists)


def squared(picture, fill):
    """Put a picture (H, W[, C]) into the middle of the least square that holds it."""
    side = max(picture.shape[:2])
    free = [side - length for length in picture.shape[:2]]
    around = [(space // 2, space - space // 2) for space in free]
    around += [(0, 0)] * (picture.ndim - 2)
    return np.pad(picture, around, constant_values=fill)


class LabelledSamples:
    """Training samples by number.

    Parameters
    ----------
    items : sequence
        Of `labelled_people`.
    settings : TrainingSettings
    """

    def __init__(self, items, settings):
        self.items = items
        self.settings = settings

    def __len__(self):
        return self.settings.samples

    def __getitem__(self, number):
        settings = self.settings
        generator = np.random.default_rng((settings.seed, number))
        item = self.items[generator.integers(len(self.items))]
        sample = labelled_sample(
            item, settings.size, settings.augment, generator, wrists=settings.wrist_weight > 1
        )
        return sample.image, sample.parts, sample.person


def labelled_validation(items, size):
    """Return samples that are only measured: (image, parts, person), not varied.

    Cells beside a photograph are 255, or NaN, not counted.
    """
    samples = []
    for item in items:
        parts = square_labels(item.read_parts(), size)
        person = np.where(parts == UNLABELLED, np.nan, parts > BACKGROUND).astype(np.float32)
        samples.append((square_image(item.read_image(), size), parts, person))
    return samples
