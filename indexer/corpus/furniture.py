"""Furniture: lines that stand in many articles of one source and belong to none, such as navigation or share links.

Articles are held back in windows of a bounded size and each window is counted: a short block that stands in at least
`MIN_ARTICLES` articles of a source, and in a tenth of those in the window, is furniture of that source from there on.
A last block that names the article's title and its source is counted without the title. So what an article becomes
depends on what is read with it and on nothing that was indexed before: the same corpus read again gives the same
articles (docs/decisions/0011-readers.md, 0035-furniture.md).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TypeGuard

from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.corpus.paragraphs import is_closed, plain_blocks
from paraglot.indexer.readers.addresses import host_of
from paraglot.search.text.sentences import width

WINDOW_ARTICLES = 500
WINDOW_CHARACTERS = 4_000_000
MIN_ARTICLES = 10
MAX_CHARACTERS = 200
"""A longer block is text, however often it stands; wide characters count twice."""

LONG_COLUMNS = 100
MIN_OF_LONG = 50
"""Prose that is wider than the one is furniture if it stands in so many articles, and in half of a source's."""

_MAX_FOOTER = 500
_MIN_TITLE = 3
"""Characters of a last block that may name its article, and of a title that is looked for in it."""

_MOST_KNOWN = 10_000
"""Blocks remembered beyond their window."""


def without_furniture(found_all: Iterable[Draft | Skipped]) -> Iterator[Draft | Skipped]:
    """The same readings in the same order; scraped articles know which of their blocks are furniture."""
    known: dict[tuple[str, str], None] = {}
    window: list[Draft | Skipped] = []
    characters = 0
    for found in found_all:
        if not window and not (_unknown(found)):
            yield found
            continue
        window.append(found)
        characters += len(found.text) if isinstance(found, Draft) else 200
        if len(window) >= WINDOW_ARTICLES or characters >= WINDOW_CHARACTERS:
            yield from _counted(window, known)
            window, characters = [], 0
    yield from _counted(window, known)


def _counted(window: list[Draft | Skipped], known: dict[tuple[str, str], None]) -> Iterator[Draft | Skipped]:
    short = [_short_blocks(one) if _unknown(one) else {} for one in window]
    counts: Counter[tuple[str, str]] = Counter()
    articles: defaultdict[str, int] = defaultdict(int)
    for one, blocks in zip(window, short, strict=True):
        if _unknown(one):
            articles[_source(one)] += 1
            counts.update((_source(one), shape) for shape in set(blocks.values()))
    for key, count in counts.items():
        if _recurs(key[1], count, articles[key[0]]) and len(known) < _MOST_KNOWN:
            known[key] = None
    for one, blocks in zip(window, short, strict=True):
        if _unknown(one) and blocks:
            found = (text for text, shape in blocks.items() if (_source(one), shape) in known)
            yield _cleared(one, frozenset(found))
        else:
            yield one


def _recurs(shape: str, count: int, articles: int) -> bool:
    """Whether a block stands in so many articles of a source that it belongs to none; prose of some length in most."""
    if width(shape) > LONG_COLUMNS and is_closed(shape):
        return count >= MIN_OF_LONG and count * 2 >= articles
    return count >= MIN_ARTICLES and count * 10 >= articles


def _unknown(found: Draft | Skipped) -> TypeGuard[Draft]:
    """Whether furniture may stand in an article and nobody has looked for it yet, as in one that was exported."""
    return isinstance(found, Draft) and found.scraped and found.furniture is None


def _cleared(draft: Draft, furniture: frozenset[str]) -> Draft:
    """A draft that knows its furniture, unless nothing would be left of it."""
    if not furniture or furniture >= set(_blocks(draft)):
        return draft
    return replace(draft, furniture=furniture)


def _short_blocks(draft: Draft) -> dict[str, str]:
    """The short blocks of an article, and the shape by which each is counted."""
    blocks = [text for text in _blocks(draft) if len(text) <= _MAX_FOOTER]
    shapes = {text: text for text in blocks if len(text) <= MAX_CHARACTERS and width(text) <= MAX_CHARACTERS}
    last = blocks[-1] if blocks else ""
    title = draft.title
    if len(title) >= _MIN_TITLE and title in last and len(last) > len(title):
        around = last.replace(title, "\0").casefold()
        if draft.source and draft.source.casefold() in around:
            shapes[last] = around
    return shapes


def _blocks(draft: Draft) -> Iterator[str]:
    return (one.text for one in (plain_blocks(draft.text) if draft.blocks is None else draft.blocks))


def _source(draft: Draft) -> str:
    """Whose furniture it would be: the site's, else the source's, else the folder's."""
    return host_of(draft.url or "") or draft.source or str(PurePosixPath(draft.id).parent)
