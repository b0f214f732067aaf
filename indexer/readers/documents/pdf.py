"""Reader of PDF, from the extra ``[documents]``: one file, one article. Lines become paragraphs again; columns that
were drawn line by line are read one after the other.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.corpus.headlines import beginning, is_sentence
from paraglot.indexer.corpus.line_ends import Joining
from paraglot.indexer.corpus.paragraphs import clean
from paraglot.indexer.readers.body import Body
from paraglot.indexer.readers.body_drafts import body_draft
from paraglot.indexer.readers.documents.pdf_mending import in_reading_order, with_table
from paraglot.indexer.readers.inputs import Input, Unreadable

MAX_PAGES = 5000
_INSTALL = "needs pypdf: pip install 'paraglot[documents]'"
_SCAN = "a PDF without text: it has no text layer. If its pages are scans, recognise them first (OCR, such as ocrmypdf)"
_LINE_CHARACTERS = 60
_TITLE_COLUMNS = 120
_ENDS = (".", "!", "?", "。", "।", "؟", ":")
_COLUMN_CHARACTERS = 18
"""Columns of prose have lines at least so long, in the mean; those of tables are shorter."""

_RUNNING_CHARACTERS = 70
_MIN_ROWS = 3
_GLYPH = 0.5
"""How wide a character is beside the size of its font, about."""

_NO_TITLE = re.compile(
    r"^Microsoft \w+ - |^(?:untitled|unbenannt|document\d*)$|\.(?:docx?|pdf|indd|qxd|tex|dvi)$", re.I
)
"""What programs write as a title where nobody gave one."""


@dataclass(slots=True)
class _Piece:
    """Some text that was drawn at once, and where: up to which its line goes on."""

    text: str
    x: float
    y: float
    size: float

    @property
    def end(self) -> float:
        return self.x + len(self.text.strip()) * self.size * _GLYPH


def read_pdf(source: Input) -> Iterator[Draft | Skipped]:
    """The text of a PDF. Raises `Unreadable` where it has none (pictures of pages), is locked or damaged."""
    import logging

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = _opened(source.whole(), source)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("locked by a password")
        if len(reader.pages) > MAX_PAGES:
            raise Unreadable(f"a PDF of more than {MAX_PAGES} pages")
        pages = _pages(reader, source)
        metadata: Mapping[str, Any] = reader.metadata or {}
        title, author = (" ".join(clean(str(metadata.get(name) or "")).split()) for name in ("/Title", "/Author"))
        title = "" if _NO_TITLE.search(title) else title
    except Unreadable:
        raise
    except Exception as error:
        # A damaged PDF makes pypdf fail in any way; whatever it is, this file alone is lost.
        raise Unreadable(f"damaged: {type(error).__name__}: {str(error)[:200]}") from None
    pages = ["\n".join(map(in_reading_order, page.split("\n"))) for page in pages]
    if not any(page.strip() for page in pages):
        raise Unreadable(_SCAN)
    for number, page in enumerate(pages, start=1):
        if not page.strip():
            source.leave_out("pages without text", f"page {number}")
    yield _article(source, title, author, list(_pdf_paragraphs(pages, source.leave_out)))


def _opened(content: bytes, source: Input) -> Any:
    """A reader of the file, with its table of objects made anew where that is lost."""
    try:
        import pypdf
        from pypdf.errors import PyPdfError
    except ImportError:
        raise Unreadable(_INSTALL) from None
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        _ = reader.is_encrypted or len(reader.pages)
        return reader
    except (PyPdfError, KeyError, ValueError, AttributeError):
        mended = with_table(content)
        if mended is None:
            raise
    reader = pypdf.PdfReader(io.BytesIO(mended), strict=False)
    source.warn("damaged, or cut short: what is whole of it is read", 1)
    return reader


def _pages(reader: Any, source: Input) -> list[str]:
    """The text of each page; of one that is damaged nothing, and that is said."""
    texts, faults = [], []
    for place in range(len(reader.pages)):
        try:
            page = reader.pages[place]
            texts.append(_page_text(page) + _typed_on(page, source.leave_out))
        except Exception as error:  # as a damaged file makes pypdf fail in any way, so does a page
            faults.append(error)
            texts.append("")
            source.warn(f"page {place + 1} is damaged and left out: {type(error).__name__}: {str(error)[:200]}", 1)
    if faults and not any(text.strip() for text in texts):
        raise faults[0]
    return texts


def _typed_on(page: Any, leave_out: Callable[[str, str], None]) -> str:
    """What was typed on a page over its text, and into its fields; notes about it are left out."""
    typed = []
    for reference in page.get("/Annots") or ():
        note = reference.get_object()
        kind, contents = str(note.get("/Subtype")), str(note.get("/Contents") or "").strip()
        if kind == "/Widget" and isinstance(filled := note.get("/V"), str) and not filled.startswith("/"):
            typed.append(filled.strip())
        elif kind == "/FreeText" and contents:
            typed.append(contents)
        elif contents and kind not in ("/Link", "/Popup", "/Widget"):
            leave_out("comments", contents)
    return "".join(f"\n\n{text}" for text in typed if text)


def _article(source: Input, title: str, author: str, paragraphs: list[str]) -> Draft:
    """A first paragraph that heads the others is the title where none is given; one that is text stays."""
    first = paragraphs[0] if paragraphs else ""
    if not title and len(paragraphs) > 1 and len(first) <= _TITLE_COLUMNS and not is_sentence(first):
        title, paragraphs = first, paragraphs[1:]
    elif len(paragraphs) > 1 and first == title:
        paragraphs = paragraphs[1:]
    body = Body(title or beginning(first))
    for paragraph in paragraphs:
        body.paragraph(paragraph)
    try:
        return body_draft(source, 1, {"id": source.id, "title": body.title, "author": author}, body)
    except ValueError as error:
        raise Unreadable(str(error)) from None


def _page_text(page: Any) -> str:
    """The text of a page in the order in which it is read."""
    lines: list[list[_Piece]] = [[]]

    def visit(text: str, cm: list[float], tm: list[float], _: object, size: float) -> None:
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
            if part:
                x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
                lines[-1].append(_Piece(part, x, y, abs(size * (tm[0] or tm[3] or 1)) or 10.0))

    page.extract_text(visitor_text=visit)
    lines = _with_initials([line for line in lines if line])
    rows = [[_without_false_spaces(line)] if _is_spelled(line) else _parts(line) for line in lines]
    columns = _columns(rows)
    return "\n".join(_in_columns(rows, columns) if len(columns) > 1 else _with_gaps(rows))


def _with_initials(lines: list[list[_Piece]]) -> list[list[_Piece]]:
    """The lines; a large initial, which reaches over several, stands before what goes on behind it, without a space."""
    found: list[list[_Piece]] = []
    alone: _Piece | None = None
    for line in lines:
        written = [piece for piece in line if piece.text.strip()]
        initial, rest = (alone, written) if alone else (written[0] if written else None, written[1:])
        if initial and _is_initial([initial]) and rest and _goes_on(rest[0], initial):
            rest[0].text = initial.text.strip() + rest[0].text.lstrip()
            line = rest
            if alone:
                found.pop()
        alone = written[0] if _is_initial(written) else None
        found.append(line)
    return found


def _goes_on(piece: _Piece, initial: _Piece) -> bool:
    return piece.text.lstrip()[0].islower() and initial.size > 1.8 * piece.size


def _is_initial(written: list[_Piece]) -> bool:
    return len(written) == 1 and len(letter := written[0].text.strip()) == 1 and letter.isupper()


def _line(row: list[_Piece]) -> str:
    return "".join(part.text for part in row).strip()


def _with_gaps(rows: list[list[_Piece]]) -> Iterator[str]:
    """The lines, and a blank one where more space than usual lies between two."""
    steps = sorted(before[0].y - after[0].y for before, after in pairwise(rows))
    steps = [step for step in steps if step > 1]
    usual = steps[(len(steps) - 1) // 2] if steps else 0
    last: float | None = None
    for row in rows:
        if last is not None and len(steps) > 1 and last - row[0].y > 1.5 * usual:
            yield ""
        yield _line(row)
        last = row[0].y


def _parts(line: list[_Piece]) -> list[_Piece]:
    """A line as the parts that a wide gap divides."""
    parts: list[_Piece] = []
    for piece in line:
        last = parts[-1] if parts else None
        if last is None or (piece.x - last.end > 1.5 * piece.size and piece.text.strip()):
            parts.append(_Piece(piece.text, piece.x, piece.y, piece.size))
        else:
            last.text += piece.text
    return parts


def _is_spelled(line: list[_Piece]) -> bool:
    """Whether a line was drawn glyph by glyph, each with its place."""
    return len(line) >= 4 and sum(len(piece.text.strip()) <= 1 for piece in line) * 5 >= len(line) * 4


def _without_false_spaces(line: list[_Piece]) -> _Piece:
    """A line that was drawn glyph by glyph: spaces where one glyph stands further from the last than most do."""
    steps = sorted(after.x - before.x for before, after in pairwise(line))
    usual = steps[len(steps) // 2]
    text = line[0].text.strip()
    for before, after in pairwise(line):
        wide = after.x - before.x > 1.45 * usual
        text += after.text if wide or not after.text.strip() else after.text.strip()
    return _Piece(text, line[0].x, line[0].y, line[0].size)


def _columns(rows: list[list[_Piece]]) -> list[float]:
    """Where the columns of a page begin, where its lines run through several; prose only, no tables."""
    divided_rows = [row for row in rows if len(row) > 1]
    if len(divided_rows) < _MIN_ROWS:
        return []
    starts = Counter(round(part.x / 3) for row in divided_rows for part in row)
    found = sorted(at * 3.0 for at, count in starts.items() if count * 10 >= len(divided_rows) * 6)
    columns = [at for number, at in enumerate(found) if not number or at - found[number - 1] > 30]
    for column in columns:
        texts = [part.text for row in divided_rows for part in row if abs(part.x - column) <= 6]
        if sum(map(len, texts)) < _COLUMN_CHARACTERS * len(texts):
            return []
    return columns


def _in_columns(rows: list[list[_Piece]], columns: list[float]) -> Iterator[str]:
    """The lines, those of each column together; one that is wider than its column stands between."""
    lines_of_columns: list[list[str]] = [[] for _ in columns]

    def flush() -> Iterator[str]:
        for column in lines_of_columns:
            if column:
                yield from ("", *column, "")
            column.clear()

    for row in rows:
        places = [max((n for n, at in enumerate(columns) if part.x >= at - 6), default=0) for part in row]
        wide = len(row) == 1 and places[0] + 1 < len(columns) and row[0].end > columns[places[0] + 1] + 6
        if wide:
            yield from flush()
            yield _line(row)
            continue
        for place, part in zip(places, row, strict=True):
            lines_of_columns[place].append(part.text.strip())
    yield from flush()


def _pdf_paragraphs(pages: list[str], leave_out: Callable[[str, str], None]) -> Iterator[str]:
    """Lines as paragraphs again: a blank line or a short line that ends a sentence ends one.

    First and last lines that pages share, numbers aside, are running heads.
    """
    split = [[_cleaned(line) for line in page.strip().splitlines() or [""]] for page in pages]
    edges = Counter(edge for lines in split for edge in {_unnumbered(line) for line in (*lines[:1], *lines[-1:])})
    running = {edge for edge, count in edges.items() if count >= 3 and count * 2 > len(pages) and _may_run(edge)}
    join = Joining("\n".join(line for lines in split for line in lines)).join
    paragraph_lines: list[str] = []
    for line in _without_running(split, running, leave_out):
        if line:
            paragraph_lines.append(line)
        if paragraph_lines and (not line or (len(line) < _LINE_CHARACTERS and line.endswith(_ENDS))):
            yield join(paragraph_lines)
            paragraph_lines = []
    if paragraph_lines:
        yield join(paragraph_lines)


def _cleaned(line: str) -> str:
    """A line as it is shown, but for a soft hyphen at its end: that word goes on in the next."""
    return clean(line).strip() + "\u00ad" * line.rstrip().endswith("\u00ad")


def _without_running(pages: list[list[str]], running: set[str], leave_out: Callable[[str, str], None]) -> Iterator[str]:
    """The lines of all pages as of one; what was left out leaves no gap between them."""
    for lines in pages:
        content = []
        for line in lines:
            if line and (_unnumbered(line) in running or re.fullmatch(r"\W*\d{1,4}\W*", line)):
                leave_out("running heads", line)
            else:
                content.append(line)
        yield from "\n".join(content).strip("\n").split("\n")


def _may_run(line: str) -> bool:
    """Whether a line may be a running head: it is short and no word goes on behind it."""
    return len(line) <= _RUNNING_CHARACTERS and not line.endswith(("-", "\u00ad"))


def _unnumbered(line: str) -> str:
    return re.sub(r"\d+", "#", line) or "\0"
