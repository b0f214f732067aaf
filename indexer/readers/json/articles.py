"""Articles in a JSON value: one article, a JSON Feed, or what an export or a database's answer wraps around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from paraglot.indexer.corpus.drafts import NO_TEXT, Draft, Place, Skipped
from paraglot.indexer.corpus.fields import HTML_FIELDS, SUMMARIES, draft_of, holds_text, opened, text_in
from paraglot.indexer.readers.addresses import joined
from paraglot.indexer.readers.inputs import Input
from paraglot.indexer.readers.kept_back import is_kept_back

_MOST_LEVELS = 8
_MOST_LOOKED_AT = 100_000
_OF_FEED = {
    *("id", "url", "external_url", "title", "content_html", "content_text", "date_published", "date_modified"),
    *("language", "authors", "author", "summary"),
}


def articles_in(source: Input, place: Place, value: Any) -> Iterator[Draft | Skipped]:
    """The articles that a value is or wraps. Raises `ValueError` where it is none and holds none."""
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    if not value:
        raise ValueError(NO_TEXT)
    if "jsonfeed.org" in str(value.get("version", "")):
        yield from _feed(source, place, value)
    elif (
        _is_flat(value)
        or _is_article(source, value)
        or not (wrapped := _wrapped(source, value) or _wrapped(source, value, _is_short))
    ):
        yield from _seen(source, place, value, value)
    else:
        for number, item in enumerate(wrapped, start=1):
            try:
                yield from _seen(source, place, value, item)
            except ValueError as error:
                yield Skipped(place, f"item {number}: {error}")


def _seen(source: Input, place: Place, wrapper: Mapping[str, Any], item: Mapping[str, Any]) -> Iterator[Draft]:
    """An item as an article; nothing, which is counted, where readers of the site do not see it."""
    if source.options.drafts or _is_published(wrapper, item):
        yield _draft(source, place, item)
    else:
        source.options.remarks.leave_out("unpublished posts", place, text_in(item.get("title")))


def _draft(source: Input, place: Place, fields: Mapping[str, object]) -> Draft:
    from paraglot.indexer.readers.body_drafts import fragment_draft

    shown = source.options.renamed(opened(fields)) if source.options.maps or not _is_flat(fields) else fields
    html = next((text for name in HTML_FIELDS if name in shown and (text := text_in(shown[name]))), "")
    if html.strip() and not shown.get("text") and not shown.get("paragraphs"):
        left = {name: value for name, value in shown.items() if name not in HTML_FIELDS}
        return fragment_draft(source.unmapped(), place.line, left, html)
    return draft_of(place, fields, source.options, source.id)


def _is_flat(value: Mapping[str, object]) -> bool:
    """Whether an object holds neither lists nor objects: it wraps nothing, and is no post of a blog's interface."""
    return not any(isinstance(entry, dict | list) for entry in value.values())


def _is_article(source: Input, value: object) -> bool:
    return isinstance(value, dict) and holds_text(source.options.renamed(opened(value)))


def _is_short(source: Input, value: object) -> bool:
    """Whether an object is an article of which there is a title and a summary alone."""
    if not isinstance(value, dict):
        return False
    fields = source.options.renamed(opened(value))
    return bool(fields.get("title") or fields.get("headline")) and any(
        text_in(fields.get(summary)) for summary in SUMMARIES
    )


def _wrapped(
    source: Input, value: dict[str, Any], is_one: Callable[[Input, object], bool] = _is_article
) -> list[dict[str, Any]]:
    """The articles in the lists (or in the objects with ids for names) that lie nearest to the surface."""
    level: list[Any] = [value]
    looked_at = 0
    for _ in range(_MOST_LEVELS):
        found = [article for holder in level for article in _articles_in(source, holder, is_one)]
        if found:
            return found
        level = [
            child
            for holder in level
            for child in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(child, dict | list)
        ]
        looked_at += len(level)
        if not level or looked_at > _MOST_LOOKED_AT:
            break
    return []


def _articles_in(source: Input, holder: Any, is_one: Callable[[Input, object], bool]) -> list[dict[str, Any]]:
    """The objects right inside a list or an object, where some of them are articles."""
    if isinstance(holder, list):
        inner = [child for child in holder if isinstance(child, dict)]
        return inner if any(is_one(source, entry) for entry in inner) else []
    objects = {name: article for name, article in holder.items() if isinstance(article, dict)}
    if len(objects) < len(holder) or not any(is_one(source, value) for value in objects.values()):
        return []
    return [article if article.get("id") else {**article, "id": name} for name, article in objects.items()]


def _is_published(wrapper: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    """Whether readers of the site see a post; Ghost's exports and what WordPress's API answers hold drafts, too."""
    content = item.get("content")
    if isinstance(content, dict) and "rendered" in content:
        return item.get("status", "publish") == "publish" and not content.get("protected")
    if "db" not in wrapper:
        return not is_kept_back(item if _is_flat(item) else opened(item))
    return bool(item.get("status", "published") == "published" and item.get("visibility", "public") == "public")


def _feed(source: Input, place: Place, feed: dict[str, Any]) -> Iterator[Draft | Skipped]:
    items = feed.get("items")
    if not isinstance(items, list):
        raise ValueError('the feed has no list of "items"')
    for number, item in enumerate(items, start=1):
        try:
            if not isinstance(item, dict):
                raise ValueError("not a JSON object")
            yield _item(source, place, feed, source.options.renamed(item))
        except ValueError as error:
            yield Skipped(place, f"item {number}: {error}")


def _item(source: Input, place: Place, feed: Mapping[str, Any], item: dict[str, Any]) -> Draft:
    from paraglot.indexer.readers.body_drafts import fragment_draft

    home = text_in(feed.get("home_page_url") or feed.get("feed_url"))
    url = text_in(item.get("url") or item.get("external_url")).strip()
    fields: dict[str, object] = {
        **{name: value for name, value in item.items() if name not in _OF_FEED},
        "id": item.get("id"),
        "title": item.get("title"),
        "url": joined(home, url) or None,
        "date": item.get("date_published") or item.get("date_modified"),
        "language": item.get("language") or feed.get("language"),
        "source": item.get("source") or feed.get("title"),
        "author": ", ".join(_authors(item) or _authors(feed)),
    }
    fields = {name: value for name, value in fields.items() if value not in (None, "", [])}
    html = text_in(item.get("content_html"))
    text = item.get("text") or text_in(item.get("content_text")) or text_in(item.get("summary"))
    if html.strip():
        return fragment_draft(source.unmapped(), place.line, fields, html)
    # An item may be its title alone: a note, as people post them.
    return draft_of(place, {**fields, "text": text or item.get("title")}, source.options.unmapped(), source.id)


def _authors(holder: Mapping[str, Any]) -> list[str]:
    authors = holder.get("authors") or holder.get("author") or []
    return [name for entry in (authors if isinstance(authors, list) else [authors]) if (name := text_in(entry))]
