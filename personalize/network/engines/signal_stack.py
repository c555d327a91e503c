"""Keep the stack that signals of a thread are handled on.

OpenVINO gives the thread that starts it a stack of its own for signals, for the wide registers of
AMX, and takes the memory back when it is unloaded, but not the stack: the next signal, Ctrl-C or
the end of a child process, would crash the program (met with OpenVINO 2026.4 on Linux).
"""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_DISABLED = 2  # SS_DISABLE of Linux


class _Stack(ctypes.Structure):
    """`stack_t` of Linux."""

    _fields_ = [("sp", ctypes.c_void_p), ("flags", ctypes.c_int), ("size", ctypes.c_size_t)]


@contextmanager
def kept_signal_stack() -> Iterator[None]:
    """Give the thread its stack for signals back, whatever is done to it meanwhile.

    Where the one from before is too small by now, signals are handled on the thread's own stack.
    """
    if sys.platform != "linux":
        yield
        return
    change = ctypes.CDLL(None, use_errno=True).sigaltstack
    before = _Stack()
    change(None, ctypes.byref(before))
    try:
        yield
    finally:
        if before.flags & _DISABLED or change(ctypes.byref(before), None):
            change(ctypes.byref(_Stack(flags=_DISABLED)), None)
