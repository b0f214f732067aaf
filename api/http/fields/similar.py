"""What travels to and from ``/v1/similar``."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from paraglot.api.http.fields.fields import Fields, UrlFields
from paraglot.api.http.fields.schemas import HitModel
from paraglot.api.http.fields.search import ContextField, FilterField, LanguagesField, LimitField, OffsetField
from paraglot.search.answer.similar_types import SimilarRequest, SimilarResponse
from paraglot.search.types import MAX_QUERY_CHARACTERS


class SimilarFields(Fields):
    """The fields of a request for the like of a paragraph or a text, the same for GET and POST."""

    id: Annotated[
        str | None, Field(description="A paragraph's id, as a hit gives it. Its own article is left out.")
    ] = None
    text: Annotated[
        str | None,
        Field(
            description="A text instead of an id.",
            examples=["The council raised the tax on bread."],
            json_schema_extra={"maxLength": MAX_QUERY_CHARACTERS},
        ),
    ] = None
    limit: LimitField = 10
    offset: OffsetField = 0
    languages: LanguagesField
    filter: FilterField = ""
    context: ContextField = 0

    def request(self) -> SimilarRequest:
        """The request that the engine takes. Raises `InvalidRequest`."""
        return SimilarRequest(
            self.id, self.text, self.limit, self.offset, tuple(self.languages), self.filter, self.context
        )


class SimilarUrl(UrlFields, SimilarFields):
    """The same as the parameters of a URL."""


class SimilarModel(BaseModel):
    """Paragraphs that say the same, the nearest first. A hit's `score` is its cosine."""

    hits: list[HitModel]
    limit: int
    offset: int
    estimated_total_hits: Annotated[int, Field(description="Neighbours in the window that pages are cut from.")]
    took_ms: float
    warnings: list[str]
    generation: Annotated[int, Field(description="The commit of the index that answered.")]

    @classmethod
    def of(cls, response: SimilarResponse) -> SimilarModel:
        """From the engine's type."""
        return cls(
            hits=[HitModel.of_hit(hit, explain=False) for hit in response.hits],
            limit=response.request.limit,
            offset=response.request.offset,
            estimated_total_hits=response.estimated_total_hits,
            took_ms=round(response.took_ms, 3),
            warnings=list(response.warnings),
            generation=response.generation,
        )
