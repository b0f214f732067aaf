"""The HTTP application: an engine, the routes over it, and a watch on the index for new commits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline
from starlette.routing import Mount

from paraglot.api.http.guard.bodies import refuse_doubled
from paraglot.api.http.guard.parameters import refuse_unknown
from paraglot.api.http.guard.policy import RoutePolicy, declare
from paraglot.api.http.middleware import middleware
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.http.openapi import complete
from paraglot.api.http.problem_types import router as problem_types
from paraglot.api.http.problems import add_problem_handlers
from paraglot.api.http.queue.spool import Spool
from paraglot.api.http.queue.starting import Writer
from paraglot.api.http.queue.tasks import TaskQueue
from paraglot.api.http.routes.admin import router as admin_router
from paraglot.api.http.routes.analyze import router as analyze_router
from paraglot.api.http.routes.collections import router as collections_router
from paraglot.api.http.routes.embed import router as embed_router
from paraglot.api.http.routes.feeds import router as feeds_router
from paraglot.api.http.routes.multi_search import router as multi_search_router
from paraglot.api.http.routes.opensearch import router as opensearch_router
from paraglot.api.http.routes.operations import operations
from paraglot.api.http.routes.pages import router as pages_router
from paraglot.api.http.routes.pages import static
from paraglot.api.http.routes.reads import router as reads_router
from paraglot.api.http.routes.rules import router as rules_router
from paraglot.api.http.routes.search import health
from paraglot.api.http.routes.search import router as search_router
from paraglot.api.http.routes.suggest import router as suggest_router
from paraglot.api.http.routes.widgets import router as widgets_router
from paraglot.api.http.routes.writes import writes
from paraglot.api.http.shared import Shared
from paraglot.api.mcp.http import McpDoor
from paraglot.api.service_folder import ServiceFolder
from paraglot.api.settings import Settings
from paraglot.search.errors import ParaglotError

ROUTERS = (
    search_router,
    analyze_router,
    reads_router,
    multi_search_router,
    collections_router,
    suggest_router,
    feeds_router,
    opensearch_router,
    rules_router,
    writes,
    health,
    operations,
    problem_types,
    widgets_router,
    pages_router,
    embed_router,
    admin_router,
)

STOP_SECONDS = 6
"""How long the commit on its way, and searches, may take when the service is asked to stop."""

WATCH_SECONDS = 0.5
"""How often the service looks for a new commit; one small file is read each time."""

log = logging.getLogger("paraglot")


def create_app(
    engine: ObservedEngine,
    settings: Settings,
    stopping: Callable[[], object] = lambda: None,
    shared: Shared | None = None,
    name: str | None = None,
) -> FastAPI:
    """The application over an open engine, which it closes at its end. ``stopping`` is called when that begins.

    ``shared``: the parts of the service, where this is one of its collections, the one of this ``name``.
    """
    shared = shared or Shared.of(settings)
    name = name or shared.doors.names[0]
    shared.engines[name] = engine
    collection = name if settings.collection else ""  # nobody is told a name where there is one index
    door = McpDoor(engine, collection)
    app = FastAPIOffline(  # /docs with its scripts from here, not from a foreign host
        redoc_url=None,
        title="Paraglot",
        version=version("paraglot"),
        summary="Search for article paragraphs, by keyword and by meaning, in any language.",
        lifespan=lambda app: _running(app, door, stopping),
        generate_unique_id_function=_operation_id,
        dependencies=[Depends(refuse_unknown), Depends(refuse_doubled)],
    )
    for route in app.routes:  # those that FastAPI made: the document, its page and the files of that
        declare(route, RoutePolicy(None, inline_scripts=isinstance(route, APIRoute), kept=isinstance(route, Mount)))
    app.state.engine, app.state.settings, app.state.writing = engine, settings, asyncio.Event()
    app.state.shared, app.state.name, app.state.collection = shared, name, collection
    for router in ROUTERS:
        app.include_router(router)
    app.router.routes.extend((door.route, static))
    guards = middleware(app, engine, settings, shared, name)
    for guard in reversed(guards):  # the last added is the first that a request meets
        app.add_middleware(guard.cls, *guard.args, **guard.kwargs)
    add_problem_handlers(app)
    complete(app)
    return app


@asynccontextmanager
async def _running(app: FastAPI, door: McpDoor, stopping: Callable[[], object]) -> AsyncIterator[None]:
    """What runs beside the requests, from before the first to after the last."""
    engine: ObservedEngine = app.state.engine
    settings: Settings = app.state.settings
    files = ServiceFolder.of(settings)
    app.state.spool = spool = Spool(files.folder)
    app.state.queue = queue = TaskQueue(files.queue)
    metrics = app.state.shared.metrics.of(app.state.name, lambda: engine.manifest, queue.waiting)
    app.state.metrics = engine.observation.metrics = metrics
    writer = Writer(files, settings.log_format)
    stop = asyncio.Event()
    tasks = [
        asyncio.create_task(coroutine)
        for coroutine in (_watch(engine, stop), _write(app, writer, stop), door.run(stop))
    ]
    try:
        yield
    finally:
        # Not cancelled: what they began in threads must end before anything is closed under it.
        stopping()
        stop.set()
        app.state.writing.set()
        await asyncio.gather(*tasks)
        await asyncio.gather(
            asyncio.to_thread(writer.stop, STOP_SECONDS), asyncio.to_thread(engine.close_when_idle, STOP_SECONDS)
        )
        queue.close()
        spool.close()


async def _watch(engine: ObservedEngine, stop: asyncio.Event) -> None:
    """Serve each new commit as it comes. A commit that cannot be opened is reported; the one before is served on."""
    reported = ""
    try:
        await asyncio.to_thread(engine.encoder)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), WATCH_SECONDS)  # who waits for a ready service is answered first
        await asyncio.to_thread(engine.warm)
    except ParaglotError as error:
        log.error("%s", error)
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), WATCH_SECONDS)
        try:
            if await asyncio.to_thread(engine.refresh):
                log.info("serving generation %d", engine.manifest.generation)
            if engine.observation.statistics:
                await asyncio.to_thread(engine.observation.statistics.write)
            reported = ""
        except (ParaglotError, OSError) as error:
            if str(error) != reported:
                log.error("the newest commit cannot be served: %s", error)
                reported = str(error)


async def _write(app: FastAPI, writer: Writer, stop: asyncio.Event) -> None:
    """Have the queue committed: at once what this process took in, and what others left."""
    while not stop.is_set():
        app.state.writing.clear()
        try:
            if await asyncio.to_thread(app.state.queue.waiting):
                await asyncio.to_thread(writer.ensure)
        except Exception:
            log.exception("the writer cannot be started")
        with suppress(TimeoutError):
            await asyncio.wait_for(app.state.writing.wait(), WATCH_SECONDS)


def _operation_id(route: APIRoute) -> str:
    return route.name
