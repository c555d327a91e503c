"""Labelled images of people that no network was trained on, as all experiments take them."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2

from personalize.datasets.labelled import labelled_people, read_square


@dataclass(frozen=True, eq=False)
class Examples(Sequence):
    """A sequence of (image, labels), read when they are asked for.

    Images are (512, 512, 3) uint8 arrays, RGB; labels (64, 64) uint8 arrays, 255 where unknown.

    Attributes
    ----------
    items : list
        Of `labelled_people`.
    """

    items: list

    def __len__(self):
        return len(self.items)

    def __getitem__(self, number):
        return read_square(self.items[number])


def people_to_test_on(kind, root, *, count=None, test_list=None):
    """List the people of a data set that are for testing.

    Parameters
    ----------
    kind, root, test_list
        As for `labelled_people`.
    count : int, optional
        Most people, spread over those that there are; by default all.

    Returns
    -------
    Examples
    """
    return Examples(spread_items(labelled_people(kind, root, "test", test_list), count))


def spread_items(items, count):
    """Return so many items, spread over all; all where there are no more."""
    if count is None or count >= len(items):
        return items
    return [items[k * len(items) // count] for k in range(count)]


def shrink(image, size):
    """Bring a square image to `size` x `size` pixels, averaging over areas."""
    return cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)
