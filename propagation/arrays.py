"""Where NumPy and torch differ, for code that serves both.

Torch is needed by nobody who does not bring its tensors.
"""

import numpy as np


def namespace(array):
    """Return the module that an array is of: numpy or torch."""
    if isinstance(array, np.ndarray):
        return np
    import torch

    return torch


def as_index(array):
    """Return integers in the type that indexing is fastest with."""
    return array.astype(np.intp) if isinstance(array, np.ndarray) else array.long()


def add_at(totals, places, terms):
    """Add terms (N, ...) to totals (M, ...) at places (N,), in place; places may repeat."""
    if not isinstance(totals, np.ndarray):
        totals.index_add_(0, places, terms)
        return
    # column by column, which is what NumPy is fast at; (N,) is one column
    for total, term in zip(np.atleast_2d(totals.T), np.atleast_2d(terms.T)):
        np.add.at(total, places, term)
