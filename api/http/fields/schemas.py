"""What travels over HTTP and out of ``--json``: one model per shape, with the examples that the OpenAPI page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from paraglot.api.http.fields.search import EXAMPLE_QUERY
from paraglot.search.answer.citations import cite
from paraglot.search.folder.manifest import IndexManifest
from paraglot.search.types import (
    Article,
    ArticleHead,
    Citation,
    Confidence,
    Context,
    Facet,
    Hit,
    Paragraph,
    SearchResponse,
    SynonymMatch,
)


class ArticleHeadModel(BaseModel):
    """What a hit shows of its article."""

    id: Annotated[str, Field(examples=["fr/loukachenko-pekin.txt"])]
    title: str
    url: str | None
    language: Annotated[str, Field(examples=["fr"])]
    date: Annotated[str | None, Field(description="ISO 8601, as the article gave it.")]
    source: str | None

    @classmethod
    def of(cls, head: ArticleHead | Article) -> ArticleHeadModel:
        """From the engine's type."""
        return cls(**{name: getattr(head, name) for name in cls.model_fields})


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
    synonyms: Annotated[list[SynonymModel], Field(description="The synonyms by which the text was found.")]
    alignments: Annotated[
        list[AlignmentModel], Field(description="Words of the query and of the best sentence that mean the same.")
    ]


class NeighbourModel(BaseModel):
    """A paragraph by itself."""

    id: Annotated[str, Field(examples=["fr/loukachenko-pekin.txt~3f9a2c1b7d20"])]
    position: Annotated[int, Field(description="Place in the article, from 0.")]
    text: str
    heading: Annotated[str, Field(description="The sub-heading that it stands under, or empty.")]
    language: str
    start: Annotated[int, Field(description="Where it begins in the article's text, in characters.")]
    end: int


class ParagraphModel(NeighbourModel):
    """A paragraph and the head of its article."""

    article: ArticleHeadModel

    @classmethod
    def of(cls, paragraph: Paragraph, head: ArticleHead) -> ParagraphModel:
        """From the engine's types."""
        return cls(article=ArticleHeadModel.of(head), **_paragraph_fields(paragraph))


class AlsoInModel(BaseModel):
    """A near copy of the hit in another article, or the same story in another language."""

    id: str
    article_id: str
    title: str
    language: str


class CitationModel(BaseModel):
    """How the paragraph is cited."""

    url: Annotated[
        str | None,
        Field(
            description="The article's address with a text fragment, which leads a browser to the quote; null without "
            "the address of a web page.",
            examples=["https://example.org/bread#:~:text=The%20council%20raised%20the%20bread%20tax."],
        ),
    ]
    quote: Annotated[str, Field(description="The sentence that answers best, or the whole paragraph.")]
    title: str
    source: str | None
    date: str | None
    language: str

    @classmethod
    def of(cls, citation: Citation) -> CitationModel:
        """From the engine's type."""
        return cls(**asdict(citation))


class ContextModel(BaseModel):
    """The neighbours of a paragraph in its article, in the order of the text."""

    before: list[NeighbourModel]
    after: list[NeighbourModel]

    @classmethod
    def of(cls, context: Context) -> ContextModel:
        """From the engine's type."""
        return cls(**{side: [_neighbour(one) for one in getattr(context, side)] for side in cls.model_fields})


class CitedParagraphModel(ParagraphModel):
    """A paragraph with its citation and, where it was asked for, what stands beside it."""

    citation: CitationModel
    context: Annotated[ContextModel | None, Field(description="Null where no `context` was asked for.")]

    @classmethod
    def of_cited(cls, paragraph: Paragraph, head: ArticleHead, context: Context | None) -> CitedParagraphModel:
        """From the engine's types; quoted whole."""
        return cls(
            article=ArticleHeadModel.of(head),
            citation=CitationModel.of(cite(paragraph, head)),
            context=None if context is None else ContextModel.of(context),
            **_paragraph_fields(paragraph),
        )


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
            also_in=[AlsoInModel(**asdict(one)) for one in hit.also_in],
            more=[cls.of_hit(one, explain) for one in hit.more],
            highlights=[HighlightModel(start=one.start, end=one.end, kind=one.kind) for one in hit.highlights],
            explain=ExplainModel(
                **legs,
                matched_terms=list(hit.matched_terms),
                synonyms=[SynonymModel(**asdict(one)) for one in hit.synonyms],
                alignments=[AlignmentModel(**asdict(one)) for one in hit.alignments],
            )
            if explain
            else None,
            **_paragraph_fields(hit.paragraph),
        )


class LanguageModel(BaseModel):
    """A language that a query may be in."""

    language: Annotated[str, Field(examples=["de"])]
    probability: float


class QueryAnalysisModel(BaseModel):
    """What became of the query."""

    languages: Annotated[list[LanguageModel], Field(description="The likeliest first; empty: none of the corpus.")]

    tokens: Annotated[
        list[str], Field(description="The terms that the keyword leg looked for, stems after their language: de:haus.")
    ]
    synonyms: Annotated[list[SynonymModel], Field(description="Looked for beside the words that were written.")]

    @classmethod
    def of(
        cls, languages: Mapping[str, float], tokens: Sequence[str], synonyms: Sequence[SynonymMatch] = ()
    ) -> QueryAnalysisModel:
        """From the engine's response."""
        likely = [LanguageModel(language=tag, probability=round(share, 4)) for tag, share in languages.items()]
        told = [SynonymModel(**asdict(one)) for one in synonyms]
        return cls(languages=likely, tokens=list(tokens), synonyms=told)


class FacetModel(BaseModel):
    """How often each value of an attribute occurs among the candidates, most often first.

    A paragraph with several values counts for each; with one at most, the counts and the missing sum to
    `estimated_total_hits`.
    """

    counts: dict[str, int]
    missing: Annotated[int, Field(description="Candidates without the attribute.")]

    @classmethod
    def of(cls, facet: Facet) -> FacetModel:
        """From the engine's type."""
        return cls(counts=dict(facet.counts), missing=facet.missing)


class SearchModel(BaseModel):
    """The answer to a search."""

    hits: list[HitModel]
    query: Annotated[str, Field(examples=[EXAMPLE_QUERY])]
    query_analysis: QueryAnalysisModel
    did_you_mean: Annotated[str | None, Field(description="The query with likely typing errors mended.")]
    limit: int
    offset: int
    estimated_total_hits: Annotated[int, Field(description="Hits on all pages; by keyword all that match.")]
    facet_distribution: Annotated[
        dict[str, FacetModel], Field(description="By attribute asked for, over the same candidates as the hits.")
    ]
    took_ms: float
    timings_ms: Annotated[
        dict[str, float], Field(description="Milliseconds by stage, from `analysis` of the query on.")
    ]
    confidence: Annotated[Confidence, Field(description="By the most relevant hit; none: below 0.5.")]
    warnings: Annotated[list[str], Field(description="What went wrong without stopping the search.")]
    generation: Annotated[int, Field(description="The commit of the index that answered.")]

    @classmethod
    def of(cls, response: SearchResponse) -> SearchModel:
        """From the engine's type."""
        return cls(
            hits=[HitModel.of_hit(hit, response.request.explain) for hit in response.hits],
            query=response.request.q,
            did_you_mean=response.did_you_mean,
            query_analysis=QueryAnalysisModel.of(response.languages, response.tokens, response.synonyms),
            limit=response.request.limit,
            offset=response.request.offset,
            estimated_total_hits=response.estimated_total_hits,
            facet_distribution={name: FacetModel.of(facet) for name, facet in response.facets.items()},
            took_ms=round(response.took_ms, 3),
            timings_ms={stage: round(took, 3) for stage, took in response.timings_ms.items()},
            confidence=response.confidence,
            warnings=list(response.warnings),
            generation=response.generation,
        )


class ArticleModel(ArticleHeadModel):
    """An article with its text and paragraphs; ``attributes`` are the further fields of the input."""

    text: str
    attributes: dict[str, Any]
    paragraphs: list[ParagraphModel]

    @classmethod
    def of_article(cls, article: Article, paragraphs: list[Paragraph]) -> ArticleModel:
        """From the engine's types."""
        head = ArticleHead(**{name: getattr(article, name) for name in ArticleHead.__slots__})
        return cls(
            **ArticleHeadModel.of(article).model_dump(),
            text=article.text,
            attributes=dict(article.attributes),
            paragraphs=[ParagraphModel.of(paragraph, head) for paragraph in paragraphs],
        )


class EncoderModel(BaseModel):
    """The encoder of an index."""

    name: str
    fingerprint: str
    dimension: int
    max_tokens: int | None
    query_prefix: str
    paragraph_prefix: str
    pooling: str
    languages: list[str]


class IndexModel(BaseModel):
    """What the index that is served is made of."""

    generation: int
    created: Annotated[str, Field(description="When it was committed, ISO 8601 in UTC.")]
    articles: int
    paragraphs: int
    languages: Annotated[dict[str, int], Field(description="Paragraphs by language.")]
    encoder: EncoderModel
    sentences: Annotated[bool, Field(description="Whether the vectors of sentences are kept.")]
    analyzer: str
    keyword_engine: str
    format: int

    @classmethod
    def of(cls, manifest: IndexManifest) -> IndexModel:
        """From the manifest."""
        encoder = {name: getattr(manifest.encoder, name) for name in EncoderModel.model_fields}
        own = {name: getattr(manifest, name) for name in cls.model_fields if name not in ("encoder", "languages")}
        return cls(encoder=EncoderModel(**encoder), languages=dict(manifest.languages), **own)


class HealthModel(BaseModel):
    """Whether the service lives, or is ready."""

    status: Literal["ok"]


class FaultModel(BaseModel):
    """One field that is wrong: a JSON pointer to it, and what is wrong with it."""

    pointer: Annotated[str, Field(examples=["/limit"])]
    detail: str


class ProblemModel(BaseModel):
    """An error as RFC 9457 describes it; ``code`` is stable."""

    type: Annotated[
        str,
        Field(
            description="The address of a page that says what the code means and what to do, relative to the service.",
            examples=["/problems/invalid_request"],
        ),
    ]
    title: str
    status: int
    detail: str
    code: Annotated[str, Field(examples=["invalid_request"])]
    errors: list[FaultModel] = []


class ParagraphChangedModel(ProblemModel):
    """A paragraph that its article had once; ``successor`` is the id of the one in its place (null: none)."""

    successor: str | None


def _neighbour(paragraph: Paragraph) -> NeighbourModel:
    return NeighbourModel(**_paragraph_fields(paragraph))


def _paragraph_fields(paragraph: Paragraph) -> dict[str, Any]:
    names = ("id", "position", "text", "heading", "language", "start", "end")
    return {name: getattr(paragraph, name) for name in names}
