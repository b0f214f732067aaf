"""Where an index may be: a folder, or what a scheme names. The one list of engines."""

from __future__ import annotations

import re
from pathlib import Path

from paraglot.search.encoders.loaded import SharedEncoders
from paraglot.search.encoders.protocols import Encoder
from paraglot.search.errors import InvalidSettings
from paraglot.search.index import Index

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):")


def open_place(place: str | Path, encoder: Encoder | None = None, shared: SharedEncoders | None = None) -> Index:
    """The index at a place: a folder, or ``memory:``, a new one that is empty. ``encoder`` as the engine takes it;
    ``shared``: what several indexes in folders load their encoders from.

    Raises `InvalidSettings` for a scheme that nobody knows.

    >>> open_place("opensearch://localhost/articles")
    Traceback (most recent call last):
    ...
    paraglot.search.errors.InvalidSettings: opensearch://localhost/articles: no index can be opened by 'opensearch:'. \
Name a folder (one with a colon in its name as ./opensearch:…), or memory:
    """
    scheme = _SCHEME.match(place) if isinstance(place, str) else None
    if scheme is None:
        from paraglot.search.folder.index import FolderIndex

        return FolderIndex(Path(place), encoder, shared)
    if place == "memory:":
        from paraglot.search.memory.index import MemoryIndex

        return MemoryIndex(encoder or "builtin")
    raise InvalidSettings(
        f"{place}: no index can be opened by {scheme.group()!r}.",
        f"Name a folder (one with a colon in its name as ./{scheme.group()}…), or memory:",
    )
