"""Reader of Dublin Core in XML, as libraries and archives hand it out (OAI-PMH, SRU): a record is an article."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from paraglot.indexer.corpus.drafts import NO_TEXT, Draft, Skipped
from paraglot.indexer.corpus.fields import draft_of
from paraglot.indexer.readers.addresses import is_web
from paraglot.indexer.readers.elements import local_name
from paraglot.indexer.readers.inputs import Input
from paraglot.indexer.readers.xml.parsing import child_text, elements, first

_RECORDS = frozenset(("record", "dc", "qualifieddc"))
_NAMESPACES = ("http://purl.org/dc/elements/1.1/", "http://purl.org/dc/elements/1.0/", "http://purl.org/dc/terms/")
_FIRST_ALONE = ("dc:title", "dc:identifier", "dc:issued", "dc:date")
"""Of several of these the first says it; the rest are kept under the name with a number."""

DELETED = "deleted records"


def read_dublin_core(source: Input) -> Iterator[Draft | Skipped]:
    """The articles of a file: what the catalogue says of a work is their text. Raises `Unreadable` as `elements`."""
    for found in elements(source, _RECORDS):
        if isinstance(found, Skipped):
            yield found
            continue
        line, record = found
        header = first(record, "header")
        if header is not None and header.get("status") == "deleted":
            source.leave_out(DELETED, child_text(header, "identifier"), line)
            continue
        try:
            yield draft_of(source.at(line), _fields(record, header), source.options, source.id)
        except ValueError as error:
            yield Skipped(source.at(line), str(error).replace(NO_TEXT, f"{NO_TEXT}: no abstract and no description"))


def _fields(record: Any, header: Any) -> dict[str, object]:
    """The elements of a record under their names with the prefix ``dc``, a list where one is there several times."""
    values: dict[str, list[str]] = {}
    for element in record.iter(*(f"{{{uri}}}*" for uri in _NAMESPACES)):
        if text := " ".join("".join(element.itertext()).split()):
            values.setdefault(f"dc:{local_name(element)}", []).append(text)
    fields: dict[str, object] = {name: texts if len(texts) > 1 else texts[0] for name, texts in values.items()}
    for name in _FIRST_ALONE:
        if len(texts := values.get(name, [])) > 1:
            fields[name] = texts[0]
            fields |= {f"{name} {number}": text for number, text in enumerate(texts[1:], start=2)}
    address = next((uri for uri in values.get("dc:identifier", []) if is_web(uri)), None)
    header_id = child_text(header, "identifier") if header is not None else ""
    return {**({"url": address} if address else {}), **({"id": header_id} if header_id else {}), **fields}
