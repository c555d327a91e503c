"""Helpers of all readers: MATLAB files, the files of a folder, names and lists of names.

Every failure becomes a `DatasetError` that names the file.
"""

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from pathlib import Path

from personalize.datasets.matlab import read_variable
from personalize.errors import DatasetError
from personalize.media.source import natural_order
from personalize.types import Array, PathLike


def read_mat(path: PathLike, variable: str) -> Array:
    """Read one variable of a MATLAB file (version 7.2 or older).

    Parameters
    ----------
    path : path
        The `.mat` file.
    variable : str
        Name of the variable.

    Returns
    -------
    array
        As `scipy.io.loadmat` gives it.

    Raises
    ------
    DatasetError
        If the file is missing or damaged, takes more memory or time than it may, or does not
        hold the variable.
    """
    if not Path(path).is_file():
        raise DatasetError(f"{path}: no such file")
    return read_variable(path, variable)


def read_numbers(path: PathLike, variable: str, axes: int) -> Array:
    """Read one variable of a MATLAB file that is an array of numbers, with something in it.

    Parameters
    ----------
    path, variable
        As for `read_mat`.
    axes : int
        How many it has.

    Raises
    ------
    DatasetError
        As `read_mat`, or if the variable is something else.
    """
    array = read_mat(path, variable)
    if array.dtype.kind not in "biuf" or array.ndim != axes or not array.size:
        raise DatasetError(
            f"{path}: '{variable}' of shape {array.shape} and type {array.dtype}; expected numbers"
            f" with {axes} axes"
        )
    return array


def check_name(path: PathLike, name: str) -> str:
    """Return a name out of a file, if it may be that of a folder in another one.

    Raises
    ------
    DatasetError
        If it leads elsewhere.
    """
    if name in ("", ".", "..") or any(letter in name for letter in "/\\\0"):
        raise DatasetError(
            f"{path}: has the name {name!r}, which is that of no folder; get the file again"
        )
    return name


def list_files(folder: Path, suffixes: Collection[str]) -> list[Path]:
    """Return the files in a folder that have one of the suffixes, in the natural order of their
    names.

    Raises
    ------
    DatasetError
        If there is no such folder.
    """
    try:
        entries = sorted(folder.iterdir(), key=natural_order)
    except (FileNotFoundError, NotADirectoryError):
        raise DatasetError(f"{folder}: no such folder") from None
    return [
        entry
        for entry in entries
        if entry.suffix.lower() in suffixes and not entry.name.startswith(".")
    ]


def read_names(path: Path) -> list[str]:
    """Read a list of names, one a line; empty lines and those after a `#` are left out.

    Parameters
    ----------
    path : path
        A text file, as those in `splits/`.

    Returns
    -------
    list of str

    Raises
    ------
    DatasetError
        If there is no such text file, or it holds no name.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: not a readable list of names ({error})") from error
    names = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not names:
        raise DatasetError(f"{path}: there are no names in this list")
    return names


def choose_names(
    available: Iterable[str], names: Iterable[str] | None, source: PathLike
) -> list[str]:
    """Check a list of names against those that a data set has.

    Parameters
    ----------
    available : sequence of str
        Names in the data set, in its order.
    names : sequence of str or None
        Names asked for; None for all.
    source : path
        What to call the data set in a message.

    Returns
    -------
    list of str
        The names asked for, without repetition, in the order of the request.

    Raises
    ------
    DatasetError
        If a name is not there; the message names the nearest ones.
    """
    if names is None:
        return list(available)
    for name in names:
        if name not in available:
            near = get_close_matches(name, available, n=3, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else f"it has {_few(available)}"
            raise DatasetError(f"{source}: there is no '{name}'; {hint}")
    return list(dict.fromkeys(names))


def _few(names, most=5):
    shown = ", ".join(list(names)[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
