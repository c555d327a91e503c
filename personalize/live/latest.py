"""A queue of what is newest: under load the oldest is dropped, so that no delay builds up."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Latest(Generic[Item]):
    """Holds a few items for one taker, in one event loop.

    Parameters
    ----------
    most : int
        Items that wait.

    Attributes
    ----------
    dropped : int
        Items that were dropped before they were taken.
    """

    def __init__(self, most: int) -> None:
        self.dropped = 0
        self._most = most
        self._items: deque[Item] = deque()
        self._there = asyncio.Event()
        self._closed = False

    def put(self, item: Item) -> Item | None:
        """Add an item; return the oldest one if it had to go for that."""
        self._items.append(item)
        self._there.set()
        if len(self._items) <= self._most:
            return None
        self.dropped += 1
        return self._items.popleft()

    async def take(self) -> Item | None:
        """Wait for the oldest item that is left, and return it; None when the queue is closed."""
        while not self._items:
            if self._closed:
                return None
            self._there.clear()
            await self._there.wait()
        return self._items.popleft()

    def close(self) -> None:
        """End the taker's loop; items that still wait are dropped."""
        self._closed = True
        self._items.clear()
        self._there.set()
