"""Training samples: rendered people over backgrounds, and photographs with silhouettes.

A sample is drawn from its number alone, so a training that is resumed sees what
it would have seen. Shapes: S the side of the image, s = S/8 cells.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from personalize import parts
from personalize.datasets import augment
from personalize.datasets.dye import part_garments, redress, region_garments
from personalize.datasets.settings import AugmentSettings
from personalize.errors import DatasetError
from personalize.imaging.framing import CELL, cell_shares
from personalize.media.images import read_cutout, read_image
from personalize.types import UNLABELLED

WRIST_SHARE = 0.25  # of a cell, from which it is the wrist's
KEPT = 512  # backgrounds kept in memory, 0.6 MB each
PATTERN = 128  # pixels of its side
STREET_SHARE = 0.3  # of the backgrounds, where there are streets

PLAIN = AugmentSettings(rotation=0, shift=0, scale=(1, 1))
"""How people that are only measured are varied: not at all, but that half are mirrored."""


@dataclass(frozen=True, eq=False)
class Sample:
    """One training image and what is known of its cells.

    Attributes
    ----------
    image : (S, S, 3) uint8 array
    parts : (s, s) uint8 array
        Labels of parts, or of regions that leave them open; 255 where unknown.
    person : (s, s) float32 array
        Share of the cell that the person covers; NaN where unknown.
    """

    image: np.ndarray
    parts: np.ndarray
    person: np.ndarray


class RenderedPeople:
    """A set written by `personalize synthesize`: cut-out people and backgrounds.

    Parameters
    ----------
    root : path-like
    streets : sequence of (H, W, 3) uint8 array
        More backgrounds, beside those of the set.

    Raises
    ------
    DatasetError
        If people or backgrounds are missing.
    """

    def __init__(self, root, streets=()):
        self.root = Path(root)
        self.streets = streets
        self.people = sorted(self.root.glob("people/*/[0-9]*.png"))
        self.backgrounds = sorted(self.root.glob("backgrounds/*.jpg"))
        if not self.people or not self.backgrounds:
            raise DatasetError(
                f"{root}: found {len(self.people)} rendered people and {len(self.backgrounds)} "
                "backgrounds; make a set with `personalize synthesize`"
            )

    def __len__(self):
        return len(self.people)

    def person(self, index):
        """Return a cut-out: RGBA (P, P, 4) and part labels (P, P), both uint8."""
        cutout, labels = self.files(index)
        return read_cutout(cutout), read_image(labels, colour=False)

    def files(self, index):
        """Return the paths of a cut-out and of its labels."""
        path = self.people[index]
        return path, self.root / "parts" / path.parent.name / path.name

    def background(self, size, generator):
        """Return a random (size, size, 3) crop of a random background, mirrored or not."""
        if self.streets and generator.random() < STREET_SHARE:
            picture = self.streets[generator.integers(len(self.streets))]
        else:
            picture = _read_background(self.backgrounds[generator.integers(len(self.backgrounds))])
        side = int(min(picture.shape[:2]) * generator.uniform(0.4, 1.0))
        top = generator.integers(picture.shape[0] - side + 1)
        left = generator.integers(picture.shape[1] - side + 1)
        crop = picture[top : top + side, left : left + side]
        smooth = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
        crop = cv2.resize(crop, (size, size), interpolation=smooth)
        return crop[:, ::-1] if generator.random() < 0.5 else crop

    def redress(self, image, garments, share, background, generator):
        """Dye garments, as `dye.redress` does, some of them with backgrounds for a pattern."""

        def pattern():
            return self.background(PATTERN, generator)

        return redress(image, garments, share, pattern, background, generator)


@lru_cache(maxsize=KEPT)
def _read_background(path):
    return read_image(path)


def part_cells(labels, *, wrists):
    """Label cells (s, s) by the part labels (S, S) at their centres.

    With `wrists`, a cell of which a wrist fills a quarter is the wrist's: seen
    from afar a wrist is narrower than a cell and would fall between the centres.
    """
    cells = labels[CELL // 2 :: CELL, CELL // 2 :: CELL].copy()
    if wrists:
        side = len(labels) // CELL
        for wrist in parts.WRISTS:
            share = (labels == wrist).reshape(side, CELL, side, CELL).mean(axis=(1, 3))
            cells[share >= WRIST_SHARE] = wrist
    return cells


def rendered_sample(people, index, size, settings, generator, *, wrists=False):
    """Compose a rendered person over a background.

    Parameters
    ----------
    people : RenderedPeople
    index : int
        Which person.
    size : int
        Side of the image, a multiple of 8.
    settings : AugmentSettings
    generator : numpy.random.Generator
    wrists : bool
        As in `part_cells`.

    Returns
    -------
    Sample
    """
    return label_cells(*rendered_picture(people, index, size, settings, generator), wrists=wrists)


def measured_picture(people, index, size):
    """Compose a rendered person that is only measured, the same at every time and of every size.

    Returns
    -------
    image, labels
        As of `rendered_picture`.
    """
    return rendered_picture(people, index, size, PLAIN, np.random.default_rng((1, index)))


def label_cells(image, labels, *, wrists=False):
    """Return a Sample of an image and the part labels (S, S) of its pixels."""
    return Sample(image, part_cells(labels, wrists=wrists), person_cells(labels))


def person_cells(labels, *, known=0.75):
    """Return how much of each cell is the person's, as `framing.cell_shares`, by the labels (S, S) of parts."""
    silhouette = np.where(labels == UNLABELLED, labels, np.uint8(labels > 0))
    return cell_shares(silhouette, (len(labels) // CELL,) * 2, known=known)


def rendered_picture(people, index, size, settings, generator):
    """Compose a rendered person over a background, labelled pixel by pixel.

    Parameters
    ----------
    people, index, size, settings, generator
        As for `rendered_sample`.

    Returns
    -------
    image : (S, S, 3) uint8 array
    labels : (S, S) uint8 array
    """
    cutout, labels = people.person(index)
    if generator.random() < 0.5:
        cutout, labels = augment.mirror(cutout, labels)
    background = people.background(size, generator)
    background = augment.relight(background, settings.photometric, generator)
    colours = augment.relight(cutout[..., :3], settings.photometric, generator)
    if generator.random() < settings.blend_in:
        colours = augment.blend_in(colours, cutout[..., 3] > 0, background, generator)
    garments = part_garments(labels, generator)
    colours = people.redress(colours, garments, settings.dye, background, generator)
    matrix = augment.draw_placement(labels.shape, size, settings, generator)
    labels = augment.place(labels, matrix, size, labels=True)
    opaque = cutout[..., 3:].astype(np.float32) / 255
    layer = np.concatenate((colours * opaque, opaque), axis=2)
    layer = augment.place(layer, matrix, size)  # premultiplied, so that edges stay clean
    if generator.random() < settings.shadow:
        background = augment.cast_shadow(background, layer[..., 3:], generator)
    image = layer[..., :3] + background * (1 - layer[..., 3:])
    image = np.clip(image + 0.5, 0, 255).astype(np.uint8)
    if generator.random() < settings.occluder:
        image, labels = augment.occlude(image, labels, people.background(size, generator), generator)
    return finish(image, settings, generator), labels


def photograph_sample(photograph, regions, background, settings, generator):
    """Vary a photograph whose silhouette is known, and the regions of the body in it.

    Half of the time the person alone is put before the background, else the
    whole photograph is.

    Parameters
    ----------
    photograph : (H, W, 3) uint8 array
    regions : (H, W) uint8 array
        0 background, labels of parts or regions, 255 unknown.
    background : (S, S, 3) uint8 array
    settings : AugmentSettings
    generator : numpy.random.Generator

    Returns
    -------
    Sample
    """
    if generator.random() < 0.5:
        photograph, regions = augment.mirror(photograph, regions)
    size = len(background)
    matrix = augment.draw_placement(regions.shape, size, settings, generator)
    alone = generator.random() < 0.5
    shown = (regions > 0) if alone else np.ones_like(regions, bool)
    opaque = np.where(shown, np.uint8(255), np.uint8(0))
    photograph = augment.relight(photograph, settings.photometric, generator)
    if alone and generator.random() < settings.blend_in:
        photograph = augment.blend_in(photograph, shown, background, generator)
    layer = augment.place(np.dstack((photograph, opaque)), matrix, size).astype(np.float32)
    labels = augment.place(regions, matrix, size, labels=True)
    cover = layer[..., 3:] / 255
    if alone and generator.random() < settings.shadow:
        background = augment.cast_shadow(background, cover, generator)
    image = (layer[..., :3] * cover + background * (1 - cover) + 0.5).astype(np.uint8)
    person = person_cells(labels, known=0.5)
    return Sample(finish(image, settings, generator), part_cells(labels, wrists=False), person)


def finish(image, settings, generator):
    """Light and degrade a composed image as a whole."""
    image = augment.relight(image, settings.photometric * 0.5, generator)
    return augment.degrade(image, settings.photometric, generator)


class TrainingSamples:
    """Samples by number, rendered people mixed with photographs.

    Parameters
    ----------
    people : RenderedPeople
    indices : sequence of int
        The rendered people to draw from.
    photographs : sequence of ((H, W, 3) uint8, (H, W) uint8)
        Photographs and regions, as in `photograph_sample`; may be empty.
    settings : TrainingSettings
    """

    def __init__(self, people, indices, photographs, settings):
        self.people = people
        self.indices = indices
        self.photographs = photographs
        self.settings = settings

    def __len__(self):
        return self.settings.samples

    def __getitem__(self, number):
        settings = self.settings
        generator = np.random.default_rng((settings.seed, number))
        if self.photographs and generator.random() < settings.real_share:
            photograph, regions = self.photographs[generator.integers(len(self.photographs))]
            background = self.people.background(settings.size, generator)
            photograph = self.people.redress(
                photograph, region_garments(regions), settings.augment.dye, background, generator
            )
            vary = replace(settings.augment, scale=settings.photograph_scale)
            sample = photograph_sample(photograph, regions, background, vary, generator)
        else:
            which = self.indices[generator.integers(len(self.indices))]
            sample = rendered_sample(
                self.people,
                which,
                settings.size,
                settings.augment,
                generator,
                wrists=settings.wrist_weight > 1,
            )
        return sample.image, sample.parts, sample.person
