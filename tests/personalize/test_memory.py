"""Freed memory is given back; where that cannot be done, nothing happens."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from personalize import memory


def resident():
    """Bytes of this process that are in memory."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096


@pytest.mark.skipif(sys.platform != "linux", reason="the size of a process is read as Linux tells it")
def test_what_small_arrays_left_behind_goes_back():
    pieces = [np.ones(2000) for _ in range(10000)]  # too small to go back by themselves
    kept = pieces[-1]
    del pieces
    before = resident()
    memory.give_back()
    assert resident() <= before and kept.all()


def test_another_c_library_is_let_alone(monkeypatch):
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: SimpleNamespace())
    memory.give_back()
