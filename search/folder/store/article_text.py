"""The text of an article as its record keeps it: without that of its paragraphs, which have records of their own.

What stands before, between and after the paragraphs follows one after the other; so does the span of a paragraph that
reads otherwise in its record, as one whose lines were joined. The first line has the numbers of these. A text that is
kept so is bytes, in UTF-8; one that is kept whole, as earlier versions kept all, is a string.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from paraglot.search.folder.store.packed_text import KeptText
from paraglot.search.folder.store.schema import Record

Span: TypeAlias = tuple[int, int]


def kept_text(text: str, paragraphs: Iterable[tuple[Span, str]]) -> KeptText:
    """What the record keeps of a text: its ``paragraphs`` have a span in it each, and a text of their own.

    >>> kept_text("One.\\n\\nTwo\\nlines.", [((0, 4), "One."), ((6, 16), "Two lines.")])
    b'1\\n\\n\\nTwo\\nlines.'
    """
    kept, otherwise, at = [], [], 0
    for number, ((start, end), paragraph_text) in enumerate(paragraphs):
        if not at <= start <= end <= len(text):
            return text
        kept.append(text[at:start])
        if text[start:end] != paragraph_text:
            otherwise.append(str(number))
            kept.append(text[start:end])
        at = end
    return f"{','.join(otherwise)}\n{''.join(kept)}{text[at:]}".encode()


def whole_text(kept: KeptText, spans: Sequence[Span], texts: Sequence[str]) -> str:
    """The text of which a record has ``kept`` this, by the spans and texts of its paragraphs. Raises `ValueError`.

    >>> whole_text(b"1\\n\\n\\nTwo\\nlines.", [(0, 4), (6, 16)], ["One.", "Two lines."])
    'One.\\n\\nTwo\\nlines.'
    """
    if isinstance(kept, str):
        return kept
    numbers, _, left = kept.decode().partition("\n")
    otherwise = {int(number) for number in numbers.split(",") if number}
    whole, at, used = [], 0, 0
    for number, ((start, end), paragraph_text) in enumerate(zip(spans, texts, strict=True)):
        length = (end if number in otherwise else start) - at
        whole.append(left[used : used + length])
        used += length
        if number not in otherwise:
            whole.append(paragraph_text)
        at = end
    return "".join([*whole, left[used:]])


def whole_texts(records: Sequence[Record], texts_of: Callable[[list[int]], Mapping[int, str]]) -> list[str]:
    """The text of each article; ``texts_of`` gives those of the paragraphs with some rows. Raises `ValueError`."""
    layouts = [json.loads(record["layout"]) if isinstance(record["text"], bytes) else [] for record in records]
    texts = texts_of([row for layout in layouts for row, _, _ in layout])
    return [
        whole_text(record["text"], [(start, end) for _, start, end in layout], [texts[row] for row, _, _ in layout])
        for record, layout in zip(records, layouts, strict=True)
    ]
