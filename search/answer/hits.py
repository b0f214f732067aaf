"""From rows to hits: the winners read, with what every leg says of them, highlights and aligned words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from paraglot.search.answer.alignment import Aligner
from paraglot.search.answer.citations import cite
from paraglot.search.answer.highlights import highlights, matches_in
from paraglot.search.folder.view import View
from paraglot.search.query.rules.synonyms import matched_synonyms
from paraglot.search.ranking.ranking import Query
from paraglot.search.ranking.shape import same_story
from paraglot.search.seams import Ranking
from paraglot.search.text.analysis import bare
from paraglot.search.types import AlsoIn, Hit, LegEvidence

ALIGNED_CHARACTERS = 500
"""Of a query, and of a paragraph without sentences, whose words are aligned."""

MORE = 3
"""Further paragraphs that a hit shows of its article where hits are grouped."""


def grouped_hits(query: Query, page: Sequence[Ranking]) -> list[Hit]:
    """One hit for each group of rows, its first; the next ones of the same article inside it."""
    shown = [group[: MORE + 1] for group in page]
    hits = iter(_with_others(query, read_hits(query, [entry for group in shown for entry in group])))
    found = []
    for group in shown:
        first, *more = [next(hits) for _ in group]
        found.append(replace(first, more=more) if more else first)
    return found


def read_hits(query: Query, page: Ranking) -> list[Hit]:
    """The hits of the rows of ``page``, in order."""
    rows = [row for row, _ in page]
    if not rows:
        return []
    keyword = _evidence(query.keyword, rows, query.word_scores(rows))
    meaning, again = (
        {row: LegEvidence(rank, score) for rank, (row, score) in enumerate(leg, start=1)}
        for leg in (query.semantic, query.reranked)
    )
    found = query.snapshot.store.paragraphs(rows)
    hits = []
    matched = matches_in(query.words, (paragraph for paragraph, _ in found))
    for (row, score), (paragraph, article), words, matches in zip(page, found, keyword, matched, strict=True):
        marked = highlights(matches, query.sentences.get(row))
        hits.append(
            Hit(
                paragraph=paragraph,
                article=article,
                score=score,
                relevance=query.relevance[row],
                keyword=words if words.score > 0 else None,
                semantic=meaning.get(row),
                citation=cite(paragraph, article, marked),
                highlights=marked,
                matched_terms=list(dict.fromkeys(bare(token.term) for token in matches)),
                synonyms=matched_synonyms(query.understood.synonyms, matches),
                pinned=row in query.pinned,
                rerank=again.get(row),
            )
        )
    return hits


def _evidence(leg: Ranking, rows: Sequence[int], scores: Sequence[float]) -> list[LegEvidence]:
    ranks = {row: rank for rank, (row, _) in enumerate(leg, start=1)}
    return [LegEvidence(ranks.get(row), score) for row, score in zip(rows, scores, strict=True)]


def _with_others(query: Query, hits: list[Hit]) -> list[Hit]:
    """The hits with their near copies, and with the same story in other languages among the candidates."""
    rows = [row for row, _ in query.semantic]
    tags = dict(zip(rows, query.languages(rows), strict=True))
    told = [hit.paragraph.row for hit in hits if hit.paragraph.row in tags]
    stories = same_story(told, rows, query.vectors(told), query.vectors(rows), tags) if told else {}
    others = {row: query.copies.get(row, []) + stories.get(row, []) for row in (hit.paragraph.row for hit in hits)}
    wanted = sorted({row for own in others.values() for row in own})
    found = {
        paragraph.row: AlsoIn(paragraph.id, article.id, article.title, paragraph.language)
        for paragraph, article in query.snapshot.store.paragraphs(wanted)
    }
    return [replace(hit, also_in=[found[row] for row in others[hit.paragraph.row]]) for hit in hits]


def hits_in_context(view: View, hits: Sequence[Hit], count: int) -> list[Hit]:
    """The hits, those inside them too, with up to ``count`` neighbours before and after each."""
    rows = [one.paragraph.row for hit in hits for one in (hit, *hit.more)]
    found = view.context(rows, count)

    def placed(hit: Hit) -> Hit:
        return replace(hit, context=found[hit.paragraph.row], more=[placed(one) for one in hit.more])

    return [placed(hit) for hit in hits]


def aligned_hits(aligner: Aligner, asked: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits with the words of their best sentence that stand for words of the query."""
    spans = [
        next(((one.start, one.end) for one in hit.highlights if one.kind == "semantic"), (0, ALIGNED_CHARACTERS))
        for hit in hits
    ]
    texts = [hit.paragraph.text[start:end] for hit, (start, end) in zip(hits, spans, strict=True)]
    found = aligner.align(asked[:ALIGNED_CHARACTERS], texts)
    return [
        replace(hit, alignments=[replace(one, start=one.start + start, end=one.end + start) for one in own])
        for hit, own, (start, _) in zip(hits, found, spans, strict=True)
    ]
