"""Give freed memory back to the system, instead of keeping it for this process."""

import ctypes
from contextlib import suppress


def give_back() -> None:
    """Give freed memory back, where the C library can: glibc would keep the space of large arrays.

    A stage frees hundreds of megabytes, in pieces that the next stage may not fit into.
    """
    with suppress(OSError, AttributeError, TypeError):  # another system, another C library
        ctypes.CDLL(None).malloc_trim(0)
