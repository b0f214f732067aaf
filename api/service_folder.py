"""What a service keeps of an index that is of no generation: keys, waiting writes, statistics. It lies in the folder of
the index, and in a folder of the service's own where the index is on a cluster."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from paraglot.api.settings import Settings, collections_of
from paraglot.search import disk
from paraglot.search.errors import DiskFailure
from paraglot.search.types.address import Address


@dataclass(frozen=True, slots=True)
class ServiceFolder:
    """The files of the service of an index; ``clusters`` is where those of indexes on a cluster have a folder each."""

    index: Address
    clusters: Path = Path("service")

    @classmethod
    def of(cls, settings: Settings) -> ServiceFolder:
        """That of the index that the settings name."""
        return cls(settings.index, settings.service_folder)

    @property
    def folder(self) -> Path:
        """Where all of them lie."""
        return self.index / "service" if isinstance(self.index, Path) else self.clusters / self.index.name

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


def service_folders(settings: Settings) -> dict[str, ServiceFolder]:
    """Those of all collections, by name, the default one first. Raises `InvalidSettings`."""
    return {name: ServiceFolder.of(replace(settings, index=index)) for name, index in collections_of(settings).items()}
