"""Arrays in `.npz` files: those of a run folder, and any that a user brings."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from personalize.errors import InputError, PersonalizeError, is_out_of_memory
from personalize.types import Array, PathLike


def read_arrays(
    path: PathLike,
    names: Sequence[str],
    *,
    kind: type[PersonalizeError] = InputError,
    remedy: str = "get it again",
) -> list[Array]:
    """Read arrays of numbers from a `.npz` file; nothing in it is run.

    Parameters
    ----------
    path : path-like
    names : sequence of str
        Of the arrays that are wanted.
    kind : type
        Of the error.
    remedy : str
        What a user may do, as the end of a sentence.

    Returns
    -------
    list of array
        In the order of `names`; of numbers or truth values.

    Raises
    ------
    PersonalizeError
        Of `kind`, if the file is missing or damaged, or does not hold such arrays.
    """
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = [stored[name] for name in names]
    except Exception as error:  # damage shows as any of a dozen kinds, from zlib's to KeyError
        if is_out_of_memory(error):
            raise
        why = str(error) or type(error).__name__
        raise kind(f"{path}: is missing or damaged ({why}); {remedy}") from error
    strange = [name for name, array in zip(names, arrays) if array.dtype.kind not in "biuf"]
    if strange:
        raise kind(f"{path}: {strange[0]} holds no numbers; {remedy}")
    return arrays


def save_arrays(path: Path, arrays: Array | Mapping[str, Array]) -> None:
    """Write an array, or a dict of arrays, to a `.npz`."""
    np.savez(path, **(arrays if isinstance(arrays, dict) else {"array": arrays}))


def load_arrays(path: Path) -> Any:
    """Read what `save_arrays` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = dict(stored)
    return arrays["array"] if list(arrays) == ["array"] else arrays
