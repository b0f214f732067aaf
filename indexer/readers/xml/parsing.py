"""XML that strangers wrote: streamed, article by article, bounded. Start at `elements`.

Each article's element is cut out of the text and parsed by itself, so that a fault costs that article at most: its
neighbours never meet it. Nothing outside the file is read, no entity expanded but by
`paraglot.indexer.readers.xml.mending`. libxml2 itself limits depth (256) and the length of one text (10 MB).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any

from paraglot.indexer.corpus.drafts import NO_TEXT, Skipped
from paraglot.indexer.corpus.encodings import encoding_of_stream, known_encoding
from paraglot.indexer.readers.elements import local_name
from paraglot.indexer.readers.inputs import Input, Unreadable
from paraglot.indexer.readers.xml.mending import Surroundings, parsed

MAX_ELEMENT_CHARACTERS = 50_000_000
"""An article whose element is larger is not read, nor what follows it."""

MOST_EMPTY = 10_000
"""So many elements in a row that hold next to nothing end a file: each costs as much as an article."""

_NEXT_TO_NOTHING = 40
"""Characters, tags included: `<item><title></title></item>` has 28."""

_BLOCK = 65_536
_SAYS = re.compile(r">[^<]*\w|<!\[CDATA\[")
"""What an element without any text lacks."""
_LONGEST_TAG = 10_000
_LONGEST_TOKEN = 200
"""Characters at the end of a block that may be the beginning of a tag."""

_WIDE = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
"""How markup in UTF-16 begins that has no byte order mark."""

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:-]{2,40})", re.IGNORECASE)


def elements(source: Input, names: frozenset[str]) -> Iterator[tuple[int, Any] | Skipped]:
    """Each outermost element with one of the local ``names``, with its line, in order; or what is said of a lost one.

    An element stands where it stood, below its ancestors and what came before the first of ``names``: for its language,
    its base address, the head of its feed. Raises `Unreadable` where the file holds no XML or is cut short.
    """
    text = _Text(source)
    token = re.compile(rf"<!\[CDATA\[|<!--|<(/?)((?:[\w.-]+:)?(?:{'|'.join(sorted(names))}))(?=[\s/>])")
    around: Surroundings | None = None
    name = ""
    while (found := text.find(token)) is not None:
        if found[2] is None:
            text.pass_section(found, names)
        elif not name and not found[1]:
            if around is None:
                around = Surroundings(text.taken(found.start()))
            text.begin_at(found.start())
            name = found[2]
            if text.is_empty_tag():
                yield Skipped(source.at(text.line), NO_TEXT)
                text.begin_at(text.at)
                name = ""
        elif name == found[2] and around is not None:
            if not found[1]:  # one begins where the one before has not ended
                text.step_back()
            yield _element(source, text, around, name)
            text.begin_at(text.at)
            name = ""
    if name:
        raise Unreadable(f"the file ends within the element {name}: cut short", text.line)
    if around is None:
        Surroundings(text.taken(text.length), is_document=True)
    elif around.root and not text.ends_with(f"</{around.root}"):
        raise Unreadable("the file ends before its last element is closed: cut short", text.line_of_end())


def _element(source: Input, text: _Text, around: Surroundings, name: str) -> tuple[int, Any] | Skipped:
    written = text.element()
    if not written.endswith(">") or f"</{name}" not in written[-_LONGEST_TOKEN:]:
        written += f"</{name}>"  # it was not closed, and ends where the next one begins
    if "\ufffd" in written:
        source.warn(f"bytes that are no {text.encoding} are read as \ufffd", text.line)
    element = parsed(written, name, around) if _SAYS.search(written) else None
    if element is None and not _SAYS.search(written):
        return Skipped(source.at(text.line), NO_TEXT)
    if element is None:
        return Skipped(source.at(text.line), f"not XML: the element {name} cannot be read")
    return text.line, element


class _Text:
    """The text of a file, of which no more is held than the element that is being read."""

    def __init__(self, source: Input) -> None:
        self._file = source.file
        self.encoding = _encoding(source)
        self._decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        self._held = ""
        self._begin = 0
        self._ended = False
        self._no_end: set[str] = set()
        self._ends: dict[str, int] = {}
        self._last = 0
        self._empty = 0
        self._swallowing = -1  # where a section ends that began before the end of an article's element
        self.at = 0
        self.line = 1

    @property
    def length(self) -> int:
        return len(self._held)

    def _more(self) -> bool:
        if self._ended:
            return False
        if len(self._held) - self._begin > MAX_ELEMENT_CHARACTERS:
            raise Unreadable(f"an element of more than {MAX_ELEMENT_CHARACTERS // 1_000_000} MB", self.line)
        # Doubled each time, so that a long element costs no square.
        block = self._file.read1(max(_BLOCK, len(self._held)))
        self._ended = not block
        self._held += self._decoder.decode(block, final=self._ended)
        return True

    def find(self, token: re.Pattern[str]) -> re.Match[str] | None:
        """The next token from here on; reading goes on behind it."""
        while True:
            found = token.search(self._held, self.at)
            if found is not None and (self._ended or found.end() + _LONGEST_TOKEN < len(self._held)):
                self.at = found.end()
                self._last = found.start()
                return found
            if found is None:
                self.at = max(self.at, len(self._held) - _LONGEST_TOKEN)
            if not self._more():
                return None

    def pass_section(self, opened: re.Match[str], names: frozenset[str]) -> None:
        """Go behind a CDATA section or a comment, unless it never ends or swallows the end of an article's element."""
        closing = "]]>" if opened[0].startswith("<![") else "-->"
        if closing in self._no_end:
            return
        start = self.at
        end = self._ends.get(closing, -1)
        while end < self.at:
            end = self._held.find(closing, start)
            start = max(self.at, len(self._held) - 2)
            if end < 0 and not self._more():
                self._no_end.add(closing)
                return
        self._ends[closing] = end
        if self._held.find(opened[0], self.at, end) >= 0:
            if self._swallowing != end and any(self._held.find(f"</{name}", self.at, end) >= 0 for name in names):
                self._swallowing = end
            if self._swallowing == end:
                return
        self.at = end + len(closing)

    def step_back(self) -> None:
        """Before the last token."""
        self.at = self._last

    def begin_at(self, place: int) -> None:
        """Let go of all that stands before a place, where an element begins."""
        self.line += self._held.count("\n", self._begin, place)
        self._begin = place
        if place > _BLOCK:
            self._held, self.at, self._begin = self._held[place:], self.at - place, 0
            self._last, self._swallowing = self._last - place, self._swallowing - place
            self._ends = {closing: end - place for closing, end in self._ends.items()}

    def is_empty_tag(self) -> bool:
        """Whether the tag that was found last ends at once."""
        while (end := self._held.find(">", self.at, self.at + _LONGEST_TAG)) < 0:
            if len(self._held) > self.at + _LONGEST_TAG or not self._more():
                return False
        return self._held[end - 1] == "/" and self._skip_to(end + 1)

    def _skip_to(self, place: int) -> bool:
        self.at = place
        return True

    def element(self) -> str:
        """From where it began up to here, its closing tag included."""
        if self._held[self.at - 1] != ">" and self._held[self._last : self._last + 2] == "</":
            end = self._held.find(">", self.at)
            self.at = end + 1 if 0 <= end < self.at + _LONGEST_TOKEN else self.at
        written = self._held[self._begin : self.at]
        self._empty = self._empty + 1 if len(written) < _NEXT_TO_NOTHING else 0
        if self._empty > MOST_EMPTY:
            raise Unreadable(f"{MOST_EMPTY} elements in a row hold next to nothing: the rest is not read", self.line)
        return written

    def taken(self, end: int) -> str:
        """What stands before a place."""
        return self._held[:end]

    def ends_with(self, tag: str) -> bool:
        """Whether the rest of the file holds a tag."""
        return tag in self._held[self._begin :]

    def line_of_end(self) -> int:
        """The number of the last line."""
        return self.line + self._held.rstrip().count("\n", self._begin)


def _encoding(source: Input) -> str:
    """The encoding of a file by its beginning: the bytes are believed before the declaration."""
    sample = source.file.peek(_BLOCK)[:_BLOCK]
    if sample[:2] in _WIDE and not source.options.encoding:
        return _WIDE[sample[:2]]
    found = _DECLARED.search(sample[:1000])
    declared = found.group(1).decode("ascii") if found else ""
    if sample.isascii() and b"\0" not in sample and b"\x1b" not in sample and not source.options.encoding:
        known = known_encoding(declared)
        return known if known and not known.startswith(("utf-16", "utf-32")) else "utf-8"
    return encoding_of_stream(source, declared)


def child_text(element: Any, *names: str) -> str:
    """The text of the first child with one of the local ``names``, in the order of the names; "" if none has any."""
    for name in names:
        for child in element:
            if local_name(child) == name and (text := "".join(child.itertext()).strip()):
                return text
    return ""


def first(element: Any, *names: str) -> Any:
    """The first element below with one of the local ``names``, in the order of the names; None if there is none."""
    for name in names:
        for found in element.iter("{*}" + name):
            return found
    return None


def language_of(element: Any) -> str | None:
    """``xml:lang`` of an element or of the nearest one around it."""
    while element is not None:
        if tag := element.get("{http://www.w3.org/XML/1998/namespace}lang"):
            return str(tag)
        element = element.getparent()
    return None
