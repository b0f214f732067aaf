"""A judged set in the BEIR layout: ``corpus.jsonl``, ``queries.jsonl`` and ``qrels.tsv``, each plain or compressed."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO, TypeVar

import numpy as np

from paraglot.indexer.corpus.drafts import Place
from paraglot.indexer.corpus.language_names import language_tag
from paraglot.search.errors import InvalidRequest, ParaglotError
from paraglot.search.types import SearchRequest

ANY = "any"
"""The name in place of a language where none is given."""

_OPEN: Mapping[str, Callable[..., Any]] = {".xz": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}
_QRELS_HEADER = ["query-id", "corpus-id", "score"]


@dataclass(frozen=True, slots=True)
class Text:
    """One text of the corpus; it may be found as several paragraphs if it is long. ``language``: None if not given."""

    place: Place
    id: str
    title: str
    text: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Query:
    """One query; ``language`` is `ANY` where none is given."""

    id: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged set. ``queries`` are those with an answer; ``qrels`` is query id → text id → how well it answers."""

    corpus: Path
    texts: Mapping[str, Text]
    queries: tuple[Query, ...]
    qrels: Mapping[str, Mapping[str, int]]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the texts, sorted; empty where none is given."""
        return tuple(sorted({text.language for text in self.texts.values() if text.language}))

    def only(self, languages: Collection[str]) -> Judged:
        """The same set with the queries in ``languages`` alone. Raises `ParaglotError` for one that has no queries."""
        have = sorted({query.language for query in self.queries})
        for language in languages:
            if language not in have:
                raise ParaglotError(
                    f"No judged query is in the language {language!r}.", f"There are: {', '.join(have)}."
                )
        return replace(self, queries=tuple(query for query in self.queries if query.language in languages))

    def sample(self, count: int, seed: int) -> Judged:
        """The same set with at most ``count`` queries of each language, drawn by ``seed``."""
        sampled: set[str] = set()
        for language in sorted({query.language for query in self.queries}):
            ids = sorted(query.id for query in self.queries if query.language == language)
            sampled.update(np.random.default_rng(seed).permutation(ids)[:count].tolist())
        return replace(self, queries=tuple(query for query in self.queries if query.id in sampled))


def read_judged(corpus: Path, queries: Path, qrels: Path) -> Judged:
    """Read a judged set. Raises `ParaglotError` with the place and the reason of the first thing that is wrong."""
    texts = {text.id: text for text in _unique(corpus, _text)}
    without = next((text for text in texts.values() if text.language is None), None)
    if without and any(text.language for text in texts.values()):
        raise _wrong(without.place, "this text has no language and others have one", 'Give all or none a "language".')
    by_id = {query.id: query for query in _unique(queries, _query)}
    judgements = _read_qrels(qrels, by_id, texts)
    answered = {query for query, scores in judgements.items() if max(scores.values()) > 0}
    if not answered:
        raise ParaglotError(f"{qrels}: no query has an answer.", "Give lines of query id, text id and a score above 0.")
    return Judged(corpus, texts, tuple(query for query in by_id.values() if query.id in answered), judgements)


def read_lines(path: Path) -> Iterator[tuple[Place, str]]:
    """The lines of a UTF-8 file that are not blank, with their places; ``.xz``, ``.gz`` and ``.bz2`` are unpacked.

    Raises `ParaglotError` where the file cannot be read.
    """
    number = 0
    try:
        opened: TextIO
        with _OPEN.get(path.suffix, open)(path, "rt", encoding="utf-8-sig", newline="\n") as opened:
            for number, line in enumerate(opened, start=1):
                if line.strip():
                    yield Place(path, number), line.rstrip("\r\n")
    except FileNotFoundError:
        raise ParaglotError(f"There is no file {path}.") from None
    except UnicodeDecodeError:
        raise _wrong(Place(path, number + 1), "at or soon after this line the file is not UTF-8") from None
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise ParaglotError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error}).") from error


_T = TypeVar("_T", Text, Query)


def _unique(path: Path, read: Callable[[Place, dict[str, Any]], _T]) -> Iterator[_T]:
    first_use: dict[str, Place] = {}
    for place, line in read_lines(path):
        try:
            fields = json.loads(line)
            if not isinstance(fields, dict):
                raise ValueError("not a JSON object")
            entry = read(place, fields)
        except json.JSONDecodeError as error:
            raise _wrong(place, f"not JSON: {error.msg} (column {error.colno})") from None
        except (ValueError, InvalidRequest) as error:
            raise _wrong(place, str(error).rstrip(".")) from None
        if entry.id in first_use:
            raise _wrong(place, f"a second use of the id {entry.id!r}, first used at {first_use[entry.id]}")
        first_use[entry.id] = place
        yield entry


def _text(place: Place, fields: dict[str, Any]) -> Text:
    return Text(place, _id(fields), _string(fields, "title", ""), _string(fields, "text"), _language(fields))


def _query(_: Place, fields: dict[str, Any]) -> Query:
    text = _string(fields, "text")
    SearchRequest(text)  # says what is wrong with a query that cannot be asked
    return Query(_id(fields), text, _language(fields) or ANY)


def _id(fields: dict[str, Any]) -> str:
    value = fields.get("_id", fields.get("id"))
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value:
        raise ValueError('there is no "id" or "_id", a text')
    return value


def _string(fields: dict[str, Any], name: str, default: str | None = None) -> str:
    value = fields.get(name, default)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise ValueError(f'"{name}" must be a text')
    return value


def _language(fields: dict[str, Any]) -> str | None:
    value = fields.get("language", fields.get("lang"))
    if value in (None, "", "und"):
        return None
    if not isinstance(value, str):
        raise ValueError('"language" must be a text')
    return language_tag(value)


def _read_qrels(path: Path, queries: Collection[str], texts: Collection[str]) -> dict[str, dict[str, int]]:
    judgements: dict[str, dict[str, int]] = {}
    for place, line in read_lines(path):
        cells = _cells(line)
        if place.line == 1 and cells == _QRELS_HEADER:
            continue
        if len(cells) != 3:
            raise _wrong(place, "not query id, text id and score with tabs between, nor a line of TREC's")
        query, text, score = cells
        if query not in queries:
            raise _wrong(place, f"no query has the id {query!r}")
        if text not in texts:
            raise _wrong(place, f"no text of the corpus has the id {text!r}")
        try:
            judgements.setdefault(query, {})[text] = int(score.removesuffix(".0"))
        except ValueError:
            raise _wrong(place, f"the score must be a whole number, not {score!r}") from None
    return judgements


def _cells(line: str) -> list[str]:
    """Query id, text id and score; TREC has an iteration before the text id, that says nothing, and spaces between."""
    cells = line.split("\t")
    if len(cells) == 3:
        return cells
    trec = line.split()
    return [trec[0], *trec[2:]] if len(trec) == 4 else cells


def _wrong(place: Place, reason: str, remedy: str = "") -> ParaglotError:
    return ParaglotError(f"{place}: {reason}.", remedy)
