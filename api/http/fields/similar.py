"""What travels to and from ``/v1/similar``."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from paraglot.api.http.fields.fields import Fields, UrlFields, fields_of
from paraglot.api.http.fields.hits import HitModel
from paraglot.search.answer.similar_types import SimilarRequest, SimilarResponse


class SimilarFields(fields_of(SimilarRequest, Fields)):  # type: ignore[misc]  # the fields are known when it runs
    """The fields of a request for the like of a paragraph or a text, the same for GET and POST."""

    def request(self) -> SimilarRequest:
        """The request that the engine takes. Raises `InvalidRequest`."""
        return SimilarRequest(**self.values())


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
