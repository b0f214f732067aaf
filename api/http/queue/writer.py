"""The one writer of a service, a process of its own: takes tasks from the queue and commits many as one generation.

Reads never wait for it. It lives as long as there is work and its service lives; killed, it leaves tasks in the queue,
and the next writer does them again, which changes nothing where they were done.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

from paraglot.api.http.queue.role import role
from paraglot.api.http.queue.tasks import Task, TaskQueue
from paraglot.api.service_folder import ServiceFolder
from paraglot.indexer.build import apply_changes
from paraglot.indexer.corpus.own_vectors import UnfitVectors
from paraglot.search.errors import IndexLocked, ParaglotError
from paraglot.search.types.address import Address

MOST_ARTICLES = 1000
"""Articles of one commit, unless a single task has more."""
WARY_AFTER = 3
MOST_ATTEMPTS = 10
"""Writers that may die on one task before it is given up."""
POLL_SECONDS = 0.05
IDLE_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 60.0

log = logging.getLogger("paraglot.writer")


def run(files: ServiceFolder, service: Connection, log_format: str) -> None:
    """Write until the service is gone, which closes its end of the line, or there was nothing to do for long."""
    from paraglot.api.http.observing.logs import start_logging

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the service's end ends it, after its commit
    start_logging(log_format)
    with role(files) as ours:
        if not ours:
            return
        queue = TaskQueue(files.queue)
        idle_since, failures = time.monotonic(), 0
        tasks: list[Task] = []
        while not service.poll(min(POLL_SECONDS * 2**failures, LONGEST_PAUSE_SECONDS) if failures else 0):
            try:
                tasks = queue.take(MOST_ARTICLES, WARY_AFTER)
                failures = 0 if commit(queue, files.index, tasks) else failures + 1
            except ParaglotError as error:
                log.error("the queue cannot be read: %s", error)
                failures += 1
            if tasks:
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since > IDLE_SECONDS or service.poll(POLL_SECONDS):
                return


def commit(queue: TaskQueue, index: Address, tasks: Sequence[Task]) -> bool:
    """Commit tasks as one generation; False where the index or its disk would not have it now."""
    if not tasks:
        return True
    if len(tasks) == 1 and tasks[0].attempts >= MOST_ATTEMPTS:
        queue.failed(tasks[0], f"{MOST_ATTEMPTS} writers died on it.")
        return True
    try:
        report, absent = apply_changes(index, queue.changes(tasks))
    except ParaglotError as error:
        queue.delayed(tasks, None if isinstance(error, IndexLocked) else str(error))
        if not isinstance(error, IndexLocked):
            log.error("the queue cannot be written: %s", error)
        return False
    except Exception as error:
        log.exception("a commit failed")
        if len(tasks) > 1:
            return all(commit(queue, index, [task]) for task in tasks)  # in their order, up to one that must wait
        unfit = f"{error}." if isinstance(error, UnfitVectors) else ""  # the index was made anew since
        queue.failed(tasks[0], unfit or f"The service failed ({type(error).__name__}); its log has the details.")
        return True
    queue.succeeded(tasks, report.generation, absent)
    return True
