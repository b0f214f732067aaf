"""One article a page, though it comes by feed and by sitemap, under several addresses. Start at `Once`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from paraglot.indexer.corpus.drafts import Draft
from paraglot.indexer.follow.seen import Note
from paraglot.indexer.readers.addresses import is_web, page_key


class Once:
    """Tells which article a page is, in this run and in those before: a page keeps the id that it first came by.

    What a page says itself is more than what a feed says of it, whichever was read first.
    """

    def __init__(self, seen: Callable[[str], Note], notes: dict[str, Note]) -> None:
        """``seen``: what former runs noted; ``notes``: what this one does, added to."""
        self._seen, self._notes = seen, notes

    def items(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Those of a feed but for what its page was read for. A link that several have is that of none."""
        links = Counter(map(_key, drafts))
        items = []
        for draft in drafts:
            key = _key(draft)
            if not key or links[key] > 1:
                items.append(draft)
            elif not self._article("page", key):
                items.append(self._known(draft, [key]))
        return items

    def page(self, draft: Draft, *addresses: str) -> Draft:
        """What a page is, of these addresses beside its own."""
        keys = list(dict.fromkeys(filter(None, [_key(draft), *map(page_key, addresses)])))
        known = self._known(draft, keys)
        for key in keys:
            self._note("page", key, known.id)
        return known

    def forget(self, address: str) -> None:
        """The page is gone, and its article with it: what comes under its address from now on is another."""
        for kind in ("page", "item"):
            if self._article(kind, key := page_key(address)):
                self._note(kind, key, "")

    def _known(self, draft: Draft, keys: Sequence[str]) -> Draft:
        """The draft under the id that one of its addresses has; each has it from now on."""
        article = next((id_ for key in keys if (id_ := self._article("item", key))), draft.id)
        for key in keys:
            self._note("item", key, article)
        return draft if article == draft.id else replace(draft, id=article)

    def _article(self, kind: str, key: str) -> str:
        name = f"{kind} {key}"
        return (self._notes.get(name) or self._seen(name)).article

    def _note(self, kind: str, key: str, article: str) -> None:
        name = f"{kind} {key}"
        self._notes[name] = Note(name, article=article)


def _key(draft: Draft) -> str:
    """The page that a draft names as its own; empty where it names none."""
    return page_key(draft.url) if draft.url and is_web(draft.url) else ""
