"""Readers of PDF and DOCX, from the extra ``[documents]``: one file, one article."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from indexer.drafts import Draft, Skipped
from indexer.paragraphs import clean
from indexer.readers.body import Body
from indexer.readers.dates import date_fields
from indexer.readers.inputs import Input, Unreadable
from indexer.readers.markup import body_draft
from indexer.readers.unpacking import FREE_BYTES, MAX_RATIO

MAX_PAGES = 5000
_INSTALL = "needs pypdf and python-docx: pip install 'rosetta-search[documents]'"
_HEADING = re.compile(r"Heading (\d)")
_LINE_CHARACTERS = 60
_ENDS = (".", "!", "?", "。", "।", "؟", ":")


def read_pdf(source: Input) -> Iterator[Draft | Skipped]:
    """The text of a PDF. Raises `Unreadable` where it has none (pictures of pages), is locked or damaged."""
    try:
        import pypdf
    except ImportError:
        raise Unreadable(_INSTALL) from None
    import logging

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(source.whole()), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("locked by a password")
        if len(reader.pages) > MAX_PAGES:
            raise Unreadable(f"a PDF of more than {MAX_PAGES} pages")
        pages = [page.extract_text() for page in reader.pages]
        said: Mapping[str, Any] = reader.metadata or {}
    except Unreadable:
        raise
    except Exception as error:
        # A damaged PDF makes pypdf fail in any way; whatever it is, this file alone is lost.
        raise Unreadable(f"damaged: {type(error).__name__}: {str(error)[:200]}") from None
    paragraphs = list(_pdf_paragraphs(pages))
    title = " ".join(clean(str(said.get("/Title") or "")).split()) or (paragraphs[0][:300] if paragraphs else "")
    body = Body(title)
    for paragraph in paragraphs:
        if paragraph != title:
            body.paragraph(paragraph)
    yield _draft(source, {"title": title, "author": str(said.get("/Author") or "")}, body)


def _pdf_paragraphs(pages: list[str]) -> Iterator[str]:
    """Lines as paragraphs again: a blank line or a short line that ends a sentence ends one.

    First and last lines that pages share, numbers aside, are running heads.
    """
    split = [[line.strip() for line in clean(page).strip().split("\n")] for page in pages]
    edges = Counter(edge for lines in split for edge in {_unnumbered(line) for line in (*lines[:1], *lines[-1:])})
    running = {edge for edge, count in edges.items() if count >= 3 and count * 2 > len(pages)}
    held: list[str] = []
    for line in (line for lines in split for line in lines):
        if _unnumbered(line) in running or re.fullmatch(r"\W*\d{1,4}\W*", line):
            continue
        if line:
            held.append(line)
        if held and (not line or (len(line) < _LINE_CHARACTERS and line.endswith(_ENDS))):
            yield _joined(held)
            held = []
    if held:
        yield _joined(held)


def _unnumbered(line: str) -> str:
    return re.sub(r"\d+", "#", line) or "\0"


def _joined(lines: list[str]) -> str:
    """Lines as one; a word divided by a hyphen at a line's end is whole again."""
    return re.sub(r"(?<=\w)[-\u00ad] (?=[a-zß-ÿ])", "", " ".join(lines))


def read_docx(source: Input) -> Iterator[Draft | Skipped]:
    """The text of a Word document: headings by their styles, lists and tables. Raises `Unreadable`."""
    try:
        import docx
    except ImportError:
        raise Unreadable(_INSTALL) from None
    content = source.whole()
    _refuse_bomb(content)
    try:
        document: Any = docx.Document(io.BytesIO(content))
        said = document.core_properties
        title, when = said.title or "", said.created
        blocks = list(document.iter_inner_content())
        body = Body(title or _first_title(blocks))
        _add_blocks(body, blocks)
    except Exception as error:
        # A damaged document makes python-docx fail in any way; whatever it is, this file alone is lost.
        raise Unreadable(f"damaged: {type(error).__name__}: {str(error)[:200]}") from None
    fields = {"title": body.title, "author": said.author, "language": said.language}
    yield _draft(source, {**fields, **date_fields(when.date().isoformat() if when else None)}, body)


def _refuse_bomb(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except zipfile.BadZipFile as error:
        raise Unreadable(f"damaged or cut short: {error}") from None
    if size > FREE_BYTES + MAX_RATIO * len(content):
        raise Unreadable(f"unpacks to more than {MAX_RATIO} times its size: taken for a bomb")


def _first_title(blocks: list[Any]) -> str:
    styles = ("Title", "Heading 1")
    return next((one.text for one in blocks if getattr(one.style, "name", "") in styles and hasattr(one, "text")), "")


def _add_blocks(body: Body, blocks: list[Any]) -> None:
    items: list[str] = []
    for block in blocks:
        style = str(getattr(block.style, "name", "") or "")
        if style.startswith("List"):
            items.append(block.text)
            continue
        body.paragraph("\n".join(items))
        items = []
        if not hasattr(block, "text"):
            rows = (" | ".join(" ".join(cell.text.split()) for cell in row.cells) for row in block.rows)
            body.paragraph("\n".join(rows))
        elif found := _HEADING.match(style):
            body.heading(block.text, int(found.group(1)))
        elif style != "Title" or block.text.strip() != body.title:
            body.paragraph(block.text)
    body.paragraph("\n".join(items))


def _draft(source: Input, fields: dict[str, object], body: Body) -> Draft:
    try:
        return body_draft(source, 1, {"id": source.id, **fields}, body)
    except ValueError as error:
        raise Unreadable(str(error)) from None
