"""The last things that were used, made once and kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """Values by their keys up to a sum of sizes, one each unless ``size`` says; which was not asked for the longest
    goes. Safe to share between threads."""

    def __init__(self, most: int, size: Callable[[V], int] = lambda _: 1) -> None:
        self._most = most
        self._size = size
        self._sum = 0
        self._lock = threading.Lock()
        self._values: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K, make: Callable[[K], V]) -> V:
        """The value of a key; ``make`` makes it where it is not there. Two threads may make the same at once."""
        known = self.find(key)
        return self.put(key, make(key)) if known is None else known

    def find(self, key: K) -> V | None:
        """The value of a key, if it is there."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: K, made: V) -> V:
        """Keep a value under a key, unless one is there: returns what is there from now on."""
        with self._lock:
            if key not in self._values:
                self._values[key] = made
                self._sum += self._size(made)
            while self._sum > self._most and len(self._values) > 1:
                self._sum -= self._size(self._values.popitem(last=False)[1])
            return self._values.get(key, made)

    def __iter__(self) -> Iterator[K]:
        """The keys of what is kept, as they are now."""
        with self._lock:
            return iter(list(self._values))
