"""``/v1/rules``: the synonyms and pinned results of the index, read and replaced whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from fastapi.openapi.models import Example as OpenApiExample
from pydantic import BaseModel, ConfigDict, Field

from paraglot.api.http.examples import RULES_TO_PUT
from paraglot.api.http.guard.policy import needs
from paraglot.api.http.routes.search import engine_of, problems
from paraglot.search.errors import InvalidRequest, InvalidSettings
from paraglot.search.query.rules.rules import MAX_RULES, Rules, as_tables, read_rules

router = APIRouter(prefix="/v1", dependencies=[needs("admin")])

Texts = list[str]
_EXAMPLES: dict[str, OpenApiExample] = {"synonyms and a pin": {"value": RULES_TO_PUT}}


class SynonymsModel(BaseModel):
    """Texts that stand for each other (`words`), or `to` for `from`; for queries that may be in `language`."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    words: Annotated[Texts | None, Field(examples=[["ev", "electric car"]])] = None
    from_: Annotated[Texts | None, Field(alias="from", examples=[None])] = None
    to: Annotated[Texts | None, Field(examples=[None])] = None
    language: Annotated[str | None, Field(examples=["en"])] = None


class PinModel(BaseModel):
    """Paragraphs or articles that come first for some queries, in this order."""

    model_config = ConfigDict(extra="forbid")

    query: Annotated[str | None, Field(examples=[None])] = None
    queries: Annotated[Texts | None, Field(examples=[["opening hours"]])] = None
    match: Annotated[str, Field(description="exact: the whole query; contains: anywhere in it.")] = "exact"
    ids: Annotated[Texts, Field(examples=[["reef-ja"]])]
    languages: Annotated[Texts | None, Field(examples=[["en"]])] = None


class RulesFields(BaseModel):
    """All rules, as ``rules.toml`` has them."""

    model_config = ConfigDict(extra="forbid")

    synonyms: Annotated[list[SynonymsModel], Field(default_factory=list, json_schema_extra={"maxItems": MAX_RULES})]
    pins: Annotated[list[PinModel], Field(default_factory=list, json_schema_extra={"maxItems": MAX_RULES})]


class RulesModel(RulesFields):
    """The rules in force."""

    fault: Annotated[str | None, Field(description="What is wrong with the file, whose last good content is in force.")]
    unknown_ids: Annotated[list[str], Field(description="Pinned ids that nothing in the index has.")]


@router.get("/rules", summary="The rules", responses=problems(503), response_model_exclude_unset=True)
def rules(request: Request) -> RulesModel:
    """Synonyms and pinned results in force."""
    now = engine_of(request).rules.now()
    return _model(request, now.rules, now.fault)


@router.put("/rules", summary="Replace the rules", responses=problems(422, 503), response_model_exclude_unset=True)
def replace_rules(
    request: Request,
    fields: Annotated[RulesFields, Body(openapi_examples=_EXAMPLES)],
) -> RulesModel:
    """Replace all synonyms and pinned results; every search from now on follows them, in every process."""
    try:
        rules = read_rules(fields.model_dump(by_alias=True, exclude_none=True), _pointer)
        engine_of(request).rules.replace(rules)
    except InvalidSettings as error:
        pointer, _, detail = error.message.partition(": ")
        raise InvalidRequest(pointer, detail) from error
    return _model(request, rules, None)


def _model(request: Request, rules: Rules, fault: str | None) -> RulesModel:
    pinned = dict.fromkeys(id_ for pin in rules.pins for id_ in pin.ids)
    tables: dict[str, Any] = as_tables(rules)
    return RulesModel(**tables, fault=fault, unknown_ids=unknown_ids(request, list(pinned)))


def unknown_ids(request: Request, ids: Sequence[str]) -> list[str]:
    """Those of ``ids`` that nothing in the index has."""
    found = engine_of(request).read(lambda view: view.snapshot.find(ids))
    return [id_ for id_, rows in zip(ids, found, strict=True) if not rows]


def _pointer(kind: str, number: int) -> str:
    return f"{kind}/{number}" if number >= 0 else ""
