"""Where an article is read: the addresses of its page, and of each paragraph in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from paraglot.search.types import Hit


def way_home(scope: Mapping[str, Any]) -> str:
    """From the address of a request (a scope of ASGI) to that of the service, or of its collection.

    >>> way_home({"raw_path": b"/v1/collections/news/article/a/b", "root_path": "/v1/collections/news"})
    '../../'
    """
    raw: bytes = scope["raw_path"]
    root: str = scope.get("root_path", "")
    return "../" * (raw.count(b"/") - 1 - root.count("/"))


def article_path(article_id: str, paragraph_id: str = "", query: str = "") -> str:
    """The page of an article from the service's own address on, at a paragraph; ``query`` is what follows the ``?``.

    >>> article_path("fr/a b.txt", "fr/a b.txt~e1cbc2e2b76a", "q=pain")
    'article/fr/a%20b.txt?q=pain#e1cbc2e2b76a'

    Where a browser would climb by what the id has between its slashes, these are no slashes of the address.

    >>> article_path("./a/../b")
    'article/.%2Fa%2F..%2Fb'
    """
    climbs = not {".", ".."}.isdisjoint(article_id.split("/"))
    fragment = f"#{quote(anchor(paragraph_id, article_id), safe='')}" if paragraph_id else ""
    return f"article/{quote(article_id, safe='' if climbs else '/')}{'?' if query else ''}{query}{fragment}"


def anchor(paragraph_id: str, article_id: str) -> str:
    """The name of a paragraph within its article's page.

    >>> anchor("reef~e1cbc2e2b76a", "reef"), anchor("own", "reef")
    ('e1cbc2e2b76a', 'own')
    """
    return paragraph_id.removeprefix(f"{article_id}~")


def opening(hit: Hit, home: str) -> str:
    """What a hit opens: its quote in the page that the article has on the web, else the paragraph in ours.

    ``home`` is the address of the service, with a slash at its end.
    """
    return hit.citation.url or home + article_path(hit.article.id, hit.paragraph.id)
