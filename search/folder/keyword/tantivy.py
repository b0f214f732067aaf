"""tantivy, as an engine: one index of its own for each generation, whose files are linked from the one before.

It keeps the terms of each row without its texts. A term that stands several times in a field is there once more with
its count behind it (``bread`` and ``bread␟3``): a document then is a set of terms, and no scores, norms or positions of
tantivy's are needed. What of them becomes BM25 is `paraglot.search.folder.keyword.keyword`'s.

Its segments are its own affair: it merges them, and leaves out of them what was deleted.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from operator import itemgetter
from pathlib import Path
from typing import Any, Self

import numpy as np
import tantivy
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.folder.keyword.postings import (
    FIELDS,
    Occurrences,
    Part,
    Places,
    Postings,
    Rows,
    is_panic,
    opened_parts,
    unreadable,
)
from paraglot.search.folder.layout import Generation, KeywordPart
from paraglot.search.folder.opened import Opened
from paraglot.search.parts.lru_cache import LruCache
from paraglot.search.parts.protocols import Field

HEAP_BYTES = 64_000_000
"""What a writer gathers before it writes a segment."""

KEPT_FORMS = 200_000
"""Surface forms of a generation that are kept at hand, by the beginning that was asked for."""

_ROW, _WORDS = "row", "words"
_FIRST = itemgetter(0)
_COUNT = "\x1f"  # a separator of units that no text's term has
_META = "meta.json"
_AT_ONCE = 10_000
_TRIES, _PAUSE_S = 20, 0.01
_MEMORY = "/dev/shm"  # noqa: S108  # as Linux has it; what is made there is its maker's alone


class Stumbled(Exception):
    """What tantivy raised: an error, or a panic, which is no `Exception` in Python."""


@contextmanager
def _stumbling() -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        if isinstance(error, Exception) or is_panic(error):
            raise Stumbled(str(error)) from error
        raise


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder().add_unsigned_field(_ROW, indexed=True, fast=True)
    for field in FIELDS:
        builder.add_text_field(field, tokenizer_name=_WORDS, index_option="basic")
    return builder.build()


def segment_files(folder: Path) -> list[Path]:
    """The files that tantivy's index in a folder is made of, by name. Raises whatever reading them stumbles on."""
    meta = json.loads((folder / _META).read_text("utf-8"))
    segment_ids = {segment["segment_id"].replace("-", "") for segment in meta["segments"]}
    return sorted(path for path in folder.iterdir() if path.name == _META or path.name.partition(".")[0] in segment_ids)


@contextmanager
def _linked(folder: Path) -> Iterator[Path]:
    """A folder of links to tantivy's files in ``folder``, gone when the block ends: what was opened there stays mapped.

    Whoever opens an index of tantivy's writes a lock beside its files. A reader of ours writes nothing into an index.
    """
    place = folder
    with suppress(OSError):  # no temporary folder, or no links: then the lock is written into the index
        links = Path(tempfile.mkdtemp(prefix="paraglot-", dir=_links_folder()))
        for path in segment_files(folder):
            (links / path.name).symlink_to(path.absolute())
        place = links
    try:
        yield place
    finally:
        if place != folder:
            _remove_links(place)


def _links_folder() -> str | None:
    """Where links lie: in memory where it can be. A disk that takes a commit has whoever removes a link wait."""
    in_memory = "TMPDIR" not in os.environ and os.access(_MEMORY, os.W_OK | os.X_OK)
    return _MEMORY if in_memory else None


def _remove_links(links: Path) -> None:
    """Remove a folder of links. A thread of tantivy's that looks for commits may write its lock there meanwhile."""
    for _ in range(_TRIES):
        shutil.rmtree(links, ignore_errors=True)
        if not links.exists():
            return
        time.sleep(_PAUSE_S)


class Writer:
    """What becomes of tantivy's index in a folder. Raises `Stumbled`."""

    def __init__(self, folder: Path) -> None:
        with _stumbling():
            self._schema = _schema()
            index = tantivy.Index(self._schema, str(folder))
            index.config_reader("manual")  # the default watches the folder from a thread, and writes locks into it
            index.register_tokenizer(_WORDS, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
            self._writer = index.writer(HEAP_BYTES, 1)

    def add(self, row: int, texts: Iterable[Mapping[str, int]]) -> None:
        """Take in a row: of each field, in the order of `FIELDS`, how often it has each term."""
        document = tantivy.Document()
        document.add_unsigned(_ROW, row)
        for field, counted in zip(FIELDS, texts, strict=True):
            several = [f"{term}{_COUNT}{min(count, 0xFFFF)}" for term, count in counted.items() if count > 1]
            document.add_text(field, " ".join([*counted, *several]))
        with _stumbling():
            self._writer.add_document(document)

    def remove(self, rows: Sequence[int]) -> None:
        """Leave out these rows, of those that are there so far."""
        with _stumbling():
            for first in range(0, len(rows), _AT_ONCE):  # one by one it takes a row for a signed number, and finds none
                some = list(rows[first : first + _AT_ONCE])
                self._writer.delete_documents_by_query(tantivy.Query.term_set_query(self._schema, _ROW, some))

    def commit(self) -> None:
        """Write everything, merges and all; nothing can be added any more."""
        with _stumbling():
            self._writer.commit()
            self._writer.wait_merging_threads()


class TantivyPostings(Postings):
    """The terms of one generation. Safe to share between threads."""

    engine = "tantivy"

    def __init__(self, parts: Sequence[Part], removed: Sequence[BitMap], folder: Path) -> None:
        """Raises `Stumbled` and whatever else damaged files lead to."""
        super().__init__(parts, removed, folder)
        self._is_part = False
        self._forms: LruCache[str, list[str]] = LruCache(KEPT_FORMS, lambda forms: 1 + len(forms))
        segments = json.loads((folder / _META).read_text("utf-8"))["segments"]
        self._any_deleted = any(segment["deletes"] for segment in segments)
        with _linked(folder) as links, _stumbling():
            index = tantivy.Index.open(str(links))
            index.config_reader("manual")
            self._schema, self._searcher = index.schema, index.searcher()
            document_count = self._searcher.num_docs
        if document_count != self.live:
            raise ValueError(f"it has the words of {document_count} paragraphs, not of {self.live}")

    def within(self, rows: BitMap) -> Self:
        """The same as if all but ``rows`` were removed."""
        part = super().within(rows)
        part._is_part = True
        return part

    def forms(self, prefix: str) -> list[str]:
        """The surface forms that begin with a prefix, in the order of their code points; some may be gone."""
        return self._forms.get(prefix, self._read_forms)

    def _read_forms(self, prefix: str) -> list[str]:
        with self._reading():
            terms = {term for field in FIELDS for term, _ in self._searcher.terms_with_prefix(field, prefix)}
        return sorted(term for term in terms if ":" not in term and _COUNT not in term)

    def count(self, term: str, field: Field) -> int:
        """How many places have a term in a field."""
        if self._is_part:
            return len(self.occurrences(term, field).places)
        with self._reading():
            count = self._searcher.doc_freq(field, term)
            if not count or not self._any_deleted:
                return count
            result: Any = self._searcher.search(self._query(field, term), limit=1, count=True)
            return int(result.count)

    def occurrences(self, term: str, field: Field) -> Occurrences:
        """Where a term stands in a field, removed places left out."""
        with self._reading():
            rows = self._rows_with(field, term)
            counts = np.ones(len(rows), np.uint16)
            for several, _ in self._searcher.terms_with_prefix(field, term + _COUNT) if len(rows) else ():
                counts[np.searchsorted(rows, self._rows_with(field, several))] = int(several.rpartition(_COUNT)[2])
            places = self.places_of(rows)
            if len(places) and places[0] < 0:
                raise ValueError("it has a row that there is not")
            if self._is_part and len(places):
                is_live = self._has(places)
                return Occurrences(places[is_live], counts[is_live])
        return Occurrences(places, counts)

    def _rows_with(self, field: Field, term: str) -> Rows:
        document_count = self._searcher.doc_freq(field, term)
        if not document_count:
            return np.empty(0, np.int64)
        hits = self._searcher.search(
            self._query(field, term), document_count, count=False, order_by_field=_ROW, order=tantivy.Order.Asc
        ).hits
        return np.fromiter(map(_FIRST, hits), np.int64, len(hits))

    def _has(self, places: Places) -> NDArray[np.bool_]:
        """Which of ``places``, which ascend, are not removed: tantivy knows what is removed of the whole alone."""
        bounds = np.searchsorted(places, self._starts)
        by_part = zip(self._live_masks, self._starts, bounds, bounds[1:], strict=False)
        masks = [
            np.ones(last - first, np.bool_) if live is None else live.has(places[first:last] - start)
            for live, start, first, last in by_part
        ]
        return np.concatenate(masks)

    def _query(self, field: Field, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, term, index_option="basic")


def read_part(part: KeywordPart) -> Part:
    """The rows and lengths of a part, mapped. Raises whatever reading them stumbles on."""
    return Part(part)


PARTS = Opened(read_part, lambda part: part.places)
"""The same object for as long as the files are the same, and some generation of this process has it open."""


def open_tantivy(generation: Generation) -> TantivyPostings:
    """The terms of a generation. Raises `IndexDamaged`."""
    try:
        return TantivyPostings(*opened_parts(generation, PARTS.get), generation.keyword)
    except Exception as error:
        raise unreadable(generation.keyword, TantivyPostings.engine, error) from error
