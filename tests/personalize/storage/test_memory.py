"""Freed memory is given back; where that cannot be done, nothing happens."""

import platform
from types import SimpleNamespace

import numpy as np
import pytest

from personalize.storage import memory


def resident():
    """Bytes of this process that are in memory."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library than glibc")
def test_what_small_arrays_left_behind_goes_back():
    pieces = [np.ones(2000) for _ in range(10000)]  # too small to go back by themselves
    last = pieces[-1]  # behind it all of them lie
    del pieces
    before = resident()
    memory.give_back()
    assert resident() < before - 100e6
    assert last.all()


def test_another_c_library_is_let_alone(monkeypatch):
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: SimpleNamespace())
    memory.give_back()
