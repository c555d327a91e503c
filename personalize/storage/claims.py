"""One process at a time for each name, on every machine that shares a file system.

Locks of the system hold on one machine, and not on every shared file system. So a process claims
a name before it works on it: a folder ``NAME/GENERATION`` that appears by one rename, which
succeeds for one process only, wherever it runs. The newest generation counts. To take over from a
process that is gone, another one makes the next generation; of two that try, one fails. Only past
generations are ever removed.

The holder of a claim sets its time of change every `BEAT` seconds. A claim that has not changed for
`PATIENCE` seconds, by the clock of the file system, belongs to a process that is gone. On the
machine of its owner that is known at once, since a lock of the system is held on it, too.
"""

import json
import os
import re
import secrets
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from personalize.errors import BusyError
from personalize.storage.atomic import disk_errors, make_folder
from personalize.storage.contained import check_inside, discard
from personalize.storage.layout import CLAIMS, TEMPORARY
from personalize.storage.lock import FolderLock, lock_folder
from personalize.types import PathLike

BEAT, PATIENCE = 30.0, 300.0
"""Seconds between two signs of life of an owner, and after which one without is taken for
gone."""
LOOK = 1.0
"""Seconds between two looks at the claim of another."""
_OWNER = "owner.json"
_RELEASED = "released"
_GENERATION = re.compile(r"\d{6}")


class Claim:
    """A name that this process alone may work on, until `release` or its end."""

    def __init__(self, folder: Path, lock: FolderLock | None) -> None:
        self.folder = folder
        self._lock = lock  # lives as long as this object
        self._ended = threading.Event()
        self._beats = threading.Thread(target=self._beat, daemon=True)
        self._beats.start()

    def check(self) -> None:
        """Check that no other process has taken over while this one was stopped.

        Raises
        ------
        BusyError
        """
        if _newest(self.folder.parent) != self.folder:
            raise BusyError(
                f"{self.folder.parent.name}: another process has taken over, since this one was "
                f"stopped for more than {PATIENCE:.0f} seconds"
            )

    def release(self) -> None:
        """Give the name up, for other processes."""
        self._ended.set()
        self._beats.join()
        with suppress(OSError):  # without the disk the claim ends by time
            (self.folder / _RELEASED).touch()
        self._lock = None

    def _beat(self) -> None:
        while not self._ended.wait(BEAT):
            with suppress(OSError):
                os.utime(self.folder / _OWNER)


class Claims:
    """The claims in a folder of results.

    Parameters
    ----------
    root : path-like
        Made if it is missing.
    """

    def __init__(self, root: PathLike) -> None:
        self.root = Path(root)
        self._held: Claim | None = None
        self._checked = time.monotonic()

    def take(self, name: str, *, patient: bool = False) -> Claim:
        """Claim a name.

        Parameters
        ----------
        name : str
        patient : bool
            Wait until an owner on another machine renews its claim, or has not done so for
            `PATIENCE` seconds.

        Raises
        ------
        BusyError
            If another process has it.
        """
        make_folder(self.root)
        folder = self.root / CLAIMS / name
        check_inside(self.root, [f"{CLAIMS}/{name}/{_OWNER}"])
        make_folder(folder)
        newest = _newest(folder)
        if newest:
            if patient:
                _await_sign(newest)
            _check_free(newest)
        wanted = folder / f"{1 + (int(newest.name) if newest else 0):06d}"
        with disk_errors(folder):
            self._held = Claim(wanted, _appear(wanted))
        for past in _generations(folder)[:-1]:
            discard(past)
        return self._held

    def check(self) -> None:
        """Check the claim that was taken last, as `Claim.check`, every `BEAT` seconds at most."""
        if self._held and time.monotonic() > self._checked + BEAT:
            self._held.check()
            self._checked = time.monotonic()


def _appear(wanted: Path) -> FolderLock | None:
    """Have a claim of this process stand under a name, with a lock on it, or raise BusyError."""
    unfinished = wanted.parent / f"{TEMPORARY}{secrets.token_hex(8)}"
    unfinished.mkdir()
    owner = {"host": socket.gethostname(), "process": os.getpid()}
    (unfinished / _OWNER).write_text(json.dumps(owner))
    lock = lock_folder(unfinished)
    try:
        os.rename(unfinished, wanted)
    except OSError as error:
        discard(unfinished)
        if wanted.exists():
            raise _faster(wanted) from error
        raise
    return lock


def _generations(folder: Path) -> list[Path]:
    """The claims of a name, the newest last."""
    return sorted(folder / entry for entry in os.listdir(folder) if _GENERATION.fullmatch(entry))


def _newest(folder: Path) -> Path | None:
    return next(reversed(_generations(folder)), None)


def _faster(claim: Path) -> BusyError:
    return BusyError(f"{claim.parent.name}: another process was faster; it is left to it")


def _await_sign(claim: Path) -> None:
    """Return when a claim is free, or its owner has renewed it."""
    with suppress(FileNotFoundError):
        first = (claim / _OWNER).stat().st_mtime
        while not _is_free(claim) and _owner(claim).get("host") != socket.gethostname():
            if (claim / _OWNER).stat().st_mtime != first:
                return
            time.sleep(LOOK)


def _check_free(claim: Path) -> None:
    """Raise BusyError unless whoever made a claim has released it, or is gone."""
    with suppress(FileNotFoundError):
        if _is_free(claim):
            return
        name = claim.parent.name
        raise BusyError(f"{name}: {_told(claim)} is running it; it is left to that process")
    raise _faster(claim)


def _is_free(claim: Path) -> bool:
    if (claim / _RELEASED).exists():
        return True
    owner = _owner(claim)
    if owner.get("host") == socket.gethostname():
        try:
            lock_folder(claim)
        except BusyError:
            return False
        if not _runs(owner.get("process")):
            return True
    return _now(claim.parent) - (claim / _OWNER).stat().st_mtime > PATIENCE


def _runs(process: object) -> bool:
    """Whether a process of this machine is there; a file system may have no locks."""
    if not isinstance(process, int) or process <= 0 or process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # of another user
        return True
    return True


def _now(folder: Path) -> float:
    """The time by the clock of the file system."""
    probe = folder / f"{TEMPORARY}{secrets.token_hex(8)}"
    probe.touch()
    now = probe.stat().st_mtime
    probe.unlink()
    return now


def _owner(claim: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        owner = json.loads((claim / _OWNER).read_text())
        if isinstance(owner, dict):
            return owner
    return {}


def _told(claim: Path) -> str:
    owner = _owner(claim)
    return f"process {owner.get('process', '?')} on {owner.get('host', 'another machine')}"
