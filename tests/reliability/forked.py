"""Tasks in a forked child: whatever one does to its process, the next is tried."""

import json
import os
import resource
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from personalize.errors import PersonalizeError

DONE, REFUSED = "done", "refused"
"""The two ends that a task may take."""


@dataclass(frozen=True)
class Outcome:
    """How a task ended.

    Attributes
    ----------
    number : int
    kind : str
        `DONE`, `REFUSED` by a sentence; or "traceback", "signal N", "late" or "memory".
    what : str
        The sentence, or the traceback.
    seconds : float
    """

    number: int
    kind: str
    what: str = ""
    seconds: float = 0.0


def in_fork(
    task: Callable[[int], object],
    numbers: Iterable[int],
    *,
    seconds: float = 10,
    memory: int = 2 << 30,
) -> Iterator[Outcome]:
    """Do a task for each number, in a child that is replaced whenever it dies.

    Parameters
    ----------
    task : callable
        ``task(number)``.
    numbers : iterable of int
    seconds : float
        Of work that each may take.
    memory : int
        Bytes that the child may take beyond what it has.

    Yields
    ------
    Outcome
        Of each number, in order.
    """
    waiting = list(numbers)
    while waiting:
        for outcome in _in_one_fork(task, waiting, seconds, memory):
            assert outcome.number == waiting.pop(0)
            yield outcome


def _in_one_fork(task, numbers, seconds, memory):
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of threads, which wait
        child = os.fork()
    if not child:
        os.close(reading)
        _work(task, numbers, seconds, memory, writing)
    os.close(writing)
    count = 0
    with os.fdopen(reading) as lines:
        for line in lines:
            yield Outcome(**json.loads(line))
            count += 1
    _, status = os.waitpid(child, 0)
    if count < len(numbers):
        died = os.waitstatus_to_exitcode(status)
        kind = "late" if died == -signal.SIGPROF else f"signal {-died}" if died < 0 else "exit"
        yield Outcome(numbers[count], kind, f"the process ended with {died}")


def _work(task, numbers, seconds, memory, writing):
    """Do the tasks, tell of each, and leave the process."""
    try:
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        quiet = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):  # decoders tell of damage there
            os.dup2(quiet, stream)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        for number in numbers:
            signal.setitimer(signal.ITIMER_PROF, seconds)
            began = time.process_time()
            kind, what = _attempt(task, number)
            signal.setitimer(signal.ITIMER_PROF, 0)
            told = {"number": number, "kind": kind, "what": what[-3000:]}
            told["seconds"] = time.process_time() - began
            os.write(writing, json.dumps(told).encode() + b"\n")
    finally:
        os._exit(0)


def _attempt(task, number):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            task(number)
        except PersonalizeError as error:
            if "\n" in str(error).strip():
                return "traceback", f"a sentence of several lines: {error}"
            return REFUSED, str(error)
        except MemoryError:
            return "memory", traceback.format_exc()
        except BaseException:
            return "traceback", "".join(traceback.format_exception(*sys.exc_info()))
    return DONE, ""
