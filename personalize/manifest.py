"""What a run folder says of itself, and the digests that bind results to settings."""

import hashlib
import json
import platform
from dataclasses import asdict, is_dataclass
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePath

import numpy as np

from personalize import __version__
from personalize.atomic import atomic_write
from personalize.errors import WorkspaceError
from personalize.layout import MANIFEST

RESULTS = 2
"""Raised by every change of the code that changes results, so that none from before it is used again."""

_FORMAT = 1  # a manifest of another format is refused
_PACKAGES = ("av", "numpy", "opencv-python-headless", "pillow", "scipy", "torch")


def new_manifest(purpose, source, facts, notes):
    """Return the manifest of a run that has not done anything.

    Parameters
    ----------
    purpose : str
    source : mapping
        Has at least ``name`` and ``digest``.
    facts, notes : mapping
        What bears on all results, and what is only worth keeping.

    Returns
    -------
    dict
        As JSON has it.
    """
    return {
        "format": _FORMAT,
        "purpose": purpose,
        "source": plain(source),
        "facts": {**program(), **plain(facts)},
        "notes": plain(notes),
        "versions": _versions(),
        "stages": {},
    }


def program():
    """Return what results depend on beside input and settings: the program that made them."""
    return {"personalize": __version__, "results": RESULTS}


def network_kept(manifest):
    """Return which network parsed the video of a run: "personal" or "generic"."""
    return (manifest.get("verdict") or {"kept": "personal"})["kept"]


def read_manifest(root):
    """Return the manifest of a run folder, or None if it has none.

    Raises
    ------
    WorkspaceError
        If there is a manifest that this version did not write.
    """
    path = root / MANIFEST
    if not path.exists():
        return None
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if manifest["format"] == _FORMAT and {"purpose", "source", "stages"} <= set(manifest):
            return manifest
    except (ValueError, KeyError, TypeError):
        pass
    raise WorkspaceError(
        f"{path}: is not the manifest of a run that this version can read; choose another folder"
        " or remove this one"
    )


def write_manifest(root, manifest):
    """Write the manifest of a run folder, whole or not at all."""
    with atomic_write(root / MANIFEST) as unfinished:
        unfinished.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def check_same_owner(root, found, wanted):
    """Raise WorkspaceError unless two manifests are of one input and one purpose."""
    if found["source"]["digest"] != wanted["source"]["digest"]:
        raise WorkspaceError(
            f"{root}: holds the results of another input, {found['source']['name']}, not of"
            f" {wanted['source']['name']}; choose another folder or remove this one"
        )
    if found["purpose"] != wanted["purpose"]:
        raise WorkspaceError(
            f"{root}: holds the results of `{found['purpose']}`, not of `{wanted['purpose']}`;"
            " choose another folder or remove this one"
        )


def plain(value):
    """`value` as JSON has it: settings classes are dicts, tuples and arrays are lists.

    Raises
    ------
    TypeError
        If some part of it has no text that stands for it and nothing else.
    """
    return json.loads(json.dumps(value, default=_plain_part))


def digest(value):
    """Digest (sha256, hexadecimal) of a value as JSON has it."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _plain_part(part):
    if is_dataclass(part):
        return asdict(part)
    if isinstance(part, (np.generic, np.ndarray)):
        return part.tolist()
    if isinstance(part, (PurePath, Fraction)):
        return str(part)
    raise TypeError(f"a {type(part).__name__} cannot be kept in a manifest")


def _versions():
    """Versions of Python and of the packages that results may depend on."""
    versions = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = None
    return versions
