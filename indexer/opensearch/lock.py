"""One writer at a time: a document with a lease, which a writer that is gone does not renew."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from paraglot.search.errors import ClusterFailure, IndexLocked
from paraglot.search.opensearch.cluster import Cluster

LEASE_S = 60.0
"""How long a writer that is gone keeps others out."""

_LOCK = "writer"


class WriterLock:
    """The lock of one writer of an index. Raises `IndexLocked` where another holds it."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self._cluster, self._index, self._name = cluster, f"{name}-lock", name
        self._owner = uuid4().hex
        self._ended = threading.Event()
        if not self._taken():
            raise IndexLocked(f"Another process is writing to the index {name!r} on {cluster}.", "Try again later.")
        self._renewing = threading.Thread(target=self._renew, name="paraglot-lease", daemon=True)
        self._renewing.start()

    def check(self) -> None:
        """Raises `IndexLocked` where the lease was lost, as to a writer that took this one for dead."""
        found = self._cluster.get(self._index, _LOCK)
        if not found or found["_source"]["owner"] != self._owner:
            raise IndexLocked(f"Another process took over writing to the index {self._name!r}.", "Try again later.")

    def release(self) -> None:
        """Let others write."""
        self._ended.set()
        self._renewing.join()
        found = self._cluster.get(self._index, _LOCK)
        if found and found["_source"]["owner"] == self._owner:
            self._cluster.delete(self._index, _LOCK, **_as_it_is(found))

    def _taken(self) -> bool:
        if self._cluster.put(self._index, _LOCK, self._body(), op_type="create"):
            return True
        found = self._cluster.get(self._index, _LOCK)
        if found is None:
            return self._cluster.put(self._index, _LOCK, self._body(), op_type="create") is not None
        expired = found["_source"]["until"] < time.time()
        return expired and self._cluster.put(self._index, _LOCK, self._body(), **_as_it_is(found)) is not None

    def _renew(self) -> None:
        while not self._ended.wait(LEASE_S / 3):
            try:
                found = self._cluster.get(self._index, _LOCK)
                if not found or found["_source"]["owner"] != self._owner:
                    return
                self._cluster.put(self._index, _LOCK, self._body(), **_as_it_is(found))
            except ClusterFailure:
                continue  # the commit finds out whether the lease was lost meanwhile

    def _body(self) -> dict[str, object]:
        return {"owner": self._owner, "until": time.time() + LEASE_S}


@contextmanager
def writer_lock(cluster: Cluster, name: str) -> Iterator[WriterLock]:
    """Hold the lock until the block ends. Raises `IndexLocked`."""
    lock = WriterLock(cluster, name)
    try:
        yield lock
    finally:
        lock.release()


def _as_it_is(found: dict[str, object]) -> dict[str, object]:
    return {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
