"""The fields of a search over HTTP, with the words that the OpenAPI page shows."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from paraglot.api.http.fields.fields import Fields, UrlFields
from paraglot.search.query.filters import MAX_FILTER_CHARACTERS
from paraglot.search.types import (
    MAX_CONTEXT,
    MAX_FACETS,
    MAX_LANGUAGES,
    MAX_LIMIT,
    MAX_OFFSET,
    MAX_QUERY_CHARACTERS,
    GroupBy,
    Mode,
    SearchRequest,
    Sort,
)

EXAMPLE_QUERY = "Was sagte Xi über die Freundschaft mit Belarus?"


LimitField: TypeAlias = Annotated[
    int, Field(description="Hits on the page.", json_schema_extra={"minimum": 1, "maximum": MAX_LIMIT})
]
OffsetField: TypeAlias = Annotated[
    int, Field(description="Hits before the page.", json_schema_extra={"minimum": 0, "maximum": MAX_OFFSET})
]
LanguagesField: TypeAlias = Annotated[
    list[str],
    Field(
        description="Only paragraphs in these languages (BCP 47 tags; in a URL also with commas between).",
        default_factory=list,
        json_schema_extra={"maxItems": MAX_LANGUAGES},
    ),
]
FilterField: TypeAlias = Annotated[
    str,
    Field(
        description="Only paragraphs that it lets through, by any attribute of their article: `language = de AND "
        "date >= 2024-01-01 AND source IN [a, b] AND NOT tags = opinion`, parentheses, `EXISTS`.",
        examples=["date >= 2024 AND NOT tags = opinion"],
        json_schema_extra={"maxLength": MAX_FILTER_CHARACTERS},
    ),
]
ContextField: TypeAlias = Annotated[
    int,
    Field(
        description="Paragraphs before and after each hit that are given with it.",
        json_schema_extra={"minimum": 0, "maximum": MAX_CONTEXT},
    ),
]


class SearchFields(Fields):
    """The fields of a search, the same for GET and POST. The rules behind the types are `SearchRequest`'s."""

    q: Annotated[
        str,
        Field(
            description="What to look for: words or a question, in any language.",
            examples=[EXAMPLE_QUERY],
            json_schema_extra={"minLength": 1, "maxLength": MAX_QUERY_CHARACTERS},
        ),
    ]
    limit: LimitField = 10
    offset: OffsetField = 0
    mode: Annotated[Mode, Field(description="Which legs search.")] = "hybrid"
    languages: LanguagesField
    prefer_languages: Annotated[
        list[str],
        Field(
            description="Paragraphs in these languages come a little before equals; none is left out for it.",
            default_factory=list,
            json_schema_extra={"maxItems": MAX_LANGUAGES},
        ),
    ]
    filter: FilterField = ""
    facets: Annotated[
        list[str],
        Field(
            description="Attributes whose values are counted over the hits of all pages.",
            examples=[["source", "language"]],
            default_factory=list,
            json_schema_extra={"maxItems": MAX_FACETS},
        ),
    ]
    sort: Annotated[
        Sort,
        Field(
            description="By date: all that matches, of the same date the better first, those without a date last. "
            "What matches has the query's words, or is not much less relevant than the best hit."
        ),
    ] = "relevance"
    explain: Annotated[
        bool, Field(description="Whether each hit says why it is there; it takes longer than the search itself.")
    ] = False
    query_language: Annotated[
        str | None, Field(description="The query's language (BCP 47), where it is known; else it is told by the words.")
    ] = None
    semantic_ratio: Annotated[
        float | None,
        Field(description="What meaning counts beside words, 0 to 1; null: as measured best."),
    ] = None
    min_relevance: Annotated[float, Field(description="Hits that are less relevant are left out.")] = 0.0
    words_suffice: Annotated[
        bool, Field(description="Whether a hit that has the query's words stays, however relevant it is.")
    ] = False
    group_by: Annotated[
        GroupBy | None, Field(description="One hit per article, with its further paragraphs in `more`.")
    ] = None
    diversity: Annotated[float, Field(description="Variety before score, 0 to 1.")] = 0.0
    recency_weight: Annotated[
        float, Field(description="Units of the score that an article of today gains; halved every half-life.")
    ] = 0.0
    recency_half_life_days: float = 30.0
    context: ContextField = 0

    def request(self) -> SearchRequest:
        """The request that the engine takes. Raises `InvalidRequest`."""
        return SearchRequest(
            q=self.q,
            limit=self.limit,
            offset=self.offset,
            mode=self.mode,
            languages=tuple(self.languages),
            prefer_languages=tuple(self.prefer_languages),
            filter=self.filter,
            facets=tuple(self.facets),
            sort=self.sort,
            explain=self.explain,
            query_language=self.query_language,
            semantic_ratio=self.semantic_ratio,
            min_relevance=self.min_relevance,
            words_suffice=self.words_suffice,
            group_by=self.group_by,
            diversity=self.diversity,
            recency_weight=self.recency_weight,
            recency_half_life_days=self.recency_half_life_days,
            context=self.context,
        )


class SearchUrl(UrlFields, SearchFields):
    """A search as the parameters of a URL."""
