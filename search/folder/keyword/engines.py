"""The keyword engines that a folder may have: which there are, and which is taken."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from paraglot.search.errors import IndexMismatch, InvalidSettings
from paraglot.search.folder.keyword.postings import Postings
from paraglot.search.folder.layout import Generation

WHOOSH, TANTIVY = "whoosh", "tantivy"

AUTO = "auto"
"""tantivy where it is installed, else Whoosh."""

CHOICES = (AUTO, WHOOSH, TANTIVY)

INSTALL = "Install it: pip install 'paraglot[fast]'"


def is_installed(engine: str) -> bool:
    """Whether an engine can be used here."""
    return engine == WHOOSH or (engine == TANTIVY and find_spec(TANTIVY) is not None)


def chosen(name: str) -> str:
    """The engine that one of `CHOICES` stands for. Raises `InvalidSettings` for others, or where it is not here."""
    if name not in CHOICES:
        raise InvalidSettings(f"{name!r} is no keyword engine.", f"Name one of {', '.join(CHOICES)}.")
    if name == AUTO:
        return TANTIVY if is_installed(TANTIVY) else WHOOSH
    if not is_installed(name):
        raise InvalidSettings(f"The keyword engine {name!r} is not installed.", INSTALL)
    return name


def need_engine(engine: str, folder: Path) -> None:
    """See that what keeps the words of the index in ``folder`` is here. Raises `IndexMismatch`."""
    if not is_installed(engine):
        known = engine in CHOICES
        raise IndexMismatch(
            f"{folder}: its words are kept by {engine}, which is {'not installed' if known else 'no engine of ours'}.",
            f"{INSTALL}; or make its words anew: paraglot rebuild --keyword {WHOOSH}"
            if known
            else f"Make its words anew: paraglot rebuild --keyword {WHOOSH}",
        )


def open_postings(generation: Generation, engine: str) -> Postings:
    """The terms of a generation. Raises `IndexDamaged`, and `IndexMismatch` where its engine is not here."""
    need_engine(engine, generation.folder.parent.parent)
    if engine == TANTIVY:
        from paraglot.search.folder.keyword.tantivy import open_tantivy

        return open_tantivy(generation)
    from paraglot.search.folder.keyword.segments import open_segments

    return open_segments(generation)
