"""What a write makes of records that are there: an article as it was read, a paragraph as the indexes need it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paraglot.indexer.corpus.drafts import Draft, Place
from paraglot.search.folder.store.packed_text import unpacked_text
from paraglot.search.folder.store.schema import Record


@dataclass(frozen=True, slots=True)
class NewRow:
    """A paragraph of the generation being prepared, as the indexes need it."""

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


def draft_of(record: Mapping[str, Any]) -> Draft:
    """The draft that an article's record was made of."""
    draft = Draft(
        Place(Path(record["id"])),
        **{name: record[name] for name in ("id", "title", "text", "url", "date", "source")},
        language=record["given_language"],
        attributes=json.loads(record["attributes"]),
        plain=bool(record["plain"]),
    )
    return draft.marked(json.loads(record["marks"]))
