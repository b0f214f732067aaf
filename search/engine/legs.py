"""The two legs of a query: candidates by words and candidates by vector, out of what may be seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from paraglot.search.candidates import Candidates, Extra
from paraglot.search.encoders.chance import MOST_UNKNOWN
from paraglot.search.encoders.outside import outside_dimension, unit_vectors
from paraglot.search.encoders.pieces import QueryPieces, piece_encoder
from paraglot.search.encoders.protocols import Ranking, TokenEncoder
from paraglot.search.errors import InvalidRequest
from paraglot.search.index import Selection, Snapshot
from paraglot.search.parts.copies import distinct
from paraglot.search.ranking.question import Question
from paraglot.search.types import MAX_LIMIT, MAX_OFFSET, Sort

WINDOW = 100
"""Candidates that each leg gives."""

ENOUGH = 0.5
"""The share of a window that copies leave to others, at least; where they take more, it is widened."""

WIDER = (400, 1_600, 6_400)
"""Candidates among which those are looked for that copies have crowded out."""

DATED = 1_000
"""Candidates of each leg where hits are put in the order of their dates."""

OUTSIDE = "The vectors of this index come from outside, and the query came without one."

REACH = MAX_OFFSET + MAX_LIMIT
"""Candidates by keyword alone: as far as pages go."""

COVERING = 0.6
"""In the order of dates: how much of what the best paragraph covers of the query one must cover whose words match."""


@dataclass(frozen=True, slots=True)
class WordMatches:
    """Rows that have words of the query, and how many more match than these."""

    rows: list[int]
    beyond: int = 0
    warnings: tuple[str, ...] = ()


def by_words(snapshot: Snapshot, question: Question, within: Selection) -> WordMatches:
    """The candidates by words: the best by BM25; in the order of dates, the newest or oldest of all that match."""
    if question.request.mode == "semantic":
        return WordMatches([])
    if question.request.mode == "keyword":
        snapshot.need("keyword")
    words, reach = question.understood.words, _reach(question)
    if question.by_date:
        return _by_date(snapshot, question, within)
    rows = [row for row, _ in snapshot.by_words(words, reach, within)]
    beyond = 0
    if len(rows) == reach and question.request.mode == "keyword":
        beyond = snapshot.matching(words, 0.0, within).total - reach
    return WordMatches(rows, beyond)


@dataclass(frozen=True, slots=True)
class Nearest:
    """The query's vector, ``float32[dim]``, and the rows that are nearest to it."""

    vector: NDArray[np.float32]
    rows: list[int]


def by_vector(snapshot: Snapshot, question: Question, vector: NDArray[np.float32], within: Selection) -> Nearest:
    """The candidates by meaning."""
    return Nearest(vector, [row for row, _ in snapshot.by_vector(vector, _reach(question), within)])


def by_both(
    snapshot: Snapshot, question: Question, vector: NDArray[np.float32], within: Selection
) -> tuple[WordMatches, Nearest]:
    """The candidates of both legs, asked at once."""
    words, nearest = snapshot.by_both(question.understood.words, vector, _reach(question), within)
    return WordMatches([row for row, _ in words]), Nearest(vector, [row for row, _ in nearest])


def comparable(snapshot: Snapshot, question: Question, nearest: Nearest | None) -> Question:
    """The question with its vector, and with what compares it with paragraphs word by word."""
    if nearest is None:
        return question
    encoder = snapshot.encoder()
    compared = piece_encoder(encoder)
    return replace(
        question,
        vector=nearest.vector,
        pieces=QueryPieces(compared, question.understood.calm) if compared else None,
        cross_lingual=isinstance(encoder, TokenEncoder),
        encoder=encoder.spec.name,
    )


def evidence_of(
    snapshot: Snapshot, question: Question, matches: WordMatches, nearest: Nearest | None, within: Selection
) -> Candidates:
    """The candidates of both legs with all evidence; where copies fill a window, with those of a wider one."""
    words, extra = question.understood.words, extra_columns(question)
    if nearest is None:
        return snapshot.evidence(words, matches.rows, extra=extra)
    vector = nearest.vector
    candidates = snapshot.evidence(words, matches.rows, vector, nearest.rows, extra)
    if _reach(question) > WINDOW:
        return candidates
    by_words = _past_copies(snapshot, candidates, matches.rows, lambda limit: snapshot.by_words(words, limit, within))
    by_vector = _past_copies(
        snapshot, candidates, nearest.rows, lambda limit: snapshot.by_vector(vector, limit, within)
    )
    if by_words is matches.rows and by_vector is nearest.rows:
        return candidates
    return snapshot.evidence(words, by_words, vector, by_vector, extra)


def _past_copies(
    snapshot: Snapshot, candidates: Candidates, rows: list[int], search: Callable[[int], Ranking]
) -> list[int]:
    """The rows of a leg, and where most are copies of others the next best that are not, until a window is full.

    ``candidates`` have the vectors of the rows. What tells that most are copies is known anyway: no other query pays.
    """
    if len(rows) < WINDOW:
        return rows
    held = set(rows)
    of_leg = np.array([row in held for row in candidates.rows.tolist()], np.bool_)
    if candidates.shares[of_leg].sum() > ENOUGH * len(rows):
        return rows
    vectors = np.stack([vector for vector in candidates.vectors[of_leg] if vector is not None])
    known, wider, seen = vectors[distinct(vectors)], list(rows), set(rows)
    for reach in WIDER:
        new = [row for row, _ in search(reach) if row not in seen]
        seen.update(new)
        read = np.array([vector for vector in snapshot.vectors(new) if vector is not None], known.dtype)
        if len(new) == len(read) > 0:
            places = distinct(read, known, WINDOW - len(known))
            known = np.concatenate([known, read[places]])
            wider += [new[place] for place in places]
        if len(known) >= WINDOW or len(seen) < reach:
            break
    return wider


def query_vector(
    snapshot: Snapshot, question: Question, encoded: Callable[[str], NDArray[np.float32]]
) -> tuple[NDArray[np.float32] | None, str]:
    """``float32[dim]``, unit: the query's vector, or None where meaning cannot be searched; and a warning, or "".

    ``encoded``: what the encoder makes of a text.

    Raises `EncoderMissing` or `IndexMismatch`; `InvalidRequest` where a vector is wrong, or missing and needed; where
    nothing but meaning is searched, what is wrong with the vectors.
    """
    alone = question.request.mode == "semantic"
    if not (question.understood.says_something or question.request.vector):
        pictures = question.understood.words.words and not alone  # they are looked for as words
        return None, "" if pictures else "The query is nothing but signs: there is nothing to look for."
    if alone:
        snapshot.need("dense")
    elif "dense" in snapshot.lost:
        return None, ""  # the snapshot warns of it
    if question.request.vector:
        return given_vector(snapshot, question.request.vector), ""
    if outside_dimension(snapshot.manifest.encoder.name):
        if alone:
            raise InvalidRequest("vector", f"{OUTSIDE} Give the query's vector.")
        return None, f"Only keywords were searched: {OUTSIDE}"
    encoder, texts = snapshot.encoder(), [question.understood.calm]
    unknown = isinstance(encoder, TokenEncoder) and encoder.unknown_share(texts)[0] >= MOST_UNKNOWN
    if unknown and not alone:
        return None, "Only keywords were searched: the encoder does not know this query's script."
    warning = "The encoder does not know this query's script: what it finds is chance." if unknown else ""
    return encoded(question.understood.calm), warning


def given_vector(snapshot: Snapshot, numbers: Sequence[float]) -> NDArray[np.float32]:
    """``float32[dim]``, unit: the vector that came with the query. Raises `InvalidRequest`."""
    dimension = snapshot.manifest.encoder.dimension
    if len(numbers) != dimension:
        said = f"The vector has {len(numbers)} numbers; those of this index have {dimension}."
        raise InvalidRequest("vector", said)
    unit: NDArray[np.float32] = unit_vectors(np.array([numbers], np.float64))[0]
    return unit


def extra_columns(question: Question) -> list[Extra]:
    """The columns that this question needs beside those that all do."""
    request = question.request
    needed: dict[Extra, bool] = {
        "articles": request.group_by is not None or request.mode == "hybrid",
        "dates": question.by_date or request.recency_weight > 0,
        "words": request.mode == "hybrid",
    }
    return [name for name, wanted in needed.items() if wanted]


def _by_date(snapshot: Snapshot, question: Question, within: Selection) -> WordMatches:
    """The newest of all that match, or the oldest; of more than the reach, the best ones besides."""
    words, reach, sort = question.understood.words, _reach(question), question.request.sort
    first, total = snapshot.matching(words, COVERING, within, sort, reach)
    if total <= len(first):
        return WordMatches(first)
    rows = sorted({*first, *(row for row, _ in snapshot.by_words(words, WINDOW, within))})
    warnings = (_too_many(sort),) if question.request.mode != "keyword" else ()
    return WordMatches(rows, total - len(rows), warnings)


def _reach(question: Question) -> int:
    """The candidates of a leg: far more where their order is not by score, or where the score costs little."""
    if question.request.mode == "keyword":
        return REACH
    return DATED if question.by_date else WINDOW


def _too_many(sort: Sort) -> str:
    which = "oldest" if sort == "date:asc" else "newest"
    return f"More than {DATED:,} paragraphs have the words: the {which} {DATED:,} of them were put in order."
