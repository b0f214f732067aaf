"""The vectors of sentences, in int8, for the candidates of a query: mapped parts, never changed once written.

A part is two NumPy files: records of
`paraglot.search.parts.sentence_records.record_type`, one a sentence, and ``int64[2, n]``, its n rows, ascending, and
the place of each row's first record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.arrays import map_npy
from paraglot.search.folder.dense import places_of, read_shared
from paraglot.search.folder.layout import Generation
from paraglot.search.folder.manifest import REBUILD_REMEDY
from paraglot.search.parts.protocols import BestSentences
from paraglot.search.parts.ranges import ranges
from paraglot.search.parts.sentence_records import NO_SENTENCES, Records, best_sentences


class SentenceBatch(NamedTuple):
    """Which of some rows a part has, how many sentences each of them (``int64[n]``), and these, one after the other, as
    bytes: numpy copies records field by field.
    """

    indices: NDArray[np.intp]
    counts: NDArray[np.int64]
    records: NDArray[np.uint8]


class SentencePart:
    """One write-once part, mapped. ``rows`` are ascending, ``int64[n]``."""

    def __init__(self, rows: NDArray[np.int64], records: Records) -> None:
        self.rows, self._firsts = rows
        self.records = records
        self._bytes = np.ascontiguousarray(records).view(np.uint8).reshape(len(records), records.itemsize)

    def of(self, places: NDArray[np.intp]) -> list[Records]:
        """The sentences of the rows at ``places``."""
        firsts, counts = self._spans(places)
        return [self.records[first : first + count] for first, count in zip(firsts, counts, strict=True)]

    def find(self, rows: NDArray[np.int64]) -> SentenceBatch:
        """The sentences of those of ``rows`` that lie in this part."""
        indices, places = places_of(self.rows, rows)
        firsts, counts = self._spans(places)
        return SentenceBatch(indices, counts, self._bytes.take(ranges(firsts, counts), axis=0))

    def _spans(self, places: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The first record of the rows at ``places``, and how many each has."""
        firsts = self._firsts[places]
        is_last = places == len(self._firsts) - 1
        following = np.where(is_last, len(self.records), self._firsts[places + ~is_last])
        return firsts, following - firsts


class MappedSentences:
    """The sentences of one generation. Safe to share between threads."""

    def __init__(self, parts: Sequence[SentencePart]) -> None:
        self._parts = parts

    def records(self, rows: Sequence[int]) -> list[Records]:
        """The stored sentences of each of ``rows``, in order. A row that no part holds raises `KeyError`."""
        if not len(rows):
            return []
        records, counts = self._read(rows)
        return np.split(records, np.cumsum(counts)[:-1])

    def best(self, vector: NDArray[np.float32], rows: Sequence[int]) -> BestSentences:
        """For each of ``rows`` the sentence with the highest cosine, the first of equals."""
        return best_sentences(vector, *self._read(rows)) if len(rows) else NO_SENTENCES

    def _read(self, rows: Sequence[int]) -> tuple[Records, NDArray[np.int64]]:
        """The sentences of ``rows``, of which there are some, one after the other, and how many each has."""
        sought = np.asarray(rows, np.int64)
        firsts, counts = np.full((2, len(sought)), -1)
        parts: list[NDArray[np.uint8]] = []
        begin = 0
        for part in self._parts:
            batch = part.find(sought)
            counts[batch.indices] = batch.counts
            firsts[batch.indices] = begin + np.cumsum(batch.counts) - batch.counts
            parts.append(batch.records)
            begin += len(batch.records)
        if (counts < 0).any():
            raise KeyError(int(sought[counts < 0][0]))
        joined = parts[0] if len(parts) == 1 else np.concatenate(parts)[ranges(firsts, counts)]
        return joined.view(self._parts[0].records.dtype)[:, 0], counts


def open_sentences(generation: Generation, numbers: Sequence[int]) -> MappedSentences:
    """Open the parts of a generation. Raises `IndexDamaged` with the file that cannot be read."""
    parts = [read_sentence_part(generation, number) for number in numbers]
    return MappedSentences([*parts, *_shared(generation, parts)])


def read_sentence_part(generation: Generation, number: int) -> SentencePart:
    """One part. Raises `IndexDamaged`."""
    rows, records = _mapped(generation.sentence_rows(number)), _mapped(generation.sentence_records(number))
    if rows.dtype != np.int64 or rows.ndim != 2 or len(rows) != 2 or records.dtype.names != ("start", "end", "vector"):
        raise IndexDamaged(f"{generation.sentences}: part {number} is no part.", REBUILD_REMEDY)
    return SentencePart(rows, records)


def _shared(generation: Generation, parts: Sequence[SentencePart]) -> Iterator[SentencePart]:
    """As `paraglot.search.folder.dense` has it: of format 5 the rows that lie in no part. In memory."""
    pairs = read_shared(generation)
    if pairs.size:
        rows, holders = pairs
        try:
            sentences = MappedSentences(parts).records(holders.tolist())
        except KeyError as error:
            raise IndexDamaged(f"{generation.shared_rows}: no part has row {error}.", REBUILD_REMEDY) from error
        firsts = np.cumsum([0] + [len(records) for records in sentences[:-1]], dtype=np.int64)
        yield SentencePart(np.stack([rows, firsts]), np.concatenate(sentences))


def _mapped(path: Path) -> NDArray[Any]:
    try:  # NumPy stumbles over a damaged head in many ways
        return map_npy(path)
    except Exception as error:
        raise IndexDamaged(f"{path}: NumPy cannot read it ({error}).", REBUILD_REMEDY) from error
