"""From rows to candidates: all that the stores of a generation say of them to a query, read at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from paraglot.search.candidates import Candidates, Extra, ranks
from paraglot.search.encoders.chance import MOST_UNKNOWN, SENTENCE_SHARE, Chance
from paraglot.search.encoders.pieces import Pieces, piece_encoder, unknown_share
from paraglot.search.encoders.protocols import Encoder, PieceEncoder, TokenEncoder, Vectors
from paraglot.search.lexicon.lexicon import Marks
from paraglot.search.parts.copies import shares, stacked
from paraglot.search.parts.protocols import Sentences
from paraglot.search.query.names import by_letters, have_name, terms_of_names
from paraglot.search.query.query_terms import KeywordQuery, QueryWord
from paraglot.search.text.languages import primary

MOST_HEARD = 10
"""Paragraphs that sound like a query whose texts are read for whether they have its name, those that do most."""


class Dated(Protocol):
    """When articles are from."""

    def dates(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """Seconds since 1970 for each of ``rows``; NaN where there is no date."""
        ...


class Heads(Protocol):
    """What rows belong to."""

    @property
    def attributes(self) -> Dated:
        """Their dates."""
        ...

    def languages(self, rows: Sequence[int]) -> list[str]:
        """The language of each of ``rows``."""
        ...

    def article_ids(self, rows: Sequence[int]) -> dict[int, str]:
        """The id of the article of each of ``rows``."""
        ...


class Words(Protocol):
    """How well words match."""

    def scores(self, query: KeywordQuery, rows: Sequence[int]) -> list[float]:
        """BM25 of each of ``rows``."""
        ...

    def coverage(self, query: KeywordQuery, rows: Sequence[int]) -> list[float]:
        """How much of the query each of ``rows`` has, 0 to 1."""
        ...


class Known(Protocol):
    """All that evidence is made of, for the rows that it is asked of at least: a snapshot, or what was read of one."""

    @property
    def store(self) -> Heads:
        """What rows belong to."""
        ...

    @property
    def keyword(self) -> Words:
        """Their words."""
        ...

    @property
    def sentences(self) -> Sentences | None:
        """The vectors of their sentences; None where they are not kept."""
        ...

    def encoder(self) -> Encoder:
        """The encoder that made the vectors."""
        ...

    def chance(self, vector: NDArray[np.float32]) -> Chance:
        """The semantic scores that a query has with paragraphs drawn from the index."""
        ...

    def texts(self, rows: Sequence[int]) -> list[str]:
        """The text of each of ``rows``."""
        ...

    def vectors(self, rows: Sequence[int]) -> list[NDArray[np.float32] | None]:
        """The vector of each of ``rows``; None where vectors cannot be used."""
        ...

    def marks_of(self, rows: Sequence[int]) -> list[Marks]:
        """What each of ``rows`` says by the lexicon."""
        ...

    def pieces_of(self, encoder: PieceEncoder, rows: Sequence[int]) -> list[Pieces]:
        """The pieces of each of ``rows``."""
        ...


def evidence(
    known: Known,
    words: KeywordQuery,
    by_words: Sequence[int],
    vector: NDArray[np.float32] | None = None,
    by_vector: Sequence[int] = (),
    extra: Collection[Extra] = (),
) -> Candidates:
    """What is known of the rows that were found ``by_words`` and ``by_vector``, ascending; no score orders them yet."""
    rows = sorted({*by_words, *by_vector})
    languages = known.store.languages(rows)
    written = by_letters(words)
    keyword, coverage = known.keyword.scores(words, rows), known.keyword.coverage(words, rows)
    lettered = coverage if written is words else known.keyword.coverage(written, rows)
    columns: dict[str, Any] = {
        "languages": languages,
        "keyword": keyword,
        "coverage": coverage,
        "coverage_by_letters": lettered,
        "coverage_by_names": _by_names(known, words, rows, languages, keyword, coverage, lettered),
        "named": _named(known, words, rows),
        "keyword_ranks": ranks(np.array(keyword), np.array(rows, np.int64), _among(rows, by_words)),
    }
    if "articles" in extra:
        articles = known.store.article_ids(rows)
        columns["articles"] = [articles[row] for row in rows]
    if "dates" in extra:
        columns["dates"] = known.store.attributes.dates(rows)
    if "words" in extra and vector is not None and rows:
        columns["marks"] = known.marks_of(rows)
        if pieces := piece_encoder(known.encoder()):
            columns["pieces"] = known.pieces_of(pieces, rows)
    if vector is not None and rows:
        columns |= _by_meaning(known, rows, languages, vector, columns.get("pieces"))
    return Candidates.of(rows, **columns)


def _by_names(
    known: Known,
    query: KeywordQuery,
    rows: Sequence[int],
    languages: Sequence[str],
    keyword: Sequence[float],
    coverage: Sequence[float],
    lettered: Sequence[float],
) -> list[float]:
    """The coverage by letters, of the first that sound like the query and have its name that by sound, too."""
    found, places = list(lettered), [place for place in range(len(rows)) if coverage[place] > lettered[place]]
    first = sorted(places, key=lambda place: (-keyword[place], place))[:MOST_HEARD]
    texts = known.texts([rows[place] for place in first]) if first else []
    written = zip(texts, [languages[place] for place in first], strict=True)
    for place, has in zip(first, have_name(query, written), strict=True):
        if has:
            found[place] = coverage[place]
    return found


def _named(known: Known, query: KeywordQuery, rows: Sequence[int]) -> NDArray[np.bool_]:
    """Which of ``rows`` have any of a query's terms of names."""
    terms = terms_of_names(query)
    if not terms:
        return np.zeros(len(rows), np.bool_)
    any_of_them = KeywordQuery((QueryWord(dict.fromkeys(sorted(terms), 1.0)),))
    return np.array(known.keyword.coverage(any_of_them, rows), np.float64) > 0


def _among(rows: Sequence[int], some: Sequence[int]) -> NDArray[np.bool_]:
    """Which of ``rows`` are among ``some``: of few, in a tenth of the time of `numpy.isin`."""
    held = set(some)
    return np.array([row in held for row in rows], np.bool_)


def _by_meaning(
    known: Known,
    rows: Sequence[int],
    languages: Sequence[str],
    vector: NDArray[np.float32],
    pieces: Sequence[Pieces] | None,
) -> dict[str, Any]:
    """The columns of the semantic leg; of what the encoder cannot read they say nothing else."""
    unreadable = _unreadable(known, rows, languages, pieces)
    places = np.flatnonzero(~unreadable).tolist()
    read = [rows[place] for place in places]
    vectors = [own for own in known.vectors(rows) if own is not None]
    together = stacked(vectors)
    scores, spans = semantic_scores(vector, read, together[places], known.sentences)
    chance, count = known.chance(vector), len(rows)
    semantic, deviations = np.full(count, np.nan), np.full(count, np.nan)
    semantic[places] = scores
    deviations[places] = chance.deviations(scores, [languages[place] for place in places])
    sentences = np.full((count, 2), -1)
    sentences[places] = spans
    return {
        "unreadable": unreadable,
        "semantic": semantic,
        "semantic_ranks": ranks(semantic, np.array(rows, np.int64), ~unreadable),
        "chance": deviations,
        "sentences": sentences,
        "shares": shares(together),
        "vectors": vectors,
    }


def semantic_scores(
    vector: NDArray[np.float32], rows: Sequence[int], vectors: Vectors, sentences: Sentences | None
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """``float64[n]``: the mean of the cosines of each paragraph and of its best sentence; ``int64[n, 2]``: where that
    begins and ends, -1 where there is none. ``vectors``: ``float32[n, dim]``, those of ``rows``.
    """
    # Rounded, because a product depends in its last digits on where in the matrix a row lies.
    scores, spans = np.round((vectors @ vector).astype(np.float64), 6), np.full((len(rows), 2), -1)
    if sentences and rows:
        best, spans = sentences.best(vector, rows)
        having = ~np.isnan(best)
        scores[having] += SENTENCE_SHARE * (best[having] - scores[having])
    return np.round(scores, 6), spans


def _unreadable(
    known: Known, rows: Sequence[int], languages: Sequence[str], pieces: Sequence[Pieces] | None
) -> NDArray[np.bool_]:
    """Those of whose text the encoder knows too little; in the languages that it covers it reads all."""
    encoder = known.encoder()
    unreadable = np.zeros(len(rows), np.bool_)
    if isinstance(encoder, TokenEncoder):
        covered = _primary_tags(encoder.spec.languages)
        foreign = {language for language in set(languages) if primary(language) not in covered}
        doubtful = [place for place, language in enumerate(languages) if language in foreign]
        if doubtful and pieces and encoder.unknown_piece is not None:
            shares = unknown_share([pieces[place] for place in doubtful], encoder.unknown_piece)
        else:
            shares = encoder.unknown_share(known.texts([rows[place] for place in doubtful]) if doubtful else [])
        unreadable[doubtful] = shares >= MOST_UNKNOWN
    return unreadable


@lru_cache(16)
def _primary_tags(languages: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(primary, languages))
