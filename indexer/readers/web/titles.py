"""The title of a page without the name of its site, its logo and its links to jump by."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any

from paraglot.indexer.readers.elements import is_hidden
from paraglot.indexer.readers.web.tidy import HOME, class_kind

_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_TAG = re.compile(r"</?(?:em|i|b|strong|span|sub|sup|mark|small|br|u|cite|q)(?:\s[^<>]{0,200})?/?>", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s+(?:\||-|–|—|·|•|::|»|«|›|:|~|⋆|\*|/)\s+|\s*[｜_|]\s*|\s*(?:丨)\s*")
_NAMED_FIRST = re.compile(r"([^:：]{2,60}?)\s*[:：]\s*(?=\S)")
_STRONG = re.compile(r"[|｜丨»«·•›_⋆]|::")
_LOGO = re.compile(
    r"(?:^|[\s_-])(?:logo|site-?(?:title|name|branding)|brand(?:ing)?|masthead)(?:$|[\s_-])", re.IGNORECASE
)
_MOST_WORDS = 4
_MOST_NAME = 40


def plain_title(text: object) -> str:
    """A title on one line; entities that were written once too often and tags are read.

    >>> plain_title("Weir &amp;amp; <em>mill</em>")
    'Weir & mill'
    """
    if not isinstance(text, str):
        return ""
    for _ in range(2):
        if _ENTITY.search(text):
            text = html.unescape(text)
    return " ".join(_TAG.sub("", text).split()) if "<" in text else " ".join(text.split())


def page_title(tree: Any, declared: Iterable[object], sites: Iterable[object]) -> str:
    """The best title: the first of those ``declared`` in the head; else the first heading that is none of the site's.

    ``sites`` are names of the site that are known.
    """
    window = next((text for node in tree.iter("title") if (text := plain_title(node.text_content()))), "")
    parts = _SEPARATOR.split(window)
    headings = _headings(tree)
    names = {folded(name) for name in sites if name}
    names |= {folded(parts[0]), folded(parts[-1])} & set(_links_home(tree))
    # A heading that the window's title only ends or begins with, as with the name of the site, is a logo.
    logos = {folded(title) for title, logo in headings if logo}
    if len(parts) > 1:
        edges = {folded(parts[0]), folded(parts[-1])}
        rest = {folded(title) for title, logo in headings if not logo}
        logos |= {title for title in edges & rest if title == folded(parts[-1]) and len(parts[-1]) < len(parts[0])}
    names |= logos
    own_headings = [title for title, _ in headings if folded(title) not in names]
    declared_titles = [text for title in declared if (text := plain_title(title))]
    candidates = [*declared_titles, *own_headings, window]
    for candidate in candidates:
        without = without_site(candidate, names, [*own_headings, *declared_titles])
        if without and folded(without) not in names:
            return without
    return next((title for title in candidates if title), "")


def without_site(title: str, names: set[str], others: Iterable[str] = ()) -> str:
    """A title without the site's name at its end or beginning.

    ``names`` are known names, folded; ``others`` are titles of the same page, which tell what is the title alone.
    """
    known = {folded(other) for other in others if other != title}
    if (named := _NAMED_FIRST.match(title)) and folded(named[1]) in names:
        title = title[named.end() :]
    while cuts := list(_SEPARATOR.finditer(title)):
        first, last = cuts[0], cuts[-1]
        if folded(title[last.end() :]) in names:
            title = title[: last.start()].strip()
        elif folded(title[: first.start()]) in names:
            title = title[first.end() :].strip()
        elif folded(title[: last.start()]) in known or _is_site(
            title[: last.start()], last.group(), title[last.end() :]
        ):
            return title[: last.start()].strip()
        else:
            break
    return title


def _is_site(title: str, separator: str, name: str) -> bool:
    """Whether what stands behind a separator looks like a name and what is before it like a title."""
    words = name.split()
    if not words or len(words) > _MOST_WORDS or len(name) > _MOST_NAME or len(name) >= len(title):
        return False
    if _STRONG.search(separator):
        return True
    named = all(not word[0].islower() or len(word) <= 3 for word in words) and not re.search(r"[.?!…\d]", name)
    return separator.strip() in "-–—" and named and len(title.split()) >= 3 and words[0][0].isupper()


def _headings(tree: Any) -> list[tuple[str, bool]]:
    """The headings of the first level that are seen, those in articles first, and whether each is a logo."""
    found = []
    for heading in tree.iter("h1"):
        text = plain_title(heading.text_content())
        around = [heading, *heading.iterancestors()]
        if not text or any(is_hidden(ancestor) for ancestor in around) or class_kind(heading) == "skip links":
            continue
        inside = any(ancestor.tag in ("article", "main") for ancestor in around)
        links = heading.findall(".//a")
        home = bool(links) and all((link.get("href") or "") in HOME for link in links)
        logo = home or any(
            _LOGO.search(f"{element.get('class') or ''} {element.get('id') or ''}") for element in around[:3]
        )
        found.append((not inside, text, logo and not inside))
    return [(text, logo) for _, text, logo in sorted(found, key=lambda item: item[0])]


def _links_home(tree: Any) -> Iterator[str]:
    """What links to the home page say, which is the name of the site in most headers."""
    for link in tree.iter("a"):
        if (
            (link.get("href") or "").strip() in HOME
            and (text := link.text_content().strip())
            and len(text) <= _MOST_NAME
        ):
            yield folded(text)


def folded(text: object) -> str:
    """A heading as it is compared with another: in small letters, with one space between words."""
    return " ".join(str(text).casefold().split())
