"""Rendered people over backgrounds, and photographs with silhouettes, to measure on.

What is learned from is composed by `training.compose`. Shapes: S the side of the image,
s = S/8 cells.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np

from personalize import parts
from personalize.datasets import placing
from personalize.errors import DatasetError
from personalize.imaging.framing import CELL, cell_shares
from personalize.media.images import read_cutout, read_image
from personalize.types import UNLABELLED, Frame, Labels, Map, PathLike

WRIST_SHARE = 0.25  # of a cell, from which it is the wrist's
KEPT = 512  # backgrounds kept in memory, 0.6 MB each


MeasuredSample: TypeAlias = tuple[Frame, Labels, Map]
"""Image, parts and person, as in `Sample`, as batches are made of them."""


@dataclass(frozen=True, eq=False)
class Sample:
    """One image and what is known of its cells.

    Attributes
    ----------
    image : (S, S, 3) uint8 array
    parts : (s, s) uint8 array
        Labels of parts, or of regions that leave them open; 255 where unknown.
    person : (s, s) float32 array
        Share of the cell that the person covers; NaN where unknown.
    """

    image: Frame
    parts: Labels
    person: Map


class RenderedPeople:
    """A set written by `personalize synthesize`: cut-out people and backgrounds.

    Parameters
    ----------
    root : path-like

    Raises
    ------
    DatasetError
        If people or backgrounds are missing.
    """

    def __init__(self, root: PathLike) -> None:
        self.root = Path(root)
        self.people = sorted(self.root.glob("people/*/[0-9]*.png"))
        self.backgrounds = sorted(self.root.glob("backgrounds/*.jpg"))
        if not self.people or not self.backgrounds:
            raise DatasetError(
                f"{root}: found {len(self.people)} rendered people and {len(self.backgrounds)} "
                "backgrounds; make a set with `personalize synthesize`"
            )

    def __len__(self) -> int:
        return len(self.people)

    def person(self, index: int) -> tuple[Frame, Labels]:
        """Return a cut-out: RGBA (P, P, 4) and part labels (P, P), both uint8."""
        cutout, labels = self.files(index)
        return read_cutout(cutout), read_image(labels, colour=False)

    def files(self, index: int) -> tuple[Path, Path]:
        """Return the paths of a cut-out and of its labels."""
        path = self.people[index]
        return path, self.root / "parts" / path.parent.name / path.name

    def background(self, size: int, generator: np.random.Generator) -> Frame:
        """Return a random (size, size, 3) crop of a random background, mirrored or not."""
        picture = _read_background(self.backgrounds[generator.integers(len(self.backgrounds))])
        side = int(min(picture.shape[:2]) * generator.uniform(0.4, 1.0))
        top = generator.integers(picture.shape[0] - side + 1)
        left = generator.integers(picture.shape[1] - side + 1)
        crop = picture[top : top + side, left : left + side]
        smooth = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
        crop = cv2.resize(crop, (size, size), interpolation=smooth)
        return crop[:, ::-1] if generator.random() < 0.5 else crop


@lru_cache(maxsize=KEPT)
def _read_background(path):
    return read_image(path)


def part_cells(labels: Labels, *, wrists: bool) -> Labels:
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


def measured_picture(people: RenderedPeople, index: int, size: int) -> tuple[Frame, Labels]:
    """Compose a rendered person to measure on, which is always the same, in any size.

    Half of the people are mirrored; nothing else is varied.

    Parameters
    ----------
    people : RenderedPeople
    index : int
        Which person.
    size : int
        Side of the image, a multiple of 8.

    Returns
    -------
    image : (S, S, 3) uint8 array
    labels : (S, S) uint8 array
    """
    generator = np.random.default_rng((1, index))
    cutout, labels = people.person(index)
    if generator.random() < 0.5:
        cutout, labels = placing.mirror(cutout, labels)
    background = people.background(size, generator)
    matrix = placing.fit(labels.shape, size)
    opaque = cutout[..., 3:].astype(np.float32) / 255
    layer = np.concatenate((cutout[..., :3] * opaque, opaque), axis=2)
    layer = placing.place(layer, matrix, size)  # premultiplied, so that edges stay clean
    shown = layer[..., :3] + background * (1 - layer[..., 3:])
    image = np.clip(shown + 0.5, 0, 255).astype(np.uint8)
    return image, placing.place(labels, matrix, size, labels=True)


def label_cells(image: Frame, labels: Labels, *, wrists: bool = False) -> Sample:
    """Return the Sample of an image and the part labels of its pixels.

    Parameters
    ----------
    image : (S, S, 3) uint8 array
        RGB.
    labels : (S, S) uint8 array
    wrists : bool
        Whether wrists are enlarged to a cell at least (`part_cells`).

    Returns
    -------
    Sample
    """
    return Sample(image, part_cells(labels, wrists=wrists), person_cells(labels))


def person_cells(labels: Labels, *, known: float = 0.75) -> Map:
    """Return how much of each cell is the person's, as `framing.cell_shares`, by the labels (S, S)
    of parts.
    """
    silhouette = np.where(labels == UNLABELLED, labels, np.uint8(labels > 0))
    return cell_shares(silhouette, (len(labels) // CELL,) * 2, known=known)


def measured_photograph(
    photograph: Frame,
    regions: Labels,
    background: Frame,
    scale: float,
    generator: np.random.Generator,
) -> Sample:
    """Compose a photograph that is only measured, whose silhouette is known.

    Half of the time the person alone is put before the background, else the
    whole photograph is, and half of the time it is mirrored.

    Parameters
    ----------
    photograph : (H, W, 3) uint8 array
    regions : (H, W) uint8 array
        0 background, labels of parts or regions, 255 unknown.
    background : (S, S, 3) uint8 array
    scale : float
        Of the photograph, on top of bringing its shorter side to the image's.
    generator : numpy.random.Generator

    Returns
    -------
    Sample
    """
    if generator.random() < 0.5:
        photograph, regions = placing.mirror(photograph, regions)
    size = len(background)
    matrix = placing.fit(regions.shape, size, scale)
    generator.random(
        4
    )  # drawn once for scale, rotation and shift: numbers of old logs stay comparable
    alone = generator.random() < 0.5
    shown = (regions > 0) if alone else np.ones_like(regions, bool)
    opaque = np.where(shown, np.uint8(255), np.uint8(0))
    layer = placing.place(np.dstack((photograph, opaque)), matrix, size).astype(np.float32)
    labels = placing.place(regions, matrix, size, labels=True)
    cover = layer[..., 3:] / 255
    image = (layer[..., :3] * cover + background * (1 - cover) + 0.5).astype(np.uint8)
    return Sample(image, part_cells(labels, wrists=False), person_cells(labels, known=0.5))
