"""Reader of ZIM files, offline copies of Wikipedia and other sites as Kiwix has them, from the extra ``[zim]``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from paraglot.indexer.corpus.drafts import Draft, Place, Skipped
from paraglot.indexer.readers.inputs import Input, Unreadable
from paraglot.indexer.readers.unpacking import Budget, on_disk
from paraglot.indexer.readers.web.html import MAX_PAGE_BYTES, page

if TYPE_CHECKING:
    from libzim.reader import Archive, Entry

INSTALL = "needs libzim: pip install 'paraglot[zim]'"
_CACHE_BYTES = 64_000_000
_DAMAGE = (RuntimeError, UnicodeDecodeError, KeyError, IndexError, ValueError)
"""What libzim raises over a damaged file."""


def read_zim(source: Input) -> Iterator[Draft | Skipped]:
    """The web pages of a ZIM file, redirects, pictures and the like passed over. Raises `Unreadable`.

    A page's id is the archive's own name, which is the same in every edition, and the page's path.
    """
    try:
        from libzim.reader import Archive, set_cluster_cache_max_size
    except ImportError:
        raise Unreadable(INSTALL) from None
    set_cluster_cache_max_size(_CACHE_BYTES)
    with on_disk(source.file) as path:
        size = path.stat().st_size
        try:
            archive = Archive(path)
            known, count = _metadata(archive, source), archive.all_entry_count
        except _DAMAGE as error:
            raise Unreadable(f"damaged or cut short: {error}") from None
        yield from _pages(source, archive, count, known, Budget(lambda: size))


def _pages(
    source: Input, archive: Archive, count: int, known: dict[str, str], budget: Budget
) -> Iterator[Draft | Skipped]:
    empty = True
    for number in range(count):
        try:
            entry = archive._get_entry_by_id(number)  # the only way to all entries, and what libzim's own tools use
            if entry.is_redirect or not entry.get_item().mimetype.startswith("text/html"):
                continue
        except _DAMAGE as error:
            yield Skipped(source.place, f"entry {number} is damaged: {error}")
            continue
        empty = False
        if article := _article(source, entry, known, budget):
            yield article
    if empty:
        raise Unreadable("the file holds no web page")


def _article(source: Input, entry: Entry, known: dict[str, str], budget: Budget) -> Draft | Skipped | None:
    member = f"{source.place.member}!{entry.path}" if source.place.member else entry.path
    place = Place(source.place.path, member=member)
    try:
        item = entry.get_item()
        if item.size > MAX_PAGE_BYTES:
            raise Unreadable(f"a page of more than {MAX_PAGE_BYTES // 1_000_000} MB")
        content = bytes(item.content)
    except _DAMAGE as error:
        return Skipped(place, f"damaged: {error}")
    except Unreadable as error:
        return Skipped(place, str(error))
    budget.spend(len(content))
    try:
        fields = {**known, "id": f"{known['id']}/{entry.path}", "title": entry.title}
        return page(replace(source, place=place, id=entry.path), content, fields, "utf-8")
    except Unreadable as error:
        return Skipped(place, str(error))


def _metadata(archive: Archive, source: Input) -> dict[str, str]:
    """What the archive says of itself: its name, the site, the language where it is one, the date of the copy."""
    there = set(archive.metadata_keys)
    metadata = {name: _text(archive, name) for name in ("Name", "Title", "Language", "Date") if name in there}
    fields = {
        "id": metadata.get("Name") or source.id,
        "source": metadata.get("Title", ""),
        "captured": metadata.get("Date", ""),
    }
    language = metadata.get("Language", "")
    return {**fields, "language": language} if language.isalpha() else fields  # several are left to the pages


def _text(archive: Archive, name: str) -> str:
    return " ".join(archive.get_metadata(name).decode("utf-8").split())
