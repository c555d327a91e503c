"""Runs of next to nothing, each in a fork in which the n-th change of the disk goes wrong.

A line on standard input, JSON, asks for a run: ``root``, ``seed``, ``call`` (0: none) and ``error``
(0: the process is killed). The answer is a line: ``status``, 0 done, 1 a sentence, 2 a traceback or
-9 killed; ``count`` of the calls; and ``what`` was said.
"""

import ctypes
import json
import os
import sys
import traceback
from pathlib import Path

from tinyrun import tiny_run

from personalize.errors import PersonalizeError

shim = ctypes.CDLL(None)
shim.fault_count.restype = ctypes.c_long
DONE, SENTENCE, TRACEBACK = range(3)


def attempt(root, seed, call, error):
    """Run with a fault; return how it ended, and what was said."""
    shim.fault_arm(os.fsencode(root), ctypes.c_long(call), error)
    try:
        tiny_run(Path(root), seed)
        return DONE, ""
    except PersonalizeError as refusal:
        return SENTENCE, str(refusal)
    except BaseException:
        return TRACEBACK, traceback.format_exc()
    finally:
        count = shim.fault_count()
        shim.fault_arm(b"", ctypes.c_long(0), 0)
        attempt.count = count


def main():
    """Answer until there are no more questions."""
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            status, what = attempt(**json.loads(line))
            os.write(writing, json.dumps([status, attempt.count, what[-1500:]]).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as told:
            text = told.read()
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(text or json.dumps([ended, 0, ""]), flush=True)


if __name__ == "__main__":
    main()
