"""The service as a process: what may be bound, and uvicorn over the application."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import multiprocessing.process
import os
import signal
import socket
import sys
import threading
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from paraglot.api.http.collections import create_service
from paraglot.api.http.guard.connections import Connection, raise_file_limit
from paraglot.api.http.guard.loopback import is_loopback
from paraglot.api.http.memory import share_heap
from paraglot.api.http.observing.logs import start_logging
from paraglot.api.http.observing.metrics import MULTIPROCESS
from paraglot.api.http.queue.spool import clear, own_folder
from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder, service_folders
from paraglot.api.settings import Settings, collections_of
from paraglot.search.encoders.load import load_reranker
from paraglot.search.engine.places import open_place
from paraglot.search.errors import InvalidSettings

STOP_SECONDS = 8
"""How long requests on their way may take when the service is asked to stop."""

EXIT_SECONDS = 10
"""How long all else may take then: the commit on its way, and searches that nobody waits for any more."""

WORKER_SECONDS = 60
"""How long a worker may be silent, as it is while it starts, before another takes its place: machines may be busy."""

SWITCH_SECONDS = 0.001
"""How long a thread may have Python while others wait, among them who takes requests in."""

BACKLOG = 512
"""Connections that the system holds until they are taken up; so many are tried at once."""


def serve(settings: Settings) -> None:
    """Serve the index until a signal ends it. Raises `InvalidSettings` for an address that cannot be bound."""
    check_host(settings)
    collections = service_folders(settings)
    for index in collections_of(settings).values():
        open_place(index).current().close()  # what is wrong is said once, not by each worker
    for folder in collections.values():
        folder.see_to_room()
    app = application(settings) if settings.workers == 1 else partial(application, settings)
    if settings.workers > 1:
        load_reranker(settings.reranker)
    raise_file_limit()
    for folder in collections.values():
        _clear(folder.folder)
    listener = _listen(settings.host, settings.port)
    host, port = listener.getsockname()[:2]
    offered = ", ".join(collections) if settings.collection else settings.index
    print(f"Serving {offered} at http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)  # noqa: T201
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # uvicorn takes them over, and gives them back when it has stopped
    config = uvicorn.Config(
        app,
        factory=settings.workers > 1,
        http=Connection,
        ws="none",
        backlog=BACKLOG,
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxy,
        timeout_graceful_shutdown=STOP_SECONDS,
        timeout_worker_healthcheck=WORKER_SECONDS,
    )
    if settings.workers == 1:
        _Server(config).run(sockets=[listener])
    else:
        _run_workers(config, listener, ServiceFolder.of(settings).folder)


def application(settings: Settings) -> ASGIApp:
    """The application as each worker makes it, in its own process."""
    start_logging(settings.log_format)
    share_heap()
    parent = multiprocessing.parent_process() if settings.workers > 1 else None
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    service = create_service(settings, stopping=_exit_soon)
    if parent is not None:
        _settle()
    return service


class _Server(uvicorn.Server):
    """The server of a service in one process."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets=sockets)
        _settle()


def _settle() -> None:
    """See that searches are not held up in this process, which does nothing but serve from now on."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()  # what is there now stays: else a search would pay again and again for looking at all of it


def _exit_soon() -> None:
    """End the process in any case: Python waits at its end for threads that may never come back from a foreign call."""
    last = threading.Timer(EXIT_SECONDS, _exit)
    last.daemon = True
    last.start()


def _exit() -> None:
    logging.getLogger("paraglot").error("what still runs is ended: the service was to stop")
    os._exit(1)


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    """A worker whose parent was killed, even before the worker was up, would hold the port for ever."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _clear(folder: Path) -> None:
    """Clear away what killed services left behind."""
    try:
        left = clear(folder)
    except OSError as error:
        logging.getLogger("paraglot").warning("%s cannot be cleared: %s", folder, error.strerror)
        return
    if left:
        logging.getLogger("paraglot").warning("left behind by a service that was killed, removed: %s", ", ".join(left))


def _run_workers(config: uvicorn.Config, listener: socket.socket, folder: Path) -> None:
    with own_folder(folder, "metrics-") as numbers:
        os.environ[MULTIPROCESS] = str(numbers)
        Multiprocess(config, sockets=[listener]).run()


def check_host(settings: Settings) -> None:
    """Refuse an address that other machines can reach while there is no key. Raises `InvalidSettings`."""
    now = datetime.now(UTC)
    valid = [key for key in KeyFile(ServiceFolder.of(settings).keys).all() if not key.expired(now)]
    if not is_loopback(settings.host) and not valid:
        raise InvalidSettings(
            f"--host {settings.host}: other machines could reach the service, and it has no access keys.",
            "Make one: paraglot keys create --scope search (or --anonymous, for all to search).",
        )


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket whose connections send what is written at once.

    Else the end of an answer on a kept connection waits for the client's acknowledgement, some 40 ms. asyncio sees to
    that by itself only where a socket says that it speaks TCP, which one made without a protocol does not; connections
    have the option from their listener, too.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise InvalidSettings(
            f"{host}:{port} cannot be bound: {error.strerror}.", "Choose another port: paraglot serve --port PORT"
        ) from None
    return listener
