"""Make the next items while the last ones are used: two halves of a stage side by side."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor


def ahead(items, count):
    """Yield items, of which up to `count` are made ahead, in a thread of their own.

    Parameters
    ----------
    items : iterable
        It is run through in that thread alone; what it raises is raised here, in its place.
    count : int

    Yields
    ------
    object
        The same items in the same order.
    """
    iterator, end = iter(items), object()
    pool = ThreadPoolExecutor(1)
    try:
        made = deque(pool.submit(next, iterator, end) for _ in range(count))
        while (item := made.popleft().result()) is not end:
            made.append(pool.submit(next, iterator, end))
            yield item
    finally:
        pool.shutdown(cancel_futures=True)
