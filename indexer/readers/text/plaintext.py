"""Reader of plain text: one file, one article.

The first line is the title, unless it is text itself (`indexer.corpus.headlines`); a closing ``Source: …`` line is
metadata. Words that line ends divide are whole again, and the edges of pages are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from paraglot.indexer.corpus.drafts import MAX_LINE_BYTES, Draft, Skipped
from paraglot.indexer.corpus.encodings import text_of
from paraglot.indexer.corpus.headlines import headed
from paraglot.indexer.corpus.line_ends import whole_words
from paraglot.indexer.corpus.paragraphs import clean, take_source
from paraglot.indexer.readers.inputs import MAX_FILE_BYTES, Input, Unreadable
from paraglot.indexer.readers.text.pages import without_page_edges


def read_plain_text(source: Input) -> Iterator[Draft | Skipped]:
    """The article in a plain text of any encoding. Raises `Unreadable` where it is none."""
    pages = (clean(page) for page in _content(source).split("\f"))
    text = without_page_edges("\f".join(pages), source.leave_out).strip()
    text, named = take_source(whole_words(text))
    if not text.strip():
        raise Unreadable("there is a source but no text before it")
    found = headed(text)
    yield Draft(
        source.place,
        source.id,
        found.title,
        found.body,
        date=found.date,
        source=named,
        attributes={"author": found.author} if found.author else {},
        plain=True,
        scraped=True,
    )


def source_text(source: Input) -> str:
    """An input as one text, cleaned. Raises `Unreadable` where it is too large or no text."""
    return clean(_content(source)).strip()


def _content(source: Input) -> str:
    content = source.file.read(MAX_FILE_BYTES + 1)
    if not content.strip():
        raise Unreadable("the file is empty")
    at = 0
    while len(content) - at > MAX_LINE_BYTES:
        end = max(content.rfind(b"\n", at, at + MAX_LINE_BYTES + 1), content.rfind(b"\r", at, at + MAX_LINE_BYTES + 1))
        if end < 0:
            number = content.count(b"\n", 0, at) + 1
            raise Unreadable(f"the line is longer than {MAX_LINE_BYTES // 1_000_000} MB", number)
        at = end + 1
    if len(content) > MAX_FILE_BYTES:
        raise Unreadable(f"a text of more than {MAX_FILE_BYTES // 1_000_000} MB: divide it into articles")
    return text_of(source, content)
