"""One run over feeds and sitemaps: ask what is new, read it, commit it, remember what was seen. Start at `follow`.

Nothing is written while anything is still asked for, and what was seen is noted after the commit: a run that ends early
is done again by the next one.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

from paraglot.indexer.build import check_made_alike, check_on_cluster
from paraglot.indexer.corpus.corpus import input_of, read_content
from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.corpus.own_vectors import UnfitVectors
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.follow.once import Once
from paraglot.indexer.follow.polite import Later, Polite, origin_of
from paraglot.indexer.follow.seen import Note, Seen
from paraglot.indexer.follow.web import Answer, Refused, Web
from paraglot.indexer.opensearch.articles import write_on_cluster
from paraglot.indexer.opensearch.care import committed_on_cluster
from paraglot.indexer.readers.formats import as_ascii, outermost
from paraglot.indexer.readers.inputs import DRAFTS, Options, Unreadable
from paraglot.indexer.readers.kept_back import is_hidden_from_robots
from paraglot.indexer.readers.xml.sitemaps import Entry, read_sitemap
from paraglot.indexer.run import Making, Progress, Report
from paraglot.indexer.write import Write, writing
from paraglot.search import disk
from paraglot.search.errors import IndexMissing, InvalidSettings
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.snapshot import committed_number
from paraglot.search.types.address import Address

MOST_BYTES = 50_000_000
"""Of a feed or a sitemap, as sitemaps.org has it; a page may have fewer (`paraglot.indexer.readers.web.html`)."""

MOST_SITEMAPS = 1_000
MOST_PAGES = 500
UNDATED_S = 86_400.0
"""A page of which the sitemap does not say when it was changed is asked for again after so long."""

_ALTERNATE = re.compile(rb"<link\b[^>]*\btype\s*=\s*[\"']application/(?:rss|atom)\+xml[^>]*>", re.IGNORECASE)
_HREF = re.compile(rb"\bhref\s*=\s*[\"']([^\"']+)", re.IGNORECASE)


@dataclass(slots=True)
class Followed:
    """What a run did. ``asked`` counts the requests that were answered anew, ``unchanged`` those that were not;
    ``left`` the pages that are for the next run. ``failures`` names each address that gave nothing, and why.
    """

    report: Report = field(default_factory=Report)
    asked: int = 0
    unchanged: int = 0
    left: int = 0
    failures: list[str] = field(default_factory=list)


def follow(
    index: Address,
    addresses: Sequence[str],
    making: Making = Making(),  # noqa: B008
    polite: Polite | None = None,
    *,
    memory: Path | None = None,
    drafts: bool = False,
    most_pages: int = MOST_PAGES,
    wait_s: float = 60,
    progress: Progress | None = None,
    listener: Callable[[str], None] | None = None,
    now: Callable[[], float] = time.time,
) -> Followed:
    """Index what is new in feeds, and in the pages of sitemaps, of which at most ``most_pages`` are asked for.

    ``making``: of an index that is not there yet. ``memory``: the folder that keeps what was seen for an index on a
    cluster; one in a folder keeps it itself. Another writer is waited for up to ``wait_s`` seconds. ``listener``
    is called with a line for each thing that is left out. Raises as `paraglot.indexer.build.index_corpus` does; what
    an address is to blame for is told in the result.
    """
    folder = index if isinstance(index, Path) else memory
    if folder is None:
        raise InvalidSettings(f"{index}: what is followed is kept in a folder.", "Name it: memory=…")
    layout = IndexLayout(folder)
    generation = _committed(index)
    options = Options(drafts=drafts, remarks=Remarks(listener))
    run = _Run(polite or Polite(Web()), Seen(layout.followed, generation), options, most_pages, now)
    for done, address in enumerate(addresses, start=1):
        run.source(address)
        if progress:
            progress("fetch", done, len(addresses))
    found = run.found
    if run.drafts or run.gone:
        found.report = _written(index, run, making, progress, wait_s)
        generation = found.report.generation
    found.report.left_out = options.remarks.counts()
    if run.notes and generation:
        disk.make_folder(folder)
        run.seen.write(run.notes.values(), generation)
    return found


def _committed(index: Address) -> int:
    try:
        return committed_number(IndexLayout(index)) if isinstance(index, Path) else committed_on_cluster(index)
    except IndexMissing:
        return 0


def _written(index: Address, run: _Run, making: Making, progress: Progress | None, wait_s: float) -> Report:
    if not isinstance(index, Path):
        check_on_cluster(index, making)
        return write_on_cluster(index, making, [draft for _, draft in run.drafts], list(run.gone), wait_s)
    with writing(index, making, progress, wait_s) as write:
        check_made_alike(index, write, making)
        _put(write, run)
        write.commit()
        return write.report


def _put(write: Write, run: _Run) -> None:
    for url, draft in run.chosen():
        try:
            write.put(draft)
        except UnfitVectors as error:
            run.fail(url, str(error))
    for article_id in run.gone:
        if write.records.input_hash(article_id) is not None:
            write.remove(article_id)


class _Run:
    """What is asked for in one run, and what comes of it."""

    def __init__(self, polite: Polite, seen: Seen, options: Options, most_pages: int, now: Callable[[], float]) -> None:
        self.seen, self.found = seen, Followed()
        self.drafts: list[tuple[str, Draft]] = []
        self.gone: list[str] = []
        self.notes: dict[str, Note] = {}
        self.pages: set[str] = set()
        self._once = Once(seen.of, self.notes)
        self._polite, self._now, self._left = polite, now, most_pages
        self._options = options
        self._sitemaps = 0

    def chosen(self) -> list[tuple[str, Draft]]:
        """What was read, but of an article whose page was read that page alone, once."""
        pages = {draft.id: url for url, draft in reversed(self.drafts) if url in self.pages}
        return [(url, draft) for url, draft in self.drafts if pages.get(draft.id, url) == url]

    def fail(self, url: str, reason: str) -> None:
        """Name what an address is to blame for."""
        self.found.failures.append(f"{url}: {reason}.")

    def source(self, url: str) -> None:
        """A feed or a sitemap that the user named."""
        answer = self._new(url)
        if answer is None:
            return
        head = answer.content[:65_536]
        kind = outermost(head)
        if kind in ("urlset", "sitemapindex"):
            if self._sitemap(url, answer, depth=0):
                self._note(url, answer)
        elif kind in ("rss", "feed", "RDF") or b"jsonfeed.org" in as_ascii(head)[:4096]:
            self._feed(url, answer)
        else:
            self.fail(url, _what_else(answer))

    def _feed(self, url: str, answer: Answer) -> None:
        entries = list(read_content(answer.url, answer.content, self._options))
        self.drafts += [
            (url, item) for item in self._once.items([entry for entry in entries if isinstance(entry, Draft)])
        ]
        for entry in entries:
            if isinstance(entry, Skipped):
                self.fail(url, f"line {entry.place.line}: {entry.reason}")
        self._note(url, answer)

    def _sitemap(self, url: str, answer: Answer, depth: int) -> bool:
        """Whether all that a sitemap lists is read, so that it need not be looked at again until it changes."""
        try:
            entries = list(read_sitemap(input_of(answer.url, answer.content, self._options)))
        except (Unreadable, ValueError) as error:
            self.fail(url, str(error))
            return False
        same_site, foreign = [], 0
        for entry in entries:
            same = origin_of(entry.address).partition("://")[2] == origin_of(answer.url).partition("://")[2]
            same_site += [entry] if same else []
            foreign += not same
        if foreign:
            self.fail(url, f"{foreign} of its addresses are of other hosts, which it cannot speak for")
        newest = sorted(same_site, key=lambda item: item.lastmod, reverse=True)
        read = [self._listed(entry, depth) for entry in newest]
        return all(read)

    def _listed(self, entry: Entry, depth: int) -> bool:
        url, note = entry.address, self.seen.of(entry.address)
        if entry.is_sitemap:
            self._sitemaps += 1
            if depth > 1 or self._sitemaps > MOST_SITEMAPS:
                self.fail(url, "too many sitemaps, or too deep in each other")
                return False
            if entry.lastmod and entry.lastmod == note.lastmod:
                return True
            failures = len(self.found.failures)
            answer = self._new(url)
            if answer is None:
                return len(self.found.failures) == failures
            listed = self._sitemap(url, answer, depth + 1)
            if listed:
                self._note(url, answer, lastmod=entry.lastmod)
            return listed
        return self._page(entry, note)

    def _page(self, entry: Entry, note: Note) -> bool:
        url = entry.address
        if entry.lastmod and entry.lastmod == note.lastmod:
            return True
        if not entry.lastmod and note.checked and self._now() - note.checked < UNDATED_S:
            return True
        if not self._left:
            self.found.left += 1
            return False
        self._left -= 1
        failures = len(self.found.failures)
        answer = self._new(url, gone=note.article)
        if answer is None:
            self.notes[url] = replace(self.notes.get(url, note), lastmod=entry.lastmod, checked=self._now())
            return len(self.found.failures) == failures
        drafts = [entry for entry in self._read(answer) if isinstance(entry, Draft)]
        drafts = [draft if draft.url else replace(draft, url=answer.url) for draft in drafts]
        if len(drafts) == 1:
            drafts = [self._once.page(drafts[0], url, answer.url)]
        self.pages.add(url)
        self.drafts += [(url, draft) for draft in drafts]
        self._note(url, answer, lastmod=entry.lastmod, article=drafts[0].id if drafts else "")
        return True

    def _read(self, answer: Answer) -> Iterator[Draft | Skipped]:
        """What a page holds; nothing, which is counted, where its server asks for it not to be found."""
        options = self._format(answer)
        if not options.drafts and is_hidden_from_robots(answer.headers.get("x-robots-tag", "")):
            input_of(answer.url, answer.content, options).leave_out(DRAFTS, answer.url)
            return iter(())
        return read_content(answer.url, answer.content, options)

    def _new(self, url: str, gone: str = "") -> Answer | None:
        """What an address says; None where that is nothing new, or nothing at all, which is told.

        ``gone``: the article that goes with the page.
        """
        note, host = self.seen.of(url), self.seen.of(origin_of(url))
        conditions = {"if-none-match": note.etag, "if-modified-since": note.modified}
        try:
            if host.not_before > self._now():
                raise Refused("its host asked to be left alone, and the time is not over")
            answer = self._polite.get(url, {name: value for name, value in conditions.items() if value}, MOST_BYTES)
        except Later as error:
            self.notes[host.url] = replace(host, not_before=self._now() + error.wait_s)
            self.fail(url, str(error))
            return None
        except Refused as error:
            self.fail(url, str(error))
            return None
        if answer.status == 304:
            self.found.unchanged += 1
            return None
        if answer.status in (404, 410) and gone:
            self.gone.append(gone)
            self._once.forget(url)
            self.notes[url] = Note(url)
            return None
        if answer.status != 200:
            self.fail(url, f"the answer is {answer.status}")
            return None
        self.found.asked += 1
        return answer

    def _note(self, url: str, answer: Answer, lastmod: str = "", article: str = "") -> None:
        etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
        self.notes[url] = Note(url, etag, modified, lastmod, self._now(), article=article)

    def _format(self, answer: Answer) -> Options:
        html = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        is_page = html in ("text/html", "application/xhtml+xml")
        return replace(self._options, format="html") if is_page else self._options


def _what_else(answer: Answer) -> str:
    """What is said of an address that is neither feed nor sitemap: which feeds it names, if it is a page."""
    links = (_HREF.search(link) for link in _ALTERNATE.findall(answer.content[:500_000]))
    linked = [urljoin(answer.url, unescape(link[1].decode("utf-8", "replace"))) for link in links if link]
    hint = f"; it names {', '.join(dict.fromkeys(linked))}" if linked else ""
    return f"neither a feed nor a sitemap{hint}"
