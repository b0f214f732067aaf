"""What every operation shares in the OpenAPI document: problems in place of FastAPI's error shape, keys, refusals."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from paraglot.api.http.examples import EXAMPLES, problem_example
from paraglot.api.http.fields.faults import ParagraphChangedModel, ProblemModel
from paraglot.api.http.fields.url import parameters, url_models
from paraglot.api.http.guard.policy import REFUSED, RoutePolicy, declared, leaves
from paraglot.api.http.problems import MEDIA_TYPE
from paraglot.api.settings import DEFAULT_COLLECTION

_KEYS: dict[str, dict[str, Any]] = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "url": {"type": "apiKey", "in": "query", "name": "key", "description": "Keys of scope search alone."},
}
_BELOW_A_NAME = {
    "url": "/v1/collections/{collection}",
    "description": "The same of a collection, below its name: `/v1/collections` lists them.",
    "variables": {"collection": {"default": DEFAULT_COLLECTION}},
}
"""Every path of the document is one below this, too."""
_REFUSALS = {
    "400": "The address is not percent-encoded UTF-8, or the length of the body is told in two ways.",
    "401": "No key, or one that is not valid.",
    "403": "The key's scope, or the page's origin, does not allow it.",
    "406": "`Accept-Encoding` refuses all codings that there are.",
    "413": "The body is too long.",
    "421": "Without keys only requests for this machine's own names are answered.",
    "429": "Too many requests; Retry-After tells when to come again.",
    "503": "The service cannot answer now.",
}


def complete(app: FastAPI) -> None:
    """Have the document tell what is true of all operations."""
    original = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = original()
            _add_problems(schema["components"]["schemas"])
            schema["components"]["securitySchemes"] = _KEYS
            schema["servers"] = [*schema.get("servers", [{"url": "/"}]), _BELOW_A_NAME]
            shown = [leaf for leaf in leaves(app.routes) if isinstance(leaf, APIRoute) and leaf.include_in_schema]
            in_urls = parameters(list({model for route in shown for model in url_models(route.dependant)}))
            for route in shown:
                for method in route.methods or ():
                    operation = schema["paths"][route.path_format][method.lower()]
                    for model in url_models(route.dependant):
                        operation["parameters"] = [*operation.get("parameters", []), *in_urls[model]]
                    _add_access(declared(route) or REFUSED, operation)
                    _add_examples(operation)
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]


def _add_problems(schemas: dict[str, Any]) -> None:
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for model in (ProblemModel, ParagraphChangedModel):
        problem = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs", {}))
        schemas[model.__name__] = problem


def _add_access(policy: RoutePolicy, operation: dict[str, Any]) -> None:
    scope = policy.scope
    described = {"$ref": f"#/components/schemas/{ProblemModel.__name__}"}
    for status, meaning in _REFUSALS.items():
        if scope or status in ("400", "406", "421", "503"):
            refusal = {"description": meaning, "content": {MEDIA_TYPE: {"schema": described}}}
            operation["responses"].setdefault(status, refusal)
    if scope:
        # Without keys, or with the anonymous one, a search needs none.
        names = ("bearer", "header", "url") if scope == "search" else ("bearer", "header")
        operation["security"] = [{}, *({name: []} for name in names)]
    needed = f"Scope of the key: `{scope}`." if scope else "Open to all: it needs no key."
    operation["description"] = f"{operation.get('description', '')}\n\n{needed}".strip()
    operation["x-scope"] = scope


def _add_examples(operation: dict[str, Any]) -> None:
    for status, answer in operation["responses"].items():
        for shown in answer.get("content", {}).values():
            name = shown["schema"].get("$ref", "").rpartition("/")[2] or operation["operationId"]
            if not status.startswith("2"):
                shown["example"] = problem_example(status, answer["description"])
            elif name in EXAMPLES:
                shown["example"] = EXAMPLES[name]
