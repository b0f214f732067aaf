"""The HTTP application: an engine, the routes over it, and a watch on the index for new commits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline

from api.head import HeadAsGet
from api.loopback import LoopbackHosts
from api.problems import add_problem_handlers
from api.routes import health, router
from api.schemas import ProblemModel
from search.engine import Engine
from search.errors import RosettaError

WATCH_SECONDS = 0.5
"""How often the service looks for a new commit; one small file is read each time."""

log = logging.getLogger("rosetta")


def create_app(engine: Engine) -> FastAPI:
    """The application over an open engine, which it closes at its end."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:  # noqa: ARG001
        watch = asyncio.create_task(_watch(engine))
        try:
            yield
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
            engine.close()

    app = FastAPIOffline(  # /docs with its scripts from here, not from a foreign host
        redoc_url=None,
        title="Rosetta",
        version=version("rosetta-search"),
        summary="Search for article paragraphs, by keyword and by meaning, in any language.",
        lifespan=lifespan,
        generate_unique_id_function=_operation_id,
    )
    app.state.engine = engine
    app.include_router(router)
    app.include_router(health)
    app.add_middleware(LoopbackHosts)
    app.add_middleware(HeadAsGet)
    add_problem_handlers(app)
    _describe_problems(app)
    return app


async def _watch(engine: Engine) -> None:
    """Serve each new commit as it comes. A commit that cannot be opened is reported; the one before is served on."""
    reported = ""
    try:
        await asyncio.to_thread(engine.encoder)
    except RosettaError as error:
        log.error("%s", error)
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        try:
            if await asyncio.to_thread(engine.refresh):
                log.info("serving generation %d", engine.manifest.generation)
            reported = ""
        except (RosettaError, OSError) as error:
            if str(error) != reported:
                log.error("the newest commit cannot be served: %s", error)
                reported = str(error)


def _operation_id(route: APIRoute) -> str:
    return route.name


def _describe_problems(app: FastAPI) -> None:
    """Put the problem schema into the OpenAPI document, in place of FastAPI's own error shape."""
    original = app.openapi

    def openapi() -> dict[str, object]:
        if app.openapi_schema is None:
            schema = original()
            schemas = schema["components"]["schemas"]
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            problem = ProblemModel.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(problem.pop("$defs", {}))
            schemas[ProblemModel.__name__] = problem
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]
