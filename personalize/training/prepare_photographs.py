"""Bring photographs with part labels into samples to train and to validate on."""

from personalize.datasets.labelled import UNITE_THE_PEOPLE, labelled_people
from personalize.datasets.labelled_samples import LabelledSamples, labelled_validation

VALIDATION_PHOTOGRAPHS = 160
"""Most photographs of the half for testing that the log measures, spread over it; nothing is
chosen by what they show."""


def photograph_training_data(root, settings, test_list=None):
    """Split Unite the People into samples to learn from and samples to measure on.

    Parameters
    ----------
    root : path-like
    settings : TrainingSettings
    test_list : path-like, optional
        As for `labelled_people`.

    Returns
    -------
    LabelledSamples, list of (image, parts, person)
    """
    learn, test = (
        labelled_people(UNITE_THE_PEOPLE, root, split, test_list) for split in ("train", "test")
    )
    step = -(-len(test) // VALIDATION_PHOTOGRAPHS)
    return LabelledSamples(learn, settings), labelled_validation(test[::step], settings.size)
