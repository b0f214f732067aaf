"""Reader of WARC files: web pages as a crawler kept them, and texts as Common Crawl extracts them (WET)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from paraglot.indexer.corpus.drafts import Draft, Place, Skipped
from paraglot.indexer.corpus.encodings import text_of
from paraglot.indexer.readers.inputs import DRAFTS, Input, Unreadable
from paraglot.indexer.readers.kept_back import is_hidden_from_robots
from paraglot.indexer.readers.unpacking import InPieces
from paraglot.indexer.readers.web.html import MAX_PAGE_BYTES, page


def read_warc(source: Input) -> Iterator[Draft | Skipped]:
    """The pages that were answered with 200, under their addresses; what else was answered is counted.

    Requests and what a crawler says of itself are passed over.
    """
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    records = ArchiveIterator(InPieces(source.file), ensure_http_headers=False)
    records.INC_RECORD = ""  # which it would write to standard error, for no one
    heads = records.loader.load_http_headers
    # A record without an address would end the file.
    records.loader.load_http_headers = lambda kind, url, *rest: heads(kind, url or "", *rest)
    empty = True
    try:
        for record in records:
            for found in _article(source, record):
                empty = False
                if found is not None:
                    yield found
        if records.err_count:
            source.warn(f"{records.err_count} records are longer than they say (Content-Length): cut as they say")
        if empty:
            raise Unreadable("the file holds no web page")
    except ArchiveLoadFailed as error:
        raise Unreadable(f"damaged or cut short: {error}") from None


def _article(source: Input, record: Any) -> Iterator[Draft | Skipped | None]:
    """The page in a record, or why there is none; None for one that asks not to be found."""
    headers = record.http_headers
    kind = record.content_type if record.rec_type == "conversion" else headers and headers.get_header("Content-Type")
    kind = (kind or "").lower()
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    if not url and record.rec_type == "response":
        yield Skipped(source.place, "a record without its address (WARC-Target-URI)")
    answered = record.rec_type == "response" and headers and headers.get_statuscode() == "200"
    if not (answered and "html" in kind) and not (record.rec_type == "conversion" and "text/plain" in kind):
        if record.rec_type in ("response", "resource"):
            address_and_date = (
                "answers other than 200"
                if record.rec_type == "response" and not answered
                else "files that are no pages"
            )
            source.leave_out(address_and_date, url)
        return
    if headers and not source.options.drafts and is_hidden_from_robots(headers.get_header("X-Robots-Tag") or ""):
        source.leave_out(DRAFTS, url)
        yield None
        return
    member = f"{source.place.member}!{url}" if source.place.member else url
    place = Place(source.place.path, member=member)
    captured = (record.rec_headers.get_header("WARC-Date") or "")[:10]
    try:
        content = record.content_stream().read(MAX_PAGE_BYTES + 1)
        if len(content) <= MAX_PAGE_BYTES and getattr(record.raw_stream, "limit", 0) > 0:
            raise Unreadable("damaged or cut short: the page ends too soon")
        if "html" in kind:
            charset = kind.partition("charset=")[2].split(";")[0].strip(" \"'")
            known = {"id": url, "captured": captured}
            read = page(replace(source, place=place, id=url), content, known, charset)
            if read is None:
                yield None
                return
            draft = read
        else:
            draft = _text(replace(source, place=place, id=url), content, captured)
        yield draft if draft.url else _with_url(draft, url)
    except Unreadable as error:
        yield Skipped(place, str(error))
    except Exception as error:
        # A page's own compression may be broken in any way that zlib, brotli and chunking know.
        if type(error).__module__.split(".")[0] not in ("zlib", "warcio", "builtins"):
            raise
        yield Skipped(place, f"damaged: {error}")


def _with_url(draft: Draft, url: str) -> Draft:
    return replace(draft, url=url)


def _text(source: Input, content: bytes, captured: str) -> Draft:
    text = text_of(source, content[:MAX_PAGE_BYTES], "utf-8")
    if not text.strip():
        raise Unreadable("the page has no text")
    title, _, rest = text.strip().partition("\n")
    return Draft(
        source.place, source.id, title[:300], rest or title, attributes={"captured": captured}, plain=True, scraped=True
    )
