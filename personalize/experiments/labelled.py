"""Labelled images of people that no network was trained on."""

import cv2

from personalize.datasets.labelled import VALIDATION_PEOPLE
from personalize.datasets.samples import RenderedPeople
from personalize.training.prepare import validation_samples

SIDE = 512
"""Side of the images (paper); their labels are 64 x 64 cells."""


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
    list of (image, parts, person)
        (512, 512, 3), (64, 64) and (64, 64) uint8 arrays; labels with 255 where unknown.
    """
    people = RenderedPeople(root)
    return validation_samples(people, range(max(len(people) - count, 0), len(people)), [], SIDE)


def shrink(image, size):
    """Bring a square image to `size` x `size` pixels, averaging over areas."""
    return cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)
