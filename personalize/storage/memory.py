"""Memory that was freed goes back to the system, not to the next who asks in this process."""

import ctypes
from contextlib import suppress


def give_back() -> None:
    """Give freed memory back, where the C library can: glibc else keeps what large arrays left
    behind.

    A stage frees hundreds of megabytes, in pieces that the next stage may not fit into.
    """
    with suppress(OSError, AttributeError, TypeError):  # another system, another C library
        ctypes.CDLL(None).malloc_trim(0)
