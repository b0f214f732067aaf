"""Where an index may be: in a folder, in memory or on a cluster. The one list of engines."""

from __future__ import annotations

from pathlib import Path

from paraglot.search.encoders.loaded import SharedEncoders
from paraglot.search.encoders.protocols import Encoder
from paraglot.search.index import Index
from paraglot.search.types.address import Place, place_of

MEMORY = "memory:"


def open_place(
    place: Place,
    encoder: Encoder | None = None,
    shared: SharedEncoders | None = None,
    rescored: int | None = None,
    rules: Path | None = None,
) -> Index:
    """The index at a place: a folder, the address of one on a cluster, or ``memory:``, a new one that is empty.
    ``encoder`` as the engine takes it; ``shared``: what several indexes load their encoders from; ``rescored``: of a
    folder, how many rows at least are looked at again that codes of vectors name (`paraglot.search.folder.dense`);
    ``rules``: the file of the rules of an index on a cluster (one in a folder has its own).

    Raises `InvalidSettings` for an address that is none.

    >>> open_place("elsewhere://localhost/articles")
    Traceback (most recent call last):
    ...
    paraglot.search.errors.InvalidSettings: An index's place must be a folder (one with a colon in its name as \
./elsewhere:…) or opensearch://HOST:9200/NAME, not 'elsewhere://localhost/articles'.
    """
    if place == MEMORY:
        from paraglot.search.memory.index import MemoryIndex

        return MemoryIndex(encoder or "builtin")
    address = place_of(place)
    if isinstance(address, Path):
        from paraglot.search.folder.index import FolderIndex

        return FolderIndex(address, encoder, shared, *([] if rescored is None else [rescored]))
    from paraglot.search.opensearch.connecting import connected
    from paraglot.search.opensearch.index import ClusterIndex

    return ClusterIndex(connected(address), address.name, encoder, shared, rules)
