"""A live index: the generation served now, refreshed as commits come, and held open for whoever is still reading."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from paraglot.search.engine.view import View, ViewKey
from paraglot.search.errors import GenerationGone, ParaglotError
from paraglot.search.index import Index, Manifest, Snapshot

_T = TypeVar("_T")


@dataclass(slots=True, eq=False)
class _Lease:
    """A generation and how many are reading it; ``opening`` counts from 0."""

    snapshot: Snapshot
    opening: int
    readers: int = 0


class LiveIndex:
    """An open index that follows its commits. Safe to share between threads.

    Each generation keeps the encoder that it was made with: who still reads the one before a rebuild with another
    model is answered by the former's.
    """

    def __init__(self, index: Index) -> None:
        """Open an index. Raises what `Index.current` does."""
        self._index = index
        self._refreshing = threading.Lock()
        self._swapping = threading.Lock()
        self._current = _Lease(self._index.current(), 0)
        self._leases = [self._current]

    @property
    def manifest(self) -> Manifest:
        """What the generation served now is made of."""
        return self._current.snapshot.manifest

    @property
    def faults(self) -> list[ParaglotError]:
        """What is wrong with the generation served now: searches answer without it, and say so."""
        return list(self._current.snapshot.lost.values())

    def refresh(self) -> bool:
        """Serve the newest commit from now on; True if there was a newer one. Queries on the way end on the old one.

        The same commit is opened again where its files were changed.
        """
        with self._refreshing:
            former = self._current.snapshot
            if self._index.is_current(former):
                return False
            fresh = self._index.current()
            try:
                fresh.warm(former)
            except BaseException:
                fresh.close()
                raise
            with self._swapping:
                self._current = _Lease(fresh, self._current.opening + 1)
                self._leases.append(self._current)
        self._retire()
        return True

    def warm(self) -> None:
        """Read beforehand what every query needs, or the first ones would be slow."""
        with self.snapshot() as snapshot:
            snapshot.warm()

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The generation served now, held open until the block ends."""
        with self._held() as lease:
            yield lease.snapshot

    @contextmanager
    def _held(self) -> Iterator[_Lease]:
        with self._swapping:
            lease = self._current
            lease.readers += 1
        try:
            yield lease
        finally:
            with self._swapping:
                lease.readers -= 1
            self._retire()

    @contextmanager
    def view(self, forced: str | None = None) -> Iterator[View]:
        """The generation served now as a caller may see it who is to know what the filter ``forced`` lets through."""
        filter_ = (forced or "").strip()
        with self._held() as lease:
            yield View(lease.snapshot.within(filter_) if filter_ else lease.snapshot, ViewKey(lease.opening, filter_))

    def read(self, work: Callable[[View], _T], forced: str | None = None) -> _T:
        """What ``work`` makes of a `view`. Where its generation is gone before it ends, the newest is served from now
        on, to everybody, and ``work`` begins again with that, once."""
        try:
            with self.view(forced) as view:
                return work(view)
        except GenerationGone:
            self.refresh()
        with self.view(forced) as view:
            return work(view)

    def idle_within(self, timeout_s: float) -> bool:
        """Whether nobody reads any more, now or until the time is up."""
        end = time.monotonic() + timeout_s
        while any(lease.readers for lease in self._leases):
            if time.monotonic() >= end:
                return False
            time.sleep(0.05)
        return True

    def close(self) -> None:
        """Close the index. Nobody may be reading any more."""
        self._current.snapshot.close()

    def _retire(self) -> None:
        """Close the generations that are not served any more and that nobody reads, and forget their encoders."""
        with self._swapping:
            retired = [lease for lease in self._leases if lease is not self._current and not lease.readers]
            if not retired:
                return
            self._leases = [lease for lease in self._leases if lease not in retired]
            self._index.keep([lease.snapshot for lease in self._leases])
        for lease in retired:
            lease.snapshot.close()
