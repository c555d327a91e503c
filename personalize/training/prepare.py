"""Bring a rendered set and photographs into samples to train and to validate on."""

from dataclasses import replace

import cv2
import numpy as np

from personalize.datasets.clothing import photographs as list_photographs
from personalize.datasets.labelled import first_held_out
from personalize.datasets.samples import (
    RenderedPeople,
    TrainingSamples,
    label_cells,
    measured_picture,
    photograph_sample,
)
from personalize.datasets.settings import AugmentSettings
from personalize.types import UNLABELLED

VALIDATION_PHOTOGRAPHS = 100
"""Photographs, the last by name, that are only measured on."""

PHOTOGRAPH_SIDE = 288  # pixels of the shorter side that are kept in memory
LEAST_STREET = 48  # pixels of its width

WHOLE = AugmentSettings(rotation=0, shift=0, scale=(0.65, 0.65))


def training_data(people_root, photographs_root, settings):
    """Split what there is into samples to learn from and samples to measure on.

    Parameters
    ----------
    people_root : path-like
        A set of `personalize synthesize`.
    photographs_root : path-like or None
        Clothing Co-Parsing.
    settings : TrainingSettings

    Returns
    -------
    TrainingSamples, list of (image, parts, person)
    """
    people = RenderedPeople(people_root)
    kept = first_held_out(len(people))
    photographs = read_photographs(photographs_root) if photographs_root else []
    held_out, learned = photographs[-VALIDATION_PHOTOGRAPHS:], photographs[:-VALIDATION_PHOTOGRAPHS]
    streets = [street for photograph in learned for street in streets_beside(*photograph)]
    samples = TrainingSamples(RenderedPeople(people_root, streets), range(kept), learned, settings)
    return samples, validation_samples(people, range(kept, len(people)), held_out, settings.size)


def validation_samples(people, indices, photographs, size):
    """Compose samples that are the same at every checkpoint, without augmentation."""
    chosen = [label_cells(*measured_picture(people, index, size)) for index in indices]
    for number, (photograph, regions) in enumerate(photographs):
        generator = np.random.default_rng((2, number))
        background = people.background(size, generator)
        sample = photograph_sample(photograph, regions, background, WHOLE, generator)
        chosen.append(replace(sample, parts=np.full_like(sample.parts, UNLABELLED)))  # only the person
    return [(sample.image, sample.parts, sample.person) for sample in chosen]


def read_photographs(root):
    """Read all photographs of Clothing Co-Parsing and their regions, reduced, into memory."""
    return [
        reduced(photograph.read_image(), photograph.read_regions())
        for photograph in list_photographs(root)
    ]


def streets_beside(photograph, regions):
    """Return what a photograph shows beside the person, made wide by its own reflections.

    Parameters
    ----------
    photograph : (H, W, 3) uint8 array
    regions : (H, W) uint8 array
        0 background.

    Returns
    -------
    list of (H, 3 W', 3) uint8 array
        Of the sides, left and right, that are wide enough.
    """
    shown = np.flatnonzero((regions > 0).any(axis=0))
    sides = (photograph[:, : shown[0]], photograph[:, shown[-1] + 1 :]) if len(shown) else (photograph,)
    wide = [side for side in sides if side.shape[1] >= LEAST_STREET]
    return [np.hstack((side[:, ::-1], side, side[:, ::-1])) for side in wide]


def reduced(image, regions):
    """Shrink a photograph and its regions to the size kept in memory."""
    scale = PHOTOGRAPH_SIDE / min(regions.shape)
    size = round(regions.shape[1] * scale), round(regions.shape[0] * scale)
    return (
        cv2.resize(image, size, interpolation=cv2.INTER_AREA),
        cv2.resize(regions, size, interpolation=cv2.INTER_NEAREST),
    )
