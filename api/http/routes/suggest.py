"""``/v1/suggest``: what a query may go on to be, while it is typed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, Field

from paraglot.api.http.fields.fields import Fields, UrlFields, fields_of
from paraglot.api.http.fields.url import from_url
from paraglot.api.http.guard.caching import not_cacheable
from paraglot.api.http.guard.policy import needs
from paraglot.api.http.routes.search import READS, engine_of, forced_filter, problems
from paraglot.search.suggest.types import Kind, SuggestRequest, SuggestResponse

router = APIRouter(prefix="/v1")


class SuggestFields(fields_of(SuggestRequest, Fields)):  # type: ignore[misc]  # the fields are known when it runs
    """The fields of a suggestion, the same for GET and POST."""

    def request(self) -> SuggestRequest:
        """The request that the engine takes. Raises `InvalidRequest`."""
        return SuggestRequest(**self.values())


class SuggestUrl(UrlFields, SuggestFields):
    """A suggestion as the parameters of a URL."""


class SuggestionModel(BaseModel):
    """A text to search for."""

    text: Annotated[str, Field(examples=["Klimawandel"])]
    kind: Annotated[Kind, Field(description="An article's title, or a frequent phrase of paragraphs.")]
    language: Annotated[str, Field(examples=["de"])]
    count: Annotated[int, Field(description="Paragraphs under the title, or with the phrase, that the caller may see.")]
    article_id: Annotated[str | None, Field(description="Of the one article with this title; null: a phrase, or more.")]


class SuggestModel(BaseModel):
    """What a query may go on to be, best first: what begins so before what has it within, then by count."""

    query: str
    suggestions: list[SuggestionModel]
    complete: Annotated[
        bool, Field(description="False: what the latest commits added is still being read; ask again in a while.")
    ]
    took_ms: float
    generation: int

    @classmethod
    def of(cls, response: SuggestResponse) -> SuggestModel:
        """From the engine's type."""
        names = SuggestionModel.model_fields
        return cls(
            query=response.request.q,
            suggestions=[
                SuggestionModel(**{name: getattr(suggestion, name) for name in names})
                for suggestion in response.suggestions
            ],
            complete=response.complete,
            took_ms=round(response.took_ms, 3),
            generation=response.generation,
        )


@router.get("/suggest", summary="Suggest by URL", responses=problems(422, 503), dependencies=[READS])
def suggest_by_url(request: Request, fields: Annotated[SuggestUrl, from_url(SuggestUrl)]) -> SuggestModel:
    """Titles and frequent phrases that go on as what was typed, typing errors forgiven."""
    return _suggest(request, fields)


@router.post(
    "/suggest",
    summary="Suggest by JSON",
    responses=problems(422, 503),
    dependencies=[needs("search", filtered=True)],
)
def suggest_by_json(request: Request, fields: Annotated[SuggestFields, Body()]) -> SuggestModel:
    """The same suggestions, the fields in a JSON body."""
    return _suggest(request, fields)


def _suggest(request: Request, fields: SuggestFields) -> SuggestModel:
    response = engine_of(request).suggest(fields.request(), forced_filter(request), patient=False)
    if not response.complete:
        not_cacheable()
    return SuggestModel.of(response)
