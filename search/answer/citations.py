"""How a paragraph is cited: the words to quote, and an address that leads a browser to them.

The address ends in a text directive (WICG, "URL Fragment Text Directives"): ``#:~:text=`` and the quote, or its first
and last words with a comma between. What a directive means by ``-``, ``,`` and ``&`` is encoded where a text has it.
Of a table or list two directives name the cells or items as they stand on the page, one beside the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote as percent_encoded

import regex

from paraglot.search.text.sentences import split_sentences
from paraglot.search.types import ArticleHead, Citation, Highlight, Paragraph

LONGEST_EXACT = 100
"""Characters of a quote that is looked for whole; of a longer one both ends are."""

EDGE = 30
"""The fewest characters of such an end."""

_PIECE = regex.compile(r"[^\s、。，．！？；：…]+")
"""Whole words to a browser in every script: in unspaced ones only their punctuation is sure to part words."""

_PARTS = regex.compile(r"\s*\n(?:- )?|\s+\|(?:\s+\|)*\s+|^- ")
"""What divides rows, items and cells in a paragraph, and is on no page."""

_BACKWARDS = regex.compile(f"(?r){_PIECE.pattern}")


def cite(paragraph: Paragraph, article: ArticleHead, highlights: Sequence[Highlight] = ()) -> Citation:
    """The citation of a paragraph, by its best sentence, or the one with the most words of the query, or whole."""
    quote = _quote(paragraph.text, highlights)
    return Citation(
        url=None if article.url is None else text_url(section_url(article.url, paragraph.anchor), quote),
        quote=quote,
        title=article.title,
        source=article.source,
        date=article.date,
        language=paragraph.language,
    )


def text_url(url: str, quote: str) -> str | None:
    """The address of ``quote`` in the page at ``url``; None where that is no web page.

    >>> text_url("https://example.org/a#b", "Well-known, isn't it?")
    'https://example.org/a#b:~:text=Well%2Dknown%2C%20isn%27t%20it%3F'
    """
    if not is_web_page(url):
        return None
    directive = "&".join(f"text={text}" for text in _directives(quote))
    _, mark, fragment = url.partition("#")
    if ":~:" in fragment:
        return f"{url}&{directive}"
    return f"{url}:~:{directive}" if mark else f"{url}#:~:{directive}"


def section_url(url: str, anchor: str) -> str:
    """The address of a heading in a page; browsers that know no text directive go there.

    >>> section_url("https://example.org/guide/", "set-up"), section_url("https://example.org/guide/", "")
    ('https://example.org/guide/#set-up', 'https://example.org/guide/')
    """
    return f"{url}#{percent_encoded(anchor, safe='')}" if anchor and "#" not in url else url


def is_web_page(url: str | None) -> bool:
    """Whether an address is one that a browser opens as a page."""
    return url is not None and url.lower().startswith(("https://", "http://"))


def _quote(text: str, highlights: Sequence[Highlight]) -> str:
    best = next((span for span in highlights if span.kind == "semantic"), None)
    if best:
        return text[best.start : best.end]
    matches = [span.start for span in highlights]
    if not matches:
        return text
    start, end = max(split_sentences(text), key=lambda span: sum(span[0] <= at < span[1] for at in matches))
    return text[start:end]


def _directives(quote: str) -> list[str]:
    """What leads to a quote; of one in several parts to the first before the second, and to the others after the first.

    Where `` | `` stands on the page itself, the quote is looked for as it is, too.
    """
    parts = [part for part in _PARTS.split(quote) if part.strip()] or [quote]
    first, *others = [[_encoded(end) for end in _ends(part)] for part in parts]
    if not others:
        return [",".join(first)]
    rest = others[0] if len(others) == 1 else [others[0][0], others[-1][-1]]
    found = [",".join([*first, f"-{others[0][0]}"]), ",".join([f"{first[-1]}-", *rest])]
    return [*found, ",".join(map(_encoded, _ends(quote)))] if " | " in quote and "\n" not in quote else found


def _ends(quote: str) -> tuple[str, ...]:
    if len(quote) <= LONGEST_EXACT:
        return (quote,)
    first = next((match.end() for match in _PIECE.finditer(quote) if match.end() >= EDGE), len(quote))
    last = next((match.start() for match in _BACKWARDS.finditer(quote) if len(quote) - match.start() >= EDGE), 0)
    return (quote[:first], quote[last:]) if first < last else (quote,)


class _Encoded(dict[str, str]):
    """Character → how a directive writes it, made as it is met: `urllib` looks at each byte."""

    def __missing__(self, character: str) -> str:
        self[character] = encoded = percent_encoded(character, safe="").replace("-", "%2D")
        return encoded


_ENCODED = _Encoded()


def _encoded(text: str) -> str:
    return "".join(map(_ENCODED.__getitem__, text))
