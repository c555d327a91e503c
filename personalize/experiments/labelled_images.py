"""The labelled images of experiments: people that no network was trained on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2

from personalize.datasets.labelled import labelled_people, read_square
from personalize.types import Frame, PathLike


@dataclass(frozen=True, eq=False)
class LabelledImages(Sequence):
    """A sequence of (image, labels); an item is read when it is accessed.

    Images are (512, 512, 3) uint8 arrays, RGB; labels (64, 64) uint8 arrays, 255 where unknown.

    Attributes
    ----------
    items : list
        Of `labelled_people`.
    """

    items: Sequence[Any]

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, number: Any) -> Any:
        return read_square(self.items[number])


def load_test_set(
    kind: str, root: PathLike, *, count: int | None = None, test_list: PathLike | None = None
) -> LabelledImages:
    """List the people of a data set that are for testing.

    Parameters
    ----------
    kind, root, test_list
        As for `labelled_people`.
    count : int, optional
        Greatest number of people, spread over the data set; by default all.

    Returns
    -------
    LabelledImages
    """
    return LabelledImages(spread_items(labelled_people(kind, root, "test", test_list), count))


def spread_items(items: Sequence[Any], count: int | None) -> Sequence[Any]:
    """Return `count` items, spread evenly over all; None returns all."""
    if count is None or count >= len(items):
        return items
    return [items[k * len(items) // count] for k in range(count)]


def shrink(image: Frame, size: int) -> Frame:
    """Scale a square image to `size` x `size` pixels, averaging over areas."""
    shrunk: Any = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)
    return shrunk
