"""Read MATLAB files in a process with limits, where a damaged one does no harm (`matlab_child`).

One such process serves all files that this process reads, since starting it takes longer than
reading a file. If it crashes, only the file that it was reading counts as damaged, and the next
file gets a new process.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from personalize.datasets import matlab_child
from personalize.errors import DatasetError, in_a_sentence
from personalize.media.limits import TABLE_MEMORY, TABLE_SECONDS
from personalize.types import Array, PathLike

_LOCK = threading.Lock()
_CHILDREN: dict[int, "_Child"] = {}  # by the process that they serve: forks have their own


def read_variable(path: PathLike, variable: str) -> Array:
    """Read one variable of a MATLAB file (version 7.2 or older).

    Parameters
    ----------
    path : path-like
        The file; must exist.
    variable : str

    Returns
    -------
    array
        As `scipy.io.loadmat` gives it: of numbers, of letters, of arrays, or of records of arrays.

    Raises
    ------
    DatasetError
        If the file is damaged, takes more memory or time than it may, or does not hold the
        variable.
    """
    memory, seconds = TABLE_MEMORY.most, TABLE_SECONDS.most
    with _LOCK:
        child = _child(memory)
        try:
            head, array = child.ask(path, variable, seconds)
        except (EOFError, OSError, ValueError, KeyError, TypeError) as error:
            late = child.stop()
            what = (
                f"{path}: takes long to read, {TABLE_SECONDS.reached()}"
                if late
                else f"{path}: not a readable MATLAB file (its reader crashed); get it again"
            )
            raise DatasetError(what) from error
    if head.get("error") == "memory":
        raise DatasetError(f"{path}: needs much memory to read, and {TABLE_MEMORY.reached()}")
    if head.get("error") == "damage":
        why = in_a_sentence(head["why"])
        raise DatasetError(f"{path}: not a readable MATLAB file ({why})")
    if array is None:
        found = in_a_sentence(", ".join(head["found"])) or "nothing"
        raise DatasetError(f"{path}: expected a variable '{variable}', found {found}")
    return array


class _Child:
    """The process in which files are read."""

    def __init__(self, memory: int) -> None:
        self.memory = memory
        self._late = False
        self._process = subprocess.Popen(
            [sys.executable, "-P", matlab_child.__file__, str(memory << 20)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # each would reserve memory
        )

    def ask(
        self, path: PathLike, variable: str, seconds: float
    ) -> tuple[dict[str, Any], Array | None]:
        """Return the head of the answer to a question, and the array, if there is one."""
        questions, _ = self._pipes()
        question = {"path": str(Path(path).absolute()), "variable": variable}
        watch = threading.Timer(seconds, self._be_late)
        watch.start()
        try:
            questions.write(json.dumps(question).encode() + b"\n")
            questions.flush()
            head = json.loads(self._exactly(int.from_bytes(self._exactly(8), "little")))
            node = head.get("array")
            array = None if node is None else matlab_child.decode(node, self._exactly)
        finally:
            watch.cancel()
        if self._late:
            raise EOFError
        return head, array

    def stop(self) -> bool:
        """End the process; return whether it had run out of time."""
        self._process.kill()
        for pipe in self._pipes():
            with suppress(OSError):  # what was not yet written to a process that is gone
                pipe.close()
        self._process.wait()
        _CHILDREN.pop(os.getpid(), None)
        return self._late

    def _be_late(self) -> None:
        self._late = True
        self._process.kill()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self._process.stdin and self._process.stdout
        return self._process.stdin, self._process.stdout

    def _exactly(self, count: int) -> bytes:
        content: bytes = self._pipes()[1].read(count)
        if len(content) < count:
            raise EOFError
        return content


def _child(memory: int) -> _Child:
    """The process that reads for this one, of a limit in MB; a new one, if there is none."""
    child = _CHILDREN.get(os.getpid())
    if child and child.memory != memory:
        child.stop()
        child = None
    if child is None:
        child = _CHILDREN[os.getpid()] = _Child(memory)
    return child


@atexit.register
def _stop() -> None:
    child = _CHILDREN.get(os.getpid())
    if child:
        child.stop()
