"""What travels to and from the list of articles."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from paraglot.api.http.fields.answers import FacetModel
from paraglot.api.http.fields.fields import UrlFields, fields_of
from paraglot.api.http.fields.paragraphs import ArticleHeadModel
from paraglot.search.answer.listing import ArticlesRequest, ArticlesResponse


class ArticlesUrl(fields_of(ArticlesRequest, UrlFields)):  # type: ignore[misc]  # the fields are known when it runs
    """Which articles to list, as the parameters of a URL."""

    def request(self) -> ArticlesRequest:
        """The request that the engine takes. Raises `InvalidRequest`."""
        return ArticlesRequest(**self.values())


class ArticlesModel(BaseModel):
    """One page of the articles."""

    articles: list[ArticleHeadModel]
    total: Annotated[int, Field(description="Articles on all pages.")]
    next_cursor: Annotated[str | None, Field(description="What the next page goes on from; null: this is the last.")]
    facet_distribution: Annotated[
        dict[str, FacetModel],
        Field(description="By attribute asked for, over the articles of all pages; each by one of its paragraphs."),
    ]
    warnings: list[str]
    generation: Annotated[int, Field(description="The commit of the index that answered.")]

    @classmethod
    def of(cls, response: ArticlesResponse) -> ArticlesModel:
        """From the engine's type."""
        return cls(
            articles=[ArticleHeadModel.of(head) for head in response.articles],
            total=response.total,
            next_cursor=response.next_cursor,
            facet_distribution={name: FacetModel.of(facet) for name, facet in response.facets.items()},
            warnings=list(response.warnings),
            generation=response.generation,
        )
