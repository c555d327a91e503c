"""Several threads on a sequence: results in its order, and never many of them at a time.

OpenCV, NumPy and the encoders of pictures let other threads go on while they compute, so threads
keep all cores at work without copies of frames between processes.
"""

import ctypes
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

ARENAS = 2
M_ARENA_MAX = -8  # of glibc's malloc.h

Item = TypeVar("Item")
Result = TypeVar("Result")


def cores() -> int:
    """Return the number of cores that this process may use, at most OMP_NUM_THREADS."""
    try:
        free = len(os.sched_getaffinity(0))
    except AttributeError:  # only some systems have it
        free = os.cpu_count() or 1
    share = os.environ.get("OMP_NUM_THREADS", "").split(",")[0]
    return min(free, int(share)) if share.isdecimal() and int(share) else free


def share_arenas() -> None:
    """Let all threads of this process allocate from two arenas, where its C library is glibc.

    Else glibc gives every new thread an arena of its own, up to eight a core, and each keeps what
    was freed in it (docs/notebook/personalization.md).
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def in_order(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int
) -> Iterator[Result]:
    """Yield ``function(item)`` of every item in turn, computed by several threads.

    At most `workers` results wait in memory besides the next one. The threads go on while the
    caller is busy, and while the next item is read.

    Parameters
    ----------
    function : callable
        Its result must depend on the item alone.
    items : iterable
        Iterated in the thread of the caller.
    workers : int
        Threads; 0 stands for one a core. With 1 every result is computed on demand, in the thread
        of the caller.

    Yields
    ------
    object
        An error of an item, or of the sequence, is raised where its result would be: those before
        it come first.

    Examples
    --------
    >>> list(in_order(str, [1, 2, 3], workers=2))
    ['1', '2', '3']
    """
    workers = workers or cores()
    if workers == 1:
        yield from map(function, items)
        return
    waiting: deque[Future[Result]] = deque()
    iterator = iter(items)
    failed: Exception | None = None
    with ThreadPoolExecutor(workers) as pool:
        try:
            while failed is None:
                try:
                    item = next(iterator)
                except StopIteration:
                    break
                except Exception as error:
                    failed = error
                    continue
                waiting.append(pool.submit(function, item))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
    if failed is not None:
        raise failed
