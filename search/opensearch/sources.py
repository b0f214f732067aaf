"""Paragraphs as people read them, kept at hand once they were read: a page of hits was ranked by its texts before."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from paraglot.search.opensearch.cluster import Json
from paraglot.search.opensearch.scope import Scope
from paraglot.search.types import ArticleHead, Paragraph

KEPT = 2_000
"""Paragraphs that are kept of a snapshot, the last ones read."""


class Sources:
    """What documents of paragraphs hold for people. Safe to share between threads."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, Json] = OrderedDict()

    def texts(self, rows: Sequence[int]) -> list[str]:
        """The text of each of ``rows``, without title and heading."""
        return [str(source["paragraph"]["text"]) for source in self._of(rows)]

    def paragraphs(self, rows: Sequence[int]) -> list[tuple[Paragraph, ArticleHead]]:
        """The paragraphs of ``rows`` and the heads of their articles, as they are in the whole."""
        return [(Paragraph(**own["paragraph"]), ArticleHead(**own["head"])) for own in self._of(rows)]

    def _of(self, rows: Sequence[int]) -> list[Json]:
        """The sources of ``rows``. A row that may not be seen raises `KeyError`."""
        with self._lock:
            known = {row: self._kept[row] for row in rows if row in self._kept}
        missing = [row for row in dict.fromkeys(rows) if row not in known]
        read = self._scope.point.paragraphs(missing, self._scope.filters, source=["paragraph", "head"])
        known |= {row: hit["_source"] for row, hit in read.items()}
        with self._lock:
            self._kept.update((row, known[row]) for row in missing)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return [known[row] for row in rows]
