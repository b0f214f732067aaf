"""Who commits the queue of an index: one process of all services that may serve it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import portalocker

from paraglot.api.service_folder import ServiceFolder
from paraglot.search import disk


@contextmanager
def role(service: ServiceFolder) -> Iterator[bool]:
    """Hold the lock of the one process that commits the queue; False where another has it."""
    with disk.open_lock(service.queue_lock) as file:
        try:
            portalocker.lock(file, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING)
        except portalocker.LockException:
            yield False
            return
        yield True


def is_free(service: ServiceFolder) -> bool:
    """Whether no process has it."""
    with role(service) as ours:
        return ours
