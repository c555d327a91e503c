"""One run at a time in a folder."""

import os
import weakref
from pathlib import Path

from personalize.errors import BusyError
from personalize.types import PathLike

try:
    import fcntl
except ImportError:  # not a POSIX system: there are no locks
    fcntl = None  # type: ignore[assignment]

_HELD: weakref.WeakValueDictionary[Path, "FolderLock"] = (
    weakref.WeakValueDictionary()
)  # locks of this process, by folder


class FolderLock:
    """A lock on a folder, held until this object or the process ends.

    Nothing is written; a killed process leaves no lock behind.
    """

    def __init__(self, descriptor: int) -> None:
        self._release = weakref.finalize(self, os.close, descriptor)


def lock_folder(folder: PathLike) -> FolderLock:
    """Lock a folder for this process; locking it again gives the same lock.

    Parameters
    ----------
    folder : path-like
        Must exist.

    Returns
    -------
    FolderLock

    Raises
    ------
    BusyError
        If another process has taken it.
    """
    folder = Path(folder).resolve()
    lock = _HELD.get(folder)
    if lock is None:
        lock = _HELD[folder] = FolderLock(_taken(folder))
    return lock


def _taken(folder: Path) -> int:
    descriptor = os.open(folder if fcntl else os.devnull, os.O_RDONLY)
    try:
        if fcntl:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise BusyError(
            f"{folder}: another run is writing here; wait for it, or choose another folder"
        ) from error
    except OSError:
        pass  # a file system without locks
    return descriptor


def locks_work(folder: Path) -> bool:
    """Whether the file system of a folder keeps a second holder of a lock out."""
    if not fcntl:
        return False
    first, second = (os.open(folder, os.O_RDONLY) for _ in range(2))
    try:
        fcntl.flock(first, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks
        return False
    finally:
        os.close(first)
        os.close(second)
    return False
