"""The vectors of sentences, in int8, for the candidates of a query: mapped parts, never changed once written.

A part is two NumPy files: records of
`paraglot.search.parts.sentence_records.record_type`, one a sentence, and ``int64[2, n]``, its n rows, ascending, and
the place of each row's first record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.dense import read_shared
from paraglot.search.folder.layout import Generation
from paraglot.search.folder.manifest import REBUILD_REMEDY
from paraglot.search.parts.protocols import BestSentence
from paraglot.search.parts.sentence_records import Records, best_sentences


class SentencePart:
    """One write-once part, mapped. ``rows`` are ascending, ``int64[n]``."""

    def __init__(self, rows: NDArray[np.int64], records: Records) -> None:
        self.rows, self._firsts = rows
        self.records = records

    def of(self, places: NDArray[np.intp]) -> list[Records]:
        """The sentences of the rows at ``places``."""
        bounds = [self._firsts[place : place + 2].tolist() for place in places]
        return [self.records[own[0] : own[1] if len(own) > 1 else len(self.records)] for own in bounds]

    def find(self, rows: NDArray[np.int64]) -> dict[int, Records]:
        """The sentences of those of ``rows`` that lie in this part."""
        places = np.searchsorted(self.rows, rows)
        held = places < len(self.rows)
        held[held] = self.rows[places[held]] == rows[held]
        return dict(zip(rows[held].tolist(), self.of(places[held]), strict=True))


class MappedSentences:
    """The sentences of one generation. Safe to share between threads."""

    def __init__(self, parts: Sequence[SentencePart]) -> None:
        self._parts = parts

    def records(self, rows: Sequence[int]) -> list[Records]:
        """The stored sentences of each of ``rows``, in order. A row that no part holds raises `KeyError`."""
        wanted = np.asarray(rows, np.int64)
        found: dict[int, Records] = {}
        for part in self._parts:
            found.update(part.find(wanted))
        return [found[row] for row in wanted.tolist()]

    def best(self, vector: NDArray[np.float32], rows: Sequence[int]) -> list[BestSentence | None]:
        """For each of ``rows`` the sentence with the highest cosine, the first of equals; None where it has none."""
        return best_sentences(vector, self.records(rows))


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
            own = MappedSentences(parts).records(holders.tolist())
        except KeyError as error:
            raise IndexDamaged(f"{generation.shared_rows}: no part has row {error}.", REBUILD_REMEDY) from error
        firsts = np.cumsum([0] + [len(one) for one in own[:-1]], dtype=np.int64)
        yield SentencePart(np.stack([rows, firsts]), np.concatenate(own))


def _mapped(path: Path) -> NDArray[Any]:
    try:  # NumPy stumbles over a damaged head in many ways
        return np.load(path, mmap_mode="r", allow_pickle=False)  # type: ignore[no-any-return]
    except Exception as error:
        raise IndexDamaged(f"{path}: NumPy cannot read it ({error}).", REBUILD_REMEDY) from error
