"""Paragraphs that say the same as a given one, or as a text, in any language: neighbours among the stored vectors."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from paraglot.search.answer.citations import cite
from paraglot.search.answer.highlights import highlights
from paraglot.search.answer.hits import hits_in_context
from paraglot.search.answer.similar_types import SimilarRequest, SimilarResponse
from paraglot.search.candidates import in_order
from paraglot.search.deadline import check
from paraglot.search.encoders.chance import MOST_UNKNOWN
from paraglot.search.encoders.outside import outside_dimension
from paraglot.search.encoders.protocols import Encoder, Ranking, TokenEncoder
from paraglot.search.engine.legs import WINDOW, given_vector
from paraglot.search.engine.view import View
from paraglot.search.errors import InvalidRequest
from paraglot.search.query.bounds import bounded
from paraglot.search.query.query_terms import KeywordQuery
from paraglot.search.ranking.relevance import Signals, relevance
from paraglot.search.types import Hit, LegEvidence

UNKNOWN = "The encoder does not know this text's script: there is nothing that it could be compared with."


def find_similar(view: View, request: SimilarRequest) -> SimilarResponse:
    """One page of the paragraphs that say what another one, a text or a vector says. Raises `NotFound`."""
    started = time.perf_counter()
    snapshot = view.snapshot
    snapshot.need("dense")
    left_out: list[int] = []
    text, unread = bounded(request.text or "")
    if request.text is not None and outside_dimension(snapshot.manifest.encoder.name):
        outside = "The vectors of this index come from outside"
        raise InvalidRequest("text", f"{outside}: name a paragraph by its id, or give a vector.")
    if request.vector:
        vector = given_vector(snapshot, request.vector)
    elif request.text is not None:
        vector = snapshot.encoder().encode_paragraphs([text])[0]
    else:
        paragraph, _ = snapshot.paragraph(request.id or "")
        text = paragraph.text
        [vector] = [stored for stored in snapshot.vectors([paragraph.row]) if stored is not None]  # needed above
        left_out = [other.row for other in snapshot.article(paragraph.article_id)[1]]
    unknown = not request.vector and _is_unknown(snapshot.encoder(), text)
    ranking = [] if unknown else nearest(view, request, vector, left_out)
    hits = read_neighbours(view, vector, ranking, request.offset, request.limit)
    if request.context:
        hits = hits_in_context(snapshot, hits, request.context)
    return SimilarResponse(
        hits=hits,
        request=request,
        estimated_total_hits=len(ranking),
        took_ms=(time.perf_counter() - started) * 1000,
        warnings=[*unread, *([UNKNOWN] if unknown else []), *snapshot.unknown(request.filter), *snapshot.warnings()],
        generation=snapshot.manifest.generation,
    )


def nearest(view: View, request: SimilarRequest, vector: NDArray[np.float32], left_out: Sequence[int]) -> Ranking:
    """The paragraphs nearest to ``vector`` (``float32[dim]``, unit) by cosine, some ``left_out``.

    What the encoder cannot read has a vector that says nothing, and is no neighbour of anything.
    """
    within = view.snapshot.select(request.filter, request.languages)
    ranked = view.snapshot.by_vector(vector, WINDOW + len(left_out), within)
    others = set(left_out)
    ranking = in_order((row, round(score, 6)) for row, score in ranked if row not in others)
    table = view.snapshot.evidence(KeywordQuery(), (), vector, [row for row, _ in ranking])
    unreadable = set(table.rows[table.unreadable].tolist())
    return [(row, score) for row, score in ranking if row not in unreadable][:WINDOW]


def _is_unknown(encoder: Encoder, text: str) -> bool:
    return isinstance(encoder, TokenEncoder) and bool(encoder.unknown_share([text])[0] >= MOST_UNKNOWN)


def read_neighbours(view: View, vector: NDArray[np.float32], ranking: Ranking, offset: int, limit: int) -> list[Hit]:
    """One page of the ranking as hits.

    Their relevance is that of a search by meaning alone: how far they are beyond what chance gives.
    """
    page = ranking[offset : offset + limit]
    rows = [row for row, _ in page]
    if not rows:
        return []
    table = view.snapshot.evidence(KeywordQuery(), (), vector, rows)
    places = {row: place for place, row in enumerate(table.rows.tolist())}
    hits = []
    read = zip(page, view.snapshot.paragraphs(rows), strict=True)
    for rank, ((row, score), (paragraph, article)) in enumerate(read, start=offset + 1):
        check()
        start, end = table.sentences[places[row]].tolist()
        marked = highlights([], (start, end) if start >= 0 else None)
        evidence = Signals(float(table.chance[places[row]]), None, None, 0.0, cross_language=True)
        hits.append(
            Hit(
                paragraph=paragraph,
                article=article,
                score=score,
                relevance=relevance(evidence),
                keyword=None,
                semantic=LegEvidence(rank, score),
                citation=cite(paragraph, article, marked),
                highlights=marked,
            )
        )
    return hits
