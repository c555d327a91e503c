"""The manifest of a run folder, and the digests that bind results to settings."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from personalize import __version__
from personalize.errors import WorkspaceError
from personalize.storage.atomic import atomic_write
from personalize.storage.layout import MANIFEST, OUTPUTS
from personalize.storage.schema import is_manifest, is_verdict
from personalize.types import MODULES, Json

RESULTS = 17
"""Raised by every change of the code that changes results, so that none from before it is used
again."""

_FORMAT = 1  # a manifest of another format is refused
_PACKAGES = ("av", "numpy", "opencv-python-headless", "openvino", "pillow", "scipy", "torch")


def new_manifest(
    purpose: str, source: Mapping[str, Any], facts: Mapping[str, Any], notes: Mapping[str, Any]
) -> Json:
    """Return the manifest of a run that has not done anything.

    Parameters
    ----------
    purpose : str
    source : mapping
        Has at least ``name`` and ``digest``.
    facts, notes : mapping
        What all results depend on, and what is only recorded.

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


def program() -> Json:
    """Return the version of the program, on which results depend beside input and settings."""
    return {"personalize": __version__, "results": RESULTS}


def same_program(manifest: Json) -> bool:
    """Whether the program that made a manifest gives the results of this one."""
    return bool(program().items() <= manifest["facts"].items())


def modules_kept(manifest: Json) -> list[str]:
    """Return what is kept of what a run learned: "silhouettes", "parts", both or none."""
    verdict = manifest.get("verdict")
    if not verdict:
        return list(MODULES)
    return [module for module in MODULES if verdict[module]["kept"] == "personal"]


def network_kept(manifest: Json) -> str:
    """Return which network parsed the video of a run: "personal", if anything of it was kept, or
    "generic".
    """
    return "personal" if modules_kept(manifest) else "generic"


def read_manifest(root: Path) -> Json | None:
    """Return the manifest of a run folder, or None if it has none.

    It is not trusted: types are checked, and names of outputs are compared with those that the
    program itself writes (`layout.OUTPUTS`). Outputs without fingerprints, and verdicts in other
    words, as earlier versions wrote them, are accepted, since both are made again.

    Returns
    -------
    dict
        In which ``outputs`` of every stage are names with fingerprints; None of none.

    Raises
    ------
    WorkspaceError
        If there is a manifest that this version cannot read, or that names outputs which no
        run makes.
    """
    path = root / MANIFEST
    if not path.exists():
        return None
    try:
        manifest: Json | None = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError, IsADirectoryError):
        manifest = None
    if manifest is None or not is_manifest(manifest) or manifest.get("format") != _FORMAT:
        raise WorkspaceError(
            f"{path}: is not the manifest of a run that this version can read; choose another "
            f"folder"
            " or remove this one"
        )
    for stage, record in manifest["stages"].items():
        _check_names(path, stage, record["outputs"])
        record.setdefault("key", None)  # void
        if isinstance(record["outputs"], list):
            record["outputs"] = dict.fromkeys(record["outputs"])
    if "verdict" in manifest and not is_verdict(manifest["verdict"]):
        del manifest["verdict"]
    return manifest


def outputs_of(manifest: Json) -> list[str]:
    """Return the names of all outputs of all stages, finished or void."""
    return [output for record in manifest["stages"].values() for output in record["outputs"]]


def write_manifest(root: Path, manifest: Json) -> None:
    """Write the manifest of a run folder, whole or not at all; it is on the disk afterwards."""
    with atomic_write(root / MANIFEST, durable=True) as unfinished:
        unfinished.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def check_same_owner(root: Path, found: Json, wanted: Json) -> None:
    """Raise WorkspaceError unless two manifests are of one input and one purpose.

    Parameters
    ----------
    root : Path
        The run folder, for the message.
    found, wanted : dict
        Manifests.
    """
    if found["source"]["digest"] != wanted["source"]["digest"]:
        raise WorkspaceError(
            f"{root}: holds the results of another input, {_called(found['source'])}, not of"
            f" {_called(wanted['source'])}; choose another folder or remove this one"
        )
    if found["purpose"] != wanted["purpose"]:
        raise WorkspaceError(
            f"{root}: holds the results of `{found['purpose']}`, not of `{wanted['purpose']}`;"
            " choose another folder or remove this one"
        )


def _called(source: Json) -> str:
    """Return the name of an input, with its frames if they are a stretch of it."""
    if not isinstance(source.get("first"), int):
        return str(source["name"])
    last = source["first"] + source.get("frames", 1) - 1
    return f"frames {source['first']} to {last} of {source['name']}"


def plain(value: Any) -> Any:
    """`value` as JSON has it: settings classes are dicts, tuples and arrays are lists.

    Raises
    ------
    TypeError
        If some part of it has no text that stands for it and nothing else.
    """
    return json.loads(json.dumps(value, default=_plain_part))


def digest(value: object) -> str:
    """Digest (sha256, hexadecimal) of a value as JSON has it."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _check_names(path: Path, stage: str, outputs: Iterable[str]) -> None:
    for output in outputs:
        if output not in OUTPUTS.get(stage, ()):
            raise WorkspaceError(
                f"{path}: names {output!r} as an output of the stage {stage!r}, which no run "
                f"makes, so"
                " nothing here is touched; choose another folder or remove this one"
            )


def _plain_part(part: object) -> Any:
    if is_dataclass(part) and not isinstance(part, type):
        return asdict(part)
    if isinstance(part, (np.generic, np.ndarray)):
        return part.tolist()
    if isinstance(part, (PurePath, Fraction)):
        return str(part)
    raise TypeError(f"a {type(part).__name__} cannot be kept in a manifest")


def _versions() -> dict[str, str | None]:
    """Versions of Python and of the packages that results may depend on."""
    versions: dict[str, str | None] = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = None
    return versions
