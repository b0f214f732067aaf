"""The keyword index, the side that writes: Whoosh segments, linked from the generation before and added to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from whoosh.filedb.filestore import FileStorage

from paraglot.indexer.folder.records import NewRow
from paraglot.search import disk
from paraglot.search.folder.keyword import SCHEMA
from paraglot.search.folder.keyword_files import DataIndex
from paraglot.search.folder.layout import Generation
from paraglot.search.query.names import name_terms
from paraglot.search.text.analysis import terms

_MEMORY_MB = 256


def write_keyword(target: Generation, base: Generation | None, rows: Iterable[NewRow], removed: Sequence[int]) -> None:
    """Write the keyword index of ``target``: that of ``base`` with ``rows`` and without ``removed``.

    Whoosh never changes a segment file once written, so the base's files are linked, not copied; what Whoosh then
    deletes or merges it does under the new names alone.
    """
    disk.make_folder(target.keyword)
    if base:
        for path in sorted(base.keyword.iterdir()):
            disk.link_file(path, target.keyword / path.name)
    storage = FileStorage(str(target.keyword))
    index = storage.open_index(schema=SCHEMA, indexclass=DataIndex) if base else storage.create_index(SCHEMA)
    writer = index.writer(limitmb=_MEMORY_MB)
    try:
        for row in removed:
            writer.delete_by_term("row", str(row))
        for one in rows:
            writer.add_document(
                row=str(one.row),
                title=" ".join(terms(one.title, one.language)),
                text=" ".join(_terms(f"{one.heading}\n{one.text}", one.language)),
            )
    except BaseException:
        writer.cancel()
        raise
    writer.commit()
    index.close()
    storage.close()
    for path in sorted(target.keyword.iterdir()):
        if path.name.endswith("WRITELOCK"):
            disk.remove_file(path)
        else:
            disk.make_private(path)
            disk.sync_file(path)
    disk.sync_folder(target.keyword)


def _terms(text: str, language: str) -> list[str]:
    return [*terms(text, language), *name_terms(text, language)]
