"""Documents of paragraphs, kept at hand once they were read: what found them has read all that is made of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from paraglot.search.opensearch.cluster import Json
from paraglot.search.opensearch.schema import Packed
from paraglot.search.opensearch.scope import Scope, packed
from paraglot.search.types import ArticleHead, Paragraph

KEPT = 2_000
"""Documents that are kept of a snapshot, the last ones read."""

_DIRECTION: tuple[Packed, ...] = ("direction",)

_HAS = "has"
"""What is packed that was read of a hit, beside what the cluster says of it."""


class Documents:
    """Hits with the whole source and some of what is packed. Safe to share between threads."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, Json] = OrderedDict()

    def read(self, rows: Sequence[int], parts: Collection[Packed] = ()) -> dict[int, Json]:
        """Row → hit with its source and what is packed in ``parts``, of those of ``rows`` that may be seen."""
        with self._lock:
            kept = {row: self._kept[row] for row in rows if row in self._kept}
        complete = {row: hit for row, hit in kept.items() if hit[_HAS].issuperset(parts)}
        missing = [row for row in dict.fromkeys(rows) if row not in complete]
        if missing:
            read = self._scope.point.paragraphs(missing, self._scope.filters, packed=list(parts), source=True)
            self.keep(read, parts)
            complete |= read
        return complete

    def keep(self, hits: Mapping[int, Json], parts: Collection[Packed]) -> None:
        """Keep what was read for another reason: hits by row, with their source and what is packed in ``parts``."""
        with self._lock:
            for row, hit in hits.items():
                self._kept[row] = hit
                self._kept.move_to_end(row)
                hit[_HAS] = frozenset(parts)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def texts(self, rows: Sequence[int]) -> list[str]:
        """The text of each of ``rows``, without title and heading. A row that may not be seen raises `KeyError`."""
        read = self.read(rows)
        return [str(read[row]["_source"]["paragraph"]["text"]) for row in rows]

    def paragraphs(self, rows: Sequence[int]) -> list[tuple[Paragraph, ArticleHead]]:
        """The paragraphs of ``rows`` and the heads of their articles, as they are in the whole."""
        read = self.read(rows)
        sources = [read[row]["_source"] for row in rows]
        return [(Paragraph(**source["paragraph"]), ArticleHead(**source["head"])) for source in sources]

    def vectors(self, rows: Sequence[int]) -> list[NDArray[np.float32]]:
        """``float32[dim]``, the unit vector of each of ``rows``. A row that may not be seen raises `KeyError`."""
        read = self.read(rows, _DIRECTION)
        return [np.frombuffer(packed(read[row], "direction"), np.float32) for row in rows]
