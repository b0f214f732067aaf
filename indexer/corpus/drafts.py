"""What a reader gives: an article as it was found, or the place and the reason where it was not one."""

from __future__ import annotations

import hashlib
import json
import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from paraglot.indexer.corpus.language_names import language_tag
from paraglot.search.parts.articles import MAX_ID_CHARACTERS
from paraglot.search.text.normal_form import id_form
from paraglot.search.types import AttributeValue

MAX_LINE_BYTES = 10_000_000
"""A longer line is refused: it is hardly text, and it would have to be held in memory whole."""

NO_TEXT = "the article has no text"

MARKS = "paragraph_marks"
"""The field of our JSON lines that holds `Draft.marks`."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was read: a file, a line, counted from 1, and the member where the file is an archive."""

    path: Path
    line: int = 1
    member: str = ""

    def __str__(self) -> str:
        path, member = _visible(str(self.path)), _visible(self.member)
        return f"{path}!{member}: line {self.line}" if member else f"{path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """An input that could not be read, and why."""

    place: Place
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph-to-be: its text, the sub-heading that it stands under, and its span in the whole.

    The text is one line, but of what is set line by line (a program, a poem), which has its line ends.
    ``language`` is the tag that the input gives for this paragraph alone, ``anchor`` the name of its heading in the
    page; "" where it gives none.
    """

    text: str
    start: int
    end: int
    heading: str = ""
    language: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as it was read, its ``id`` in one form (`id_form`) and of bounded length (`bounded_id`).

    ``text`` is the body; ``language`` is None where the input does not give one.

    ``blocks`` are its paragraphs where the input marks them, with their headings. Where it does not, ``plain`` says
    that they must still be found by the rules for plain text; otherwise they were given one by one, stand divided by
    blank lines, and nothing in them is taken for a heading. ``scraped``: the text was made for people to look at, so
    very short paragraphs are joined; ``furniture`` is what earlier versions left out of it, as an export has it.
    ``divided``: its blocks are the paragraphs of an index, none of which are joined again.
    ``vectors`` are those that came with it (`paraglot.indexer.corpus.own_vectors`).
    """

    place: Place
    id: str
    title: str
    text: str
    language: str | None = None
    url: str | None = None
    date: str | None = None
    source: str | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    plain: bool = False
    blocks: tuple[Block, ...] | None = None
    scraped: bool = False
    furniture: frozenset[str] | None = None
    vectors: tuple[tuple[float, ...], ...] = ()
    divided: bool = False

    def __post_init__(self) -> None:
        if (settled := bounded_id(id_form(self.id))) is not self.id:
            object.__setattr__(self, "id", settled)

    def input_hash(self, reading: str) -> str:
        """SHA-256 of all that was read, and of ``reading``, which names the rules that it is read by."""
        head = [self.id, self.title, self.text, self.language, self.url, self.date, self.source]
        values: list[Any] = [reading, *head, self.plain, self.attributes, self.marks()]
        values += [hashlib.sha256(array("d", numbers)).hexdigest() for numbers in self.vectors]
        content = json.dumps(values, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def marks(self) -> dict[str, Any]:
        """What a reader knows of the paragraphs beside the text, as JSON; empty where the text says it all."""
        blocks = [[block.start, block.end, block.heading, *_told_beside(block)] for block in self.blocks or ()]
        marks = {"blocks": blocks, "scraped": self.scraped, "furniture": sorted(self.furniture or ())}
        marks |= {"anchors": self._anchors(), "divided": self.divided}
        return {name: value for name, value in marks.items() if value}

    def _anchors(self) -> list[list[Any]]:
        """(where in the text, anchor) of each paragraph that has another one than the paragraph before it."""
        anchors, last = [], ""
        for block in self.blocks or ():
            if block.anchor != last:
                last = block.anchor
                anchors.append([block.start, last])
        return anchors

    def marked(self, marks: Mapping[str, Any]) -> Draft:
        """The same article with the marks that `marks` gave. Raises `ValueError` where they do not fit its text."""
        try:
            anchors = [(int(start), str(name)) for start, name in marks.get("anchors", [])]
            blocks = tuple(_anchored(_block(self.text, *mark), anchors) for mark in marks.get("blocks", []))
            furniture = frozenset(str(line) for line in marks.get("furniture", []))
        except (TypeError, ValueError, AttributeError):
            raise ValueError(f'"{MARKS}" do not fit the text') from None
        if not marks:
            return self
        return replace(
            self,
            plain=self.plain and not blocks,
            blocks=blocks or None,
            scraped=bool(marks.get("scraped")),
            furniture=furniture,
            divided=bool(marks.get("divided")),
        )

    def to_json(self) -> str:
        """All of it, for `from_json`."""
        values = {**asdict(self), "furniture": None if self.furniture is None else sorted(self.furniture)}
        values["place"]["path"] = str(self.place.path)
        return json.dumps(values, ensure_ascii=False)

    @classmethod
    def from_json(cls, written: str) -> Draft:
        """What `to_json` wrote."""
        values = json.loads(written)
        written_place = values.pop("place")
        place = Place(Path(written_place["path"]), written_place["line"], written_place["member"])
        blocks, furniture = values.pop("blocks"), values.pop("furniture")
        values["vectors"] = tuple(map(tuple, values.get("vectors", ())))
        parsed_blocks = None if blocks is None else tuple(Block(**block) for block in blocks)
        return cls(place, **values, blocks=parsed_blocks, furniture=None if furniture is None else frozenset(furniture))


def _told_beside(block: Block) -> list[object]:
    """What is noted of a block beside its span and heading: its language, and that it keeps its lines."""
    return [block.language, True] if "\n" in block.text else [block.language] if block.language else []


def _block(text: str, start: int, end: int, heading: str, language: str = "", lines: object = False) -> Block:
    if not 0 <= start < end <= len(text) or not text[start:end].strip() or not isinstance(heading, str):
        raise ValueError
    shown = text_of_block(text[start:end], keeps_lines=bool(lines))
    return Block(shown, start, end, heading, language and language_tag(language))


def text_of_block(written: str, *, keeps_lines: bool) -> str:
    """A paragraph as it is shown: white space drawn together, lines kept or joined."""
    if not keeps_lines:
        return " ".join(written.split())
    return "\n".join(line for written_line in written.split("\n") if (line := " ".join(written_line.split())))


def _anchored(block: Block, anchors: Sequence[tuple[int, str]]) -> Block:
    anchor = next((name for start, name in reversed(anchors) if start <= block.start), "")
    return replace(block, anchor=anchor) if anchor else block


def bounded_id(text: str) -> str:
    """An id of at most `MAX_ID_CHARACTERS`: of a longer one the beginning and a hash of the whole."""
    if len(text) <= MAX_ID_CHARACTERS:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{text[: MAX_ID_CHARACTERS - 20]}#{digest}"


def _visible(name: str) -> str:
    """A name on one line that steers no terminal: what cannot be printed as it is escaped in Python."""
    if name.isprintable():
        return name
    return "".join(
        character if printable(character) else character.encode("unicode_escape").decode("ascii") for character in name
    )


def printable(name: str) -> bool:
    """Whether a name can be shown on one line and steers no terminal.

    Joiners and the spaces that scripts need are as printable as their letters; Python counts them out.
    """
    return name.isprintable() or name.translate(_OF_SCRIPTS).isprintable()


_OF_SCRIPTS = dict.fromkeys(map(ord, "\u200c\u200d\u00a0\u3000"))


SURROGATE = re.compile(r"[\ud800-\udfff]")
