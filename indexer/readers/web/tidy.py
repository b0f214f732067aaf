"""Takes out of a page what is no part of any article: hidden text, menus, banners, comments, share links.

Told by what elements are, by their roles and by the words of their classes; what holds most of the page stays,
whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, TypeAlias

from lxml import etree

from paraglot.indexer.corpus.phrases import CONSENT_PHRASES, COOKIE_WORDS
from paraglot.indexer.readers.elements import is_hidden, local_name

LeaveOut: TypeAlias = Callable[[str, str], None]
"""Called with the kind and the text of what is taken out."""

_ROLES = {
    "navigation": "navigation blocks",
    "search": "forms",
    "contentinfo": "footers",
    "dialog": "dialogs",
    "alertdialog": "dialogs",
    "menu": "navigation blocks",
    "menubar": "navigation blocks",
}
_PART = (
    r"(?:list|links?|area|section|container|wrapper|wrap|block|box|bar|panel|widget|module|items?|content|inner|row)"
)
_KINDS = {
    "navigation blocks": r"(?:(?:main|site|top|sub|primary|secondary|mobile|footer|header|global|page|post|posts)-?)?"
    r"(?:nav|navbar|navigation|menu|breadcrumbs?|pagination|pager)|skip-?(?:to-?|nav|link|content)+\w*|sitemap",
    "consent banners": r".*cookie-?(?:s|banner|bar|notice|consent|popup|law|message|info|policy|layer|modal|overlay)*|"
    r"(?:.+-)?(?:consent|gdpr|ccpa|cmp|onetrust|didomi|usercentrics|cybot|cookiebot|truste|quantcast|qc-cmp2?|iubenda|"
    r"borlabs|cc-window|cc-banner|sp-message)(?:-.+)?",
    "comments": r"(?:\w+-)?comments?|commentlist|disqus|respond|kommentare?|commentaires?|comentarios?",
    "related articles": r"(?:.+-)?(?:related|recommend(?:ed|ations?)|read-?more|more-stories|most-?read|most-?popular|"
    r"trending|also-?read|see-also|outbrain|taboola|teasers?|jp-relatedposts|yarpp)(?:-\w+)?",
    "share links": r"(?:.+-)?(?:share|sharing|shares|social|socials|addthis|addtoany|sharedaddy|follow-us|sns)"
    r"(?:-(?:buttons?|icons?|tools?|media|links?|bar|list|this|box))*",
    "promotions": r"(?:.+-)?(?:newsletter|subscribe|subscription|signup|sign-up|paywall|advert|adverts|advertisement|"
    r"ad|ads|ad-slot|banner-ad|sponsored|promo|promotion|donate|call-to-action)(?:-\w+)?",
    "sidebars": r"(?:.+-)?side-?bar|aside",
    "footers": r"(?:site|page|main|global)?-?footer|colophon|copyright|site-info|imprint",
    "skip links": r"visually-hidden|visuallyhidden|sr-only|screen-?reader(?:-text)?|element-invisible",
    "bylines": r"(?:.+-)?(?:byline|dateline|posted-(?:on|by)|timestamp|pubdate|publish(?:ed)?-?(?:date|on|time)|"
    r"postmetadata|(?:read|reading)-time|cat-links|tags-links|author-(?:info|line))|submitted(?:-by)?|"
    r"(?:entry|post|article|story|node|page|blog|news)-(?:meta(?:data)?|date|author|info)|entry-footer",
}
_TOKEN = re.compile(
    "|".join(f"(?P<k{number}>(?:{words})(?:-{_PART})*)" for number, words in enumerate(_KINDS.values()))
)
_KIND_OF = dict(zip((f"k{number}" for number in range(len(_KINDS))), _KINDS, strict=True))
_SAYS_NO = re.compile(r"(?:has|no|with|without|is|show|hide|enable|enabled|not|single|page-template|post-type)-")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MAX_TOKEN = 60
_MOST = 0.5
"""What holds more of the text of a page than this is its article, whatever it is called."""

_NEARLY_ALL = 0.9
_SHORT = {"bylines": 200, "skip links": 200, "promotions": 1500, "consent banners": 3000}
"""Characters that what is told by its class alone may have, for kinds that are short."""

_MAX_BANNER = 1200
_MAX_NOTICE = 600
_BUTTONS = ("button", "input")
_NOWHERE = re.compile(r"\s*(?:#|javascript:)", re.IGNORECASE)
_INLINE = ("span", "a", "b", "i", "em", "time", "small", "strong", "sup", "sub")
_HOLDS = ("h1", "main", "article")
_SEPARATORS = re.compile(r"[\s|·•>»›/\\,;:–—→←\-\[\]()‹«&+]*")
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright\b|&copy;)", re.IGNORECASE)
_UNLINKED: Any = etree.XPath(".//text()[not(ancestor::a)]")
HOME = ("/", "#", "./", "", "index.html", "/index.html")
_CONSENT, _COOKIES = (
    tuple({phrase.casefold() for row in table.values() for phrase in row}) for table in (CONSENT_PHRASES, COOKIE_WORDS)
)
_MIN_NOTICE = min(map(len, (*_CONSENT, *_COOKIES)))
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SAYS = re.compile(r"[^\W_]")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def without_anchors(tree: Any) -> None:
    """Take the signs out of headings that only link to them: *Weir¶*."""
    for link in list(tree.iter("a")):
        headed = any(own.tag in _HEADINGS for own in islice(link.iterancestors(), 2))
        if headed and (link.get("href") or "").startswith("#") and not _SAYS.search(link.text_content()):
            link.text = None
            del link[:]


def tidy(tree: Any, leave_out: LeaveOut) -> None:
    """Take the furniture out of the tree of a page."""
    body = tree.find(".//body")
    root = tree if body is None else body
    total = _Sizes(root)
    _reveal(root, total)
    _take_out(root, total, leave_out, _by_itself)
    total = _Sizes(root)
    _take_out(root, total, leave_out, _by_class)
    _take_out_banners(root, total, leave_out)
    _take_out_links(root, total, leave_out)


class _Sizes:
    """The characters of text below each element of a page, counted once."""

    def __init__(self, root: Any) -> None:
        self._below: dict[Any, int] = {}
        for element in reversed(list(root.iter())):
            inner = 0
            if isinstance(element.tag, str) and element.tag not in ("script", "style", "noscript", "template"):
                inner = _length(element.text) + sum(
                    self._below.get(child, 0) + _length(child.tail) for child in element
                )
            self._below[element] = inner
        self.all = max(self._below[root], 1)

    def share(self, element: Any) -> float:
        return self._below.get(element, 0) / self.all

    def of(self, element: Any) -> int:
        return self._below.get(element, 0)


def _length(text: str | None) -> int:
    return len(text.strip()) if text else 0


def _reveal(root: Any, sizes: _Sizes) -> None:
    """What holds most of a page is shown in the end, by a script, whatever it says at first."""
    for element in root.iter():
        if isinstance(element.tag, str) and is_hidden(element) and sizes.share(element) > _MOST:
            for name in ("hidden", "aria-hidden", "style"):
                element.attrib.pop(name, None)


def _take_out(root: Any, sizes: _Sizes, leave_out: LeaveOut, kind_of: Callable[[Any, _Sizes], str | None]) -> None:
    """Remove the outermost elements that ``kind_of`` gives a kind."""
    pending = list(root)
    while pending:
        element = pending.pop()
        if not isinstance(element.tag, str):
            continue
        kind = kind_of(element, sizes)
        if kind is None:
            pending.extend(element)
        else:
            remove(element, kind, leave_out)


def remove(element: Any, kind: str, leave_out: LeaveOut) -> None:
    """Take an element out of its tree; what stands before and after it stays apart."""
    if text := " ".join(" ".join(element.itertext()).split()):
        leave_out(kind, text)
    parent, tail = element.getparent(), element.tail
    mark = parent.makeelement("span" if local_name(element) in _INLINE else "div")
    mark.tail = tail
    parent.replace(element, mark)


def _by_itself(element: Any, sizes: _Sizes) -> str | None:
    """What an element is by its name or role, or by the exact name of its kind."""
    name = element.tag
    if name == "nav":
        return "navigation blocks"
    kind = _ROLES.get((element.get("role") or "").lower())
    if kind is None and element.get("aria-modal") == "true":
        kind = "dialogs"
    if kind is None and name == "footer" and element.getparent().tag in ("body", "div", "main"):
        kind = "footers"
    if kind is not None:
        return None if sizes.share(element) > _MOST else kind
    if name not in ("body", "article", "main", "html") and class_kind(element) == "comments":
        return None if element.find(".//h1") is not None or element.find(".//main") is not None else "comments"
    return None


def _by_class(element: Any, sizes: _Sizes) -> str | None:
    if element.tag in ("body", "main", "html", "h1"):
        return None
    if element.tag == "time" and _stands_alone(element):
        return "bylines"
    kind = class_kind(element)
    if kind is None or sizes.share(element) > _MOST or sizes.of(element) > _SHORT.get(kind, sizes.all):
        return None
    if element.tag == "p" and kind != "bylines":
        return None
    if element.tag == "article" and kind != "related articles":
        return None
    return None if kind != "skip links" and element.find(".//h1") is not None else kind


def _stands_alone(time: Any) -> bool:
    """Whether a date is a line of its own over an article and no word of a sentence."""
    parent = time.getparent()
    beside = [parent.text, *(child.tail for child in parent)]
    return parent.tag in ("article", "header", "div", "section", "main") and not any(
        (text or "").strip() for text in beside
    )


def class_kind(element: Any) -> str | None:
    """What the words of an element's class and id say that it is."""
    names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"
    if names == "  ":
        return None
    for token in _CAMEL.sub("-", names[:500]).lower().replace("_", "-").split():
        token = token.strip("-").replace("--", "-")
        if len(token) > _MAX_TOKEN or _SAYS_NO.match(token):
            continue
        if (found := _TOKEN.fullmatch(token)) and found.lastgroup:
            return _KIND_OF[found.lastgroup]
    return None


def _take_out_banners(root: Any, sizes: _Sizes, leave_out: LeaveOut) -> None:
    """Banners that ask for consent: short, about cookies and with something to press; outside of an article in set
    phrases, too.
    """
    for element in _smallest(root, sizes):
        text = " ".join(" ".join(element.itertext()).casefold().split())
        if len(text) < _MIN_NOTICE:
            continue
        asks = len(text) <= _MAX_NOTICE and any(consent in text for consent in _CONSENT)
        named = asks or any(phrase in text for phrase in _COOKIES)
        if named and ((asks and not _is_inside(element)) or _has_button(element)):
            remove(element, "consent banners", leave_out)


def _is_inside(element: Any) -> bool:
    return any(
        ancestor.tag in ("article", "main", "figure", "blockquote", "li") for ancestor in element.iterancestors()
    )


def _smallest(root: Any, sizes: _Sizes) -> Iterator[Any]:
    """The outermost blocks that are short enough for a banner and hold no article."""
    pending = list(root)
    while pending:
        element = pending.pop()
        if not isinstance(element.tag, str) or not sizes.of(element):
            continue
        small = sizes.of(element) <= _MAX_BANNER and sizes.share(element) <= _NEARLY_ALL
        if small and element.tag not in _HOLDS and next(element.iter(*_HOLDS), None) is None:
            if element.tag in ("div", "section", "form", "dialog", "p", "aside", "ul", "span"):
                yield element
        else:
            pending.extend(element)


def _has_button(element: Any) -> bool:
    for node in element.iter("button", "input", "a"):
        if node.tag in _BUTTONS or node.get("role") == "button":
            return True
        if "btn" in (node.get("class") or "") or _NOWHERE.match(node.get("href") or "#"):
            return True
    return False


def _take_out_links(root: Any, sizes: _Sizes, leave_out: LeaveOut) -> None:
    """Rows of links that hold nothing else, and notes of copyright. Lists of links in an article stay."""
    for element in list(root.iter("p", "div", "td", "ul", "ol", "span", "center", "header")):
        if sizes.of(element) > _MAX_NOTICE or sizes.share(element) > _MOST or not _is_below(element, root):
            continue
        if _is_row_of_links(element):
            remove(element, "navigation blocks", leave_out)
        elif _COPYRIGHT.match((element.text or "").strip()[:40]) and _YEAR.search("".join(element.itertext())):
            remove(element, "footers", leave_out)


def _is_row_of_links(element: Any) -> bool:
    links = element.findall(".//a")
    if not links or not _SEPARATORS.fullmatch("".join(_UNLINKED(element))):
        return False
    if _is_inside(element):
        return len(links) > 1 and element.tag in ("p", "div", "span")
    home = all((link.get("href") or "").strip() in HOME for link in links)
    return home or len(links) > 1 or element.tag in ("td", "ul", "ol")


def _is_below(element: Any, root: Any) -> bool:
    """Whether an element still stands in the page, after what was taken out."""
    return any(ancestor is root for ancestor in element.iterancestors())
