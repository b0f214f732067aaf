"""An index as JSON lines that index again to the same index: what was read, not what was made of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from paraglot.indexer.corpus.drafts import MARKS
from paraglot.indexer.corpus.own_vectors import as_fields
from paraglot.indexer.opensearch.care import articles_on_cluster
from paraglot.search.encoders.outside import outside_dimension
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.snapshot import open_snapshot
from paraglot.search.types.address import Address


def export_articles(index: Address) -> Iterator[dict[str, Any]]:
    """Every article of the committed generation, in the order of ids, as `paraglot index` reads it.

    Raises `IndexMissing`, `IndexMismatch`, `IndexDamaged`, `DiskFailure` or `ClusterFailure`.
    """
    if not isinstance(index, Path):
        yield from articles_on_cluster(index)
        return
    snapshot = open_snapshot(IndexLayout(index))
    outside = outside_dimension(snapshot.manifest.encoder.name)
    try:
        for record in snapshot.store.records():
            # Paragraphs that were given one by one stand divided by blank lines.
            marks = json.loads(record["marks"])
            is_plain = record["plain"] or "blocks" in marks
            text = {"text": record["text"]} if is_plain else {"paragraphs": record["text"].split("\n\n")}
            text |= {MARKS: marks} if marks else {}
            optional = {"language": record["given_language"]}
            optional |= {name: record[name] for name in ("url", "date", "source")}
            present = {name: value for name, value in optional.items() if value is not None}
            vectors = as_fields(snapshot.dense.vectors(_rows(record["layout"]))) if outside else {}
            fields = {**text, **present, **vectors, **json.loads(record["attributes"])}
            yield {"id": record["id"], "title": record["title"], **fields}
    finally:
        snapshot.close()


def _rows(layout: str) -> list[int]:
    return [row for row, _, _ in json.loads(layout)]
