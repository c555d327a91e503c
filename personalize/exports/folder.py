"""Write the folder of an export, whole or not at all. It replaces only an earlier export.

An export lists its files in a record, `layout.EXPORTED`, with sizes, times of change and
digests. A file that no export wrote is never replaced, nor one that was changed since, for
example by work in another program.
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
"""Files that file browsers write into folders; they are ignored."""
REMEDY = "move it away, or choose another folder with --out"


@contextmanager
def export_folder(root: Path, name: str, facts: Json) -> Iterator[Path]:
    """Write the folder ``root/name``; it exists, with its record, once the block has succeeded.

    Parameters
    ----------
    root : Path
        Made if missing.
    name : str
        Name of the format.
    facts : dict
        Further entries of the record.

    Yields
    ------
    Path
        An empty folder to write to; it is removed if the block fails.

    Raises
    ------
    WorkspaceError
        If ``root/name`` holds files that no export wrote, or the disk fails.
    """
    check_folder(root)
    lock = lock_folder(root)
    check_inside(root, [name])
    check_ours(root / name)
    for left in root.glob(f"{UNFINISHED}*"):  # left by a killed export
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
        except WorkspaceError as error:  # it names a file in the temporary folder
            raise WorkspaceError(str(error).replace(str(folder), str(root / name))) from error
        finally:
            discard(folder)
            discard(grave)
    del lock


def check_ours(folder: Path) -> None:
    """Raise WorkspaceError unless all files of a folder are as an export wrote them."""
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
    """Return the files of an export, name -> fingerprint; empty without a record."""
    path = folder / EXPORTED
    if path.is_symlink() or not path.is_file():
        return {}
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return files if isinstance(files, dict) else {}


def write_record(folder: Path, name: str, facts: Json) -> None:
    """Write the record of all files in a folder, by which `export_folder` recognizes them.

    Parameters
    ----------
    folder : Path
    name : str
        Name of the format.
    facts : dict
        Further entries, for JSON.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = [path.relative_to(folder).as_posix() for path in files]
    known = {file: fingerprint(folder, file) for file in names}
    record = {"format": name, **facts, "files": known}
    (folder / EXPORTED).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
