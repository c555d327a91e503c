"""Where NumPy and torch differ, for code that serves both.

Torch is needed by nobody who does not bring its tensors.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch

Array: TypeAlias = Any
"""An array of NumPy or a tensor of torch, which have no type in common."""
Device: TypeAlias = "str | torch.device"
"""Where torch computes."""
Steps: TypeAlias = NDArray[np.int64]
"""(D, 2) displacements, rows and columns."""
Links: TypeAlias = Sequence[tuple[Array, Array]]
"""Parents and errors of the pixels of two frames, first in the second, and back."""
Wrap: TypeAlias = Callable[[Iterable[Any]], Iterable[Any]]
"""Wraps the iterable of a long loop, for example with a progress bar."""


def namespace(array: Array) -> Any:
    """Return the module that an array is of: numpy or torch."""
    if isinstance(array, np.ndarray):
        return np
    import torch

    return torch


def as_index(array: Array) -> Array:
    """Return integers in the type that indexing is fastest with."""
    return array.astype(np.intp) if isinstance(array, np.ndarray) else array.long()


def add_at(totals: Array, places: Array, terms: Array) -> None:
    """Add terms to totals in place, column by column; places may repeat.

    Parameters
    ----------
    totals : (M, ...) array or tensor
    places : (N,) array or tensor of int
        Rows of `totals`.
    terms : (N, ...) array or tensor
    """
    if not isinstance(totals, np.ndarray):
        totals.index_add_(0, places, terms)
        return
    # column by column, which is what NumPy is fast at; (N,) is one column
    for total, term in zip(np.atleast_2d(totals.T), np.atleast_2d(terms.T)):
        np.add.at(total, places, term)
