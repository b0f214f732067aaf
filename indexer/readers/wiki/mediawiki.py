"""Reader of MediaWiki XML dumps: articles (namespace 0) in their last revision; other pages are passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.readers.body import Body
from paraglot.indexer.readers.body_drafts import body_draft
from paraglot.indexer.readers.elements import local_name
from paraglot.indexer.readers.inputs import Input
from paraglot.indexer.readers.wiki.wikitext import Wikitext
from paraglot.indexer.readers.xml.parsing import child_text, elements, language_of

_REDIRECT = re.compile(r"\s*#\s*\w{5,30}\s*:?\s*\[\[", re.UNICODE)
_FILE, _CATEGORY = "6", "14"


def read_mediawiki(source: Input) -> Iterator[Draft | Skipped]:
    """The articles of a dump, in the order of the dump."""
    site: dict[str, str] = {}
    wikitext = Wikitext()
    for found in elements(source, frozenset({"siteinfo", "page"})):
        if isinstance(found, Skipped):
            yield found
            continue
        line, element = found
        if local_name(element) == "siteinfo":
            site = {name: child_text(element, name) for name in ("sitename", "dbname", "base")}
            names = [(node.get("key"), node.text or "") for node in element.iter("{*}namespace")]
            wikitext = Wikitext(
                (name for key, name in names if key == _FILE), (name for key, name in names if key == _CATEGORY)
            )
            continue
        try:
            if (draft := _article(source, line, element, site, wikitext)) is not None:
                yield draft
        except ValueError as error:
            yield Skipped(source.at(line), str(error))


def _article(source: Input, line: int, page: Any, site: dict[str, str], wikitext: Wikitext) -> Draft | None:
    """The article on a page, None where the page is none."""
    revisions = [child for child in page if local_name(child) == "revision"]
    if (
        (child_text(page, "ns") or "0") != "0"
        or any(local_name(inner) == "redirect" for inner in page)
        or not revisions
    ):
        return None
    revision = revisions[-1]
    text = child_text(revision, "text")
    if (child_text(revision, "model") or "wikitext") != "wikitext" or _REDIRECT.match(text):
        return None
    title = child_text(page, "title")
    body = Body(title)
    wikitext.add(body, text, child_text(revision, "timestamp"))
    base = site.get("base", "")
    fields = {
        "id": f"{site.get('dbname') or source.id}:{child_text(page, 'id') or title}",
        "title": title,
        "language": language_of(page),
        "source": site.get("sitename"),
        "url": f"{base.rpartition('/')[0]}/{quote(title.replace(' ', '_'))}" if base.startswith("http") else None,
        "date": child_text(revision, "timestamp"),
    }
    return body_draft(source, line, fields, body)
