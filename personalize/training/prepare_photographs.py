"""Make training and validation samples of photographs with part labels.

Outside of the photograph an image is grey, and background; occluders, shadows and other garments
are added only to people whose backgrounds are known.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import torch

from personalize.datasets.items import Item
from personalize.datasets.labelled import UNITE_THE_PEOPLE, labelled_people
from personalize.datasets.labelled_samples import labelled_validation
from personalize.datasets.samples import MeasuredSample
from personalize.training.compose.bank import Bank, Room, stacked
from personalize.training.compose.composer import Composer
from personalize.training.compose.sources import Source
from personalize.training.settings import TrainingSettings
from personalize.types import Array, PathLike

VALIDATION_PHOTOGRAPHS = 160
"""Most photographs of the half for testing that the log measures, spread over it; nothing is
chosen by what they show."""


def photograph_training_data(
    root: PathLike,
    settings: TrainingSettings,
    test_list: PathLike | None = None,
    *,
    device: str | torch.device = "cpu",
) -> tuple[Composer, list[MeasuredSample]]:
    """Split Unite the People into samples to learn from and samples to measure on.

    Parameters
    ----------
    root : path-like
    settings : TrainingSettings
    test_list : path-like, optional
        As for `labelled_people`.
    device : str
        Where samples are composed.

    Returns
    -------
    Composer, list of (image, parts, person)
    """
    learn, test = (
        labelled_people(UNITE_THE_PEOPLE, root, split, test_list) for split in ("train", "test")
    )
    step = -(-len(test) // VALIDATION_PHOTOGRAPHS)
    return labelled_samples(learn, settings, device), labelled_validation(
        test[::step], settings.size
    )


def labelled_samples(
    items: Sequence[Item], settings: TrainingSettings, device: str | torch.device = "cpu"
) -> Composer:
    """Return the samples of items, whose longer side is fitted to the image.

    Parameters
    ----------
    items : sequence of Item
        Of `labelled_people`.
    settings : TrainingSettings
    device : str or torch.device
        Where samples are composed.

    Returns
    -------
    Composer
        Nothing is cut out or put before another background.
    """
    bank = Bank(partial(read_labelled, items), len(items), device, Room.of(device))
    vary = replace(settings.augment, occluder=0.0)
    return Composer([Source(bank, 1.0, vary, alone=0.0, longer=True)], None, settings, device)


def read_labelled(items: Sequence[Item], index: int) -> Array:
    """Read an item of `labelled_people` as a picture of a `Bank`."""
    labels = items[index].read_parts()
    return stacked(items[index].read_image(), np.zeros_like(labels), labels)
