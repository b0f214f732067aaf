"""What belongs to each row of a segment, in columns: made once, from the store, by the commit that added the rows.

Rows of one article have its attributes in common, so these are kept for each article that has a row in the segment.
Of an attribute within an attribute the name has dots (``author.name``); each entry of a list is a value of its own.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.folder.arrays import Arrays
from paraglot.search.folder.coded import Coder
from paraglot.search.parts.attributes import LANGUAGE, OF_ARTICLES, scalars, start_of
from paraglot.search.parts.protocols import Scalar
from paraglot.search.parts.sampling import priorities_of
from paraglot.search.text.normal_form import composed


class RowFacts(NamedTuple):
    """A row as the store has it, and its article; ``attributes`` is JSON, ``paragraph`` the id of the row's."""

    row: int
    checksum: int
    language: str
    id: str
    title: str
    url: str | None
    date: str | None
    source: str | None
    attributes: str
    paragraph: str = ""


class RowGist(NamedTuple):
    """What `paraglot.search.folder.gist` packs of a row's words."""

    marks: bytes = b""
    pieces: bytes = b""


class ColumnArrays(NamedTuple):
    """Columns as they are written: facts and arrays of `paraglot.search.folder.arrays`."""

    facts: dict[str, Any]
    arrays: Arrays


class _Values:
    """The distinct values of one attribute, and which holders have which; a text and a number are never the same."""

    def __init__(self) -> None:
        self._codes: dict[tuple[bool, Scalar], int] = {}
        self.holders: list[int] = []
        self.codes: list[int] = []

    def add(self, holder: int, value: Scalar) -> None:
        value = composed(value) if isinstance(value, str) else value
        self.holders.append(holder)
        self.codes.append(self._codes.setdefault((isinstance(value, bool), value), len(self._codes)))

    def arrays(self, name: str) -> Iterator[tuple[str, NDArray[Any]]]:
        encoded = [json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass") for _, value in self._codes]
        yield f"{name}.holders", np.array(self.holders, np.int32)
        yield f"{name}.codes", np.array(self.codes, np.int32)
        yield from _strings(name, encoded)


class ColumnsBuilder:
    """Takes the rows of one segment, ascending, and makes its columns."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, int, int]] = []
        self._paragraphs: list[str] = []
        self._articles: dict[tuple[str, ...], int] = {}
        self._dates: list[float] = []
        self._columns: dict[str, _Values] = {name: _Values() for name in (LANGUAGE, *OF_ARTICLES)}
        self._gists = {part: Coder() for part in RowGist._fields}

    def add(self, facts: RowFacts, gist: RowGist = RowGist()) -> None:  # noqa: B008  # it never changes
        """One more row."""
        self._columns[LANGUAGE].add(len(self._rows), facts.language)
        self._rows.append((facts.row, facts.checksum, self._article(facts)))
        self._paragraphs.append(facts.paragraph)
        for coder, packed in zip(self._gists.values(), gist, strict=True):
            coder.add(packed)

    def build(self, marks_by: str = "", pieces_by: str = "") -> ColumnArrays:
        """The columns of all that was added; ``marks_by`` and ``pieces_by`` say what made the gists, "" where nothing
        did.
        """
        table = np.array(self._rows, np.int64).reshape(-1, 3)
        names = [name for name, values in self._columns.items() if values.holders]
        arrays: dict[str, NDArray[Any]] = {
            "bitmap": _bitmap(table[:, 0].tolist()),
            "rows": table[:, 0],
            "checksums": table[:, 1],
            "priorities": priorities_of(self._paragraphs),
            "articles": table[:, 2].astype(np.int32),
            "article_hashes": np.array([_hash(key[0]) for key in self._articles], np.uint64),
            "dates": np.array(self._dates, np.float64),
        }
        for place, name in enumerate(names):
            arrays.update(self._columns[name].arrays(str(place)))
        coded = {"marks": marks_by, "pieces": pieces_by}
        for part, by in coded.items():
            if by:
                arrays.update(self._gists[part].arrays(part))
        # A version that knows no codes takes it that nothing was made, and reads the texts.
        return ColumnArrays({"attributes": names, "marks": "", "pieces": "", "coded": coded}, arrays)

    def _article(self, facts: RowFacts) -> int:
        key = (facts.id, facts.title, str(facts.url), str(facts.date), str(facts.source), facts.attributes)
        if key not in self._articles:
            number = self._articles[key] = len(self._articles)
            for name in OF_ARTICLES:
                if (value := getattr(facts, name)) is not None:
                    self._columns[name].add(number, value)
            for name, value in scalars(json.loads(facts.attributes)):
                if name not in OF_ARTICLES and name != LANGUAGE:
                    self._columns.setdefault(name, _Values()).add(number, value)
            self._dates.append(math.nan if facts.date is None else start_of(composed(facts.date), partial=True))
        return self._articles[key]


def build_columns(facts: Iterable[RowFacts]) -> ColumnArrays:
    """The columns of rows alone, without their gists."""
    builder = ColumnsBuilder()
    for row_facts in facts:
        builder.add(row_facts)
    return builder.build()


def _bitmap(rows: list[int]) -> NDArray[np.uint8]:
    """Rows as a roaring bitmap is stored."""
    bitmap = BitMap(rows)
    bitmap.run_optimize()
    return np.frombuffer(bitmap.serialize(), np.uint8)


def _hash(article_id: str) -> int:
    """Tells articles apart that lie in several segments: 64 bits, which two of a million share once in 37 million."""
    return int.from_bytes(hashlib.blake2b(article_id.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def _strings(name: str, encoded: list[bytes]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Strings of bytes as one, and where each begins and ends."""
    yield f"{name}.starts", np.concatenate([[0], np.cumsum([len(string) for string in encoded])]).astype(np.int64)
    yield f"{name}.bytes", np.frombuffer(b"".join(encoded), np.uint8)
