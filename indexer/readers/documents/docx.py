"""Reader of Word documents (DOCX), from the extra ``[documents]``: one file, one article.

python-docx opens the document; its text is read from the XML, as python-docx passes over insertions, controls, fields
and boxes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.corpus.headlines import beginning, is_sentence
from paraglot.indexer.readers.body import Body
from paraglot.indexer.readers.body_drafts import body_draft
from paraglot.indexer.readers.dates.near import date_fields
from paraglot.indexer.readers.inputs import Input, Unreadable
from paraglot.indexer.readers.unpacking import DAMAGE, FREE_BYTES, MAX_RATIO

_INSTALL = "needs python-docx: pip install 'paraglot[documents]'"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PROSE_CHARACTERS = 300
_TITLE_CHARACTERS = 120
_NO_TITLE = re.compile(r"^Microsoft \w+ - |^(?:untitled|document\d*|dokument\d*)$|\.docx?$", re.I)
_REMOVED = {"del": "deleted passages", "moveFrom": "deleted passages"}
_UNREAD = frozenset(
    ("rt", "pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "sdtPr", "sdtEndPr")
    + ("instrText", "delText", "delInstrText", "fldChar")
)
_RELATIONS = "_rels/.rels"
_STRICT = b"http://purl.oclc.org/ooxml/"
_STRICT_NAME = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/((?:\w+/)?)(?=\w)")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/\2"
_SHOWN = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}


def read_docx(source: Input) -> Iterator[Draft | Skipped]:
    """The text of a Word document: headings by their styles, lists, tables, boxes and notes. Raises `Unreadable`."""
    try:
        import docx
    except ImportError:
        raise Unreadable(_INSTALL) from None
    content = source.whole()
    _refuse_bomb(content)
    try:
        document: Any = docx.Document(io.BytesIO(_transitional(content)))
        has_properties = any(rel.reltype.endswith("/core-properties") for rel in document.part.package.rels.values())
        properties = document.core_properties  # made up by python-docx where the document has none
        paragraphs, reading = _read(document)
        title = " ".join((properties.title or "").split()) if has_properties else ""
        body = _body("" if _NO_TITLE.search(title) else title, paragraphs)
        for kind, text in reading.left_out:
            body.leave_out(kind, text)
        fields: dict[str, object] = {"title": body.title, "author": properties.author, "language": properties.language}
        when = properties.created if has_properties else None
    except Exception as error:
        # A damaged document makes python-docx fail in any way; whatever it is, this file alone is lost.
        raise Unreadable(f"damaged: {type(error).__name__}: {str(error)[:200]}") from None
    try:
        fields |= {"id": source.id, **date_fields(when.date().isoformat() if when else None)}
        yield body_draft(source, 1, fields, body)
    except ValueError as error:
        raise Unreadable(str(error)) from None


def _transitional(content: bytes) -> bytes:
    """A document in the strict form of its standard (ISO/IEC 29500), which Word writes, too, with the usual names."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(made, "w") as other:
        if _STRICT not in archive.read(_RELATIONS):
            return content
        for info in archive.infolist():
            part = archive.read(info)
            written = info.filename.endswith((".xml", ".rels"))
            other.writestr(info.filename, _STRICT_NAME.sub(_TRANSITIONAL, part) if written else part)
    return made.getvalue()


def _refuse_bomb(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except (*DAMAGE, ValueError, NotImplementedError) as error:
        raise Unreadable(f"damaged or cut short: {error}") from None
    if size > FREE_BYTES + MAX_RATIO * len(content):
        raise Unreadable(f"unpacks to more than {MAX_RATIO} times its size: taken for a bomb")


@dataclass(slots=True)
class _Paragraph:
    """A paragraph as it was written; ``level`` is 0 for the title, from 1 for headings, None for text."""

    text: str
    level: int | None = None
    item: bool = False
    table: bool = False


def _body(title: str, paragraphs: list[_Paragraph]) -> Body:
    """The title as given, else as it is styled, else the first line; a first line that is text stays."""
    written = [paragraph for paragraph in paragraphs if paragraph.text.strip()]
    first = next((paragraph for paragraph in written if not paragraph.table), None)
    styled = next(
        (
            paragraph
            for level in (0, 1)
            for paragraph in paragraphs
            if paragraph.level == level and paragraph.text.strip()
        ),
        None,
    )
    if not title and styled is not None:
        title = styled.text
    elif not title and first is not None:
        heads = (
            len(written) > 1 and not first.item and len(first.text) <= _TITLE_CHARACTERS and not is_sentence(first.text)
        )
        title = first.text if heads else beginning(first.text)
        paragraphs = [paragraph for paragraph in paragraphs if paragraph is not first] if heads else paragraphs
    body = Body(title)
    items: list[str] = []
    for paragraph in [*paragraphs, _Paragraph("")]:
        if paragraph.item:
            items.append(paragraph.text)
            continue
        body.paragraph("\n".join(items), keeps_lines=True)
        items = []
        if paragraph.level:
            body.heading(paragraph.text, paragraph.level)
        elif paragraph.level is None or " ".join(paragraph.text.split()) != body.title:
            body.paragraph(paragraph.text, keeps_lines=paragraph.table)
    return body


def _read(document: Any) -> tuple[list[_Paragraph], _Reading]:
    parts = {rel.reltype.rpartition("/")[2]: rel for rel in document.part.rels.values() if not rel.is_external}

    def part(name: str) -> Any:
        found = parts.get(name)
        if found is None:
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        return etree.fromstring(found.target_part.blob, parser)

    reading = _Reading(_styles(part("styles")))
    for kind in ("footnote", "endnote"):
        notes = part(f"{kind}s")
        for note in notes.iterfind(f"{_W}{kind}") if notes is not None else ():
            if note.get(f"{_W}type") is None:
                reading.notes[kind, note.get(f"{_W}id")] = note
    comments = part("comments")
    for comment in comments.iterfind(f"{_W}comment") if comments is not None else ():
        reading.leave_out("comments", comment)
    for kind in ("header", "footer"):
        if (running := part(kind)) is not None:
            reading.leave_out("running heads", running)
    paragraphs = list(reading.blocks(document.element.body))
    return [*paragraphs, *([_Paragraph(reading.joined)] if reading.joined else [])], reading


@dataclass(slots=True)
class _Style:
    level: int | None = None
    listed: bool = False
    contents: bool = False


def _styles(root: Any) -> dict[str, _Style]:
    """What the styles of a document mean, by their names and levels, also by the style that each is based on."""
    found: dict[str, _Style] = {}
    bases: dict[str, str] = {}
    for node in root.iterfind(f"{_W}style") if root is not None else ():
        identity, name = node.get(f"{_W}styleId") or "", (_value(node, "name") or "").lower()
        bases[identity] = _value(node, "basedOn") or ""
        level = _value(node, f"pPr/{_W}outlineLvl")
        style = found[identity] = _Style(listed=name.startswith("list") or node.find(f".//{_W}numPr") is not None)
        style.contents = re.fullmatch(r"toc \d|table of figures", name) is not None
        if name == "title":
            style.level = 0
        elif heading := re.fullmatch(r"heading (\d)", name):
            style.level = int(heading.group(1))
        elif level and level.isdigit() and int(level) < 9:
            style.level = int(level) + 1
    for identity in list(found):
        base, steps = bases.get(identity, ""), 0
        while found[identity].level is None and base in found and steps < 20:
            found[identity].level, base, steps = found[base].level, bases.get(base, ""), steps + 1
        found[identity].listed &= found[identity].level is None
    return found


def _value(element: Any, path: str) -> str | None:
    found = element.find(f"{_W}{path}")
    return None if found is None else found.get(f"{_W}val")


@dataclass(slots=True)
class _Reading:
    """A walk over the XML of a document. What stands beside a paragraph (boxes, notes) follows it."""

    styles: dict[str, _Style]
    notes: dict[tuple[str, str], Any] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    beside: list[Any] = field(default_factory=list)
    joined: str = ""
    """What stands before the next paragraph, whose beginning was deleted."""

    def blocks(self, parent: Any) -> Iterator[_Paragraph]:
        """The paragraphs and tables in an element, whatever wraps them."""
        for element in _chosen(parent):
            name = _name(element)
            if name == "p":
                yield from self._paragraph(element)
            elif name == "tbl":
                yield from self._table(element)
            elif name in _REMOVED:
                self.leave_out(_REMOVED[name], element)
            elif name == "sdt" and element.find(f"{_W}sdtPr/{_W}showingPlcHdr") is not None:
                self.leave_out("prompts of empty fields", element)
            elif name not in _UNREAD:
                yield from self.blocks(element)

    def _paragraph(self, element: Any) -> Iterator[_Paragraph]:
        properties = element.find(f"{_W}pPr")
        style = self.styles.get(_value(element, f"pPr/{_W}pStyle") or "", _Style())
        text = self.joined + self._text(element)
        self.joined = ""
        if properties is not None and properties.find(f"{_W}rPr/{_W}del") is not None and not self.beside:
            self.joined = text  # its end was deleted: the next one goes on
            return
        listed = style.listed or (properties is not None and properties.find(f"{_W}numPr") is not None)
        if style.contents:
            self.left_out.append(("tables of contents", text))
        else:
            yield _Paragraph(text, style.level, listed and style.level is None)
        beside, self.beside = self.beside, []
        for part in beside:
            yield from self.blocks(part)

    def _text(self, element: Any) -> str:
        """The text of a run or of what holds runs; boxes and notes in it are kept for later."""
        texts = []
        for part in _chosen(element):
            name = _name(part)
            if name == "t":
                texts.append(part.text or "")
            elif name in _SHOWN:
                texts.append(_SHOWN[name])
            elif name in _REMOVED:
                self.leave_out(_REMOVED[name], part)
            elif name == "sdt" and part.find(f"{_W}sdtPr/{_W}showingPlcHdr") is not None:
                self.leave_out("prompts of empty fields", part)
            elif name == "r" and _is_vanished(part):
                self.leave_out("hidden texts", part)
            elif name == "txbxContent":
                self.beside.append(part)
            elif name in ("footnoteReference", "endnoteReference"):
                note = self.notes.pop((name.removesuffix("Reference"), part.get(f"{_W}id")), None)
                self.beside += [] if note is None else [note]
            elif name not in _UNREAD:
                text = self._text(part)
                power = text[:1].isdecimal() and bool(texts) and texts[-1][-1:].isdecimal() and _is_raised(part)
                texts.append(f"^{text}" if power else text)
        return "".join(texts)

    def _table(self, table: Any) -> Iterator[_Paragraph]:
        """A table as one paragraph with a line for each row; one that only places text as the paragraphs in it."""
        rows = [
            [list(self.blocks(cell)) for cell in _inner(row, "tc") if not _goes_on(cell)]
            for row in _inner(table, "tr")
            if row.find(f"{_W}trPr/{_W}del") is None
        ]
        cells = [cell for row in rows for cell in row]
        prose = any(sum(len(piece.text) for piece in cell) > _PROSE_CHARACTERS for cell in cells)
        if prose or any(piece.level is not None for cell in cells for piece in cell) or len(cells) == 1:
            yield from (piece for cell in cells for piece in cell)
            return
        lines = (
            [" ".join(" ".join(piece.text.split()) for piece in cell if piece.text.strip()) for cell in row]
            for row in rows
        )
        yield _Paragraph("\n".join(" | ".join(cell for cell in line if cell) for line in lines), table=True)

    def leave_out(self, kind: str, element: Any) -> None:
        """Count what an element holds, where it holds any text."""
        text = "".join(node.text or "" for node in element.iter(f"{_W}t", f"{_W}delText"))
        if text.strip():
            self.left_out.append((kind, text))


def _chosen(parent: Any) -> Iterator[Any]:
    """The children of an element; of alternatives the first that is there."""
    for child in parent:
        if _name(child) == "AlternateContent":
            yield from list(child)[:1]
        else:
            yield child


def _inner(parent: Any, name: str) -> Iterator[Any]:
    """The rows or cells of an element, controls around them apart."""
    for child in parent:
        if _name(child) == name:
            yield child
        elif _name(child) in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from _inner(child, name)


def _goes_on(cell: Any) -> bool:
    """Whether a cell only goes on with the one above it."""
    for name in ("vMerge", "hMerge"):
        merge = cell.find(f"{_W}tcPr/{_W}{name}")
        if merge is not None and merge.get(f"{_W}val", "continue") == "continue":
            return True
    return False


def _is_vanished(run: Any) -> bool:
    hidden = run.find(f"{_W}rPr/{_W}vanish")
    return hidden is not None and hidden.get(f"{_W}val", "true") not in ("0", "false")


def _is_raised(run: Any) -> bool:
    align = run.find(f"{_W}rPr/{_W}vertAlign")
    return align is not None and align.get(f"{_W}val") == "superscript"


def _name(element: Any) -> str:
    """The local name of an element; of those of drawings and formulas too, whose texts are called alike."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
