"""Text to terms: Unicode words, folded, and beside them the terms of the text's own language.

A word is a run of letters, digits, marks and joiners; in Cyrillic and Hebrew an apostrophe or the mark of an acronym
may stand inside. Its *surface form*, the same in every language, is `folding`'s; that of numbers `numbers`'. Beside it
stands a term of the language, marked with its tag: the stem (``de:haus``), which a function word does not have, so that
*Paris* is no form of Spanish *para*; in Vietnamese also the pair of neighbouring
words; in languages that write words together also the stems of a word's parts (``de:~haus``, `compounds`). Words that
a hyphen or an apostrophe ties are terms by themselves and together: ``wi``, ``fi``, ``wifi`` (`ties`). A picture (an
emoji, a flag) is a word by itself, whatever the colour of its skin. Where no spaces
divide words there are overlapping groups of characters instead: one and two of Han, Kana and Hangul, two and three of
Thai, Lao, Khmer and Burmese.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence, Set
from functools import cache
from itertools import accumulate
from operator import add, itemgetter
from typing import NamedTuple

import regex

from paraglot.search.text.compounds import LEAST_COMPOUND, LINKS, split_compound
from paraglot.search.text.folding import (
    APOSTROPHES,
    GERSHAYIM,
    INVISIBLE,
    fold_by_letters,
    word_cache,
)
from paraglot.search.text.folding import fold as fold
from paraglot.search.text.languages import PREFIXED, primary, stems_of, stop_words
from paraglot.search.text.numbers import NUMBER, Number, in_groups, number
from paraglot.search.text.ties import MARKS, TIES, Ties, signed_span
from paraglot.search.text.word_forms import is_stop_word as is_stop_word
from paraglot.search.text.word_forms import plain_stem as plain_stem
from paraglot.search.text.word_forms import stem as stem

ANALYZER = "languages-14"
"""Recorded in the manifest; changes whenever any text would give other terms."""

_IDEOGRAPHIC = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー々〆"
_SYLLABIC = r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}--\p{Nd}]"
_JOINERS = INVISIBLE
_ALPHABETIC = rf"[[\p{{L}}\p{{N}}\p{{M}}]--[{_IDEOGRAPHIC}{APOSTROPHES}]--{_SYLLABIC}]"
_CONTINUED = rf"[[\p{{L}}\p{{N}}\p{{M}}{_JOINERS}]--[{_IDEOGRAPHIC}{APOSTROPHES}]--{_SYLLABIC}]*"
_INSIDE = (
    rf"(?:(?<=\p{{Hebrew}}\p{{M}}*)[{APOSTROPHES}{GERSHAYIM}]{{1,2}}(?=\p{{Hebrew}})"
    rf"|(?<=\p{{Cyrillic}})[{APOSTROPHES}](?=\p{{Cyrillic}})(?!\p{{Lu}}\p{{Ll}}))"
)
_PICTURE = r"(?=[\u2190-\u2bff\U0001f000-\U0001faff])(?:[\p{Extended_Pictographic}--\p{L}]|\p{RI}\p{RI})"
"""The first test is a quick one: most characters that begin no word are spaces."""
_RUN = regex.compile(
    rf"(?P<number>{NUMBER})|(?P<version>(?<![\p{{L}}\p{{N}}])[vV](?=\p{{Nd}}+(?:\.\p{{Nd}}+)+(?![\p{{L}}\p{{N}}])))"
    rf"|(?P<pairs>[{_IDEOGRAPHIC}][{_IDEOGRAPHIC}\p{{M}}{_JOINERS}]*)"
    rf"|(?P<triples>{_SYLLABIC}[{_SYLLABIC}\p{{M}}{_JOINERS}]*)"
    rf"|{_ALPHABETIC}{_CONTINUED}(?:{_INSIDE}{_ALPHABETIC}{_CONTINUED})*"
    rf"|(?P<picture>{_PICTURE})",
    regex.V1,
)
_SIZES: dict[str | None, int] = {None: 0, "number": 0, "picture": 0, "version": 0, "pairs": 2, "triples": 3}
"""How many characters a term has at most in a run without spaces; 0: the run is a word."""

_DIGITS = regex.compile(r"\p{Nd}+")
_CLUSTER = regex.compile(r"\X")
_JOINED = regex.compile(r"[^\p{GCB=Other}\p{GCB=Control}\p{GCB=LF}]")
"""A character that may form one with its neighbour (Unicode's Grapheme_Cluster_Break)."""
_LETTER = regex.compile(
    rf"(?:เเ|[^\p{{M}}{_JOINERS}])[\p{{M}}{_JOINERS}]*(?:[ำຳ][\p{{M}}{_JOINERS}]*|(?<=[\u0e4d\u0ecd]\p{{M}}?)[าາ])?|[\p{{M}}{_JOINERS}]+"
)
"""With the vowel AM of Thai and Lao, which is written in several ways and before or behind a mark of tone."""
_HANGUL = regex.compile(r"\p{Hangul}")
_SYLLABLE = regex.compile(_SYLLABIC, regex.V1)
_START = itemgetter(1)


class Token(NamedTuple):
    """A term of the index and the characters ``start`` to ``end`` (exclusive) of the text that it stands for."""

    term: str
    start: int
    end: int


class Word(NamedTuple):
    """A word of a text: as written, folded, and where. ``letters`` is false for numbers and names with a sign, which
    have no stem.

    ``terms`` are the surface forms that the index has of it, the longest groups of characters where no spaces divide
    words; ``others`` what may stand for all of it, too. ``tied``: a hyphen or an apostrophe ties it to the word before.
    """

    written: str
    start: int
    end: int
    letters: bool
    terms: tuple[Token, ...]
    others: tuple[str, ...] = ()
    tied: bool = False


def words(text: str) -> Iterator[Word]:
    """The words of a text, in order, with the surface forms that stand for all of each: what a query looks for."""
    before = -1
    for run in _RUN.finditer(text):
        written, (start, end), size = run.group(), run.span(), _SIZES[run.lastgroup]
        others: tuple[str, ...] = ()
        signed = False
        if size:
            ngrams = _ngrams(written, start, (size,)) or _ngrams(written, start, (size - 1,))
            surface = tuple(map(Token._make, ngrams or [(fold(written), start, end)]))
        elif run.lastgroup == "number":
            parsed = number(written)
            surface = (Token(parsed.terms[0], start, end),)
            others = (*parsed.terms[1:], *([" ".join(dict.fromkeys(parsed.parts))] if parsed.parts else []))
        elif _may_be_signed(text, start, end) and (sign := signed_span(text, start, end)):
            others = (fold(written),) if len(written) > 1 and sign[0] == start else ()
            start, end = sign
            surface = (Token(fold(text[start:end]), start, end),)
            signed = True
        else:
            surface = (Token(fold(written), start, end),)
            others = (" ".join(map(fold, written.split("\u200c"))),) if "\u200c" in written else ()
        if surface[0].term:
            letters = not run.lastgroup and not signed and (written.isalpha() or any(map(str.isalpha, written)))
            yield Word(written, start, end, letters, surface, others, start == before + 1 and text[before] in TIES)
        before = end


def runs(text: str) -> Iterator[tuple[str, int, bool]]:
    """Of each of `words` how it is written, where it begins and whether it is of letters: in a quarter of the time."""
    for run in _RUN.finditer(text):
        written, (start, end) = run.group(), run.span()
        if run.lastgroup or not (written.isalpha() or any(map(str.isalpha, written))):
            yield written, start, False
        else:
            yield written, start, not (_may_be_signed(text, start, end) and signed_span(text, start, end))


def spaced_words(text: str) -> Iterator[tuple[str, bool]]:
    """Each run of a text as written, and whether it is one word; else it is of characters without spaces between."""
    for run in _RUN.finditer(text):
        yield run.group(), not _SIZES[run.lastgroup]


def analyze(text: str, language: str = "und") -> list[Token]:
    """All terms that the index has of a text in a language (a BCP 47 tag), by where they begin.

    >>> [token.term for token in analyze("Die Häuser 2023年", "de-AT")]
    ['die', 'hauser', 'de:haus', '2023', '年']
    """
    return list(map(Token._make, sorted(_terms(text, language), key=_START)))


def analyze_for(sought: Set[str], text: str, language: str) -> list[Token]:
    """Of the terms that `analyze` gives those that are ``sought``: of runs without spaces no others are made."""
    tokens = sorted(_terms(text, language, sought), key=_START)
    return [Token._make(token) for token in tokens if token[0] in sought]


def _terms(text: str, language: str, sought: Set[str] | None = None) -> Iterator[tuple[str, int, int]]:
    """The terms of a text; what reaches over several words after the last of them. Of runs without spaces those that
    are ``sought``; None: all.
    """
    tag = primary(language)
    stems = stems_of(tag)
    ties, divided = Ties(text, tag), tag in LINKS or tag == "he"
    before: tuple[str, int, int] | None = None
    last = "", 0, -2
    yield from in_groups(text)
    for run in _RUN.finditer(text):
        kind = run.lastgroup
        size = _SIZES[kind]
        start, end = run.span()
        written = text[start:end]
        if size:
            yield from _run_ngrams(written, start, size, sought)
            before = None
            continue
        if kind:
            parsed = number(written) if kind == "number" else Number((fold(written),))
            if kind == "version" and (first := _DIGITS.match(text, end)):
                parsed = Number((*parsed.terms, fold(written + first.group())))
            yield from ((term, start, end) for term in dict.fromkeys((*parsed.terms, *parsed.parts)))
            before = None
            continue
        folded = fold(written)
        if not folded:
            continue
        if stems == "pairs" and before and text[before[2] : start].isspace():
            yield pair_term(tag, before[0], folded), before[1], end
        before = folded, start, end
        if _may_be_signed(text, start, end) and (sign := signed_span(text, start, end)):
            yield fold(text[slice(*sign)]), *sign
            if len(folded) == 1:
                continue
        yield before
        numeric = folded.isdecimal()
        if stems != "none" and not numeric:
            if not is_stop_word(written, tag):
                yield stem(written, tag), start, end
            if divided or "\u200c" in written:
                yield from ((part, start, end) for part in _parts_of(written, tag))
        if start == last[2] + 1 and text[last[2]] in ties.between:
            for joined, begin in ties.with_next(last, written, start, end):
                yield fold(joined), begin, end
                if stems != "none" and not joined.isdecimal():
                    yield stem(joined, tag), begin, end
        last = written, start, end


def is_word(text: str) -> bool:
    """Whether a text is one word, as `words` has it, and has letters."""
    run = _RUN.fullmatch(text)
    return run is not None and not run.lastgroup and (text.isalpha() or any(map(str.isalpha, text)))


def word_terms(word: str, tag: str) -> list[str]:
    """What `terms` gives of a text that `is_word`, in the language with a primary tag; in a third of the time."""
    folded = fold(word)
    if not folded or stems_of(tag) == "none" or folded.isdecimal():
        return [folded] if folded else []
    both = [folded] if is_stop_word(word, tag) else [folded, stem(word, tag)]
    return [*both, *_parts_of(word, tag)] if tag in LINKS or tag == "he" or "\u200c" in word else both


def _may_be_signed(text: str, start: int, end: int) -> bool:
    """Whether `signed_span` need look at a word: most have no sign beside them."""
    return (end < len(text) and text[end] in MARKS) or (start > 0 and text[start - 1] == ".")


@word_cache
def _parts_of(written: str, tag: str) -> tuple[str, ...]:
    """Further terms of a language for a word: what it is made of."""
    if "\u200c" in written:
        parts = [part for part in written.split("\u200c") if len(part) > 1]
        return tuple(dict.fromkeys(term for part in parts for term in (fold(part), stem(part, tag))))
    if compound := compound_parts(written, tag):
        runs = [compound[first:last] for first in range(len(compound)) for last in range(first + 1, len(compound) + 1)]
        return tuple(dict.fromkeys(joint_term(run, tag) for run in runs if len(run) < len(compound)))
    if tag == "he" and len(bare_word := fold(written)) == 3 and bare_word[0] in PREFIXED:
        return (f"he:{bare_word[1:]}",)
    return ()


def compound_parts(written: str, tag: str) -> tuple[str, ...]:
    """The words that a word of a language is made of; none where it is no compound."""
    if tag not in LINKS or len(written) < LEAST_COMPOUND:
        return ()
    return split_compound(unicodedata.normalize("NFC", written.lower()), tag)


def joint_term(neighbours: Sequence[str], tag: str) -> str:
    """The term that a longer compound has for neighbouring parts: *Brandschutz* in *Brandschutzverordnung*."""
    return part_term(f"{tag}:{'+'.join(bare_term(stem(part, tag)) for part in neighbours)}", tag)


def part_term(own_stem: str, tag: str) -> str:
    """The term that a compound has for a part with a stem; nothing where the language writes no words together."""
    return own_stem.replace(":", ":~", 1) if tag in LINKS else ""


def terms(text: str, language: str = "und") -> list[str]:
    """The terms of a text, repeated as often as they occur."""
    return [term for term, _, _ in sorted(_terms(text, language), key=_START)]


@cache
def folded_stop_words(tag: str) -> frozenset[str]:
    """The surface forms of words that say nothing in a query of a language."""
    return frozenset(map(fold, stop_words(tag)))


def pair_term(tag: str, first: str, second: str) -> str:
    """The term of a language for two neighbouring words, given as surface forms."""
    return f"{tag}:{first}_{second}"


def phrase_form(text: str) -> str:
    """A text such that it holds a phrase exactly where its form holds that of the phrase.

    >>> phrase_form("bread, TAX") in phrase_form("the bread tax")
    True
    >>> phrase_form("bread tax") in phrase_form("bread taxes")
    False
    """
    return "".join(_phrase_parts(text)).replace("  ", " ")


def _phrase_parts(text: str) -> Iterator[str]:
    for run in _RUN.finditer(text):
        if run.lastgroup == "number":
            yield f" {number(run.group()).terms[0]} "
        elif _SIZES[run.lastgroup]:
            yield fold(run.group())
        else:
            sign = signed_span(text, *run.span()) or run.span()
            yield f" {fold(text[slice(*sign)])} "


def bare_term(term: str) -> str:
    """A term without the mark of its language, and that of a part."""
    return term.rpartition(":")[2].removeprefix("~")


def widened_to_graphemes(text: str, tokens: Sequence[Token]) -> list[Token]:
    """The tokens, ends moved apart to where characters as readers see them begin and end."""
    if not tokens or not _JOINED.search(text):
        return list(tokens)
    edges = [0, *accumulate(map(len, _CLUSTER.findall(text)))]
    return [
        Token(term, edges[bisect_right(edges, start) - 1], edges[bisect_left(edges, end)])
        for term, start, end in tokens
    ]


def _run_ngrams(run: str, offset: int, size: int, sought: Set[str] | None) -> list[tuple[str, int, int]]:
    """The groups of a run without spaces, of ``size`` characters and of one less; of a shorter run all of it."""
    sizes, letters = (size, size - 1), _letters(run)
    if letters is None:
        ngrams = _cluster_ngrams(run, offset, sizes)
    elif len(letters.folded) < size - 1:
        ngrams = []
    else:
        ngrams = letters.ngrams(offset, sizes, sought)
        if sought is not None:
            return ngrams
    return ngrams or [(fold(run), offset, offset + len(run))]


def _ngrams(run: str, offset: int, sizes: Sequence[int]) -> list[tuple[str, int, int]]:
    """The groups of as many neighbours as ``sizes`` says, in its order, where there are any."""
    letters = _letters(run)
    return letters.ngrams(offset, sizes) if letters else _cluster_ngrams(run, offset, sizes)


class _Letters(NamedTuple):
    """The letters of a run: ``folded`` each by itself, as in groups, too; where each begins, and the last one ends."""

    folded: Sequence[str]
    starts: Sequence[int]

    def ngrams(self, offset: int, sizes: Sequence[int], sought: Set[str] | None = None) -> list[tuple[str, int, int]]:
        """Groups of neighbours, those ``sought`` (None: all)."""
        ngrams = []
        for size in sizes:
            grams = list(self.folded)
            for place in range(1, size):
                grams = list(map(add, grams, self.folded[place:]))
            selected = grams if sought is None else map(sought.__contains__, grams)
            ngrams += [
                (grams[place], offset + self.starts[place], offset + self.starts[place + size])
                for place, is_sought in enumerate(selected)
                if is_sought
            ]
        return ngrams


def _letters(run: str) -> _Letters | None:
    """The letters of a run; None where a group of them is not folded as they are (Hangul in parts, marks)."""
    if _SYLLABLE.match(run):
        written = _LETTER.findall(run)
        return _Letters(list(map(fold, written)), [0, *accumulate(map(len, written))])
    if run.isalpha() and (folded := fold_by_letters(run)):
        return _Letters(folded, range(len(run) + 1))
    return None


def _cluster_ngrams(run: str, offset: int, sizes: Sequence[int]) -> list[tuple[str, int, int]]:
    parts = _CLUSTER if _HANGUL.search(run) else _LETTER
    starts = [match.start() for match in parts.finditer(run)] + [len(run)]
    spans = [
        (start, starts[place + size])
        for size in sizes
        for place, start in enumerate(starts)
        if place + size < len(starts)
    ]
    return [(term, offset + start, offset + end) for start, end in spans if (term := fold(run[start:end]))]
