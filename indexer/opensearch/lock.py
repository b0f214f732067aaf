"""One writer at a time: a document with a lease, which a writer that is gone does not renew.

A writer that was only slow may come back after another took over. What it wrote has a number of its own (`begin`),
which the manifest of nobody else takes in, and the manifest it would write is refused.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from paraglot.search.errors import ClusterFailure, IndexLocked
from paraglot.search.opensearch.cluster import Cluster, Json, if_unchanged

LEASE_S = 60.0
"""How long a writer that is gone keeps others out."""

LOCKS = "paraglot-locks"
"""The index that has a document for each index that was ever written."""

_SETTINGS = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}


def lease() -> float:
    """The moment until which who is alive now is taken to be."""
    return time.time() + LEASE_S


def ensure_locks(cluster: Cluster) -> None:
    """Have the index of locks, if it is not there."""
    cluster.ensure(LOCKS, {"settings": _SETTINGS, "mappings": {"dynamic": False}})


class Renewal:
    """Renews a lease in the background, until it ends or the lease is another's."""

    def __init__(self, renew: Callable[[], object]) -> None:
        self._renew = renew
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="paraglot-lease", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Renew it no more."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(LEASE_S / 3):
            try:
                self._renew()
            except IndexLocked:
                return
            except ClusterFailure:
                continue  # the commit finds out whether the lease was lost meanwhile


class WriterLock:
    """The lock of one writer of an index. Raises `IndexLocked` where another holds it."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self._cluster, self._name = cluster, name
        self._owner = uuid4().hex
        self._changing = threading.Lock()
        self._take()
        self._renewal = Renewal(self._renew)

    def begin(self, least: int) -> int:
        """The number of what is written from now on: that of no other writer, and at least ``least``."""
        with self._changing:
            document = self._own()
            attempt: int = max(document["_source"]["attempt"] + 1, least)
            self._put(document, self._owner, attempt)
            return attempt

    def check(self) -> None:
        """Raises `IndexLocked` where the lease was lost, as to a writer that took this one for dead."""
        self._own()

    def release(self) -> None:
        """Let others write."""
        self._renewal.end()
        document = self._cluster.get(LOCKS, self._name)
        if document and document["_source"]["owner"] == self._owner:
            self._put(document, "", document["_source"]["attempt"])

    def _take(self) -> None:
        document = self._cluster.get(LOCKS, self._name)
        if document is None:
            ensure_locks(self._cluster)
            if self._cluster.put(LOCKS, self._name, self._body(self._owner, 0), op_type="create"):
                return
            raise self._held()
        lease = document["_source"]
        if lease["owner"] and lease["until"] > time.time():
            raise self._held()
        self._put(document, self._owner, lease["attempt"])

    def _renew(self) -> None:
        with self._changing:
            document = self._own()
            self._put(document, self._owner, document["_source"]["attempt"])

    def _own(self) -> Json:
        """The lock's document. Raises `IndexLocked` where it is another's."""
        document = self._cluster.get(LOCKS, self._name)
        if not document or document["_source"]["owner"] != self._owner:
            raise IndexLocked(f"Another process took over writing to the index {self._name!r}.", "Try again later.")
        return document

    def _put(self, document: Json, owner: str, attempt: int) -> None:
        if self._cluster.put(LOCKS, self._name, self._body(owner, attempt), **if_unchanged(document)) is None:
            raise self._held()

    def _body(self, owner: str, attempt: int) -> Json:
        return {"owner": owner, "until": lease(), "attempt": attempt}

    def _held(self) -> IndexLocked:
        where = f"the index {self._name!r} on {self._cluster}"
        return IndexLocked(f"Another process is writing to {where}.", "Try again when it has ended.")


@contextmanager
def writer_lock(cluster: Cluster, name: str) -> Iterator[WriterLock]:
    """Hold the lock until the block ends. Raises `IndexLocked`."""
    lock = WriterLock(cluster, name)
    try:
        yield lock
    finally:
        lock.release()
