"""The title of a text that marks none: its first line, unless that is a sentence of the text or torn out of one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from paraglot.indexer.readers.dates.dates import iso_date
from paraglot.search.text.sentences import all_sentences, width

MAX_TITLE_CHARACTERS = 300
"""A longer first line is a paragraph; the title is then its beginning."""

_BEGINNING = 80
_SENTENCE = 200
"""Columns of a first sentence that is a title whole; of a longer one it is some words."""

_WRAPPED = range(40, 132)
"""Columns that hard-wrapped lines may have."""

_FULL_STOPS = tuple(".。।۔։።")
_AFTER_STOP = "”»\"'’」』)）] "
_SENTENCE_WORDS = 5
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_BY = re.compile(
    r"(?:by|von|par|por|di|da|door|av|af|od|przez|от|автор|від|author|autor|auteur|autore|yazan|oleh|bởi)\s*:?\s+"
    r"(\w[\w.'’-]*(?:\s+\w[\w.'’-]*){1,4})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Headed:
    """A text parted into title and body, with what stands over the title: a date, an author."""

    title: str
    body: str
    date: str | None = None
    author: str | None = None


def headed(text: str) -> Headed:
    """Part a plain text. Its first line is the title, and stays in the body where it may be of the text."""
    date, author, rest = _over_title(text)
    title, _, body = rest.partition("\n")
    title = title.strip()
    if len(title) > MAX_TITLE_CHARACTERS or not body.strip() or is_wrapped(rest):
        return Headed(beginning(rest), rest, date, author)
    if is_sentence(title):
        return Headed(beginning(title), rest, date, author)
    return Headed(title, body.strip("\n"), date, author)


def beginning(text: str) -> str:
    """The first sentence of a text where it is short, else its first words."""
    paragraph = " ".join(re.split(r"\n\s*\n", text.strip()[:2000], maxsplit=1)[0].split())
    start, end = next(iter(all_sentences(paragraph)), (0, len(paragraph)))
    sentence = paragraph[start:end].strip()
    if width(sentence) <= _SENTENCE:
        return sentence
    cut = paragraph[:_BEGINNING]
    return f"{cut.rsplit(' ', 1)[0]}…"


def is_sentence(line: str) -> bool:
    """Whether a line ends as a sentence does and is long enough for one, which titles seldom are."""
    if not line.rstrip(_AFTER_STOP).endswith(_FULL_STOPS) or line.rstrip().endswith("..."):
        return False
    return len(line.split()) >= _SENTENCE_WORDS or width(line) > 2 * len(line) * 0.8


def is_wrapped(text: str) -> bool:
    """Whether the first line of a text ends only because the next word would not fit."""
    lines = []
    for line in text.split("\n", 40)[:40]:
        if not line.strip():
            break
        lines.append(line.rstrip())
    if len(lines) < 2:
        return False
    widths = [width(line) for line in lines]
    longest = max(widths)
    if longest not in _WRAPPED or lines[0].endswith(_FULL_STOPS):
        return False
    fits = (columns + 1 + _first_word(after) > longest for columns, after in zip(widths, lines[1:], strict=False))
    return all(fits)


def _first_word(line: str) -> int:
    word = line.split()[0]
    return 2 if width(word[:4]) > len(word[:4]) else width(word)


def _over_title(text: str) -> tuple[str | None, str | None, str]:
    """A date and a by-line that stand alone over the title, and the rest."""
    first, _, rest = text.partition("\n")
    date = iso_date(first.strip()) if len(first) < 60 else None
    if date is None or not _DAY.match(date) or len([part for part in rest.split("\n", 8) if part.strip()]) < 2:
        return None, None, text
    rest = rest.lstrip()
    second, _, after = rest.partition("\n")
    by = _BY.fullmatch(second.strip())
    return (date, by.group(1), after.lstrip()) if by and after.strip() else (date, None, rest)
