"""What is asked, and the rules that it keeps: the one of these that knows errors and the grammar of filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Annotated, Literal, TypeAlias

from paraglot.search.errors import InvalidRequest
from paraglot.search.query.filters import MAX_FILTER_CHARACTERS, parse_filter
from paraglot.search.types.article import LANGUAGE_TAG
from paraglot.search.types.options import Option, check_bounds

Mode: TypeAlias = Literal["hybrid", "keyword", "semantic"]
MODES: tuple[Mode, ...] = ("hybrid", "keyword", "semantic")

GroupBy: TypeAlias = Literal["article"]
Sort: TypeAlias = Literal["relevance", "date:desc", "date:asc"]
SORTS: tuple[Sort, ...] = ("relevance", "date:desc", "date:asc")

ANSWER_RELEVANCE = 0.5
"""From this relevance on a paragraph counts as an answer."""

MAX_QUERY_CHARACTERS = 10_000
MAX_LIMIT = 100
MAX_OFFSET = 10_000
MAX_CONTEXT = 3
MAX_FACETS = 20
MAX_LANGUAGES = 100
MAX_RECENCY_WEIGHT = 10
MAX_DIMENSION = 4096
MAX_HALF_LIFE_DAYS = 36_500

LIMIT = Option("Hits on the page.", minimum=1, maximum=MAX_LIMIT)
OFFSET = Option("Hits before the page.", minimum=0, maximum=MAX_OFFSET)
LANGUAGES = Option(
    "Only paragraphs in these languages (BCP 47 tags; but in JSON also with commas between).",
    maximum_length=MAX_LANGUAGES,
)
FILTER = Option(
    "Only paragraphs that it lets through, by any attribute of their article: `language = de AND date >= 2024-01-01 "
    "AND source IN [a, b] AND NOT tags = opinion`, parentheses, `date EXISTS`, `NOT date EXISTS`.",
    maximum_length=MAX_FILTER_CHARACTERS,
    example="date >= 2024 AND NOT tags = opinion",
)
CONTEXT = Option("Paragraphs before and after each hit that are given with it.", minimum=0, maximum=MAX_CONTEXT)
"""What several requests ask for."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One question and how to answer it. Validates itself, so the command line and HTTP have one rule.

    Each field says what it is in its `Option`, from which every door takes it. ``filter`` is in the grammar of
    `paraglot.search.query.filters`.

    Raises `InvalidRequest` with the name of the offending field.
    """

    q: Annotated[
        str,
        Option(
            "What to look for: words or a question, in any language.",
            maximum_length=MAX_QUERY_CHARACTERS,
            empty=False,
            example="Was sagte Xi über die Freundschaft mit Belarus?",
        ),
    ]
    limit: Annotated[int, LIMIT] = 10
    offset: Annotated[int, OFFSET] = 0
    mode: Annotated[Mode, Option("Which legs search.")] = "hybrid"
    languages: Annotated[tuple[str, ...], LANGUAGES] = ()
    prefer_languages: Annotated[
        tuple[str, ...],
        Option(
            "Paragraphs in these languages come a little before equals; none is left out for it.",
            maximum_length=MAX_LANGUAGES,
        ),
    ] = ()
    explain: Annotated[
        bool, Option("Whether each hit says why it is there; it takes longer than the search itself.")
    ] = False
    query_language: Annotated[
        str | None, Option("The query's language (BCP 47), where it is known; else it is told by the words.")
    ] = None
    semantic_ratio: Annotated[
        float | None,
        Option("What meaning counts beside words; left out: as measured best.", minimum=0, maximum=1),
    ] = None
    min_relevance: Annotated[float, Option("Hits that are less relevant are left out.", minimum=0, maximum=1)] = 0.0
    words_suffice: Annotated[
        bool, Option("Whether a hit that has the query's words stays, however relevant it is.")
    ] = False
    answers_first: Annotated[
        bool,
        Option("Whether hits of a relevance of 0.5 or more come before others where the order is by score."),
    ] = False
    group_by: Annotated[GroupBy | None, Option("One hit per article, with its further paragraphs in `more`.")] = None
    diversity: Annotated[float, Option("Variety before score.", minimum=0, maximum=1)] = 0.0
    recency_weight: Annotated[
        float,
        Option(
            "Units of the score that an article of today gains; halved every half-life.",
            minimum=0,
            maximum=MAX_RECENCY_WEIGHT,
        ),
    ] = 0.0
    recency_half_life_days: Annotated[
        float, Option("After how many days that gain is halved.", above=0, maximum=MAX_HALF_LIFE_DAYS)
    ] = 30.0
    filter: Annotated[str, FILTER] = ""
    facets: Annotated[
        tuple[str, ...],
        Option(
            "Attributes whose values are counted over the hits of all pages.",
            maximum_length=MAX_FACETS,
            example=["source", "language"],
        ),
    ] = ()
    sort: Annotated[
        Sort,
        Option(
            "By date: all that matches, of the same date the better first, those without a date last. "
            "What matches has the query's words, or is not much less relevant than the best hit."
        ),
    ] = "relevance"
    context: Annotated[int, CONTEXT] = 0
    vector: Annotated[
        tuple[float, ...],
        Option(
            "The query's vector by the model that made those of the index; left out: the index's encoder makes it.",
            maximum_length=MAX_DIMENSION,
        ),
    ] = ()

    def __post_init__(self) -> None:
        check_text("q", self.q, "query")
        check_bounds(self)
        object.__setattr__(self, "vector", checked_vector(self.vector))
        for name in ("languages", "prefer_languages", "facets"):
            object.__setattr__(self, name, tuple(getattr(self, name)))  # so that requests have a hash
        if self.query_language is not None:
            check_languages("query_language", [self.query_language])
        check_scope(self.filter, self.languages)
        check_languages("prefer_languages", self.prefer_languages)


def check_text(name: str, value: str, noun: str = "") -> None:
    """What is looked for must be a text. ``noun`` is what messages call the field ``name``. Raises `InvalidRequest`."""
    noun = noun or name
    if not value.strip():
        raise InvalidRequest(name, f"The {noun} is empty: give at least one word.")
    if len(value) > MAX_QUERY_CHARACTERS:
        raise InvalidRequest(name, f"The {noun} is longer than {MAX_QUERY_CHARACTERS} characters.")
    if any(0xD800 <= ord(character) <= 0xDFFF for character in value):
        raise InvalidRequest(name, f"The {noun} holds a lone surrogate, which no text can be matched with.")


def checked_vector(numbers: Sequence[float], field: str = "vector") -> tuple[float, ...]:
    """The numbers of a vector, or none. Raises `InvalidRequest`, with the ``field``, where they are no direction."""
    try:
        vector = tuple(float(number) for number in numbers)
    except (TypeError, ValueError, OverflowError):
        raise InvalidRequest(field, "A vector is a list of numbers.") from None
    if vector and not (all(map(isfinite, vector)) and any(vector)):
        raise InvalidRequest(field, "A vector's numbers must be finite, and not all of them 0.")
    return vector


def check_scope(filter_: str, languages: Sequence[str]) -> None:
    """What says which paragraphs are searched must be well formed. Raises `InvalidRequest`."""
    if filter_.strip():
        parse_filter(filter_)
    check_languages("languages", languages)


def check_languages(name: str, tags: Sequence[str]) -> None:
    """The languages that the field ``name`` gives must be tags. Raises `InvalidRequest`."""
    for tag in tags:
        if not LANGUAGE_TAG.fullmatch(tag):
            raise InvalidRequest(name, f"{tag!r} is not a language tag such as 'de' or 'zh-TW'.")
