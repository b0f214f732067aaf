"""What a service keeps beside its index, in the same folder and of no generation: keys, waiting writes, statistics."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from paraglot.search import disk
from paraglot.search.errors import DiskFailure


@dataclass(frozen=True, slots=True)
class ServiceFolder:
    """The files of the service of the index that lies in a folder."""

    index: Path

    @property
    def folder(self) -> Path:
        """Where all of them lie."""
        return self.index / "service"

    @property
    def keys(self) -> Path:
        """The access keys, hashed; where it exists, every request needs one."""
        return self.folder / "keys.json"

    @property
    def queue(self) -> Path:
        """The SQLite database of writes that were acknowledged over HTTP, and of their tasks."""
        return self.folder / "queue.sqlite"

    @property
    def queue_lock(self) -> Path:
        """Locked by the one process that commits the queue."""
        return self.folder / "queue.lock"

    @property
    def statistics(self) -> Path:
        """The SQLite database of query statistics, where they are asked for."""
        return self.folder / "statistics.sqlite"

    def see_to_room(self) -> None:
        """Raises `DiskFailure` where the service could take in no write: its folder is read-only, or the disk full."""
        try:
            disk.make_folder(self.folder)
            disk.probe(self.folder)
        except OSError as error:
            raise DiskFailure(
                f"{self.folder}: cannot be written: {error.strerror or error}.",
                "It keeps its queue of writes there: see that this user may write it and that the disk has room.",
            ) from error
