"""Text to sentences, for all languages alike: spans of characters, in order, that hold all of the text but spaces.

The rules of UAX #29 as far as running text needs them, plus what it leaves open: abbreviations, initials and ordinal
numbers do not end a sentence; where a script has no mark for the end (Thai, Lao, Khmer), phrases between spaces take
its place; what is too short to mean something by itself joins a neighbour.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import regex

Span: TypeAlias = tuple[int, int]
"""Characters ``start`` to ``end`` (exclusive) of a text."""

SHORTEST = 20
"""A sentence narrower than this joins the next one, the last the one before it; wide characters count twice."""

LONGEST_PHRASE = 100
"""Where spaces are the only marks, neighbours join as long as a phrase has no more characters."""

MOST = 32
"""Sentences of one paragraph; where there are more, neighbours are joined evenly."""

_WIDE = re.compile("[\u1100-\U0010ffff]")
"""Among them are all wide characters."""

_QUOTES = r"\"'＂＇\p{Pe}\p{Pf}"
_FIRST = r"(?:(?<![.!?…؟‽])|\G)"
"""Where a run of marks begins: what fails for a run is not tried again from each of its marks."""
_END = regex.compile(
    rf"{_FIRST}(?P<mark>[.!?…؟‽]++)[{_QUOTES}\p{{Pi}}]*+(?=\s)"
    rf"|(?:(?<![!?])|\G)[!?]++[{_QUOTES}]*+(?=[\p{{Han}}\p{{Hiragana}}\p{{Katakana}}])"
    rf"|[。！？｡．।॥۔։።፧፨།༎။៕᙮᠃᠉]+[!?]*[{_QUOTES}]*"
    r"|\n+"
)
"""Where a sentence may end: a mark before a space (``mark``, then `_goes_on` decides), or one that is a mark always."""

_WORD_BEFORE = regex.compile(r"(?r)(?:[\p{L}\p{M}\p{N}]+\.)*[\p{L}\p{M}\p{N}]+")
_LETTER = regex.compile(r"[\p{L}\p{N}]")
_NUMBER = regex.compile(r"\d{1,2}|[IVX]+")
_UNMARKED = regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}]")
_MAY_BE_UNMARKED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u19e0-\u19ff]")
_PHRASE = regex.compile(r"\S+")

_ABBREVIATION = regex.compile(
    r"mr|mrs|ms|dr|prof|st|jr|sr|rev|gen|col|capt|lt|sgt|gov|sen|rep|vs|inc|ltd|corp|dept|vol|pp|ca|cf|al|approx|"
    r"fig|jan|feb|mar|apr|aug|sep|sept|oct|nov|dec|mt|bzw|bspw|usw|evtl|ggf|inkl|nr|abs|abb|hrsg|str|tel|vgl|mio|"
    r"mrd|dott|sig|ing|avv|cap|pag|mm|mme|mlle|éd|sra|srta|núm|pág|av|bijv|mevr|dhr|blz|resp|inż|mgr|itd|itp|godz|"
    r"wyd|tys|mln|mld|św|np|tzw|např|tzv|atd|apod|ul|гг|им|др|тыс|млн|млрд|руб|стр|рис|см|обл|грн|κα|δρ|σελ|vb|"
    r"bkz|doç|yy",
    regex.IGNORECASE,
)
"""The commonest; single letters are taken for initials anyway."""


def split_sentences(text: str) -> list[Span]:
    """The sentences of ``text``: at most `MOST` spans, none empty, without the spaces around them.

    >>> text = "Dr. J. Li came on the 3. of May. “Why not before?” asked Ms. Roy. 他走了。没人知道他为什么离开这里。"
    >>> [text[start:end] for start, end in split_sentences(text)]
    ['Dr. J. Li came on the 3. of May.', '“Why not before?” asked Ms. Roy.', '他走了。没人知道他为什么离开这里。']
    """
    spans: list[Span] = []
    for span in all_sentences(text):
        if spans and _is_short(text, *spans[-1]):
            spans[-1] = (spans[-1][0], span[1])
        else:
            spans.append(span)
    if len(spans) > 1 and _is_short(text, *spans[-1]):
        spans[-2:] = [(spans[-2][0], spans[-1][1])]
    return _at_most(spans)


def all_sentences(text: str) -> Iterator[Span]:
    """Every sentence of ``text``, however many and however short."""
    for sentence in _sentences(text):
        yield from _phrases(text, sentence)


def _is_short(text: str, start: int, end: int) -> bool:
    return end - start < SHORTEST and width(text[start:end]) < SHORTEST


def width(text: str) -> int:
    """Length in characters, wide (East Asian) ones counted twice."""
    if not _WIDE.search(text):
        return len(text)
    return len(text.translate(_COLUMNS))


class _Columns(dict[int, str]):
    """Character → as many characters as it has columns, made as characters are met."""

    def __missing__(self, code: int) -> str:
        self[code] = columns = "xx" if unicodedata.east_asian_width(chr(code)) in "WF" else "x"
        return columns


_COLUMNS = _Columns()


def _sentences(text: str) -> Iterator[Span]:
    start = letter = 0
    for match in _END.finditer(text):
        if match.group("mark"):
            if letter < match.end():  # looked for once for all the marks before it
                next_letter = _LETTER.search(text, match.end())
                letter = next_letter.start() if next_letter else len(text)
            if _goes_on(text, start, match, text[letter : letter + 1]):
                continue
        yield from _trimmed(text, start, match.end())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def _goes_on(text: str, start: int, match: regex.Match[str], following: str) -> bool:
    """Whether the sentence goes on after a mark: before a small letter, after an abbreviation, initial or ordinal.

    ``following`` is the next letter or digit.
    """
    if following.islower():
        return True
    if match.group("mark") != ".":
        return False
    word = _WORD_BEFORE.match(text, max(start, match.start() - 20), match.start())
    if not word:
        return False
    last = word.group().rpartition(".")[2]
    return (
        (len(last) == 1 and last.lower() != last.upper())
        or _ABBREVIATION.fullmatch(last) is not None
        or _NUMBER.fullmatch(word.group()) is not None
    )


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    part = text[start:end]
    start += len(part) - len(part.lstrip())
    if start < end:
        yield start, start + len(part.strip())


def _phrases(text: str, span: Span) -> list[Span]:
    """A sentence whole, or in phrases where its script does not mark the end of sentences."""
    part = text[slice(*span)]
    if len(part) <= LONGEST_PHRASE or not _MAY_BE_UNMARKED.search(part):
        return [span]
    if 2 * len(_UNMARKED.findall(part)) < len(part):
        return [span]
    phrases: list[Span] = []
    for word in _PHRASE.finditer(text, *span):
        if phrases and word.end() - phrases[-1][0] <= LONGEST_PHRASE:
            phrases[-1] = (phrases[-1][0], word.end())
        else:
            phrases.append(word.span())
    return phrases


def _at_most(spans: Sequence[Span]) -> list[Span]:
    size = -(-len(spans) // MOST)
    groups = [spans[first : first + size] for first in range(0, len(spans), size or 1)]
    return [(group[0][0], group[-1][1]) for group in groups]
