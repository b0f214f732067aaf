"""The answer to a search, as it travels over HTTP and out of ``--json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, Field

from paraglot.api.http.fields.hits import HitModel, SynonymModel
from paraglot.api.http.fields.paragraphs import fields_of_model
from paraglot.api.http.fields.search import EXAMPLE_QUERY
from paraglot.search.query.names import SOUND_MARK
from paraglot.search.text.analysis import bare_term
from paraglot.search.types import Confidence, Facet, SearchResponse, SynonymMatch


class LanguageModel(BaseModel):
    """A language that a query may be in."""

    language: Annotated[str, Field(examples=["de"])]
    probability: float


class QueryAnalysisModel(BaseModel):
    """What became of the query."""

    languages: Annotated[list[LanguageModel], Field(description="The likeliest first; empty: none of the corpus.")]

    tokens: Annotated[
        list[str],
        Field(description="The words that the keyword leg looked for, as they are compared: folded, and stems."),
    ]
    synonyms: Annotated[list[SynonymModel], Field(description="Looked for beside the words that were written.")]

    @classmethod
    def of(
        cls, languages: Mapping[str, float], tokens: Sequence[str], synonyms: Sequence[SynonymMatch] = ()
    ) -> QueryAnalysisModel:
        """From the engine's response."""
        likely = [LanguageModel(language=tag, probability=round(share, 4)) for tag, share in languages.items()]
        models = [SynonymModel(**fields_of_model(SynonymModel, synonym)) for synonym in synonyms]
        words = dict.fromkeys(bare_term(term) for term in tokens if not term.startswith(SOUND_MARK))
        return cls(languages=likely, tokens=list(words), synonyms=models)


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
    less_likely: Annotated[int, Field(description="Paragraphs found and left out for `min_relevance`.")]
    facet_distribution: Annotated[
        dict[str, FacetModel], Field(description="By attribute asked for, over the same candidates as the hits.")
    ]
    took_ms: float
    timings_ms: Annotated[
        dict[str, float],
        Field(description="Milliseconds by stage, from `analysis` on; `kept`: the answer is of a request before."),
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
            less_likely=response.less_likely,
            facet_distribution={name: FacetModel.of(facet) for name, facet in response.facets.items()},
            took_ms=round(response.took_ms, 3),
            timings_ms={stage: round(took, 3) for stage, took in response.timings_ms.items()},
            confidence=response.confidence,
            warnings=list(response.warnings),
            generation=response.generation,
        )
