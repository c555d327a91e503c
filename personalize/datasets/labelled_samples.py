"""Photographs with part labels to measure on, not varied."""

from collections.abc import Iterable

import numpy as np

from personalize.datasets.items import Item
from personalize.datasets.labelled import square_image, square_labels
from personalize.datasets.samples import MeasuredSample
from personalize.parts import BACKGROUND
from personalize.types import UNLABELLED


def labelled_validation(items: Iterable[Item], size: int) -> list[MeasuredSample]:
    """Return samples that are only measured: (image, parts, person), not varied.

    Cells beside a photograph are 255, or NaN, not counted.
    """
    samples = []
    for item in items:
        parts = square_labels(item.read_parts(), size)
        person = np.where(parts == UNLABELLED, np.nan, parts > BACKGROUND).astype(np.float32)
        samples.append((square_image(item.read_image(), size), parts, person))
    return samples
