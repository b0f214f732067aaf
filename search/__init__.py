"""The ground of Rosetta: the words, the seams, the format on disk, and ranking. It imports nothing else of ours.

Start reading at `search.engine`. Importing this package loads none of torch, faiss, whoosh and fastapi;
``from search import open_index`` loads the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.engine import open_index as open_index
    from search.types import SearchRequest as SearchRequest


def __getattr__(name: str) -> object:
    """The engine and what it is asked with, read when they are first wanted."""
    if name == "open_index":
        from search.engine import open_index

        return open_index
    if name == "SearchRequest":
        from search.types import SearchRequest

        return SearchRequest
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
