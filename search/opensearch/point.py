"""A point in time: the documents of one generation, which stay as they are however the index changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Literal

from paraglot.search.errors import ClusterFailure, GenerationGone, IndexMissing
from paraglot.search.opensearch.cluster import Cluster, Json, TransientFailure
from paraglot.search.opensearch.manifest import ClusterManifest, read_manifest
from paraglot.search.opensearch.schema import MANIFEST, PARAGRAPH, WINDOW, unserved

KEEP_ALIVE = "15m"
"""How long the cluster keeps a point in time that nobody asks. One that is gone is opened anew, if it can be."""

_TRIES = 10

_PAUSES_S = (0.0, 0.5, 2.0, 4.0)
"""After a node is gone it takes a moment until another has taken over its shards."""


class Point:
    """The documents of one generation of one index. Safe to share between threads."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        """Open the index that a name stands for. Raises `IndexMissing`, `ClusterFailure`, and as `read_manifest`."""
        self.cluster = cluster
        self._opening = threading.Lock()
        self.index, self.manifest, self._id = _open_point(cluster, name)
        self.generation_filters = self._filters()

    def search(self, *bodies: Json) -> list[Json]:
        """The answers to several searches, in one request. Where the cluster has lost the point it is opened anew."""
        if not bodies:
            return []
        lost = ""
        for pause_s in _PAUSES_S:
            try:
                if lost:
                    self._reopen(lost)
                return self._search(self._id, bodies)
            except TransientFailure:
                lost = self._id
                time.sleep(pause_s)
        self._reopen(lost)
        return self._search(self._id, bodies)

    def hits(self, body: Json, most: int | None = None) -> Iterator[Json]:
        """All hits of a search that says its order (one without equals), or the first ``most``, page by page."""
        remaining = most
        search_after: list[Any] | None = None
        while remaining is None or remaining > 0:
            size = WINDOW if remaining is None else min(remaining, WINDOW)
            further = {} if search_after is None else {"search_after": search_after}
            [answer] = self.search({"track_total_hits": False, **body, "size": size, **further})
            hits = answer["hits"]["hits"]
            yield from hits
            if len(hits) < size:
                return
            search_after = hits[-1]["sort"]
            remaining = None if remaining is None else remaining - size

    def paragraphs(self, rows: Sequence[int], filters: Sequence[Json], **read: Any) -> dict[int, Json]:
        """Row → hit of those of ``rows`` that the filters let through; ``read`` says what a search gives of a hit."""
        hits: dict[int, Json] = {}
        bodies = [rows_query(rows[first : first + WINDOW], filters, **read) for first in range(0, len(rows), WINDOW)]
        for answer in self.search(*bodies):
            hits.update((row_of(hit), hit) for hit in answer["hits"]["hits"])
        return hits

    def close(self) -> None:
        """Give it back. A cluster that is away forgets it by itself."""
        with suppress(ClusterFailure):
            self.cluster.close_point(self._id)

    def _search(self, point: str, bodies: Sequence[Json]) -> list[Json]:
        frozen = {"pit": {"id": point, "keep_alive": KEEP_ALIVE}}
        return self.cluster.search(*({**body, **frozen} for body in bodies))

    def _reopen(self, lost: str) -> None:
        """Open the same generation again, unless another thread did. Raises `GenerationGone` where it is not there."""
        with self._opening:
            if self._id != lost:
                return
            gone = f"The generation {self.manifest.generation} of {self.index} is gone: there is a newer one."
            try:
                index, manifest, point = _open_point(self.cluster, self.index)
            except IndexMissing:  # one that was rebuilt since, twice
                raise GenerationGone(gone, "Search again.") from None
            if (index, manifest.generation) != (self.index, self.manifest.generation):
                self.cluster.close_point(point)
                raise GenerationGone(gone, "Search again.")
            self._id = point

    def _filters(self) -> list[Json]:
        """What tells the documents of the generation from those of a write that is on its way, or was cut off."""
        strange = uncommitted(self.manifest)
        [answer] = self.search({"size": 0, "query": strange, "terminate_after": 1})
        removed = self.manifest.removed
        if not removed and not answer["hits"]["total"]["value"]:
            return []
        return [{"bool": {"must_not": [strange, {"ids": {"values": list(removed)}}]}}]


def uncommitted(manifest: ClusterManifest) -> Json:
    """The documents of writers that did not commit, or not yet."""
    given_up = {"terms": {"added": list(manifest.given_up)}}
    return {"bool": {"should": [{"range": {"added": {"gt": manifest.attempt}}}, given_up]}}


def rows_query(rows: Sequence[int], filters: Sequence[Json], **read: Any) -> Json:
    """A search for the paragraphs of some rows; ``read`` says what it gives of each."""
    in_rows = {"terms": {"row": list(rows)}}
    return {"size": len(rows), "track_total_hits": False, "query": all_of([in_rows, *filters]), **columns(**read)}


def columns(
    columns: Sequence[str] = (), packed: Sequence[str] = (), source: Sequence[str] | Literal[True] = ()
) -> Json:
    """What a search gives of a hit beside its row: ``columns``, what is ``packed``, parts of the ``source`` or all of
    it, which the cluster need not take apart then."""
    stored = {"stored_fields": list(packed)} if packed else {}
    docvalues = [*columns] if source is True else ["row", *columns]
    return {"docvalue_fields": docvalues, "_source": source is True or list(source) or False, **stored}


def paragraph_query(filters: Sequence[Json]) -> Json:
    """All paragraphs that meet all filters."""
    return all_of([{"term": {"kind": PARAGRAPH}}, *filters])


def all_of(filters: Sequence[Json]) -> Json:
    """All documents that meet all filters, of which one lets through no articles."""
    return {"bool": {"filter": list(filters)}}


def row_of(hit: Json) -> int:
    """The row of a hit."""
    read = hit.get("fields", {})
    return int(read["row"][0] if "row" in read else hit["_source"]["paragraph"]["row"])


def current_manifest(cluster: Cluster, name: str) -> tuple[str, ClusterManifest] | None:
    """The index that a name stands for, and what it is made of; None where nothing was committed."""
    document = cluster.get(name, MANIFEST)
    if document is None or not document["found"]:
        return None
    address = f"{cluster}/{name}"
    return document["_index"], read_manifest(address, document["_source"]["manifest"])


def _open_point(cluster: Cluster, name: str) -> tuple[str, ClusterManifest, str]:
    """The index, its manifest, and a point in time of just that generation.

    Before a manifest is written its documents can be found, and those of the one before are removed only afterwards.
    So what is found between two readings of the same manifest is all of its generation.
    """
    for _ in range(_TRIES):
        before = current_manifest(cluster, name)
        if before is None:
            raise _missing_index(cluster, name)
        point = cluster.open_point(before[0], KEEP_ALIVE)
        latest = current_manifest(cluster, name)
        if latest is not None and (latest[0], latest[1].generation) == (before[0], before[1].generation):
            return before[0], before[1], point
        cluster.close_point(point)
    raise ClusterFailure(f"The index {name!r} on {cluster} changes all the time.", "Try again in a while.")


def _missing_index(cluster: Cluster, name: str) -> IndexMissing:
    if cluster.alias_target(unserved(name)) is None:
        return IndexMissing(f"There is no index {name!r} on {cluster}.", "Make one: paraglot index CORPUS")
    return IndexMissing(
        f"The index {name!r} on {cluster} is being made: it is served when all is in it.",
        "Wait for the end of the run, or start it again where it was cut off: paraglot index CORPUS",
    )
