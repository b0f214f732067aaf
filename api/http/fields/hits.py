"""A hit as it travels: a paragraph, and why it is there."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from paraglot.api.http.fields.paragraphs import (
    ArticleHeadModel,
    CitationModel,
    CitedParagraphModel,
    ContextModel,
    fields_of_model,
    paragraph_fields,
)
from paraglot.search.types import Hit


class HighlightModel(BaseModel):
    """Characters ``start`` to ``end`` (exclusive) of the text, counted in Unicode code points.

    "keyword": words of the query; "semantic": the sentence nearest to it. The two kinds may overlap.
    """

    start: int
    end: int
    kind: Literal["keyword", "semantic"]


class LegModel(BaseModel):
    """What one leg says of a paragraph."""

    rank: Annotated[int | None, Field(description="Place in this leg, from 1; null: beyond the leg's candidates.")]
    score: Annotated[
        float, Field(description="BM25 for the keyword leg, a mean of cosines for the semantic one, else its own.")
    ]


class AlignmentModel(BaseModel):
    """A word of the query and the word of the text that stands for it, in characters, end exclusive."""

    query_start: int
    query_end: int
    start: int
    end: int
    similarity: Annotated[float, Field(description="Cosine of the two words.")]


class SynonymModel(BaseModel):
    """Words of the query as written, and what stands for them by the rules of the index."""

    written: Annotated[str, Field(examples=["ev"])]
    synonym: Annotated[str, Field(examples=["electric car"])]


class ExplainModel(BaseModel):
    """Why a hit is there. What says nothing of it is null."""

    keyword: LegModel | None
    semantic: LegModel | None
    rerank: Annotated[LegModel | None, Field(description="What a reranker says of it, where there is one.")]
    matched_terms: Annotated[list[str], Field(description="The query's terms that occur in the text, as analysed.")]
    sounds_like: Annotated[
        list[str], Field(description="Names of the text, in another script, that sound like one of the query.")
    ]
    synonyms: Annotated[list[SynonymModel], Field(description="The synonyms by which the text was found.")]
    alignments: Annotated[
        list[AlignmentModel], Field(description="Words of the query and of the paragraph that mean the same.")
    ]


class AlsoInModel(BaseModel):
    """A near copy of the hit in another article, or the same story in another language."""

    id: str
    article_id: str
    title: str
    language: str


class HitModel(CitedParagraphModel):
    """A paragraph that was found."""

    score: Annotated[float, Field(description="Orders the hits of one response.")]
    relevance: Annotated[
        float, Field(description="How sure it is that the hit answers, 0 to 1: the same for every query and language.")
    ]
    pinned: Annotated[bool, Field(description="Whether a rule of the index puts it first.")] = False
    highlights: list[HighlightModel]
    also_in: list[AlsoInModel]
    more: Annotated[list[HitModel], Field(description="Further paragraphs of the article, where hits are grouped.")]
    explain: ExplainModel | None

    @classmethod
    def of_hit(cls, hit: Hit, explain: bool) -> HitModel:
        """From the engine's type."""
        legs = {
            name: None if leg is None else LegModel(rank=leg.rank, score=leg.score)
            for name, leg in (("keyword", hit.keyword), ("semantic", hit.semantic), ("rerank", hit.rerank))
        }
        return cls(
            article=ArticleHeadModel.of(hit.article),
            score=hit.score,
            relevance=hit.relevance,
            pinned=hit.pinned,
            citation=CitationModel.of(hit.citation),
            context=None if hit.context is None else ContextModel.of(hit.context),
            also_in=[AlsoInModel(**fields_of_model(AlsoInModel, copy)) for copy in hit.also_in],
            more=[cls.of_hit(other, explain) for other in hit.more],
            highlights=[
                HighlightModel(start=highlight.start, end=highlight.end, kind=highlight.kind)
                for highlight in hit.highlights
            ],
            explain=ExplainModel(
                **legs,
                matched_terms=list(hit.matched_terms),
                sounds_like=list(hit.sounds_like),
                synonyms=[SynonymModel(**fields_of_model(SynonymModel, synonym)) for synonym in hit.synonyms],
                alignments=[
                    AlignmentModel(**fields_of_model(AlignmentModel, alignment)) for alignment in hit.alignments
                ],
            )
            if explain
            else None,
            **paragraph_fields(hit.paragraph),
        )
