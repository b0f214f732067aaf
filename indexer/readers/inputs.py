"""What a reader is handed: a stream of bytes with a name, and what the user said about how to read it."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from paraglot.indexer.corpus.drafts import Place, Skipped
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.addresses import Pages, is_web, joined, page_address
from paraglot.indexer.readers.field_types import may_be_two, typed

MAX_FILE_BYTES = 50_000_000
"""A file that is one article is held in memory whole."""


DRAFTS = "drafts and pages that ask not to be found"
"""The kind (`indexer.corpus.remarks`) of what its author keeps back."""

MOST_EMPTY_LINES = 1_000_000
"""So many lines in a row that hold nothing end a file: compressed, they cost their sender nothing."""

MOST_TINY_ROWS = 50_000
TINY_ROW_CHARACTERS = 5
"""So many rows or lines in a row, none of more characters than that, end a file: each costs what an article costs."""


class Unreadable(Exception):
    """Where an input cannot be read on: the reason and, where it is known, the line."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True)
class Options:
    """How to read: ``fields`` maps our names to foreign ones, ``format`` forces a reader, ``encoding`` the letters of
    all that is text (None: told by content).

    ``base_url`` is where the folder of a site lies on the web, ``drafts`` whether what is kept back is read too.
    ``types`` says of our names what their texts are made (`paraglot.indexer.readers.field_types`), ``text`` what
    their texts are written in (`paraglot.indexer.readers.text.field_text`); ``remarks`` takes what readers have to say
    beside them.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None
    types: Mapping[str, str] = field(default_factory=dict)
    text: str = "auto"
    encoding: str | None = None
    base_url: str | None = None
    drafts: bool = False
    remarks: Remarks = field(default_factory=Remarks, compare=False, repr=False)

    def rules(self) -> list[object]:
        """All that decides what an input becomes, as JSON."""
        settings: list[object] = [dict(self.fields), self.format, dict(self.types), self.text, self.encoding]
        return [*settings, self.base_url, self.drafts] if self.base_url or self.drafts else settings

    @property
    def maps(self) -> bool:
        """Whether `renamed` changes anything."""
        return bool(self.fields or self.types)

    def unmapped(self) -> Options:
        """For fields that are under our names already."""
        return replace(self, fields={}, types={})

    def renamed(self, given_fields: Mapping[str, object]) -> dict[str, object]:
        """The fields of one article under our names; ``a.b`` names a field inside another."""
        fields = dict(given_fields)
        for ours, theirs in self.fields.items():
            value: object = given_fields
            for step in [theirs] if theirs in given_fields else theirs.split("."):
                value = value.get(step) if isinstance(value, Mapping) else None
            fields.pop(theirs, None)
            if value is not None:
                fields[ours] = value
        for ours, kind in self.types.items():
            if (given_text := fields.get(ours)) not in (None, ""):
                fields[ours] = typed(given_text, kind)
                if may_be_two(given_text, kind):
                    self.remarks.read_number(ours, str(given_text), fields[ours])
        return fields


@dataclass(frozen=True, slots=True)
class Input:
    """An input: its place, the id that it gives to an article that has none, and its bytes."""

    place: Place
    id: str
    file: io.BufferedReader
    options: Options = Options()

    def unmapped(self) -> Input:
        """For fields that are under our names already."""
        return replace(self, options=self.options.unmapped())

    @property
    def name(self) -> str:
        """The name that tells the format where the content does not, in small letters."""
        return re.sub(r"\.(gz|bz2|xz|zst)$", "", self.id.lower())

    def check_tiny(self, rows: int, line: int) -> None:
        """Raise `Unreadable` where so many tiny rows have come in a row."""
        if rows > MOST_TINY_ROWS:
            limit = f"{MOST_TINY_ROWS} rows in a row of at most {TINY_ROW_CHARACTERS} characters"
            raise Unreadable(f"{limit}: the rest is not read", line)

    def at(self, line: int) -> Place:
        """A line of this input."""
        return Place(self.place.path, line, self.place.member)  # `replace` takes five times as long

    def address(self, declared: str, pages: Pages) -> dict[str, str]:
        """The field of the address: one that is ``declared``, whole, else that of the file in the site; {}: neither."""
        base = self.options.base_url
        if not base or is_web(declared) or self.place.member:
            return {"url": declared} if declared else {}
        name = re.sub(r"\.(gz|bz2|xz|zst)$", "", self.id)
        return {"url": joined(base.rstrip("/") + "/", declared) if declared else page_address(base, name, pages)}

    def leave_out(self, kind: str, text: str = "", line: int | None = None) -> None:
        """Count what is left out of this input (`paraglot.indexer.corpus.remarks`)."""
        self.options.remarks.leave_out(kind, self.place if line is None else self.at(line), text)

    def warn(self, reason: str, line: int | None = None) -> None:
        """Say what was read in spite of a fault."""
        self.options.remarks.warn(self.place if line is None else self.at(line), reason)

    def whole(self) -> bytes:
        """All of it. Raises `Unreadable` where that is too much for one article."""
        content = self.file.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            raise Unreadable(f"more than {MAX_FILE_BYTES // 1_000_000} MB for one article")
        if not content.strip():
            raise Unreadable("the file is empty")
        return content

    def skipped(self, error: Unreadable) -> Skipped:
        """What is said of an input that cannot be read on."""
        return Skipped(self.place if error.line is None else self.at(error.line), str(error))
