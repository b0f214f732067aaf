"""An article of the store as it was read, to be taken into a write again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from paraglot.indexer.corpus.drafts import Draft, Place


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
