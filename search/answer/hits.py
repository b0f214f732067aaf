"""From candidates to hits: the winners read, with what every leg says of them, highlights and aligned words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from paraglot.search.answer.alignment import Aligner
from paraglot.search.answer.citations import cite
from paraglot.search.answer.highlights import highlights, matches_in
from paraglot.search.candidates import Candidates
from paraglot.search.index import Snapshot
from paraglot.search.query.names import names_like
from paraglot.search.query.rules.synonyms import matched_synonyms
from paraglot.search.ranking.question import Question
from paraglot.search.ranking.shape import same_story
from paraglot.search.text.analysis import Token, bare_term
from paraglot.search.types import AlsoIn, ArticleHead, Hit, LegEvidence, Paragraph

ALIGNED_CHARACTERS, ALIGNED_WHOLE = 500, 2_000
"""Of a query, and of a long paragraph without sentences, whose words are aligned; paragraphs that are aligned whole."""

MORE = 3
"""Further paragraphs that a hit shows of its article where hits are grouped."""


def grouped_hits(
    snapshot: Snapshot, question: Question, candidates: Candidates, hits: Candidates, page: Sequence[Sequence[int]]
) -> list[Hit]:
    """One hit for each group of places on the page, its first; the next ones of the same article inside it."""
    shown = [places[: MORE + 1] for places in page]
    read = iter(
        _read_hits(
            snapshot,
            question,
            candidates,
            hits.take(np.array([place for places in shown for place in places], np.int64)),
        )
    )
    grouped = []
    for places in shown:
        first, *more = [next(read) for _ in places]
        grouped.append(replace(first, more=more) if more else first)
    return grouped


def _read_hits(snapshot: Snapshot, question: Question, candidates: Candidates, shown: Candidates) -> list[Hit]:
    """The hits of those shown, in order; their paragraphs and those that also say it are read at once."""
    if not len(shown):
        return []
    rows = shown.rows.tolist()
    others = _others(shown, candidates)
    wanted = dict.fromkeys([*rows, *sorted({row for beside in others.values() for row in beside})])
    read = dict(zip(wanted, snapshot.paragraphs(list(wanted)), strict=True))
    without_words = shown.coverage == 0 if "keyword" not in snapshot.lost else np.zeros(len(shown), np.bool_)
    paragraphs = (None if none else read[row][0] for row, none in zip(rows, without_words.tolist(), strict=True))
    matches = matches_in(question.understood.words, paragraphs)
    hits = []
    for row, candidate, tokens in zip(rows, _evidence_of(shown), matches, strict=True):
        paragraph, article = read[row]
        also_in = [_also_in(*read[other]) for other in others[row]]
        hits.append(_hit(question, candidate, paragraph, article, tokens, also_in))
    return hits


class _Evidence(NamedTuple):
    """What `Candidates` say of one paragraph, as far as a hit does."""

    scores: float
    relevance: float
    keyword: float
    keyword_ranks: int
    named: bool
    semantic: float
    semantic_ranks: int
    sentences: tuple[int, int]
    pinned: bool
    reranked: float
    rerank_ranks: int


def _evidence_of(shown: Candidates) -> Iterator[_Evidence]:
    return map(_Evidence, *(getattr(shown, name).tolist() for name in _Evidence._fields))


def _hit(
    question: Question,
    candidate: _Evidence,
    paragraph: Paragraph,
    article: ArticleHead,
    matches: Sequence[Token],
    also_in: Sequence[AlsoIn],
) -> Hit:
    start, end = candidate.sentences
    marked = highlights(matches, (start, end) if start >= 0 else None)
    return Hit(
        paragraph=paragraph,
        article=article,
        score=candidate.scores,
        relevance=candidate.relevance,
        keyword=LegEvidence(candidate.keyword_ranks or None, candidate.keyword) if candidate.keyword > 0 else None,
        semantic=_evidence(candidate.semantic_ranks, candidate.semantic),
        citation=cite(paragraph, article, marked),
        highlights=marked,
        matched_terms=list(dict.fromkeys(bare_term(token.term) for token in matches)),
        sounds_like=_sounds_like(question, paragraph) if candidate.named else [],
        synonyms=matched_synonyms(question.understood.synonyms, matches),
        pinned=candidate.pinned,
        also_in=also_in,
        rerank=_evidence(candidate.rerank_ranks, candidate.reranked),
    )


def _sounds_like(question: Question, paragraph: Paragraph) -> list[str]:
    return names_like(question.understood.words, f"{paragraph.heading}\n{paragraph.text}", paragraph.language)


def _evidence(rank: int, score: float) -> LegEvidence | None:
    return LegEvidence(rank, score) if rank else None


def _others(shown: Candidates, candidates: Candidates) -> Mapping[int, list[int]]:
    """For each row shown its near copies, and the same story in other languages among the candidates by meaning."""
    by_meaning = candidates.take(candidates.semantic_ranks > 0)
    rows = shown.rows.tolist()
    stories = same_story([row for row in rows if row in set(by_meaning.rows.tolist())], by_meaning)
    return {row: (copies or []) + stories.get(row, []) for row, copies in zip(rows, shown.near_copies, strict=True)}


def _also_in(paragraph: Paragraph, article: ArticleHead) -> AlsoIn:
    return AlsoIn(paragraph.id, article.id, article.title, paragraph.language)


def hits_in_context(snapshot: Snapshot, hits: Sequence[Hit], count: int) -> list[Hit]:
    """The hits, those inside them too, with up to ``count`` neighbours before and after each."""
    rows = [shown.paragraph.row for hit in hits for shown in (hit, *hit.more)]
    contexts = snapshot.context(rows, count)

    def in_context(hit: Hit) -> Hit:
        return replace(hit, context=contexts[hit.paragraph.row], more=[in_context(other) for other in hit.more])

    return [in_context(hit) for hit in hits]


def aligned_hits(aligner: Aligner, query: str, language: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits with the words of their paragraphs, of long ones of the best sentence, that stand for the query's.

    ``language``: what the query is likely in.
    """
    spans = [_aligned_span(hit) for hit in hits]
    texts = [hit.paragraph.text[start:end] for hit, (start, end) in zip(hits, spans, strict=True)]
    languages = [language, *(hit.paragraph.language for hit in hits)]
    alignments = aligner.align(query[:ALIGNED_CHARACTERS], texts, languages)
    return [
        replace(hit, alignments=[replace(pair, start=pair.start + start, end=pair.end + start) for pair in pairs])
        for hit, pairs, (start, _) in zip(hits, alignments, spans, strict=True)
    ]


def _aligned_span(hit: Hit) -> tuple[int, int]:
    if len(hit.paragraph.text) <= ALIGNED_WHOLE:
        return 0, len(hit.paragraph.text)
    marked = ((span.start, span.end) for span in hit.highlights if span.kind == "semantic")
    return next(marked, (0, ALIGNED_CHARACTERS))
