"""Reader of the news industry's XML: NITF, and NewsML-G2 with the text inline as NITF or XHTML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.readers.body import Body
from paraglot.indexer.readers.body_drafts import body_draft
from paraglot.indexer.readers.inputs import Input
from paraglot.indexer.readers.markup import add_markup, all_text
from paraglot.indexer.readers.xml.parsing import elements, first, language_of


def read_news(source: Input) -> Iterator[Draft | Skipped]:
    """The articles of a file. Items that hold no text (pictures, planning) are named."""
    for found in elements(source, frozenset({"newsItem", "nitf"})):
        if isinstance(found, Skipped):
            yield found
            continue
        line, item = found
        nitf = item if item.tag.rpartition("}")[2] == "nitf" else first(item, "nitf")
        try:
            yield _article(source, line, item, nitf)
        except ValueError as error:
            yield Skipped(source.at(line), str(error))


def _article(source: Input, line: int, item: Any, nitf: Any) -> Draft:
    fields = {**_nitf_fields(nitf), **_newsml_fields(item)}
    body = Body(str(fields.get("title") or ""))
    if nitf is not None:
        content = first(nitf, "body.content", "body")
    else:
        html = first(item, "html")
        content = first(html, "body") if html is not None else first(item, "inlineXML")
    if content is not None:
        add_markup(body, content)
    elif (inline := first(item, "inlineData")) is not None:
        for paragraph in (inline.text or "").split("\n\n"):
            body.paragraph(paragraph)
    fields["id"] = fields.get("id") or source.id
    return body_draft(source, line, fields, body)


def _nitf_fields(nitf: Any) -> dict[str, object]:
    if nitf is None:
        return {}
    identity, issued = first(nitf, "doc-id"), first(nitf, "date.issue", "story.date")
    return {
        "id": identity.get("id-string") if identity is not None else None,
        "title": all_text(_all(nitf, "hl1")) or all_text(_all(nitf, "title")),
        "language": language_of(nitf),
        "source": all_text(_all(nitf, "distributor")) or (identity.get("regsrc") if identity is not None else None),
        "author": all_text(_all(nitf, "byline")),
        "date": issued.get("norm") if issued is not None else None,
    }


def _newsml_fields(item: Any) -> dict[str, object]:
    if not item.get("guid"):
        return {}
    language, link = first(item, "language"), first(item, "remoteInfo", "altId")
    fields: dict[str, object] = {
        "id": item.get("guid"),
        "title": all_text(_all(item, "headline")) or all_text(_all(item, "itemMeta", "title")),
        "language": (language.get("tag") if language is not None else None) or language_of(item),
        "source": all_text(_all(item, "infoSource")) or _provider(item),
        "author": all_text(_all(item, "by")),
        "url": link.get("href") if link is not None else None,
        "tags": [text for subject in _all(item, "subject") if (text := all_text(_all(subject, "name")))],
        "date": all_text(_all(item, "contentCreated")) or all_text(_all(item, "versionCreated")),
    }
    return {name: value for name, value in fields.items() if value}


def _provider(item: Any) -> str:
    provider = first(item, "provider")
    if provider is None:
        return ""
    return all_text(_all(provider, "name")) or provider.get("literal") or provider.get("qcode") or ""


def _all(element: Any, *names: str) -> Iterator[Any]:
    """All elements below with the first of the local ``names``, and below these with the next."""
    for found in element.iter("{*}" + names[0]):
        if len(names) == 1:
            yield found
        else:
            yield from _all(found, *names[1:])
