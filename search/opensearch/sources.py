"""Paragraphs as people read them, kept at hand once they were read: a page of hits was ranked by its texts before."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from paraglot.search.opensearch.cluster import Json
from paraglot.search.opensearch.scope import Scope, packed
from paraglot.search.types import ArticleHead, Paragraph

SOURCE = ("paragraph", "head")
"""What is read of a document."""

KEPT = 2_000
"""Paragraphs that are kept of a snapshot, the last ones read."""


class Sources:
    """What documents of paragraphs hold for people. Safe to share between threads."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, Json] = OrderedDict()
        self._directions: OrderedDict[int, NDArray[np.float32]] = OrderedDict()

    def texts(self, rows: Sequence[int]) -> list[str]:
        """The text of each of ``rows``, without title and heading."""
        return [str(source["paragraph"]["text"]) for source in self._of(rows)]

    def paragraphs(self, rows: Sequence[int]) -> list[tuple[Paragraph, ArticleHead]]:
        """The paragraphs of ``rows`` and the heads of their articles, as they are in the whole."""
        return [(Paragraph(**own["paragraph"]), ArticleHead(**own["head"])) for own in self._of(rows)]

    def keep(self, hits: Mapping[int, Json]) -> None:
        """Keep what was read of rows, with `SOURCE` or their vectors, for another reason."""
        with self._lock:
            for row, hit in hits.items():
                if "_source" in hit:
                    self._kept[row] = hit["_source"]
                if vector := packed(hit, "direction"):
                    self._directions[row] = np.frombuffer(vector, np.float32)
            for kept in (self._kept, self._directions):
                while len(kept) > KEPT:
                    kept.popitem(last=False)

    def vectors(self, rows: Sequence[int]) -> list[NDArray[np.float32]]:
        """``float32[dim]``, the unit vector of each of ``rows``. A row that may not be seen raises `KeyError`."""
        with self._lock:
            known = {row: self._directions[row] for row in rows if row in self._directions}
        missing = [row for row in dict.fromkeys(rows) if row not in known]
        read = self._scope.point.paragraphs(missing, self._scope.filters, packed=["direction"])
        self.keep(read)
        known |= {row: np.frombuffer(packed(hit, "direction"), np.float32) for row, hit in read.items()}
        return [known[row] for row in rows]

    def _of(self, rows: Sequence[int]) -> list[Json]:
        """The sources of ``rows``. A row that may not be seen raises `KeyError`."""
        with self._lock:
            known = {row: self._kept[row] for row in rows if row in self._kept}
        missing = [row for row in dict.fromkeys(rows) if row not in known]
        read = self._scope.point.paragraphs(missing, self._scope.filters, source=SOURCE)
        self.keep(read)
        known |= {row: hit["_source"] for row, hit in read.items()}
        return [known[row] for row in rows]
