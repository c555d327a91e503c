"""Files that appear whole or not at all.

A file is written under a hidden name in its folder and renamed at the end. So a reader sees either
the old file or the new one, whenever the process may be killed.
"""

import errno
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from personalize.errors import WorkspaceError
from personalize.storage.layout import TEMPORARY, TEXT
from personalize.types import PathLike

_REMEDIES = {
    errno.ENOSPC: "free some space or choose another folder",
    errno.EDQUOT: "free some space or choose another folder",
    errno.EFBIG: "choose a folder that may hold larger files",
    errno.EACCES: "choose a folder that you may write to",
    errno.EPERM: "choose a folder that you may write to",
    errno.EROFS: "choose a folder that you may write to",
    errno.ENOTDIR: "choose a folder whose path holds no file",
    errno.EEXIST: "choose a folder whose path holds no file",
    errno.EISDIR: "it is a folder; choose a name for a file",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EIO: "check the disk or choose another folder",
}


@contextmanager
def disk_errors(path: PathLike) -> Iterator[None]:
    """Turn errors of the disk, while `path` is written, into one sentence.

    Raises
    ------
    WorkspaceError
        If the block fails because the disk is full, read-only, forbidden or broken.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _REMEDIES:
            raise
        reason = os.strerror(error.errno)
        raise WorkspaceError(
            f"{path}: cannot be written ({reason}); {_REMEDIES[error.errno]}"
        ) from error


def make_folder(path: PathLike) -> None:
    """Make a folder, and those that it lies in, if they are missing.

    Raises
    ------
    WorkspaceError
        If the disk refuses.
    """
    path = Path(path)
    with disk_errors(path):
        try:
            path.mkdir(parents=True, exist_ok=True)
        except (
            FileNotFoundError
        ) as error:  # its parent is there by now, but takes no folders: /proc
            raise WorkspaceError(f"{path}: no folder can be made here; choose another") from error


def check_folder(path: PathLike) -> None:
    """Make a folder for results if it is missing, and check that it may be written to.

    Raises
    ------
    WorkspaceError
        If it is a file, or the disk refuses.
    """
    path = Path(path)
    with disk_errors(path):
        if path.exists() and not path.is_dir():
            raise WorkspaceError(f"{path}: is a file; name a folder for the results")
    make_folder(path)
    with disk_errors(path), tempfile.NamedTemporaryFile(prefix=TEMPORARY, dir=path) as probe:
        probe.write(b"may this folder be written?")


def flush(path: PathLike) -> None:
    """Have a file, or the list of names of a folder, on the disk before going on.

    What the files of a folder hold is not flushed with it. A file system that cannot flush a
    folder is trusted to keep it.
    """
    is_folder = os.path.isdir(path)
    if is_folder and os.name == "nt":  # folders cannot be opened there
        return
    descriptor = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if not is_folder or error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


@contextmanager
def atomic_write(path: PathLike, *, durable: bool = False) -> Iterator[Path]:
    """Write a file under a temporary name; it gets its own name when the block succeeds.

    Parameters
    ----------
    path : path-like
        The final file; its folder is made if missing.
    durable : bool
        Whether the file is on the disk, under its name, when the block has ended; else a
        machine that loses its power within seconds may leave the old one, or an empty one.

    Yields
    ------
    Path
        Where to write. It has the suffix of `path`, lies in the same folder,
        and is removed if the block fails.

    Raises
    ------
    WorkspaceError
        If the disk refuses: full, read-only, no permission.

    Examples
    --------
    >>> with atomic_write("joints.csv") as unfinished:
    ...     unfinished.write_text("frame,x,y")
    """
    path = Path(path)
    make_folder(path.parent)
    with disk_errors(path):
        unfinished = _reserve(path)
        try:
            yield unfinished
            if durable:
                flush(unfinished)
            os.replace(unfinished, path)
            if durable:
                flush(path.parent)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


@contextmanager
def open_table(path: PathLike, mode: str = "r") -> Iterator[TextIO]:
    """Open a table for `csv`, in which names of files may be no text."""
    with open(path, mode, newline="", **TEXT) as file:  # type: ignore[call-overload]
        yield file


def _reserve(path: Path) -> Path:
    """A new empty file beside `path`, readable like any file that is opened for writing."""
    unfinished = path.parent / f"{TEMPORARY}{secrets.token_hex(8)}{path.suffix}"
    unfinished.touch(exist_ok=False)  # tempfile's files are their owner's alone
    return unfinished
