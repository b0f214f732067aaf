"""What an assistant may ask over MCP: three tools that read. Nothing here knows of the protocol.

`search` and `fetch` have the shape that assistants' connectors expect; `search_paragraphs` has every option of
``/v1/search``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field

from paraglot.api.http.fields.answers import SearchModel
from paraglot.api.http.fields.fields import Fields
from paraglot.api.http.fields.search import SearchFields
from paraglot.search.answer.citations import cite
from paraglot.search.engine.engine import Engine
from paraglot.search.engine.view import View
from paraglot.search.errors import NotFound, ParagraphChanged
from paraglot.search.types import ANSWER_RELEVANCE, Article, ArticleHead, Citation, Hit, Paragraph, SearchRequest

MAX_FETCHED_CHARACTERS = 50_000
"""Of a longer article the part around the paragraph that was asked for is given."""


class Question(Fields):
    """What `search` takes."""

    query: Annotated[str, Field(description="Words or a question, in any language.")]


class FoundModel(BaseModel):
    """A paragraph that was found."""

    id: str
    """Which `fetch` takes."""
    title: str
    url: str
    """The article's page at the quote; empty where it has none."""
    text: str
    relevance: float
    language: str
    date: str | None
    source: str | None

    @classmethod
    def of(cls, hit: Hit) -> FoundModel:
        """From the engine's type."""
        return cls(
            id=hit.paragraph.id,
            title=hit.article.title or hit.article.id,
            url=hit.citation.url or "",
            text=hit.paragraph.text,
            relevance=round(hit.relevance, 3),
            language=hit.paragraph.language,
            date=hit.article.date,
            source=hit.article.source,
        )


class ResultsModel(BaseModel):
    """What `search` gives, best first."""

    results: list[FoundModel]
    less_likely: int
    """Found and left out, since they hardly answer."""


class Reference(Fields):
    """What `fetch` takes."""

    id: Annotated[str, Field(description="The id of a paragraph, as a search gives it, or of an article.")]


class FetchedModel(BaseModel):
    """An article, and what was asked for in it."""

    id: str
    title: str
    text: str
    url: str
    """The article's page; empty where it has none."""
    metadata: dict[str, str]
    """article_id, language, date and source, as far as they are known; the paragraph that was asked for; of a long
    article which characters are given.
    """


class ParagraphsQuestion(SearchFields):
    """What `search_paragraphs` takes."""

    explain: bool = False
    min_relevance: Annotated[
        float,
        Field(ge=0, le=1, description="Less relevant hits are left out; 0 gives those, too, that hardly answer."),
    ] = ANSWER_RELEVANCE
    answers_first: bool = True


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it takes, what it gives, and how. ``call`` is given the engine, the fields and the forced filter."""

    title: str
    description: str
    takes: type[BaseModel]
    call: Callable[[Engine, Any, str | None], BaseModel]


def search(engine: Engine, arguments: Question, forced: str | None) -> ResultsModel:
    """The paragraphs that answer."""
    response = engine.search(SearchRequest(arguments.query, min_relevance=ANSWER_RELEVANCE), forced)
    return ResultsModel(results=[FoundModel.of(hit) for hit in response.hits], less_likely=response.less_likely)


def search_paragraphs(engine: Engine, arguments: ParagraphsQuestion, forced: str | None) -> SearchModel:
    """The same by all options."""
    return SearchModel.of(engine.search(arguments.request(), forced))


def fetch(engine: Engine, arguments: Reference, forced: str | None) -> FetchedModel:
    """An article by its id or that of one of its paragraphs. Raises `NotFound`."""
    article, paragraphs = engine.read(lambda view: view.article(_article_id(view, arguments.id)), forced)
    found = next((paragraph for paragraph in paragraphs if paragraph.id == arguments.id), None)
    start, end = _part(len(article.text), found)
    metadata = {name: getattr(article, name) for name in ("language", "date", "source") if getattr(article, name)}
    if found:
        metadata["paragraph"] = found.text
    if end - start < len(article.text):
        metadata["characters"] = f"{start} to {end} of {len(article.text)}"
    cited = _cited(article, found or next(iter(paragraphs), None))
    return FetchedModel(
        id=arguments.id,
        title=article.title or article.id,
        text=article.text[start:end],
        url=(cited and cited.url) or "",
        metadata={"article_id": article.id, **metadata},
    )


TOOLS: dict[str, Tool] = {
    "search": Tool(
        "Search",
        "Find paragraphs of articles that answer a question, by keyword and by meaning, in any language: a question in "
        "one language finds answers in all. No results: nothing here answers (less_likely: how many hardly do). Cite "
        "what you use by its url.",
        Question,
        search,
    ),
    "fetch": Tool(
        "Fetch",
        "Read the whole article of a paragraph that a search found.",
        Reference,
        fetch,
    ),
    "search_paragraphs": Tool(
        "Search with options",
        "Find paragraphs with filters by any attribute of their articles, languages, facets, order by date, paging, a "
        "least relevance and neighbouring paragraphs. Each hit has its citation.",
        ParagraphsQuestion,
        search_paragraphs,
    ),
}


def _article_id(view: View, id_: str) -> str:
    try:
        return view.paragraph(id_)[0].article_id
    except ParagraphChanged:
        raise
    except NotFound:
        return id_


def _part(length: int, found: Paragraph | None) -> tuple[int, int]:
    """The characters of an article to give, around the paragraph found."""
    middle = (found.start + found.end) // 2 if found else 0
    start = max(0, min(middle - MAX_FETCHED_CHARACTERS // 2, length - MAX_FETCHED_CHARACTERS))
    return start, min(length, start + MAX_FETCHED_CHARACTERS)


def _cited(article: Article, paragraph: Paragraph | None) -> Citation | None:
    head = ArticleHead(**{name: getattr(article, name) for name in ArticleHead.__slots__})
    return cite(paragraph, head) if paragraph else None
