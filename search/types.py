"""The words of the house as types: frozen, standard library only, no behaviour beyond their own rules.

Of ours they know the errors and the grammar of filters, by which a request checks itself. What notebooks show of them
is added by `paraglot.search.answer.notebook`.

An entity (`Article`, `Paragraph`) never carries a score; a `Hit` does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeAlias

from paraglot.search.errors import InvalidRequest
from paraglot.search.options import Option, check_bounds
from paraglot.search.query.filters import MAX_FILTER_CHARACTERS, parse_filter

Mode: TypeAlias = Literal["hybrid", "keyword", "semantic"]
MODES: tuple[Mode, ...] = ("hybrid", "keyword", "semantic")

Confidence: TypeAlias = Literal["high", "medium", "low", "none"]
GroupBy: TypeAlias = Literal["article"]
Sort: TypeAlias = Literal["relevance", "date:desc", "date:asc"]
SORTS: tuple[Sort, ...] = ("relevance", "date:desc", "date:asc")

AttributeValue: TypeAlias = str | int | float | bool | list["AttributeValue"] | dict[str, "AttributeValue"] | None

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""The shape of a BCP 47 tag as far as we read one: a language and subtags."""

MAX_QUERY_CHARACTERS = 10_000
MAX_LIMIT = 100
MAX_OFFSET = 10_000
MAX_CONTEXT = 3
MAX_FACETS = 20
MAX_LANGUAGES = 100
MAX_RECENCY_WEIGHT = 10
MAX_HALF_LIFE_DAYS = 36_500

LIMIT = Option("Hits on the page.", minimum=1, maximum=MAX_LIMIT)
OFFSET = Option("Hits before the page.", minimum=0, maximum=MAX_OFFSET)
LANGUAGES = Option(
    "Only paragraphs in these languages (BCP 47 tags; in a URL also with commas between).", maximum_length=MAX_LANGUAGES
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
class Article:
    """An article as it was read: its head and where its paragraphs lie in ``text``.

    ``text`` is the body without the title; ``date`` is ISO 8601 as given. ``attributes`` are the further fields of
    the input.
    """

    id: str
    title: str
    text: str
    language: str
    url: str | None = None
    date: str | None = None
    source: str | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of an article.

    ``row`` is the integer key shared by all stores of one index, ``position`` counts from 0 within the article,
    ``start`` and ``end`` are offsets in characters into the article's ``text``. ``heading`` is the sub-heading that it
    stands under, or "".
    """

    row: int
    id: str
    article_id: str
    position: int
    text: str
    language: str
    heading: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """Who an encoder is. Two encoders with the same ``fingerprint`` give the same vectors for the same text.

    ``name`` is what ``--model`` takes. ``max_tokens`` is the longest input in tokens that is encoded whole (None: no
    limit); prefixes are put before a query or a paragraph before encoding. ``languages`` are those that the encoder is
    known to cover (empty: not known).
    """

    name: str
    fingerprint: str
    dimension: int
    max_tokens: int | None = None
    query_prefix: str = ""
    paragraph_prefix: str = ""
    pooling: str = ""
    languages: tuple[str, ...] = ()


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

    def __post_init__(self) -> None:
        check_text("q", self.q, "query")
        check_bounds(self)
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


@dataclass(frozen=True, slots=True)
class LegEvidence:
    """What one leg says of a paragraph: its ``rank`` (from 1; None: outside the leg's window) and its ``score``.

    The score is BM25 for the keyword leg; for the semantic leg, -1 to 1, the mean of the cosines of the paragraph and
    of its best sentence. A reranker's rank is among the hits that it read, and its score of its own scale.
    """

    rank: int | None
    score: float


@dataclass(frozen=True, slots=True)
class ArticleHead:
    """What a hit shows of its article."""

    id: str
    title: str
    url: str | None
    language: str
    date: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Highlight:
    """Characters ``start`` to ``end`` (exclusive) of a hit's text that say why it is there.

    "keyword": words of the query; "semantic": the sentence that is nearest to the query. The two kinds may overlap.
    """

    start: int
    end: int
    kind: Literal["keyword", "semantic"]


@dataclass(frozen=True, slots=True)
class SynonymMatch:
    """Words of a query as ``written``, and the ``synonym`` that stands for them by the rules of the index."""

    written: str
    synonym: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """Characters of the query and of a hit's text, end exclusive, that mean the same; ``similarity``: their cosine."""

    query_start: int
    query_end: int
    start: int
    end: int
    similarity: float


@dataclass(frozen=True, slots=True)
class AlsoIn:
    """A paragraph that says the same as a hit, in another language or another article."""

    id: str
    article_id: str
    title: str
    language: str


@dataclass(frozen=True, slots=True)
class Citation:
    """How a paragraph is cited: what it says, in its own words, and of which article.

    ``url`` leads a browser to the quote, by a text fragment; None where the article has no address of a web page.
    """

    url: str | None
    quote: str
    title: str
    source: str | None
    date: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Context:
    """The paragraphs of the same article that stand just before and after one, each list in the order of the text."""

    before: Sequence[Paragraph]
    after: Sequence[Paragraph]


@dataclass(frozen=True, slots=True)
class Hit:
    """A paragraph found. ``keyword``, ``semantic`` and ``rerank`` are what legs and reranker say of it; None: nothing.

    ``score`` orders the hits of one query; ``relevance``, 0 to 1, means the same for all queries. ``also_in`` are near
    copies, which are no hits of their own, and the same story in other languages, which may be. ``more`` are the best
    further paragraphs of the article where hits are grouped. ``sounds_like`` are names of the text in another script
    that sound like one of the query. ``context`` is None where none was asked for.
    """

    paragraph: Paragraph
    article: ArticleHead
    score: float
    relevance: float
    keyword: LegEvidence | None
    semantic: LegEvidence | None
    citation: Citation
    highlights: Sequence[Highlight] = ()
    matched_terms: Sequence[str] = ()
    sounds_like: Sequence[str] = ()
    synonyms: Sequence[SynonymMatch] = ()
    pinned: bool = False
    alignments: Sequence[Alignment] = ()
    also_in: Sequence[AlsoIn] = ()
    more: Sequence[Hit] = ()
    context: Context | None = None
    rerank: LegEvidence | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """How often each value of an attribute occurs among the candidates, most often first.

    A paragraph with several values counts for each; ``missing`` counts those without any.
    """

    counts: Mapping[str, int]
    missing: int


@dataclass(frozen=True, slots=True)
class SearchResponse:
    """The answer. ``estimated_total_hits`` counts the candidates of the fixed window; times in milliseconds.

    ``languages`` are those that the query may be in, each with its probability, likeliest first; ``tokens`` the terms
    that the keyword leg looked for, stems marked with their language; ``did_you_mean`` the query with the words of the
    corpus in place of words that it does not have and that were likely mistyped.
    """

    hits: Sequence[Hit]
    request: SearchRequest
    languages: Mapping[str, float]
    tokens: Sequence[str]
    did_you_mean: str | None
    estimated_total_hits: int
    took_ms: float
    timings_ms: Mapping[str, float]
    confidence: Confidence
    warnings: Sequence[str]
    generation: int
    synonyms: Sequence[SynonymMatch] = ()
    facets: Mapping[str, Facet] = field(default_factory=dict)
