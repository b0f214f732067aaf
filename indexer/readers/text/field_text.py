"""HTML and Markdown in the text fields of JSON, CSV and posted articles: told by evidence, or as ``--text`` says."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence
from html.entities import html5
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

    from paraglot.indexer.readers.body import Body

Kind: TypeAlias = Literal["plain", "html", "escaped", "entities", "markdown"]
CHOICES = ("auto", "html", "markdown", "plain")
"""What ``--text`` takes."""

NAMES: dict[Kind, str] = {"html": "HTML", "escaped": "HTML", "entities": "HTML", "markdown": "Markdown"}

_BLOCKS = frozenset(
    ("p", "div", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "td", "blockquote", "pre", "dl")
    + ("section", "article", "figure", "script")
)
_INLINE = frozenset(
    (
        "span",
        "b",
        "strong",
        "i",
        "em",
        "u",
        "a",
        "code",
        "sup",
        "sub",
        "font",
        "center",
        "small",
        "strike",
        "del",
        "ins",
    )
    + ("s", "q", "cite", "mark", "abbr", "style", "iframe", "tt")
)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,9})\b(?:[^<>\"']|\"[^\"<>]*\"|'[^'<>]*')*+>")
_VOID = re.compile(r"<(?:br|hr)\s*/?>|<img\s[^<>]*src\s*=", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#(?:\d{1,7}|[xX][0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")
_MARKDOWN = {
    "heading": re.compile(r"^#{1,6}[ \t]+\S", re.MULTILINE),
    "link": re.compile(r"(?<!!)\[[^\[\]\n]{1,300}\]\((?:https?://|mailto:|/|#)[^()\s]{1,2000}\)"),
    "image": re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\s]{1,2000}\)"),
    "bold": re.compile(r"(?<![\w*])\*\*[^\s*][^*\n]{0,300}\*\*(?!\w)"),
    "fence": re.compile(r"^(?:```|~~~)", re.MULTILINE),
    "list": re.compile(r"^[ \t]*[-*+][ \t]+\S.*\n[ \t]*[-*+][ \t]+\S", re.MULTILINE),
    "table": re.compile(r"^\|?[ \t]*:?-{3,}:?[ \t]*\|", re.MULTILINE),
}
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_EXTENDED = re.compile(r"\[\^|^:[ \t:]|\[[ xX!]|==|[~^]\w|\{(?:[%<]|:?[ \t]*[#.])|\*\[", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)[^\n]*$", re.MULTILINE)
_CODE = re.compile(r"``[^\n]{1,1000}?``|`[^`\n]{1,1000}`")
_PUT_ASIDE = re.compile(r"\0(\d+)\0")
_WRITTEN_NAME = re.compile(r'<a id="')
_EXTENSIONS = (
    (
        re.compile(r"^(#{1,6}[ \t][^\n]{0,300}?)[ \t]*\{:?[ \t]*#([\w.-]{1,100})[^}\n]{0,100}\}[ \t#]*$", re.MULTILINE),
        r'\1 <a id="\2"></a>',
    ),
    (re.compile(r"^\[\^[^\]\s]{1,50}\]:[ \t]*", re.MULTILINE), "\n"),  # a footnote is a paragraph
    (re.compile(r"\[\^[^\]\s]{1,50}\]"), ""),
    (re.compile(r"(?<=[^\n]\n):[ \t]{1,3}(?=\S)"), ""),  # what defines the term on the line before
    (re.compile(r"^(\s{0,20}(?:[-*+]|\d{1,3}[.)])[ \t]+)\[[ xX]\][ \t]+", re.MULTILINE), r"\1"),
    (re.compile(r"^(> ?)\[!\w{1,20}\][ \t]*", re.MULTILINE), r"\1"),
    (re.compile(r"^:{3,}[^\n]{0,100}$", re.MULTILINE), ""),
    (re.compile(r"\{\{[<%][^\n{}]{0,500}[>%]\}\}|\{%[^\n{}]{0,500}%\}|\{:?[ \t]*[#.][\w .#=\"'-]{0,100}\}"), ""),
    (re.compile(r"^\*\[[^\]\n]{1,50}\]:[^\n]*$", re.MULTILINE), ""),
    (re.compile(r"==(\S[^=\n]{0,300})=="), r"\1"),
    (re.compile(r"(?<=\w)([~^])(\w{1,10})\1"), r"\2"),
)
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}+")
_MOST_NESTED = 20
"""Quotations and lists in one another; what stands in more of them is not read."""

_CONTAINERS = ("blockquote_open", "list_item_open")
_STRONG = ("link", "image")
_SIGNS = re.compile(r"[\[\]|!\\\n]|[*_`~]+|(?<=\n)[ \t]{0,3}(?:[-+#>]|\d{1,9}[.)])")
_SIGNS_COUNT_FROM = 20_000
_CHARACTERS_PER_SIGN = 7
TOO_MANY_SIGNS = "Markdown of hardly more than signs and line ends, read as plain text"


def kind_of(text: str) -> Kind:
    """What a text is written in, by evidence: an element of HTML that is closed, entities, signs of Markdown.

    >>> kind_of("<p>One.</p>"), kind_of("a < b and List<String>"), kind_of("Bread &amp; tax"), kind_of("# A\\n\\n**b**")
    ('html', 'plain', 'entities', 'markdown')
    """
    closed = _closed(text) if "<" in text else frozenset()
    if closed & _BLOCKS:
        return "html"
    if _is_markdown(text):
        return "markdown"
    if closed or ("<" in text and _VOID.search(text)):
        return "html"
    if "&" not in text or not any(found[1] is None or f"{found[1]};" in html5 for found in _ENTITY.finditer(text)):
        return "plain"
    return "escaped" if "&lt;" in text and _closed(html.unescape(text)) & _BLOCKS else "entities"


def without_cdata(text: str) -> str:
    """A text out of XML without the marks around it that its export left standing.

    >>> without_cdata("<![CDATA[<p>One.</p>]]> Two.")
    '<p>One.</p> Two.'
    """
    marked, end, rest = text.rpartition("]]>")  # each that begins before it ends: none is looked for in vain
    return _CDATA.sub(r"\1", marked + end) + rest


def holds_html(text: str) -> bool:
    """Whether any element or entity of HTML stands in a text, closed or not: enough where HTML is what is expected."""
    if any(tag[2].lower() in _BLOCKS or tag[2].lower() in _INLINE for tag in _TAG.finditer(text)):
        return True
    return bool(_VOID.search(text) or _ENTITY.search(text))


def _closed(text: str) -> frozenset[str]:
    """The elements of HTML that are opened and closed; a paragraph may be left open before the next one."""
    opened: set[str] = set()
    closed: set[str] = set()
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if name in opened and (tag[1] or name in ("p", "li")):
            closed.add(name)
        elif not tag[1] and (name in _BLOCKS or name in _INLINE):
            opened.add(name)
    return frozenset(closed)


def _is_markdown(text: str) -> bool:
    """Whether two kinds of signs stand in a text, or one that stands in no other."""
    if not (
        "#" in text or "](" in text or "**" in text or "```" in text or "~~~" in text or "---" in text
    ):  # several times as fast as any() over them
        return False
    found = [name for name, pattern in _MARKDOWN.items() if pattern.search(text)]
    if any(name in _STRONG for name in found) or len(found) > 1:
        return True
    return found == ["heading"] and len(_MARKDOWN["heading"].findall(text)) > 1


def body_of(text: str, kind: Kind, title: str) -> Body:
    """The paragraphs and headings of a text."""
    from paraglot.indexer.readers.body import Body
    from paraglot.indexer.readers.markup import add_html
    from paraglot.indexer.readers.xml.wordpress import classic_html

    body = Body(title)
    if kind == "markdown":
        add_markdown(body, text)
    else:
        add_html(body, classic_html(html.unescape(text) if kind == "escaped" else text))
    return body


def has_too_many_signs(markdown: str) -> bool:
    """Whether a long Markdown is mostly signs: each costs a parser some 30 µs, so that a megabyte took up to 30 s."""
    if len(markdown) < _SIGNS_COUNT_FROM:
        return False
    return sum(1 for _ in _SIGNS.finditer(markdown)) * _CHARACTERS_PER_SIGN > len(markdown)


def add_markdown(body: Body, markdown: str) -> None:
    """Add the paragraphs and headings of a Markdown to a body. Raises `ValueError` as `add_html` does."""
    from paraglot.indexer.readers.markup import add_html

    markdown = _without_extensions(_BLANK_LINES.sub("\n\n", markdown))
    parser = _parser()
    found: dict[str, object] = {}
    tokens = parser.parse(markdown, found)
    _show_wiki_links(tokens)
    _name_headings(tokens)
    body.too_deep |= any(token.level >= _MOST_NESTED - 1 and token.type in _CONTAINERS for token in tokens)
    add_html(body, str(parser.renderer.render(tokens, parser.options, found)))


_WIKI_LINK = re.compile(r"(?<![\w\]])(!?)\[\[([^\[\]|\n]{1,200})(?:\|([^\[\]\n]{1,200}))?\]\]")


def _show_wiki_links(tokens: Sequence[Any]) -> None:
    """What a link of Obsidian and other notebooks shows in its place; of what is set in from elsewhere, nothing."""
    for token in tokens:
        for child in token.children or ():
            if child.type == "text" and "[[" in child.content:
                child.content = _WIKI_LINK.sub(lambda found: "" if found[1] else found[3] or found[2], child.content)


def _name_headings(tokens: Sequence[Any]) -> None:
    """Give headings the names that generators of sites give them: their words with hyphens, from the second one of the
    same words on with a count, as GitHub, Hugo, Jekyll and Docusaurus have it. One that is written goes before.
    """
    used: Counter[str] = Counter()
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open" and not any(_WRITTEN_NAME.match(child.content) for child in inline.children):
            words = _words(inline)
            name = re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", words.strip().lower()))
            heading.attrSet("id", f"{name}-{used[name]}" if used[name] else name)
            used[name] += 1


def heading_words(heading: str) -> str:
    """The words of a heading of Markdown, without its signs and its name.

    >>> heading_words("The `init` of **all** [plans](plans.md) {#init}")
    'The init of all plans'
    """
    if has_too_many_signs(heading):
        return heading
    tokens = _parser().parse(_without_extensions(f"# {heading}"))
    return " ".join(" ".join(_words(token) for token in tokens if token.type == "inline").split())


def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    options = {"html": True, "maxNesting": _MOST_NESTED}
    return MarkdownIt("commonmark", options).enable(["table", "strikethrough"])


def _words(inline: Any) -> str:
    return "".join(child.content for child in inline.children if child.type in ("text", "code_inline"))


def _without_extensions(markdown: str) -> str:
    """The words without the signs of footnotes, definitions, tasks, notes and shortcodes, which are no CommonMark."""
    if not _EXTENDED.search(markdown):
        return markdown
    parts: list[str] = []
    at, code = 0, ""
    for fence in _FENCE.finditer(markdown):
        if not code or fence[1].startswith(code):
            part = markdown[at : fence.start()]
            parts.append(part if code else _plainer(part))
            code, at = ("" if code else fence[1][:3]), fence.start()
    return "".join(parts) + (markdown[at:] if code else _plainer(markdown[at:]))


def _plainer(text: str) -> str:
    """A text without those signs; what stands in code is none of them, and is put aside meanwhile."""
    code: list[str] = []

    def put_aside(span: re.Match[str]) -> str:
        code.append(span[0])
        return f"\0{len(code) - 1}\0"

    if "\0" not in text:
        text = _CODE.sub(put_aside, text)
    for pattern, instead in _EXTENSIONS:
        text = pattern.sub(instead, text)
    return _PUT_ASIDE.sub(lambda place: code[int(place[1])], text) if code else text


def plain_title(title: str) -> str:
    """A title without the HTML in it; as it is where there is none."""
    kind = kind_of(title) if "<" in title or "&" in title else "plain"
    if kind not in ("html", "escaped", "entities"):
        return title
    if kind == "entities":
        return html.unescape(title)
    return " ".join(body_of(title, kind, "").done()[0].split())
