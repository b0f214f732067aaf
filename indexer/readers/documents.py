"""Reader of Word documents (DOCX), from the extra ``[documents]``: one file, one article."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from indexer.drafts import Draft, Skipped
from indexer.readers.body import Body
from indexer.readers.dates import date_fields
from indexer.readers.inputs import Input, Unreadable
from indexer.readers.markup import body_draft
from indexer.readers.unpacking import FREE_BYTES, MAX_RATIO

_INSTALL = "needs python-docx: pip install 'rosetta-search[documents]'"
_HEADING = re.compile(r"Heading (\d)")


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
