"""A paragraph of the generation being prepared, as the indexes need it."""

from __future__ import annotations

from dataclasses import dataclass

from paraglot.search.folder.store.packed_text import unpacked_text
from paraglot.search.folder.store.schema import Record


@dataclass(frozen=True, slots=True)
class NewRow:
    """One paragraph with its row."""

    row: int
    title: str
    heading: str
    text: str
    text_hash: str
    language: str

    @classmethod
    def of(cls, record: Record) -> NewRow:
        """Out of these columns of its record. Raises `ValueError`."""
        return cls(**{**record, "text": unpacked_text(record["text"])})
