"""A body of text put together from marked paragraphs and headings, with the offsets of each."""

from __future__ import annotations

import re
from collections.abc import Callable

from paraglot.indexer.corpus.drafts import NO_TEXT, Block, Place, text_of_block
from paraglot.indexer.corpus.paragraphs import READ_ALSO, clean, is_read_also
from paraglot.indexer.readers.inputs import Options

_SPACE = re.compile(r"\s+")
_MAX_HEADING_CHARACTERS = 300

TOO_DEEP = "its elements, lists or quotations are nested too deeply to be read: take out what they stand in"


class Body:
    """Takes headings and paragraphs in order; a paragraph stands under all headings that are open above it."""

    def __init__(self, title: str = "") -> None:
        self.title = " ".join(title.split())
        self._texts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._open: list[tuple[int, str, str]] = []
        self._left_out: int | None = None
        self._dropped: list[tuple[str, str]] = []
        self.too_deep = False
        """Whether something was nested deeper than any parser reads."""

    def heading(self, text: str, level: int, anchor: str = "") -> None:
        """A heading of a level from 1, and its name in the page ("" for none).

        What stands under "See also" is a list of links and left out.
        """
        text = _SPACE.sub(" ", clean(text)).strip()
        if not text or len(text) > _MAX_HEADING_CHARACTERS:
            return self.paragraph(text)
        self._open = [entry for entry in self._open if entry[0] < level]
        if self._left_out is None or level <= self._left_out:
            self._left_out = level if is_read_also(text) else None
        if self._left_out is not None:
            self.leave_out(READ_ALSO, text)
        if self._left_out is None and text != self.title:
            self._open.append((level, text, anchor))
            self._add(text)
        return None

    def paragraph(self, text: str, language: str = "", *, keeps_lines: bool = False) -> None:
        """A paragraph, in the language that the input gives for it alone ("" for none).

        Line breaks in it are kept in the body, and in the paragraph where it ``keeps_lines``: else they are spaces.
        """
        text = text_of_block(clean(text), keeps_lines=True)
        if not text:
            return
        if self._left_out is not None or is_read_also(text):
            self.leave_out(READ_ALSO, text)
            return
        start = self._add(text)
        heading = " / ".join(part for _, part, _ in self._open)
        anchor = next((part for *_, part in reversed(self._open) if part), "")
        shown = text if keeps_lines else text.replace("\n", " ")
        self._blocks.append(Block(shown, start, start + len(text), heading, language, anchor))

    def leave_out(self, kind: str, text: str) -> None:
        """Count something that the article is made without (`paraglot.indexer.corpus.remarks`)."""
        self._dropped.append((kind, text))

    def leave_out_last(self, kind: str, is_one: Callable[[str], bool]) -> None:
        """Take the last paragraph back, unless it is the only one, where ``is_one`` says that it is of a kind."""
        if (
            len(self._blocks) > 1
            and self._texts[-1].replace("\n", " ") == (last := self._blocks[-1].text.replace("\n", " "))
            and is_one(last)
        ):
            self._blocks.pop()
            self._length -= len(self._texts.pop()) + 2
            self.leave_out(kind, last)

    def report(self, options: Options, place: Place) -> None:
        """Tell what was left out, once the article is made."""
        for kind, text in self._dropped:
            options.remarks.leave_out(kind, place, text)
        self._dropped = []
        if self.too_deep:
            options.remarks.leave_out("parts nested too deeply", place)

    def done(self) -> tuple[str, tuple[Block, ...]]:
        """The body and its paragraphs."""
        return "\n\n".join(self._texts), tuple(self._blocks)

    def why_empty(self) -> str:
        """What to say of an article without a paragraph."""
        return f"{NO_TEXT}: {TOO_DEEP}" if self.too_deep else NO_TEXT

    def _add(self, text: str) -> int:
        start = self._length
        self._texts.append(text)
        self._length += len(text) + 2
        return start
