"""``/v1/collections``: what a service offers by name, and one search over several of them.

Everything else of a collection is served below its name (`paraglot.api.http.collections`).
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, Field

from paraglot.api.http.fields.answers import FacetModel
from paraglot.api.http.fields.fields import UrlFields
from paraglot.api.http.fields.hits import HitModel
from paraglot.api.http.fields.search import EXAMPLE_QUERY, SearchFields
from paraglot.api.http.fields.url import from_url
from paraglot.api.http.guard.access import charge, opened_collections, too_many
from paraglot.api.http.guard.policy import needs
from paraglot.api.http.routes.search import problems
from paraglot.api.http.shared import Shared
from paraglot.search.engine.across import search_across
from paraglot.search.errors import InvalidRequest
from paraglot.search.types import AcrossResponse, Confidence, SearchRequest

router = APIRouter(prefix="/v1/collections")


class CollectionModel(BaseModel):
    """One index of the service, as far as the key may see it."""

    name: Annotated[str, Field(examples=["news"])]
    default: Annotated[bool, Field(description="Whether it is also served under the addresses without a name.")]
    articles: int
    paragraphs: int
    languages: Annotated[dict[str, int], Field(description="Paragraphs by language.")]
    encoder: str
    generation: int


class CollectionsModel(BaseModel):
    """What the key opens."""

    collections: list[CollectionModel]


class AcrossFields(SearchFields):
    """The fields of a search, and which collections to search."""

    collections: list[str] = Field(
        default_factory=list,
        description="Their names; none: all that the key opens.",
        examples=[["news", "docs"]],
    )

    def request(self) -> SearchRequest:
        """What each collection is asked. Raises `InvalidRequest`."""
        return SearchRequest(**{name: value for name, value in self.values().items() if name != "collections"})


class AcrossUrl(UrlFields, AcrossFields):
    """The same as the parameters of a URL."""


class CollectionHitModel(BaseModel):
    """A hit, and where it is from."""

    collection: Annotated[str, Field(examples=["news"])]
    hit: HitModel


class AcrossModel(BaseModel):
    """The hits of several collections, the most relevant first."""

    hits: list[CollectionHitModel]
    limit: int
    offset: int
    estimated_total_hits: Annotated[int, Field(description="Hits on all pages of all collections.")]
    less_likely: Annotated[int, Field(description="Paragraphs found and left out for `min_relevance`.")]
    facet_distribution: dict[str, FacetModel]
    took_ms: float
    confidence: Annotated[Confidence, Field(description="By the most relevant hit; none: below 0.5.")]
    warnings: Annotated[list[str], Field(description="Each begins with the name of its collection.")]
    generations: Annotated[dict[str, int], Field(description="The commit of each index that answered.")]

    @classmethod
    def of(cls, response: AcrossResponse, request: SearchRequest) -> AcrossModel:
        """From the engine's type."""
        plain = {name: getattr(response, name) for name in ("confidence", "estimated_total_hits", "less_likely")}
        hits = [
            CollectionHitModel(collection=hit.collection, hit=HitModel.of_hit(hit.hit, request.explain))
            for hit in response.hits
        ]
        return cls(
            **plain,
            hits=hits,
            limit=request.limit,
            offset=request.offset,
            facet_distribution={name: FacetModel.of(facet) for name, facet in response.facets.items()},
            took_ms=round(response.took_ms, 3),
            warnings=list(response.warnings),
            generations=dict(response.generations),
        )


@router.get(
    "",
    summary="The collections",
    responses=problems(503),
    dependencies=[needs("search", filtered=True, all_collections=True)],
)
def collections(request: Request) -> CollectionsModel:
    """The indexes that the key opens, the default one first. All that a service has of one answers below its name:
    `/v1/collections/news/search` as `/v1/search`, `/v1/collections/news/feed.rss` as `/feed.rss`."""
    shared = _shared(request)
    found = []
    for place, (name, engine) in enumerate(shared.engines.items()):
        if key := opened_collections(request).get(name):
            manifest = engine.read(lambda view: view.manifest, key.filter)
            counts = {field: getattr(manifest, field) for field in ("articles", "paragraphs", "generation")}
            model = CollectionModel(
                name=name,
                default=place == 0,
                languages=dict(manifest.languages),
                encoder=manifest.encoder.name,
                **counts,
            )
            found.append(model)
    return CollectionsModel(collections=found)


@router.get(
    "/search",
    summary="Search several by URL",
    response_model=AcrossModel,
    responses=problems(422, 503),
    dependencies=[needs("search", filtered=True, costly=True, all_collections=True)],
)
def search_collections_by_url(request: Request, fields: Annotated[AcrossUrl, from_url(AcrossUrl)]) -> Any:
    """One search over several collections. Their scores do not compare, so relevance orders the hits. Each collection
    counts as a request."""
    return _search(request, fields)


@router.post(
    "/search",
    summary="Search several by JSON",
    response_model=AcrossModel,
    responses=problems(422, 503),
    dependencies=[needs("search", filtered=True, costly=True, all_collections=True)],
)
def search_collections_by_json(
    request: Request,
    fields: Annotated[
        AcrossFields, Body(openapi_examples={"two": {"value": {"q": EXAMPLE_QUERY, "collections": ["default"]}}})
    ],
) -> Any:
    """The same search, its fields in a JSON body."""
    return _search(request, fields)


def _search(request: Request, fields: AcrossFields) -> Any:
    search_request, opened = fields.request(), opened_collections(request)
    names = list(dict.fromkeys(fields.collections)) or list(opened)
    for name in names:
        if name not in opened:
            raise InvalidRequest("collections", f"This key opens no collection {name!r}; it opens {', '.join(opened)}.")
    if wait_s := charge(request, len(names) - 1):
        return too_many(wait_s)
    engines = {name: _shared(request).engines[name] for name in names}
    response = search_across(engines, search_request, {name: opened[name].filter for name in names})
    return AcrossModel.of(response, search_request)


def _shared(request: Request) -> Shared:
    shared: Shared = request.app.state.shared
    return shared
