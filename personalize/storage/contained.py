"""Checks that nothing outside a run folder is written, replaced or removed.

The program makes no links, so a link at a place where it writes is not followed, but refused. The
run folder itself, and the folders that it lies in, may be links. The check is made right before
each change; it does not protect against a process that puts a link there in the same moment.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from personalize.errors import WorkspaceError


def check_inside(root: Path, names: Iterable[str]) -> None:
    """Check that the program may write, replace and remove what has some names.

    Parameters
    ----------
    root : Path
        The run folder.
    names : iterable of str
        Of `layout`, relative to `root`.

    Raises
    ------
    WorkspaceError
        If such a name, or a folder in which it lies, is a link, or such a folder is a file.
    """
    for name in names:
        folders = [root / folder for folder in Path(name).parents[:-1]]
        for path in (*folders, root / name):
            if path.is_symlink():
                raise _led_outside(path)
        for path in folders:
            if path.exists() and not path.is_dir():
                raise WorkspaceError(f"{path}: is a file where a run keeps a folder; move it away")


def check_no_links(folder: Path) -> list[os.DirEntry[str]]:
    """Check that there is no link anywhere in a folder, so that all writing stays in it.

    Parameters
    ----------
    folder : Path
        Of which every entry is looked at.

    Returns
    -------
    list of os.DirEntry
        All that lies in the folder, at any depth.

    Raises
    ------
    WorkspaceError
        If there is a link.
    """
    found = list(_walk(folder))
    for entry in found:
        if entry.is_symlink():
            raise _led_outside(entry.path)
    return found


def discard(path: Path) -> None:
    """Remove a file, a folder or a link, but not the target of a link; errors are ignored."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _walk(folder: Path | str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            yield entry
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path)


def _led_outside(path: Path | str) -> WorkspaceError:
    return WorkspaceError(
        f"{path}: is a link to {os.readlink(path)}, and a run writes nothing through links; remove "
        f"the"
        " link, or choose another folder"
    )
