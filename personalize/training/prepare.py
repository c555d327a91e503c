"""Make training and validation samples of rendered people, photographs and real people."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

import cv2
import numpy as np
import torch

from personalize.datasets.clothing import ClothingPhotograph
from personalize.datasets.clothing import photographs as list_photographs
from personalize.datasets.labelled import first_held_out
from personalize.datasets.samples import (
    MeasuredSample,
    RenderedPeople,
    label_cells,
    measured_photograph,
    measured_picture,
)
from personalize.media.images import read_image
from personalize.training.compose.backdrops import Backdrops
from personalize.training.compose.bank import Bank, Room, bleed, stacked
from personalize.training.compose.cloth import RENDERED
from personalize.training.compose.composer import Composer
from personalize.training.compose.sources import Source
from personalize.training.real import real_sources
from personalize.training.settings import TrainingSettings
from personalize.types import UNLABELLED, Array, Frame, Labels, PathLike

VALIDATION_PHOTOGRAPHS = 100
"""Photographs, the last by name, that are only measured on."""

PHOTOGRAPH_SIDE = 288  # pixels of the shorter side that are kept in memory
LEAST_STREET = 48  # pixels of its width
MEASURED_SCALE = 0.65  # of photographs that are only measured


def training_data(
    people_root: PathLike,
    photographs_root: PathLike | None,
    settings: TrainingSettings,
    *,
    real_root: PathLike | None = None,
    device: str | torch.device = "cpu",
    measured: bool = True,
) -> tuple[Composer, list[MeasuredSample]]:
    """Split people and photographs into samples to train on and samples to validate on.

    Parameters
    ----------
    people_root : path-like
        A set of `personalize synthesize`.
    photographs_root : path-like or None
        Clothing Co-Parsing.
    settings : TrainingSettings
    real_root : path-like, optional
        Real people with parts, in the layout of `datasets.real_people`.
    device : str
        Where samples are composed.
    measured : bool
        Whether there are samples to measure on; else the list is empty.

    Returns
    -------
    Composer, list of (image, parts, person)
    """
    people, room = RenderedPeople(people_root), Room.of(device)
    kept = first_held_out(len(people))
    listed = list_photographs(photographs_root) if photographs_root else []
    photographs = [read_photograph(photograph) for photograph in listed]
    learned, held_out = photographs[:-VALIDATION_PHOTOGRAPHS], photographs[-VALIDATION_PHOTOGRAPHS:]
    names = [photograph.name for photograph in listed[:-VALIDATION_PHOTOGRAPHS]]
    streets = [street for photograph in learned for street in streets_beside(*photograph)]
    real = []
    if settings.real_share:
        bank_of = partial(Bank, device=device, room=room)
        real = real_sources(dict(zip(names, learned)), real_root, settings, bank_of)
    rendered = Source(
        Bank(partial(read_person, people), kept, device, room),
        1 - settings.real_share if real else 1.0,
        settings.augment,
        garments=RENDERED,
    )
    samples = Composer(
        [rendered, *real], backdrops(people, streets, device, room), settings, device
    )
    if not measured:
        return samples, []
    return samples, validation_samples(people, range(kept, len(people)), held_out, settings.size)


def read_person(people: RenderedPeople, index: int) -> Array:
    """Read a rendered person as a picture of a `Bank`."""
    cutout, labels = people.person(index)
    image, opaque = np.ascontiguousarray(cutout[..., :3]), np.ascontiguousarray(cutout[..., 3])
    return stacked(bleed(image, opaque), opaque, labels)


def backdrops(
    people: RenderedPeople, streets: Sequence[Frame], device: str | torch.device, room: Room
) -> Backdrops:
    """Return the backgrounds of a rendered set, and streets, as `Backdrops`.

    Parameters
    ----------
    people : RenderedPeople
    streets : sequence of (H, W, 3) uint8 array
        RGB, from `streets_beside`.
    device : str or torch.device
        Where pictures are kept.
    room : Room
        Memory for them.

    Returns
    -------
    Backdrops
    """
    read = partial(read_backdrop, people, streets)
    return Backdrops(Bank(read, len(people.backgrounds) + len(streets), device, room), len(streets))


def read_backdrop(people: RenderedPeople, streets: Sequence[Frame], index: int) -> Array:
    """Read a background, or take a street, as a picture of a `Bank`.

    Parameters
    ----------
    people : RenderedPeople
    streets : sequence of (H, W, 3) uint8 array
    index : int
        Of the backgrounds, and then of the streets.

    Returns
    -------
    (5, H, W) uint8 array
        Opaque nowhere, and without a label.
    """
    count = len(people.backgrounds)
    image = streets[index - count] if index >= count else read_image(people.backgrounds[index])
    nothing = np.zeros(image.shape[:2], np.uint8)
    return stacked(image, nothing, nothing)


def validation_samples(
    people: RenderedPeople,
    indices: Iterable[int],
    photographs: Sequence[tuple[Frame, Labels]],
    size: int,
) -> list[MeasuredSample]:
    """Compose samples that are the same at every checkpoint, without augmentation.

    Parameters
    ----------
    people : RenderedPeople
    indices : iterable of int
        Which of them.
    photographs : sequence of ((H, W, 3) uint8 array, (H, W) uint8 array)
        Photographs and their regions; of these only the person is measured.
    size : int
        Side of the images, a multiple of 8.

    Returns
    -------
    list of (image, parts, person)
        As in `samples.Sample`.
    """
    chosen = [label_cells(*measured_picture(people, index, size)) for index in indices]
    for number, (photograph, regions) in enumerate(photographs):
        generator = np.random.default_rng((2, number))
        background = people.background(size, generator)
        sample = measured_photograph(photograph, regions, background, MEASURED_SCALE, generator)
        chosen.append(
            replace(sample, parts=np.full_like(sample.parts, UNLABELLED))
        )  # only the person
    return [(sample.image, sample.parts, sample.person) for sample in chosen]


def read_photograph(photograph: ClothingPhotograph) -> tuple[Frame, Labels]:
    """Read a photograph of Clothing Co-Parsing and its regions, reduced."""
    return reduced(photograph.read_image(), photograph.read_regions())


def streets_beside(photograph: Frame, regions: Labels) -> list[Frame]:
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
    sides = (
        (photograph[:, : shown[0]], photograph[:, shown[-1] + 1 :]) if len(shown) else (photograph,)
    )
    wide = [side for side in sides if side.shape[1] >= LEAST_STREET]
    return [np.hstack((side[:, ::-1], side, side[:, ::-1])) for side in wide]


def reduced(image: Frame, regions: Labels) -> tuple[Frame, Labels]:
    """Shrink a photograph and its regions to the size kept in memory."""
    scale = PHOTOGRAPH_SIDE / min(regions.shape)
    size = round(regions.shape[1] * scale), round(regions.shape[0] * scale)
    return (
        np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8),
        np.asarray(cv2.resize(regions, size, interpolation=cv2.INTER_NEAREST), np.uint8),
    )
