"""Items that are made ahead are the same, in the same order, and fail at the same place."""

import threading

import pytest

from personalize.ahead import ahead


def test_the_items_come_in_order():
    assert list(ahead(range(7), 3)) == list(range(7))
    assert list(ahead([], 3)) == []


def test_items_are_made_before_they_are_asked_for():
    made = threading.Event()

    def items():
        yield 0
        made.set()
        yield 1

    coming = ahead(items(), 2)
    assert next(coming) == 0
    assert made.wait(timeout=10)


def test_what_is_raised_comes_after_the_items_before_it():
    def items():
        yield 0
        yield 1
        raise ZeroDivisionError

    got = []
    with pytest.raises(ZeroDivisionError):
        for item in ahead(items(), 4):
            got.append(item)
    assert got == [0, 1]


def test_whoever_stops_early_leaves_no_thread_behind():
    threads = threading.active_count()
    items = ahead(iter(int, 1), 2)
    next(items)
    assert threading.active_count() == threads + 1
    items.close()
    assert threading.active_count() == threads
