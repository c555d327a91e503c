"""A pool of processes, for steps that are too short to be shared out among threads.

NumPy and OpenCV let other threads go on while they compute. Where each step takes but some
microseconds, though, threads wait for Python's lock most of the time, and several are no faster
than one (docs/notebook/personalization.md).
"""

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from loky import ProcessPoolExecutor

LOOK = 1.0
"""Seconds from one look at whether the parent lives to the next."""


@contextmanager
def processes(count: int) -> Iterator[Executor]:
    """Start processes that end with the block, or, except on Windows, with this process.

    Parameters
    ----------
    count : int
        Each imports what it is to compute, which takes memory and a moment.

    Yields
    ------
    Executor
        What is still waiting when the block is left is given up.
    """
    pool = ProcessPoolExecutor(count, initializer=_follow, initargs=(os.getpid(),))
    try:
        yield pool
    finally:
        pool.shutdown(kill_workers=True)


def _follow(parent: int) -> None:
    """End this process soon after its parent, even if that is killed."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
