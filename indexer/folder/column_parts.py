"""The columns of a segment, the side that writes: what belongs to its rows, out of the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from paraglot.indexer.folder.embed import BATCH
from paraglot.indexer.folder.marks_aside import MarksAside
from paraglot.indexer.folder.records import Records
from paraglot.indexer.folder.words import Words
from paraglot.search import disk
from paraglot.search.encoders.pieces import piece_encoder, pieces_of
from paraglot.search.encoders.protocols import Encoder
from paraglot.search.folder.arrays import Arrays, write_arrays
from paraglot.search.folder.columns import Columns
from paraglot.search.folder.dense import read_part
from paraglot.search.folder.layout import Generation
from paraglot.search.folder.segment_columns import ColumnsBuilder, RowGist
from paraglot.search.lexicon.lexicon import LEXICON_VERSION
from paraglot.search.parts.gist import PackedGists, packed_pieces
from paraglot.search.parts.sampling import SAMPLE, candidates_of_segment


def are_of_today(columns: Columns) -> bool:
    """Whether today's lexicon made the gists; else they are made anew, or each query would have to read texts."""
    return all(segment.made_by("marks") == LEXICON_VERSION for segment in columns.segments)


class ColumnWriter:
    """Writes the columns of one generation's segments. Gists that ``base`` has are taken from it, marks also from what
    is laid ``aside``.
    """

    def __init__(self, records: Records, base: Columns | None, encoder: Encoder, aside: MarksAside) -> None:
        self._records, self._base, self._aside = records, base, aside
        self._pieces = piece_encoder(encoder)
        self._pieces_by = encoder.spec.fingerprint if self._pieces else ""

    def write(self, target: Generation, number: int, rows: NDArray[np.int64]) -> None:
        """Write the columns of segment ``number``, whose living rows these are."""
        builder = ColumnsBuilder()
        for first in range(0, len(rows), BATCH):
            batch = rows[first : first + BATCH].tolist()
            for facts, gist in zip(self._records.read_facts(batch), self._gists(batch), strict=True):
                builder.add(facts, gist)
        columns = builder.build(LEXICON_VERSION, self._pieces_by)
        arrays = {**columns.arrays, **_sample(target, number, columns.arrays)}
        disk.write_through(target.columns_of(number), partial(write_arrays, facts=columns.facts, arrays=arrays))

    def _gists(self, rows: Sequence[int]) -> Iterator[RowGist]:
        gists = self._known(rows)
        missing = [row for row in rows if row not in gists]
        marks = self._aside.of(missing)
        unread = [row for row in missing if row not in marks]
        texts = list(self._records.read_rows(missing if self._pieces else unread))
        marks.update(
            (row_words.row, row_words.marks)
            for row_words in Words().of(text for text in texts if text.row not in marks)
        )
        pieces = pieces_of(self._pieces, [text.text for text in texts]) if self._pieces else []
        packed = dict(zip(missing, map(packed_pieces, pieces), strict=False))
        gists.update((row, RowGist(marks[row], packed.get(row, b""))) for row in missing)
        return (gists[row] for row in rows)

    def _known(self, rows: Sequence[int]) -> dict[int, RowGist]:
        if self._base is None:
            return {}
        marks = _by_row(*self._base.gists("marks", rows, LEXICON_VERSION))
        if not self._pieces:
            return {row: RowGist(packed) for row, packed in marks.items()}
        pieces = _by_row(*self._base.gists("pieces", rows, self._pieces_by))
        return {row: RowGist(marks[row], pieces[row]) for row in marks.keys() & pieces.keys()}


def _sample(target: Generation, number: int, arrays: Arrays) -> Arrays:
    """Where the candidates of a sample stand in a segment whose vectors are written; of a small one all rows are."""
    rows = arrays["rows"]
    if len(rows) <= SAMPLE:
        return {}
    part = read_part(target.part(number))
    sample = candidates_of_segment(
        rows, arrays["priorities"], lambda sought: part.vectors(np.searchsorted(part.rows, sought))
    )
    places = np.searchsorted(rows, sample.rows).astype(np.int32)
    return {"sample": places, "sample_until": np.array([sample.until], np.uint64)}


def _by_row(rows: Sequence[int], gists: PackedGists) -> dict[int, bytes]:
    return dict(zip(rows, gists.each, strict=True))
