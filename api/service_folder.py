"""What a service keeps of an index that is of no generation: keys, waiting writes, statistics, and rules of one on a
cluster. It lies in the folder of the index, and in a folder of the service's own where the index is on a cluster."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from paraglot.api.settings import Settings, collections_of
from paraglot.search import disk
from paraglot.search.errors import DiskFailure
from paraglot.search.types.address import Address

if TYPE_CHECKING:
    from paraglot.search.encoders.loaded import SharedEncoders
    from paraglot.search.index import Index


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

    @property
    def rules(self) -> Path:
        """The rules of an index on a cluster; one in a folder has its own."""
        return self.folder / "rules.toml"

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


def index_of(settings: Settings, shared: SharedEncoders | None = None) -> Index:
    """The index that the settings name, with its rules, wherever they lie. ``shared`` as `open_place` takes it."""
    from paraglot.search.engine.places import open_place

    rules = ServiceFolder.of(settings).rules
    return open_place(settings.index, shared=shared, rescored=settings.vector_candidates, rules=rules)


def service_folders(settings: Settings) -> dict[str, ServiceFolder]:
    """Those of all collections, by name, the default one first. Raises `InvalidSettings`."""
    return {name: ServiceFolder.of(replace(settings, index=index)) for name, index in collections_of(settings).items()}
