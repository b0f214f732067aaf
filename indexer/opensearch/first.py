"""The first generation of an index: written by one run or by several side by side, and served when the last has ended.

Until then another alias stands for it, which nobody searches. Its commits are those of any index, so a run that was cut
off goes on with what it left; it has no copies, which are made of the whole at the end.
"""

from __future__ import annotations

import time
from contextlib import closing
from uuid import uuid4

from paraglot.indexer.opensearch.care import faults_of
from paraglot.indexer.opensearch.generations import not_found, waited
from paraglot.indexer.opensearch.lock import LOCKS, Renewal, ensure_locks, lease, writer_lock
from paraglot.search.errors import IndexDamaged
from paraglot.search.opensearch.cluster import Cluster, if_unchanged
from paraglot.search.opensearch.point import Point
from paraglot.search.opensearch.schema import unserved


class Run:
    """One of the runs that write an index which is not served yet. The others know of it until it leaves or is dead."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self._cluster, self._document = cluster, f"{unserved(name)}-runs"
        self._own = uuid4().hex
        ensure_locks(cluster)
        self._note(here=True)
        self._renewal: Renewal | None = Renewal(lambda: self._note(here=True))

    def leave(self) -> bool:
        """Be one of them no more. Returns whether there are others."""
        if self._renewal:
            self._renewal.end()
            self._renewal = None
        return self._note(here=False)

    def _note(self, *, here: bool) -> bool:
        while True:
            document = self._cluster.get(LOCKS, self._document)
            known: dict[str, float] = document["_source"]["runs"] if document else {}
            other_runs = {run: until for run, until in known.items() if run != self._own and until > time.time()}
            runs = {**other_runs, **({self._own: lease()} if here else {})}
            as_known = if_unchanged(document) if document else {"op_type": "create"}
            if self._cluster.put(LOCKS, self._document, {"runs": runs}, **as_known):
                return bool(other_runs)


def serve_when_last(cluster: Cluster, name: str, run: Run, replicas: int, wait_s: float) -> bool:
    """End a run. Where no other is left, what they wrote is looked through and copied, and the name stands for it.

    Returns whether it does. Raises `IndexDamaged`, `IndexLocked`, `ClusterFailure`.
    """
    with waited(lambda: writer_lock(cluster, unserved(name)), wait_s) as lock:
        if run.leave():
            return False
        if (index := cluster.alias_target(unserved(name))) is None:
            return True  # nothing was there to write, or it is served by now
        with closing(Point(cluster, index)) as point:
            if faults := [*faults_of(point), *not_found(point)]:
                cluster.drop(index)
                raise IndexDamaged(f"{index} is not whole: {faults[0]}.", "It was removed: index the corpus again.")
        cluster.copy(index, replicas)
        lock.check()
        names = ({"remove": {"index": index, "alias": unserved(name)}}, {"add": {"index": index, "alias": name}})
        cluster.alias(*names)
        return True
