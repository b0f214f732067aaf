"""Where the vectors of rows come from: the base where it has the text, an earlier run that was cut off, or the encoder.

So a text is embedded once in a run, however many paragraphs have it, and not again as long as the index has it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from pyroaring import BitMap

from paraglot.indexer.folder.base import Base
from paraglot.indexer.folder.embed import Embedded, embed
from paraglot.indexer.folder.records import Records
from paraglot.indexer.folder.stored_drafts import NewRow
from paraglot.indexer.folder.vector_cache import VectorCache
from paraglot.search.encoders.protocols import Encoder
from paraglot.search.folder.dense import open_dense
from paraglot.search.folder.sentence_index import open_sentences


class RowVectors:
    """The vectors of the rows that a write adds. ``base``: the index whose vectors can be taken, None: none."""

    def __init__(
        self,
        records: Records,
        base: Base | None,
        live_rows: BitMap,
        encoder: Callable[[], Encoder],
        cache: Callable[[], VectorCache],
        sentences: bool,
    ) -> None:
        self._records, self._sentences = records, sentences
        self._encoder, self._cache = encoder, cache
        self._dense = self._kept = None
        if base:
            self._dense = open_dense(base[0], base[1].dense_parts, live_rows)
            self._kept = open_sentences(base[0], base[1].dense_parts) if sentences else None

    def embed(
        self, batch: Sequence[NewRow], done: int, total: int, progress: Callable[[int, int], None]
    ) -> tuple[int, int]:
        """See that the vectors of a batch are known. Returns how many an earlier run left, and how many were made.

        ``progress`` is told how many there are now, beyond those that are ``done``, and of how many.
        """
        in_base = self._in_base(batch)
        wanted = [row for row in batch if row.row not in in_base]
        if not wanted:
            return 0, 0
        missing, left = self._cache().missing(wanted)

        def report_progress(count: int) -> None:
            nonlocal done
            done += count
            progress(done, total)

        if missing:
            self._cache().put(missing, embed(self._encoder(), missing, self._sentences, report_progress))
        return left, len(missing)

    def stored(self, batch: Sequence[NewRow]) -> Embedded:
        """What is to be stored of a batch whose vectors are known."""
        in_base = self._in_base(batch)
        new = [row for row in batch if row.row not in in_base]
        if self._dense is None or not in_base:
            return self._cache().get(new)
        old = [in_base[row.row] for row in batch if row.row in in_base]
        copied = Embedded(self._dense.vectors(old), self._kept.records(old) if self._kept else None)
        return _merged(copied, self._cache().get(new), [row.row in in_base for row in batch]) if new else copied

    def _in_base(self, batch: Sequence[NewRow]) -> dict[int, int]:
        """Those of a batch whose text the base has, each with a row that has it there."""
        return self._records.embedded_rows([row.row for row in batch], self._sentences) if self._dense else {}


def _merged(copied: Embedded, embedded: Embedded, is_kept: Sequence[bool]) -> Embedded:
    """Both in the order in which their rows alternate."""
    vectors = np.empty((len(is_kept), copied.vectors.shape[1]), np.float32)
    vectors[np.array(is_kept)], vectors[~np.array(is_kept)] = copied.vectors, embedded.vectors
    if copied.sentences is None or embedded.sentences is None:
        return Embedded(vectors, None)
    old, new = iter(copied.sentences), iter(embedded.sentences)
    return Embedded(vectors, [next(old if is_old else new) for is_old in is_kept])
