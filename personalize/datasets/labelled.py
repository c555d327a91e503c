"""People with part labels, of any of the sets that have them, in one form.

An item has a `name`, `read_image()` -> (H, W, 3) uint8 array (RGB), `read_parts()` ->
(H, W) uint8 array of labels: those of `parts.NAMES`, or on Freiburg's photographs those of
`parts.FREIBURG_NAMES`, and `files`, the paths of all that these are read from. Sizes differ from
item to item; `read_square` brings all to one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from personalize import parts
from personalize.datasets import freiburg_sitting, unite_the_people
from personalize.datasets.items import Item
from personalize.datasets.reading import read_names
from personalize.datasets.samples import RenderedPeople, measured_picture
from personalize.errors import DatasetError
from personalize.imaging.framing import CELL
from personalize.media.source import file_digest
from personalize.storage.manifest import digest
from personalize.types import UNLABELLED, Frame, Labels, PathLike

RENDERED, UNITE_THE_PEOPLE, FREIBURG = "rendered", "unite-the-people", "freiburg"

CLASSES = {
    RENDERED: parts.CLASSES,
    UNITE_THE_PEOPLE: parts.CLASSES,
    FREIBURG: freiburg_sitting.CLASSES,
}
"""Kind of set -> how many labels its items have, the background included."""

TEST_LIST = Path(__file__).resolve().parent / "splits/unite_the_people_test.txt"
"""Names of the photographs of Unite the People to test on, as the project comes with it."""

VALIDATION_PEOPLE = 160
"""Rendered people, the last of the set, that are only measured on."""

SIDE = 512
"""Side of the images of the paper; their labels are 64 x 64 cells."""

GREY = 128
"""Of what lies beside an image that is not a square: the network's zero."""


@dataclass(frozen=True, eq=False)
class RenderedPerson:
    """A rendered person as in validation: before a background that depends on its number.

    Attributes
    ----------
    people : RenderedPeople
    index : int
    """

    people: RenderedPeople
    index: int

    @property
    def name(self) -> str:
        """Its number, as in the name of its file."""
        return self.people.people[self.index].stem

    @property
    def files(self) -> list[Path]:
        """The cut-out, its labels, and all backgrounds that may be behind it."""
        return [*self.people.files(self.index), *self.people.backgrounds]

    def read_image(self) -> Frame:
        """Compose the picture, a (512, 512, 3) uint8 array (RGB); the same at every time."""
        return measured_picture(self.people, self.index, SIDE)[0]

    def read_parts(self) -> Labels:
        """Place the (512, 512) uint8 labels: ids as in `parts.NAMES`."""
        return measured_picture(self.people, self.index, SIDE)[1]


def labelled_people(
    kind: str, root: PathLike, split: str, test_list: PathLike | None = None
) -> Sequence[Item]:
    """List the people of one half of a set.

    Parameters
    ----------
    kind : {"rendered", "unite-the-people", "freiburg"}
        Rendered people come from `personalize synthesize people`; the last of them are for
        testing, as in training. Of the photographs, those in the list are for testing, and
        all others for training.
    root : path-like
        Where the set lies, in the layout of its reader.
    split : {"train", "test"}
    test_list : path-like, optional
        Names of the photographs to test on, one a line. By default `TEST_LIST` for Unite the
        People; Freiburg's photographs need one, for nothing says who is on which.

    Returns
    -------
    list of items

    Raises
    ------
    DatasetError
        If the set or the list is not there or not whole, or one half is empty.
    """
    testing = {"train": False, "test": True}[split]
    if kind == RENDERED:
        return rendered_half(RenderedPeople(root), testing)
    if kind == FREIBURG:
        if test_list is None:
            raise DatasetError(
                f"{root}: nothing says who is on which photograph; write the names of those of "
                "the four people to test on into a list, one a line, and give it with --test-list"
            )
        return listed_half(freiburg_sitting.photographs(root), test_list, testing, root)
    everything = unite_the_people.images(root)
    return listed_half(everything, test_list or TEST_LIST, testing, root)


def first_held_out(count: int) -> int:
    """Return the index of the first of so many rendered people that training leaves out."""
    return max(count - VALIDATION_PEOPLE, count // 2)


def rendered_half(people: RenderedPeople, testing: bool) -> Sequence[Item]:
    """Return the people of a rendered set that training learns from, or leaves out."""
    first = first_held_out(len(people))
    return [
        RenderedPerson(people, index)
        for index in (range(first, len(people)) if testing else range(first))
    ]


def listed_half(
    items: Sequence[Item], test_list: PathLike, testing: bool, root: PathLike
) -> Sequence[Item]:
    """Return the items whose names are in a list for testing, or all others.

    Parameters
    ----------
    items : sequence of Item
    test_list : path-like
        Names of the items to test on, one a line.
    testing : bool
        Whether those of the list are asked for.
    root : path-like
        The data set, for messages.

    Returns
    -------
    list of Item
        In their order.

    Raises
    ------
    DatasetError
        If the list cannot be read, names an item that is not there, or leaves none.
    """
    listed = set(read_names(Path(test_list)))
    missing = sorted(listed - {item.name for item in items})
    if missing:
        raise DatasetError(
            f"{root}: {len(missing)} of the {len(listed)} photographs of {test_list} are not "
            f"there, the first is {missing[0]}; for a part of the set, give a list of your own "
            "with --test-list"
        )
    half = [item for item in items if (item.name in listed) == testing]
    if not half:
        raise DatasetError(
            f"{root}: {test_list} has all photographs, and none is left for training"
        )
    return half


def digest_of(items: Iterable[Item]) -> str:
    """Digest (sha256, hexadecimal) of the names of items, in order, and of the files that they are
    read from.
    """
    names = [item.name for item in items]
    files = dict.fromkeys(file for item in items for file in item.files)
    return digest([names, [file_digest(file) for file in files]])


def read_square(item: Item, side: int = SIDE) -> tuple[Frame, Labels]:
    """Read an item as a square image, and the labels of its cells.

    The longer side is fitted to the image; the shorter one is in the middle, between grey. The
    people of Unite the People so keep the size that they were published at.

    Parameters
    ----------
    item
        Of `labelled_people`.
    side : int
        A multiple of 8.

    Returns
    -------
    image : (side, side, 3) uint8 array
        RGB.
    labels : (side / 8, side / 8) uint8 array
        The nearest to the middle of each cell; 255, not counted, where the grey is.
    """
    return square_image(item.read_image(), side), square_labels(item.read_parts(), side)


def square_image(image: Frame, side: int = SIDE) -> Frame:
    """Fit an image (H, W, 3) into a (side, side, 3) one, as in `read_square`."""
    rows, cols, top, left = _fit(image.shape[:2], side)
    smooth = cv2.INTER_AREA if rows < len(image) else cv2.INTER_LINEAR
    square = np.full((side, side, 3), GREY, np.uint8)
    square[top : top + rows, left : left + cols] = cv2.resize(
        image, (cols, rows), interpolation=smooth
    )
    return square


def square_labels(labels: Labels, side: int = SIDE) -> Labels:
    """Bring labels (H, W) to the cells of `square_image`: (side / 8, side / 8) uint8."""
    rows, cols, top, left = _fit(labels.shape, side)
    middles = np.arange(CELL / 2, side, CELL)  # edges of pixels are whole numbers
    at_rows = np.floor((middles - top) * labels.shape[0] / rows).astype(int)
    at_cols = np.floor((middles - left) * labels.shape[1] / cols).astype(int)
    inside_rows = np.flatnonzero((at_rows >= 0) & (at_rows < labels.shape[0]))
    inside_cols = np.flatnonzero((at_cols >= 0) & (at_cols < labels.shape[1]))
    cells = np.full((len(middles), len(middles)), UNLABELLED, np.uint8)
    cells[np.ix_(inside_rows, inside_cols)] = labels[
        np.ix_(at_rows[inside_rows], at_cols[inside_cols])
    ]
    return cells


def _fit(shape, side):
    """Size and place of a picture in the middle of a square: rows, cols, top, left."""
    rows, cols = (max(round(length * side / max(shape)), 1) for length in shape)
    return rows, cols, (side - rows) // 2, (side - cols) // 2
