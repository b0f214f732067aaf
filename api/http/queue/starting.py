"""How a service has its one writer started and ended: a process of its own (`paraglot.api.http.queue.writer`).

What writes is imported there alone: a service that only reads is up sooner.
"""

from __future__ import annotations

import logging
import multiprocessing
import threading
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from paraglot.api.http.queue.role import is_free
from paraglot.api.service_folder import ServiceFolder

log = logging.getLogger("paraglot.writer")


class Writer:
    """The writer's process, seen from the service: started when there is work and nobody does it."""

    def __init__(self, service: ServiceFolder, log_format: str) -> None:
        self._service, self._log_format = service, log_format
        self._starting = threading.Lock()
        self._process: BaseProcess | None = None
        self._line: Connection | None = None

    def ensure(self) -> None:
        """See that some process writes; another service of the same index may have it."""
        with self._starting:
            if (self._process and self._process.is_alive()) or not is_free(self._service):
                return
            context = multiprocessing.get_context("spawn")
            self._line, theirs = context.Pipe()
            self._process = context.Process(
                target=_run, args=(self._service, theirs, self._log_format), name="paraglot-writer", daemon=True
            )
            self._process.start()
            theirs.close()

    def stop(self, timeout_s: float) -> None:
        """Let the commit on its way end, then the process; after the time it is killed.

        Nothing is lost with it: its tasks stay in the queue for the next service, and a commit is all or nothing.
        """
        if self._line is None or self._process is None:
            return
        self._line.close()
        self._process.join(timeout_s)
        if self._process.is_alive():
            log.warning(
                "the writer did not end within %g s and was killed; its writes are done at the next start", timeout_s
            )
            self._process.kill()
            self._process.join()


def _run(files: ServiceFolder, service: Connection, log_format: str) -> None:
    from paraglot.api.http.queue.writer import run

    run(files, service, log_format)
