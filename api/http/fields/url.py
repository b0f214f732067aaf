"""The fields of a request read out of its URL, in one go.

FastAPI can read them, too, but looks at the type of every field of a model anew for each request: half a millisecond of
a search. The document names them as if it had (`parameters`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, get_origin

from fastapi import Depends, FastAPI, Query, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

_MODEL = "url_model"


def from_url(model: type[BaseModel]) -> Any:
    """The declaration of a parameter of an endpoint that is made of a URL's: ``Annotated[Model, from_url(Model)]``."""
    list_fields = frozenset(name for name, info in model.model_fields.items() if get_origin(info.annotation) is list)

    async def read(request: Any) -> BaseModel:
        parameters = request.query_params
        try:
            return model.model_validate(
                {name: parameters.getlist(name) if name in list_fields else parameters[name] for name in parameters}
            )
        except ValidationError as error:
            faults = error.errors(include_url=False)
            raise RequestValidationError([{**fault, "loc": ("query", *fault["loc"])} for fault in faults]) from None

    read.__annotations__["request"] = Request  # FastAPI looks for names in the module of a function alone
    vars(read)[_MODEL] = model
    return Depends(read)


def url_models(dependant: Dependant) -> list[type[BaseModel]]:
    """The models that an endpoint reads out of the URL."""
    found = [getattr(dependency.call, _MODEL, None) for dependency in dependant.dependencies]
    return [model for model in found if model is not None]


def parameters(models: Sequence[type[BaseModel]]) -> dict[type[BaseModel], list[dict[str, Any]]]:
    """What the OpenAPI document says of the parameters of each of ``models``: as FastAPI says it."""
    app = FastAPI()
    for number, model in enumerate(models):
        app.get(f"/{number}")(_reading(model))
    paths = app.openapi()["paths"]
    return {model: paths[f"/{number}"]["get"]["parameters"] for number, model in enumerate(models)}


def _reading(model: type[BaseModel]) -> Callable[..., None]:
    def endpoint(fields: Any) -> None:
        """Nobody asks it."""

    endpoint.__annotations__["fields"] = Annotated[model, Query()]
    return endpoint
