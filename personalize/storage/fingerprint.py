"""Fingerprints of outputs, by which an output that was cut or changed since is recognised.

A fingerprint has the size and the time of change of a file, which every run looks at, and a digest
of its bytes, which is only computed where the size is the same and the time is not: a copy of a run
folder has other times and the same bytes, and nothing is computed again in it. Fingerprints do not
protect against forgery: only `personalize check` sees bytes that were changed under the old size
and time, and not even that sees a manifest that was changed with them.

A folder of pictures, of which an hour of video has 90,000, is known by the number of its files,
their bytes in all, and one digest over name, size and time of each; to look at it takes one
listing, and no file is opened. A digest of all bytes is taken once, when the stage is done, a
second or two for 100,000 pictures, and serves copies.
"""

import hashlib
import os
from pathlib import Path
from typing import Any

from personalize.storage.layout import is_content


def fingerprint(root: Path, output: str) -> dict[str, Any]:
    """Return the fingerprint of an output.

    Parameters
    ----------
    root : Path
    output : str
        File or folder, a name of `layout`, relative to `root`.

    Returns
    -------
    dict
        As JSON has it: ``size`` in bytes, ``sha256`` of the content, and ``mtime_ns`` of a
        file, or ``files`` and ``times`` of a folder.
    """
    return {**_look(root, output), "sha256": _read(root, output)}


def difference(
    root: Path, output: str, recorded: object, *, every_byte: bool = False
) -> str | None:
    """Return how an output differs from its fingerprint, or None.

    Parameters
    ----------
    root : Path
    output : str
    recorded : dict or None
        What `fingerprint` returned; it may have been edited since.
    every_byte : bool
        Read all of it, though size and time of change are as they were.

    Returns
    -------
    str or None
        The end of a sentence that begins with the name of the output.
    """
    if not isinstance(recorded, dict):
        return "was made by a version that recorded no sizes"
    try:
        found = _look(root, output)
        if {**recorded, **found} == recorded and not every_byte:
            return None
        for name, unit in (("files", "files"), ("size", "bytes")):
            if found.get(name) != recorded.get(name):
                return (
                    f"has {found.get(name, 'no')} {unit}, not {recorded.get(name, 'none')} as "
                    f"the run left it"
                )
        return (
            None
            if _read(root, output) == recorded.get("sha256")
            else "was changed since the run left it"
        )
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def unchanged(root: Path, output: str, recorded: object) -> bool:
    """Whether size and time of change of an output are those of its fingerprint.

    No file is opened.

    Parameters
    ----------
    root : Path
    output : str
        Path of a file or a folder below the root.
    recorded : object
        The fingerprint, as a manifest has it.

    Returns
    -------
    bool

    Raises
    ------
    OSError
        If it cannot be looked at.
    """
    return isinstance(recorded, dict) and {**recorded, **_look(root, output)} == recorded


def _look(root: Path, output: str) -> dict[str, Any]:
    """The part of a fingerprint for which no file is opened."""
    path = root / output
    if not path.is_dir():
        found = path.stat()
        return {"size": found.st_size, "mtime_ns": found.st_mtime_ns}
    entries = _contents(path, output)
    size = sum(size for _, size, _ in entries)
    return {
        "files": len(entries),
        "size": size,
        "times": hashlib.sha256(repr(entries).encode()).hexdigest(),
    }


def _contents(folder: Path, output: str) -> list[tuple[str, int, int]]:
    """Name, size and time of change of the files that the stage wrote, by name; a link is
    none of them.
    """
    with os.scandir(folder) as entries:
        found = [
            (entry.name, status.st_size, status.st_mtime_ns)
            for entry in entries
            if is_content(output, entry.name) and not entry.is_symlink()
            for status in [entry.stat(follow_symlinks=False)]
        ]
    return sorted(found)


def _read(root: Path, output: str) -> str:
    """Digest (sha256) of the bytes of a file, or of the names and bytes of a folder's files."""
    path = root / output
    if not path.is_dir():
        return _digest(path)
    content = hashlib.sha256()
    for name, _, _ in _contents(path, output):
        content.update(f"{name} {_digest(path / name)}\n".encode())
    return content.hexdigest()


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
