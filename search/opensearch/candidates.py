"""What was read of some rows at once: all that evidence is made of, and the sample that stands for chance."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.chance import Chance
from paraglot.search.encoders.pieces import Pieces, pieces_of
from paraglot.search.encoders.protocols import Encoder, PieceEncoder
from paraglot.search.lexicon.lexicon import LEXICON_VERSION, Marks, open_lexicon
from paraglot.search.opensearch.cluster import Json
from paraglot.search.opensearch.point import columns, paragraph_query, row_of
from paraglot.search.opensearch.schema import PACKED, WINDOW, Packed
from paraglot.search.opensearch.scope import Scope, packed
from paraglot.search.opensearch.words import ReadWords
from paraglot.search.parts.attributes import start_of
from paraglot.search.parts.copies import distinct
from paraglot.search.parts.gist import PackedGists, unpacked_marks, unpacked_pieces
from paraglot.search.parts.protocols import BestSentences
from paraglot.search.parts.sample import Sample
from paraglot.search.parts.sampling import SAMPLE
from paraglot.search.parts.sentence_records import Records, best_sentences, record_type

OF_WORDS: tuple[Packed, ...] = ("words", "direction")
OF_MEANING: tuple[Packed, ...] = PACKED

_FINEST = 16
"""How many samples are drawn at most where nearly all paragraphs are copies."""


class ReadHeads:
    """What rows belong to, as it was read."""

    def __init__(self, hits: Mapping[int, Json]) -> None:
        self._hits = hits

    @property
    def attributes(self) -> ReadHeads:
        """Their dates."""
        return self

    def languages(self, rows: Sequence[int]) -> list[str]:
        """The language of each of ``rows``, in lower case."""
        return [str(self._value(row, "language", "paragraph", "language")).lower() for row in rows]

    def article_ids(self, rows: Sequence[int]) -> dict[int, str]:
        """The id of the article of each of ``rows``."""
        return {row: str(self._value(row, "article_id", "head", "id")) for row in rows}

    def dates(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """When the article of each of ``rows`` is from, in seconds since 1970; NaN where it has no date."""
        return np.array([self._start(row) for row in rows], np.float64)

    def _start(self, row: int) -> float:
        hit = self._hits[row]
        if "_source" in hit:
            return start_of(hit["_source"]["head"]["date"], True)
        return float(hit["fields"].get("start", [math.nan])[0])

    def _value(self, row: int, column: str, *source: str) -> Any:
        """What a column holds of a row: as the source has it, where that was read."""
        hit = self._hits[row]
        return hit["_source"][source[0]][source[1]] if "_source" in hit else hit["fields"][column][0]


class ReadVectors:
    """The vectors of rows and of their sentences, as they were read."""

    def __init__(self, hits: Mapping[int, Json], dimension: int, with_sentences: bool) -> None:
        self._hits, self._type = hits, record_type(dimension)
        self.sentences = ReadSentences(hits, self._type) if with_sentences else None

    def vectors(self, rows: Sequence[int]) -> NDArray[np.float32]:
        """``float32[n, dim]``."""
        return np.stack([np.frombuffer(packed(self._hits[row], "direction"), np.float32) for row in rows])


class ReadSentences:
    """The sentences of rows, as they were read."""

    def __init__(self, hits: Mapping[int, Json], kind: np.dtype[np.void]) -> None:
        self._hits, self._type = hits, kind

    def best(self, vector: NDArray[np.float32], rows: Sequence[int]) -> BestSentences:
        """For each of ``rows`` the sentence with the highest cosine, the first of equals."""
        packed_records = [packed(self._hits[row], "sentences") for row in rows]
        counts = np.array([len(records) // self._type.itemsize for records in packed_records], np.int64)
        return best_sentences(vector, np.frombuffer(b"".join(packed_records), self._type), counts)

    def records(self, row: int) -> Records:
        """Those of a row."""
        return np.frombuffer(packed(self._hits[row], "sentences"), self._type)


class ReadRows(ReadVectors):
    """`paraglot.search.parts.evidence.Known` of the rows that were read. ``texts`` may have to read more."""

    def __init__(
        self,
        hits: Mapping[int, Json],
        scope: Scope,
        texts: Callable[[Sequence[int]], list[str]],
        encoder: Callable[[], Encoder],
        chance: Callable[[NDArray[np.float32]], Chance],
    ) -> None:
        manifest = scope.point.manifest
        super().__init__(hits, manifest.encoder.dimension, manifest.sentences)
        self._scope, self._read = scope, hits
        self.texts, self.encoder, self.chance = texts, encoder, chance
        self.store = ReadHeads(hits)
        self.keyword = ReadWords({row: packed(hit, "words") for row, hit in hits.items()}, scope.statistics)

    def vectors(self, rows: Sequence[int]) -> list[NDArray[np.float32] | None]:  # type: ignore[override]
        """The vector of each of ``rows``."""
        return list(super().vectors(rows)) if rows else []

    def marks_of(self, rows: Sequence[int]) -> list[Marks]:
        """What each of ``rows`` says by the lexicon, out of its text where another lexicon was at work."""
        if self._scope.point.manifest.lexicon == LEXICON_VERSION:
            return unpacked_marks(PackedGists.of([packed(self._read[row], "marks") for row in rows]))
        languages, lexicon = self.store.languages(rows), open_lexicon()
        read = zip(self._scope.texts(rows), languages, strict=True)
        return [lexicon.marks(f"{title}\n{text}", language) for (_, (title, text)), language in read]

    def pieces_of(self, encoder: PieceEncoder, rows: Sequence[int]) -> list[Pieces]:
        """The pieces of each of ``rows``, by the encoder of the index."""
        if all("pieces" in self._read[row]["fields"] for row in rows):
            return unpacked_pieces(PackedGists.of([packed(self._read[row], "pieces") for row in rows]))
        return pieces_of(encoder, self.texts(rows))


def sample_of(scope: Scope) -> Sample:
    """The paragraphs that every query is compared with. Their texts choose them, so that a part has those that it would
    have by itself.
    """
    manifest = scope.point.manifest
    reading = columns(columns=["language"], packed=["direction", "sentences"])
    hits: dict[int, Json] = {}
    chosen: NDArray[np.float32] = np.zeros((0, manifest.encoder.dimension), np.float32)
    search_after: list[int] | None = None
    for _ in range(_FINEST):
        page = _sample_page(scope, reading, search_after)
        read = {row_of(hit): hit for hit in page}
        rows = list(read)
        vectors = ReadVectors(read, manifest.encoder.dimension, False).vectors(rows) if rows else chosen[:0]
        places = distinct(vectors, chosen if len(chosen) else None, SAMPLE - len(chosen))
        hits |= {rows[place]: read[rows[place]] for place in places}
        chosen = np.concatenate([chosen, vectors[places]])
        if len(chosen) >= SAMPLE // 2 or len(page) < SAMPLE:
            break
        search_after = page[-1]["sort"]
    sentences = ReadSentences(hits, record_type(manifest.encoder.dimension))
    records = [sentences.records(row) for row in hits] if manifest.sentences else []
    return Sample(ReadHeads(hits).languages(list(hits)), chosen, records)


def read_rows(scope: Scope, rows: Sequence[int], parts: Sequence[Packed]) -> dict[int, Json]:
    """Row → hit, with all columns that evidence needs, and what is packed in ``parts``."""
    columns = ["language", "article_id", "start"]
    return scope.point.paragraphs(rows, scope.filters, columns=columns, packed=parts)


def _sample_page(scope: Scope, reading: Json, search_after: list[int] | None) -> list[Json]:
    further = {} if search_after is None else {"search_after": search_after}
    order = [{"draw": "asc"}, {"row": "asc"}]
    body = {"size": min(SAMPLE, WINDOW), "query": paragraph_query(scope.filters), "sort": order, **reading, **further}
    [answer] = scope.point.search({"track_total_hits": False, **body})
    hits: list[Json] = answer["hits"]["hits"]
    return hits
