"""What a page says of its article as JSON-LD: the article's node before that of the page, references resolved."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from paraglot.indexer.readers.web.titles import folded

_ARTICLE = re.compile(r"Article|BlogPosting|Report|Posting")
_PAGE = re.compile(r"WebPage|ItemPage|AboutPage|CollectionPage|FAQPage")
_INNER = ("@graph", "mainEntity", "mainEntityOfPage")
_BEFORE = re.compile(r"(?:\s+|<!--|/\*.*?\*/|//|<!\[CDATA\[)*+", re.DOTALL)
_JSON = json.JSONDecoder(strict=False)
_MOST_NODES = 1000


@dataclass(slots=True)
class Linked:
    """The node of the article, of the page and of the site; empty where there is none."""

    article: Mapping[str, Any] = field(default_factory=dict)
    page: Mapping[str, Any] = field(default_factory=dict)
    site: Mapping[str, Any] = field(default_factory=dict)
    by_id: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def names(self, value: object, depth: int = 0) -> list[str]:
        """The names of people or organisations, however they are given."""
        if isinstance(value, list):
            return [name for entry in value[:100] for name in self.names(entry, depth)]
        if isinstance(value, Mapping):
            known = self.by_id.get(str(value.get("@id"))) if "name" not in value and depth < 3 else None
            return self.names(known if known is not None else value.get("name"), depth + 1)
        return [" ".join(value.split())] if isinstance(value, str) and value.strip() else []


def linked_data(tree: Any, titles: set[str]) -> Linked:
    """The nodes of a page; of several articles the one that is headed as the page is, else the first."""
    found = Linked()
    articles = []
    for node in _nodes(tree):
        if isinstance(identity := node.get("@id"), str) and "name" in node:
            found.by_id.setdefault(identity, node)
        kind = " ".join(str(entry) for entry in _listed(node.get("@type")))
        if _ARTICLE.search(kind):
            articles.append(node)
        elif _PAGE.search(kind) and not found.page:
            found.page = node
        elif kind == "WebSite" and not found.site:
            found.site = node
    headed = (article for article in articles if folded(article.get("headline") or article.get("name") or "") in titles)
    found.article = next(headed, articles[0] if articles else {})
    return found


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _value(text: str) -> Any:
    """What a script says, without what hides it from old browsers before and behind. Raises `ValueError`."""
    start = _BEFORE.match(text)
    value, _ = _JSON.raw_decode(text, start.end() if start else 0)
    return value


def _nodes(tree: Any) -> Iterator[Mapping[str, Any]]:
    """All nodes of all scripts, outer ones first. Broken JSON-LD is as common as any and says nothing."""
    left = _MOST_NODES
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        try:
            pending = [_value(script.text or "")]
        except (ValueError, RecursionError):
            continue
        while pending and left:
            node = pending.pop(0)
            left -= 1
            if isinstance(node, list):
                pending[:0] = node[:left]
            elif isinstance(node, dict):
                yield node
                pending.extend(node[name] for name in _INNER if isinstance(node.get(name), dict | list))
                pending.extend(
                    entry for entry in _listed(node.get("author")) if isinstance(entry, dict) and "@id" in entry
                )
