"""Search measured: every query of a judged set, in every mode, in every language of the texts. Start at `measure`."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ir_measures
import numpy as np

from paraglot.api.evaluation.judged import ANY, Judged, Query
from paraglot.api.evaluation.run import DECIMALS, Floats, Run
from paraglot.indexer.build import Progress, index_corpus
from paraglot.indexer.corpus.names import readable_name
from paraglot.search.encoders.protocols import Encoder, Reranker, Vectors
from paraglot.search.engine.engine import Engine, open_index
from paraglot.search.errors import ParaglotError
from paraglot.search.parts.articles import MAX_ID_CHARACTERS
from paraglot.search.types import EncoderSpec, Mode, SearchRequest
from paraglot.search.types.address import Address

MEASURES: Mapping[str, Any] = {
    "nDCG@10": ir_measures.nDCG @ 10,
    "MRR@10": ir_measures.RR @ 10,
    "recall@1": ir_measures.R @ 1,
    "recall@10": ir_measures.R @ 10,
    "recall@100": ir_measures.R @ 100,
}

DEPTH = 100
"""Paragraphs that a search is asked for."""

_ENCODED_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the matrix: what is searched. ``answers`` is query id → text id → score, within the column."""

    name: str
    languages: tuple[str, ...]
    answers: Mapping[str, Mapping[str, int]]


def measure(
    judged: Judged,
    folder: Address,
    modes: Sequence[Mode],
    separate: bool = True,
    progress: Progress | None = None,
    reranker: Reranker | None = None,
) -> Run:
    """Ask every query of ``judged`` of the index in ``folder``, which `build_index` made.

    ``separate``: one column for each language of the texts, in which only that language's paragraphs may be found;
    else one for all. A long text may be several paragraphs: the best one counts. Raises `EncoderMissing`.
    """
    show = progress or (lambda *_: None)
    parts = columns(judged, separate)
    by_language = {
        language: list(queries) for language, queries in groupby(sorted(judged.queries, key=_language), key=_language)
    }
    values = {
        language: np.full((len(queries), len(modes), len(MEASURES), len(parts)), np.nan)
        for language, queries in by_language.items()
    }
    total = len(modes) * sum(query.id in column.answers for query in judged.queries for column in parts)
    with _opened(folder, modes, judged.queries, show, reranker) as engine:
        finder = _Finder(engine, lambda done: show("search", done, total))
        for language, queries in by_language.items():
            for (index, column), (number, mode) in product(enumerate(parts), enumerate(modes)):
                rows = [row for row, query in enumerate(queries) if query.id in column.answers]
                within = [queries[row] for row in rows]
                found = {query.id: finder.texts(query.text, mode, column.languages) for query in within}
                values[language][rows, number, :, index] = _values(within, column, found)
        settings = {"model": engine.manifest.encoder.name, "matrix": separate and bool(judged.languages)}
    return Run(
        settings,
        tuple(modes),
        tuple(MEASURES),
        tuple(column.name for column in parts),
        {language: tuple(query.id for query in queries) for language, queries in by_language.items()},
        values,
    )


def _language(query: Query) -> str:
    return query.language


def build_index(judged: Judged, folder: Address, model: str | None, progress: Progress | None) -> list[str]:
    """Index the texts into ``folder``, where they may be already; gives the places of texts without a word.

    Raises `ParaglotError` for a text that cannot be indexed and for a folder that holds other articles too.
    """
    texts = [text for text in judged.texts.values() if text.text.strip() or text.title.strip()]
    for text in texts:
        if len(text.id) > MAX_ID_CHARACTERS or readable_name(text.id).strip() != text.id:
            # Such an id is kept in another form, and no judgement would find it.
            raise ParaglotError(f"{text.place}: an id must be at most {MAX_ID_CHARACTERS} printable characters.")
    with TemporaryDirectory() as temporary:
        corpus = Path(temporary) / "corpus.jsonl"
        with corpus.open("w", encoding="utf-8") as file:
            for text in texts:
                paragraph = text.text if text.text.strip() else text.title
                fields = {"id": text.id, "title": text.title, "paragraphs": [paragraph], "language": text.language}
                file.write(json.dumps(fields) + "\n")
        report = index_corpus(folder, [corpus], model, progress)
    for skipped in report.skipped:
        raise ParaglotError(f"{texts[skipped.place.line - 1].place}: {skipped.reason}.")
    if report.articles != len(texts):
        raise ParaglotError(f"{folder}: holds other articles than {judged.corpus}.", "Name another place with --index.")
    return [str(text.place) for text in judged.texts.values() if not text.text.strip() and not text.title.strip()]


def columns(judged: Judged, separate: bool) -> list[Column]:
    """One column per language of the texts, `ANY` for all together; those without an answer to any query left out."""
    if not (separate and judged.languages):
        return [Column(ANY, (), _answers(judged, judged.texts))]
    parts = []
    for language in judged.languages:
        # As `SearchRequest.languages` has it: zh includes zh-TW.
        texts = {
            text.id for text in judged.texts.values() if f"{text.language}-".lower().startswith(f"{language}-".lower())
        }
        parts.append(Column(language, (language,), _answers(judged, texts)))
    return [column for column in parts if column.answers]


class QueryVectors:
    """An encoder that has encoded the queries in advance, together and once; all else it leaves to the real one.

    So it does what the engine reads otherwise than written: a shouted query, a phrase without its marks.
    """

    def __init__(self, encoder: Encoder, queries: Collection[str], progress: Progress) -> None:
        self._encoder = encoder
        self._vectors: dict[str, Vectors] = {}
        distinct = list(dict.fromkeys(queries))
        for start in range(0, len(distinct), _ENCODED_AT_ONCE):
            batch = distinct[start : start + _ENCODED_AT_ONCE]
            self._vectors |= zip(batch, encoder.encode_query(batch), strict=True)
            progress("encode", start + len(batch), len(distinct))

    @property
    def spec(self) -> EncoderSpec:
        """That of the real encoder."""
        return self._encoder.spec

    def encode_query(self, queries: Sequence[str]) -> Vectors:
        """``float32[n, dim]``, unit rows."""
        for query in queries:
            if query not in self._vectors:
                self._vectors[query] = self._encoder.encode_query([query])[0]
        return np.stack([self._vectors[query] for query in queries])

    def encode_paragraphs(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """As the real encoder does."""
        return self._encoder.encode_paragraphs(texts, progress)

    def count_tokens(self, text: str) -> int:
        """As the real encoder does."""
        return self._encoder.count_tokens(text)

    def __getattr__(self, name: str) -> Any:
        """What the real encoder can do beyond the protocol."""
        return getattr(self._encoder, name)


class _Finder:
    """Searches an index for texts: the articles of the best paragraphs, each once."""

    def __init__(self, engine: Engine, show: Callable[[int], object]) -> None:
        """``show`` is told how many searches are done."""
        self._engine, self._show, self._done = engine, show, 0
        self._text_of_row: dict[int, str] = {}

    def texts(self, query: str, mode: Mode, languages: tuple[str, ...]) -> list[str]:
        """The ids of the texts found, best first."""
        self._done += 1
        self._show(self._done)
        ranking = self._engine.rank(SearchRequest(query, limit=DEPTH, mode=mode, languages=languages))
        unknown = [row for row, _ in ranking if row not in self._text_of_row]
        if unknown:
            with self._engine.snapshot() as snapshot:
                for paragraph, article in snapshot.paragraphs(unknown):
                    self._text_of_row[paragraph.row] = article.id
        return list(dict.fromkeys(self._text_of_row[row] for row, _ in ranking))


def _opened(
    folder: Address, modes: Sequence[Mode], queries: Sequence[Query], progress: Progress, reranker: Reranker | None
) -> Engine:
    engine = open_index(folder)
    if set(modes) <= {"keyword"}:
        return engine
    with engine:
        encoder = QueryVectors(engine.encoder(), [query.text for query in queries], progress)
    return open_index(folder, encoder, reranker)


def _answers(judged: Judged, texts: Collection[str]) -> dict[str, dict[str, int]]:
    """The judgements within ``texts`` of the queries that have an answer there."""
    found = {}
    for query in judged.queries:
        scores = {text: score for text, score in judged.qrels[query.id].items() if text in texts}
        if max(scores.values(), default=0) > 0:
            found[query.id] = scores
    return found


def _values(queries: Sequence[Query], column: Column, found: Mapping[str, Sequence[str]]) -> Floats:
    """``float64[queries, measures]`` of one cell and mode."""
    values = np.zeros((len(queries), len(MEASURES)))
    rows = {query.id: row for row, query in enumerate(queries)}
    names = {measured: index for index, measured in enumerate(MEASURES.values())}
    answers = {query.id: dict(column.answers[query.id]) for query in queries}
    for metric in ir_measures.iter_calc(list(MEASURES.values()), answers, _scored(found)):
        values[rows[metric.query_id], names[metric.measure]] = metric.value
    return np.round(values, DECIMALS)


def _scored(found: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """Rankings as ir_measures takes them: by falling scores, as it would break ties by id."""
    return {
        query: {text: float(len(texts) - index) for index, text in enumerate(texts)}
        for query, texts in found.items()
        if texts
    }
