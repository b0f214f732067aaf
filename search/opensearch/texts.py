"""All texts of what may be seen, page by page: for what is made of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.opensearch.attributes import any_of
from paraglot.search.opensearch.point import columns, row_of
from paraglot.search.opensearch.scope import Scope

_PAGE = 1_000


class ClusterTexts:
    """`paraglot.search.index.Texts` of a cluster."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def checksums(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All rows, ascending, and the checksum of each one's paragraph."""
        hits = self._scope.in_row_order([], None, columns(columns=["checksum"]))
        pairs = np.array([(row_of(hit), hit["fields"]["checksum"][0]) for hit in hits], np.int64).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    def texts(self, rows: Iterable[int]) -> Iterator[tuple[int, tuple[str, str]]]:
        """(row, (title, heading and text)) of each of ``rows``."""
        batch: list[int] = []
        for row in rows:
            batch.append(row)
            if len(batch) == _PAGE:
                yield from self._scope.texts(batch)
                batch = []
        yield from self._scope.texts(batch)

    def languages(self, rows: Sequence[int]) -> list[str]:
        """The language of each of ``rows``, in lower case; "und" for a row that there is not."""
        hits = self._scope.point.paragraphs(rows, self._scope.filters, columns=["language"])
        return [str(hits[row]["fields"]["language"][0]).lower() if row in hits else "und" for row in rows]

    def article_ids(self, rows: Sequence[int]) -> dict[int, str]:
        """The id of the article of each of ``rows``."""
        hits = self._scope.point.paragraphs(rows, self._scope.filters, columns=["article_id"])
        return {row: str(hit["fields"]["article_id"][0]) for row, hit in hits.items()}

    def rows(self) -> Sequence[int]:
        """All rows, ascending."""
        return self._all

    def rows_in_languages(self, tags: Iterable[str]) -> BitMap:
        """The rows whose language is one of ``tags`` or a variety of one."""
        in_languages = any_of([{"term": {"tags": tag.lower()}} for tag in tags])
        return BitMap(row_of(hit) for hit in self._scope.in_row_order([in_languages], None, columns()))

    @cached_property
    def _all(self) -> list[int]:
        rows: list[int] = self.checksums()[0].tolist()
        return rows
