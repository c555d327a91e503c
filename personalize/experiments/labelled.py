"""Labelled images of people that no network was trained on, as all experiments take them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2

from personalize.datasets.labelled import VALIDATION_PEOPLE, labelled_people, read_square
from personalize.datasets.samples import RenderedPeople
from personalize.experiments.sets import spread
from personalize.training.prepare import validation_samples

SIDE = 512
"""Side of the images (paper); their labels are 64 x 64 cells."""

RENDERED, FREIBURG = "rendered", "freiburg"


@dataclass(frozen=True, eq=False)
class Examples(Sequence):
    """A sequence of (image, labels), read when they are asked for.

    Images are (512, 512, 3) uint8 arrays, RGB; labels (64, 64) uint8 arrays, 255 where unknown.

    Attributes
    ----------
    names : list of str
        What tells each example from all others.
    read : callable
        From the number of an example to the example.
    """

    names: list[str]
    read: Callable

    def __len__(self):
        return len(self.names)

    def __getitem__(self, number):
        return self.read(range(len(self))[number])


def people_to_test_on(kind, root, *, count=None, test_list=None):
    """List the people of a data set that are for testing.

    Parameters
    ----------
    kind : {"rendered", "unite-the-people", "freiburg"}
    root : path-like
        Where the set lies.
    count : int, optional
        Most people: the last of rendered ones, by default `VALIDATION_PEOPLE`; photographs
        spread over the list, by default all.
    test_list : path-like, optional
        Names of the photographs to test on, as for `labelled_people`.

    Returns
    -------
    Examples
    """
    if kind == RENDERED:
        return held_out_people(root, count or VALIDATION_PEOPLE)
    people = spread(labelled_people(kind, root, "test", test_list), count)
    return Examples([person.name for person in people], lambda n: read_square(people[n], SIDE))


def held_out_people(root, count=VALIDATION_PEOPLE):
    """Compose the people of a rendered set that training leaves out, over backgrounds.

    Parameters
    ----------
    root : path-like
        A folder of `personalize synthesize people`.
    count : int
        The last so many of them.

    Returns
    -------
    Examples
    """
    people = RenderedPeople(root)
    numbers = range(max(len(people) - count, 0), len(people))
    names = [str(people.people[number].relative_to(people.root)) for number in numbers]
    return Examples(
        names, lambda n: validation_samples(people, [numbers[n]], [], SIDE)[0][:2]
    )


def shrink(image, size):
    """Bring a square image to `size` x `size` pixels, averaging over areas."""
    return cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)
