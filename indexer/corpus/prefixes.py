"""Dublin Core's fields, named with its prefix: ``dc:title``, or ``dc.date.issued[en]`` as DSpace exports it."""

from __future__ import annotations

import re
from typing import Any

from paraglot.indexer.readers.addresses import is_web

_PREFIXED = re.compile(r"(?:dc|dct|dcterms)[:.]([a-z]+(?:[.:][a-z]+)?)(?:\[[\w-]*\])?", re.IGNORECASE)
_OURS = {
    "title": "title",
    "language": "language",
    "language.iso": "language",
    "date": "date",
    "date.issued": "date",
    "issued": "date",
    "source": "source",
    "identifier": "id",
    "identifier.uri": "url",
    "description.abstract": "abstract",
    "abstract": "abstract",
    "description": "description",
}
"""What each is called with us. All others keep their names."""


def without_prefixes(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of Dublin Core under our names, where those hold nothing yet; of several identifiers the first.

    >>> without_prefixes({"dc:title": "De re rustica", "DC.date.issued": "1520", "dc:creator": "Columella"})
    {'dc:creator': 'Columella', 'title': 'De re rustica', 'date': '1520'}
    """
    for name in list(fields):
        ours = _ours(name)
        if ours and fields[name] not in (None, "", []) and fields.get(ours) in (None, "", []):
            value = fields.pop(name)
            fields[ours] = value[0] if ours in ("id", "url") and isinstance(value, list) else value
            if ours == "id" and is_web(fields["id"]):
                fields.setdefault("url", fields["id"])
    return fields


def is_prefixed_text(name: str) -> bool:
    """Whether a column of this name holds what a catalogue says of its works."""
    return _ours(name) in ("description", "abstract")


def _ours(name: str) -> str | None:
    found = _PREFIXED.fullmatch(name.strip())
    return _OURS.get(found[1].lower().replace(":", ".")) if found else None
