"""Photographs and video frames of real people with labels of their parts.

A folder of such pictures is made by `personalize label` or by hand: a sub-folder for each group
of pictures that are alike (of one place, one camera, or few people), in it pictures and label
PNGs of the same name and size, and beside the groups, if it is there, `index.csv`, which gives
how large heads are. Labels are 0 background, 1 to 31 parts, then the regions of `parts.REGIONS`
(32 is somebody: a person, part unknown), and 255 unknown.

The folder `clothing_co_parsing_labels` holds labels alone: those of photographs of Clothing
Co-Parsing, by their names, reduced in size.
"""

import csv
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from personalize import parts
from personalize.datasets.reading import list_files
from personalize.errors import DatasetError
from personalize.media.images import image_size, read_image
from personalize.storage.atomic import atomic_write
from personalize.types import UNLABELLED, Frame, Labels, PathLike

INDEX = "index.csv"
INDEX_FIELDS = ("picture", "source_file", "width", "height", "head_px")
PHOTOGRAPH_LABELS = "clothing_co_parsing_labels"
PICTURES = (".webp", ".jpg", ".jpeg")
"""Endings of pictures; a PNG is a label."""

HEAD = parts.JOINTS["head"]
KNOWN_LABELS = np.isin(
    np.arange(256), [*range(parts.CLASSES), *parts.REGION_LABELS.values(), UNLABELLED]
)


@dataclass(frozen=True)
class LabelledPicture:
    """One picture of one person.

    Attributes
    ----------
    name : str
        "group/stem".
    image, labels : Path
    indexed_head : float or None
        Side in pixels of the square that has the area of the head, as `index.csv` gives it.
    """

    name: str
    image: Path
    labels: Path
    indexed_head: float | None = None

    @property
    def group(self) -> str:
        """Name of its folder: pictures of one group are alike."""
        return self.name.split("/")[0]

    @property
    def head_px(self) -> float | None:
        """Size of the head in pixels: of the index, or else of the labels; None where no head is
        labelled.
        """
        return self.indexed_head or head_size(self.read_labels())

    def read_image(self) -> Frame:
        """Read the picture, an (H, W, 3) uint8 array (RGB)."""
        return read_image(self.image)

    def read_labels(self) -> Labels:
        """Read the labels, an (H, W) uint8 array.

        Raises
        ------
        DatasetError
            If a label is none of those of the layout, or the labels have another size
            than the picture.
        """
        labels = read_labels(self.labels)
        size = image_size(self.image)
        if labels.shape != size:
            raise DatasetError(
                f"{self.labels}: {_told(labels.shape)} labels of {_told(size)} pixels of "
                f"{self.image.name}; "
                "make both of the same size"
            )
        return labels


def _told(shape):
    return f"{shape[1]}x{shape[0]}"


def read_labels(path: PathLike) -> Labels:
    """Read a label PNG, an (H, W) uint8 array, or raise DatasetError of a label that is none."""
    labels = read_image(path, colour=False)
    strange = np.unique(labels[~KNOWN_LABELS[labels]])
    if strange.size:
        raise DatasetError(
            f"{path}: label {strange[0]} is neither a part (0 to {parts.CLASSES - 1}), nor a "
            f"region "
            f"({parts.CLASSES} to {max(parts.REGION_LABELS.values())}), nor unknown ({UNLABELLED})"
        )
    return labels


def head_size(labels: Labels) -> float | None:
    """Return the side of the square that has the area of the head in labels (H, W); None without a
    head.
    """
    area = np.count_nonzero(np.isin(labels, HEAD))
    return float(np.sqrt(area)) if area else None


def has_pairs(root: Path) -> bool:
    """Whether, in a sub-folder, the first picture has a PNG of its name beside it."""
    below = (folder for folder in Path(root).iterdir() if folder.is_dir())
    first = (
        next((path for path in folder.iterdir() if path.suffix.lower() in PICTURES), None)
        for folder in below
    )
    return any(path.with_suffix(".png").is_file() for path in first if path is not None)


def pictures(root: PathLike) -> list[LabelledPicture]:
    """List the labelled pictures of a folder.

    Parameters
    ----------
    root : path
        Holds a sub-folder for each group.

    Returns
    -------
    list of LabelledPicture
        In the order of groups and names.

    Raises
    ------
    DatasetError
        If there is no such folder, no picture in it, a picture has no labels or labels no
        picture, or `index.csv` cannot be read.
    """
    root = Path(root)
    if not root.is_dir():
        raise DatasetError(f"{root}: no such folder of labelled pictures; check the path")
    heads = {
        picture: float(row["head_px"])
        for picture, row in read_index(root / INDEX).items()
        if row["head_px"]
    }
    groups = sorted(
        folder
        for folder in root.iterdir()
        if folder.is_dir() and folder.name != PHOTOGRAPH_LABELS and folder.name[0] != "."
    )
    listed = [picture for group in groups for picture in _group(group, heads)]
    if not listed:
        raise DatasetError(
            f"{root}: there are no labelled pictures; the layout is GROUP/NAME.webp with "
            f"GROUP/NAME.png"
        )
    return listed


def _group(folder, heads):
    images = {path.stem: path for path in list_files(folder, PICTURES)}
    labels = {path.stem: path for path in list_files(folder, (".png",))}
    alone = sorted(images.keys() ^ labels.keys())
    if alone:
        has, lacks = ("a picture", "labels") if alone[0] in images else ("labels", "a picture")
        raise DatasetError(f"{folder}: {alone[0]} has {has} but no {lacks.removeprefix('a ')}")
    names = {stem: f"{folder.name}/{stem}" for stem in images}
    return [
        LabelledPicture(names[stem], image, labels[stem], heads.get(names[stem]))
        for stem, image in images.items()
    ]


def read_index(path: Path) -> dict[str, dict[str, str]]:
    """Read an index: a dict of str, the columns of the picture, by the name of the picture; empty
    without a file.

    Raises
    ------
    DatasetError
        If it is damaged, lacks a column, or gives a size of a head that is none.
    """
    if not path.is_file():
        return {}
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = {row["picture"]: row for row in csv.DictReader(file)}
        heads = {picture: float(row["head_px"] or 1) for picture, row in rows.items()}
    except (KeyError, TypeError, ValueError, OSError, csv.Error) as error:
        raise DatasetError(
            f"{path}: not a readable index ({error}); it has the columns {', '.join(INDEX_FIELDS)}"
        ) from error
    strange = [picture for picture, head in heads.items() if not 0 < head < np.inf]
    if strange:
        raise DatasetError(
            f"{path}: head_px of {strange[0]} is no size; leave it empty where it is not known"
        )
    return rows


def add_to_index(
    path: Path, rows: Iterable[Mapping[str, Any]], *, without: Collection[str] = ()
) -> None:
    """Write rows to an index; those of other pictures stay.

    Parameters
    ----------
    path : path
        The index, a CSV; it need not be there yet.
    rows : iterable of dict
        With the keys of `INDEX_FIELDS`; a row of a picture replaces that which was there.
    without : set of str
        Names of pictures whose rows do not stay.

    Raises
    ------
    DatasetError
        If the index that is there is damaged.
    WorkspaceError
        If the disk refuses.
    """
    by_name: dict[str, Mapping[str, Any]] = {
        name: row for name, row in read_index(path).items() if name not in without
    }
    by_name.update((row["picture"], row) for row in rows)
    with (
        atomic_write(path) as unfinished,
        open(unfinished, "w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.DictWriter(file, INDEX_FIELDS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(by_name[name] for name in sorted(by_name))


def photograph_labels(root: PathLike) -> dict[str, Path]:
    """Return the part labels of photographs of Clothing Co-Parsing in a folder: name -> Path; maybe
    none.
    """
    folder = Path(root) / PHOTOGRAPH_LABELS
    return {path.stem: path for path in list_files(folder, (".png",))} if folder.is_dir() else {}


def read_photograph_labels(path: PathLike, height: int, width: int) -> Labels:
    """Read the part labels of a photograph at a size.

    Parameters
    ----------
    path : path-like
    height, width : int
        Labels are enlarged or shrunk to this size: the nearest is taken.

    Returns
    -------
    (height, width) uint8 array
    """
    labels = read_labels(path)
    return np.asarray(cv2.resize(labels, (width, height), interpolation=cv2.INTER_NEAREST))
