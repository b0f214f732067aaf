"""What the index keeps of a paragraph's words, in one pass over its text: terms for the keyword leg, and marks.

What stands between two spaces comes again and again, and what the index has of it hangs on nothing around it, but for
whether a sentence begins there (`paraglot.search.query.names`). So it is analysed once and kept. Where a language ties
words over a space, a number may go on after one or spaces stand otherwise, the text is analysed as a whole: what comes
of it is the same either way.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from paraglot.indexer.folder.stored_drafts import NewRow
from paraglot.search.lexicon.lexicon import marks_from, open_lexicon
from paraglot.search.parts.gist import packed_marks
from paraglot.search.query.names import may_begin_after, name_terms, word_names
from paraglot.search.text.analysis import is_word, terms, word_terms
from paraglot.search.text.finding import AFTER_WORDS, BEFORE_WORDS, LONGEST_KEPT, reaches_over_spaces
from paraglot.search.text.languages import primary

KEPT = 1 << 16
"""Words as they stand between spaces that are kept at least, and at most twice as many."""

_SPACED_OTHERWISE = re.compile(r"  |\n |^ ")
_MIDDLE_OF_A_SENTENCE = ", "


class RowWords(NamedTuple):
    """Of one row how often each field has each term, in the order of `FIELDS`, and the marks as columns have them."""

    row: int
    terms: tuple[Mapping[str, int], ...]
    marks: bytes


class _Word(NamedTuple):
    """What the index has of a word as it stands between spaces, with the signs around it."""

    terms: tuple[str, ...]
    marks: Mapping[int, float]
    ends: bool
    """Whether what follows may begin a sentence."""
    first: tuple[str, ...]
    """Its terms where it begins one."""


class _Irregular(Exception):
    """A text that has to be analysed as a whole."""


class Words:
    """Analyses rows, and keeps what it knows of their words. One thread at a time."""

    def __init__(self) -> None:
        self._young: defaultdict[str, dict[str, _Word]] = defaultdict(dict)
        self._old: Mapping[str, dict[str, _Word]] = {}
        self._count = 0
        self._title = lru_cache(maxsize=1024)(_title_terms)

    def of(self, rows: Iterable[NewRow]) -> Iterator[RowWords]:
        """The words of each of ``rows``."""
        return map(self._of, rows)

    def _of(self, row: NewRow) -> RowWords:
        body = f"{row.heading}\n{row.text}"
        marks: dict[int, float] = {}
        try:
            self._read(row.title, row.language, marks)
            body_words = self._read(body, row.language, marks)
        except _Irregular:
            body_words = _body_terms(body, row.language)
            marks = open_lexicon().found(f"{row.title}\n{body}", row.language)
        counted = Counter(body_words), self._title(row.title, row.language)
        return RowWords(row.row, counted, packed_marks(marks_from(marks)))

    def _read(self, text: str, language: str, marks: dict[int, float]) -> list[str]:
        """The terms of a text; its marks are put to ``marks``. Raises `_Irregular`."""
        tag = primary(language)
        if reaches_over_spaces(text, tag) or _SPACED_OTHERWISE.search(text):
            raise _Irregular
        cached = self._young[tag]
        terms: list[tuple[str, ...]] = []
        for line in text.split("\n"):
            initial = True
            for written in line.split(" "):
                word = cached.get(written) or self._learned(written, tag)
                terms.append(word.first if initial else word.terms)
                if word.marks:
                    marks.update(word.marks)
                initial = word.ends
        return list(chain.from_iterable(terms))

    def _learned(self, written: str, tag: str) -> _Word:
        word = self._old.get(tag, {}).get(written) or self._made(written, tag)
        if len(written) <= LONGEST_KEPT:
            if self._count >= KEPT:  # the dictionary that a caller has in hand stays in use until its text is read
                self._old, self._young, self._count = self._young, defaultdict(dict), 0
            self._young[tag][written] = word
            self._count += 1
        return word

    def _made(self, written: str, tag: str) -> _Word:
        if written[:1].isspace():
            raise _Irregular
        right = written.lstrip(BEFORE_WORDS)
        bare = right.rstrip(AFTER_WORDS)
        if len(bare) == len(written):
            return _letters(written, tag) if is_word(written) else _word(written, tag)
        word = self._young[tag].get(bare) or self._learned(bare, tag)
        first, inside = word.first, word.terms
        if len(right) < len(written):
            first = inside = first if may_begin_after(written[: len(written) - len(right)]) else inside
        return _Word(inside, word.marks, may_begin_after(f"{written} "), first)


def _letters(word: str, tag: str) -> _Word:
    """As `_word`, of letters alone."""
    base_terms = word_terms(word, tag)
    first = inside = tuple(_single_terms([*base_terms, *word_names(word, tag, initial=True)]))
    if word[0].isupper():
        inside = tuple(_single_terms([*base_terms, *word_names(word, tag, initial=False)]))
    return _Word(inside, open_lexicon().of_word(word, tag), False, first)


def _word(written: str, tag: str) -> _Word:
    base_terms = terms(written, tag)
    first = inside = _single_terms([*base_terms, *name_terms(written, tag)])
    if written[:1].isupper():
        inside = _single_terms([*base_terms, *name_terms(_MIDDLE_OF_A_SENTENCE + written, tag)])
    return _Word(tuple(inside), open_lexicon().found(written, tag), may_begin_after(f"{written} "), tuple(first))


def _body_terms(text: str, language: str) -> list[str]:
    return _single_terms([*terms(text, language), *name_terms(text, language)])


def _title_terms(title: str, language: str) -> Mapping[str, int]:
    return Counter(_single_terms(terms(title, language)))


def _single_terms(all_terms: Sequence[str]) -> list[str]:
    """Terms one by one: one may be several words."""
    return [term for term in " ".join(all_terms).split(" ") if term]
