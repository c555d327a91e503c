import platform
import subprocess
import sys
import threading
import time

import pytest

from personalize.workers import cores, in_order


def test_results_come_in_the_order_of_the_items():
    def later_is_faster(item):
        time.sleep(0.01 * (4 - item % 5))
        return item, threading.current_thread().name

    results = list(in_order(later_is_faster, range(20), workers=3))
    assert [item for item, _ in results] == list(range(20))
    assert len({thread for _, thread in results}) == 3


def test_one_worker_is_whoever_asks():
    names = in_order(lambda item: threading.current_thread().name, range(3), workers=1)
    assert set(names) == {threading.current_thread().name}


def test_few_items_are_held_at_a_time():
    asked = []

    def items():
        for item in range(100):
            asked.append(item)
            yield item

    results = in_order(str, items(), workers=2)
    assert next(results) == "0"
    assert len(asked) == 3
    results.close()
    assert len(asked) == 3


@pytest.mark.parametrize("workers", [1, 3])
def test_what_came_before_an_error_is_given_first(workers):
    def half(item):
        if item == 5:
            raise ValueError("five")
        return item / 2

    given = []
    with pytest.raises(ValueError, match="five"):
        given.extend(in_order(half, range(9), workers))
    assert given == [0, 0.5, 1, 1.5, 2]


@pytest.mark.parametrize("workers", [1, 3])
def test_what_came_before_an_error_of_the_sequence_is_given_first(workers):
    def items():
        yield from range(5)
        raise ValueError("no sixth frame")

    given = []
    with pytest.raises(ValueError, match="no sixth frame"):
        given.extend(in_order(str, items(), workers))
    assert given == list("01234")


def test_an_interrupt_is_not_held_up_by_what_waits():
    def items():
        yield from range(2)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(in_order(str, items(), workers=3))


@pytest.mark.parametrize("share, wanted", [("1", 1), ("1,2", 1), ("100000", None), ("", None)])
def test_a_share_of_the_cores_is_respected(monkeypatch, share, wanted):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    free = cores()
    assert free >= 1
    monkeypatch.setenv("OMP_NUM_THREADS", share)
    assert cores() == (wanted or free)


ARENAS_OF_SIX_THREADS = """
import ctypes, sys, threading
from personalize.workers import share_arenas
if sys.argv[1] == "shared":
    share_arenas()
libc, all_here = ctypes.CDLL(None), threading.Barrier(6)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
def work():
    all_here.wait()
    libc.malloc(100_000)
    all_here.wait()
threads = [threading.Thread(target=work) for _ in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
file = ctypes.c_void_p(libc.fopen(sys.argv[2].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_threads_share_two_arenas(tmp_path):
    counted = {}
    for how in ("shared", "as glibc does"):
        path = tmp_path / "arenas.xml"
        subprocess.run([sys.executable, "-c", ARENAS_OF_SIX_THREADS, how, path], check=True)
        counted[how] = path.read_text().count("<heap nr=")
    assert counted["shared"] <= 2 < counted["as glibc does"]
