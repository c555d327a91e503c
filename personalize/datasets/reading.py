"""What the readers share: one image, one `.mat`, records chosen by name.

Every failure becomes a `DatasetError` that names the file. Images are read as they
are stored, without the rotation of an EXIF tag, because labels are on that grid.
"""

from difflib import get_close_matches

import numpy as np
import scipy.io
from PIL import Image

from personalize.errors import DatasetError

WITH_LABELS_AS_PIXELS = ("1", "L", "P", "I;16", "I")
"""Pillow's modes in which a pixel is a number and not a colour."""


def read_image(path):
    """Read an image in colour.

    Parameters
    ----------
    path : path
        Any format that Pillow knows.

    Returns
    -------
    (H, W, 3) uint8 array
        RGB.

    Raises
    ------
    DatasetError
        If the file is missing, no image, or cut off.
    """
    return _decode(path, lambda image: image.convert("RGB"))


def read_labels(path):
    """Read an image whose pixels are labels.

    Parameters
    ----------
    path : path
        A grey or palette image, or a colour-coded one.

    Returns
    -------
    (H, W) or (H, W, 3) array
        The numbers of a grey image, the indices of a palette image, or the RGB of a
        colour image.

    Raises
    ------
    DatasetError
        If the file is missing, no image, or cut off.
    """
    return _decode(
        path, lambda image: image if image.mode in WITH_LABELS_AS_PIXELS else image.convert("RGB")
    )


def read_mat(path, variable):
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
        If the file is missing or damaged, or does not hold the variable.
    """
    try:
        with open(path, "rb") as file:  # given a path, scipy would not tell missing from damaged
            variables = scipy.io.loadmat(file)
    except FileNotFoundError:
        raise DatasetError(f"{path}: no such file") from None
    except Exception as error:  # damage shows as any of a dozen kinds, from zlib's to TypeError
        raise DatasetError(f"{path}: not a readable MATLAB file ({error})") from error
    if variable not in variables:
        found = ", ".join(name for name in variables if not name.startswith("__")) or "nothing"
        raise DatasetError(f"{path}: expected a variable '{variable}', found {found}")
    return variables[variable]


def list_files(folder, suffixes):
    """Return the files in a folder that have one of the suffixes, sorted by name.

    Raises
    ------
    DatasetError
        If there is no such folder.
    """
    try:
        entries = sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        raise DatasetError(f"{folder}: no such folder") from None
    return [
        entry
        for entry in entries
        if entry.suffix.lower() in suffixes and not entry.name.startswith(".")
    ]


def choose_names(available, names, source):
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
        If a name is not there; the message tells the nearest ones.
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


def _decode(path, convert):
    try:
        with Image.open(path) as image:
            return np.array(convert(image))
    except FileNotFoundError:
        raise DatasetError(f"{path}: no such file") from None
    except (OSError, SyntaxError, ValueError) as error:  # Pillow reports damage as any of them
        raise DatasetError(f"{path}: not a readable image ({error})") from error
