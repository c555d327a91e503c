"""The folder of a format: it appears whole or not at all, and replaces nothing but an export.

What an export has written is known by its record, `layout.EXPORTED`: names, sizes, times of
change and digests. A file that no export wrote, or that was changed since, by hours of work in
another program, say, is never replaced.
"""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from personalize.errors import WorkspaceError
from personalize.storage.atomic import check_folder, disk_errors
from personalize.storage.contained import check_inside, discard
from personalize.storage.fingerprint import difference, fingerprint
from personalize.storage.layout import EXPORTED, TEMPORARY
from personalize.storage.lock import lock_folder
from personalize.types import Json

UNFINISHED = f"{TEMPORARY}export-"
BROWSERS = (".DS_Store", "Thumbs.db", "desktop.ini")
"""A file browser's notes of a folder, which are nobody's concern."""
REMEDY = "move it away, or choose another folder with --out"


@contextmanager
def export_folder(root: Path, name: str, facts: Json) -> Iterator[Path]:
    """Write the folder ``root/name``; it is there, with its record, when the block succeeds.

    Parameters
    ----------
    root : Path
        Made if missing.
    name : str
        Of the format.
    facts : dict
        What the record tells beside the files.

    Yields
    ------
    Path
        An empty folder to write in; it is gone if the block fails.

    Raises
    ------
    WorkspaceError
        If ``root/name`` holds what no export wrote there, or the disk refuses.
    """
    check_folder(root)
    lock = lock_folder(root)
    check_inside(root, [name])
    check_ours(root / name)
    for left in root.glob(f"{UNFINISHED}*"):  # of a killed export
        discard(left)
    folder, grave = (root / f"{UNFINISHED}{secrets.token_hex(8)}" for _ in range(2))
    with disk_errors(root / name):
        try:
            folder.mkdir()
            yield folder
            write_record(folder, name, facts)
            if (root / name).exists():
                os.replace(root / name, grave)
            os.replace(folder, root / name)
        except WorkspaceError as error:  # of a file in `folder`, a name that says nothing
            raise WorkspaceError(str(error).replace(str(folder), str(root / name))) from error
        finally:
            discard(folder)
            discard(grave)
    del lock


def check_ours(folder: Path) -> None:
    """Raise WorkspaceError unless all that lies in a folder is as an export left it."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise WorkspaceError(f"{folder}: is a file, and no export made it; {REMEDY}")
    files = recorded(folder)
    for file in sorted(path for path in folder.rglob("*") if path.is_symlink() or path.is_file()):
        name = file.relative_to(folder).as_posix()
        if (name == EXPORTED and files) or file.name in BROWSERS:
            continue
        if name not in files:
            raise WorkspaceError(f"{file}: is there, but no export made it; {REMEDY}")
        if not file.is_symlink() and difference(folder, name, files[name]) is None:
            continue
        raise WorkspaceError(f"{file}: was changed since it was exported; {REMEDY}")


def recorded(folder: Path) -> dict[str, Json]:
    """Return the files of an export, by name, with their fingerprints; none without a record."""
    path = folder / EXPORTED
    if path.is_symlink() or not path.is_file():
        return {}
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return files if isinstance(files, dict) else {}


def write_record(folder: Path, name: str, facts: Json) -> None:
    """Write the record of all files in a folder, by which `export_folder` knows its own.

    Parameters
    ----------
    folder : Path
    name : str
        Of the format.
    facts : dict
        Of the run, as JSON has it.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = [path.relative_to(folder).as_posix() for path in files]
    known = {file: fingerprint(folder, file) for file in names}
    record = {"format": name, **facts, "files": known}
    (folder / EXPORTED).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
