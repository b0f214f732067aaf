"""Terms looked for in a text: those of `paraglot.search.text.analysis`, most of the text left unread.

What the index has of what stands between two spaces hangs on nothing around it, but where `reaches_over_spaces` says
so. It comes again in text after text, so its terms are kept, and only where one of them is wanted is it analysed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Set
from functools import cache, lru_cache
from itertools import accumulate, groupby
from typing import Literal, TypeAlias

from paraglot.search.text.analysis import Token, analyze, analyze_for, bare_term, fold, is_stop_word, stem, word_terms
from paraglot.search.text.compounds import LINKS
from paraglot.search.text.languages import primary
from paraglot.search.text.word_forms import irregular_forms

KEPT = 1 << 13
"""Words as they stand between spaces whose terms are kept, of each language: a megabyte or two."""

KEPT_INITIALS = 1 << 14
"""Such words, of all languages, of which it is kept what they begin with: two megabytes."""

KEPT_TEXTS = 500
"""Texts of which it is kept what was found in them: a query looks for its words in one text several times."""

LONGEST_KEPT = 40
"""Characters of such a word; longer ones are sentences of scripts without spaces, which hardly come again."""

BEFORE_WORDS = "\"'’‘`«»“”„()[]{}<>|/\\*=~@$€£§•·–—-_&%°،؛؟।。、「」『』（）《》！？；：!?,:;…"
AFTER_WORDS = f".{BEFORE_WORDS}"
"""Signs beside a word that change nothing of its terms."""

_OVER_SPACES = frozenset({"vi", "fa"})
"""Languages in which words that a space divides make a term together."""

_NUMBER_GOES_ON = re.compile(r"\d \d")
_SPACE_BESIDE_NO_NUMBER = re.compile(r"\n|(?<!\d) | (?!\d)")

_WITHOUT_SPACES_FROM = "\u0e00"
"""Scripts that write no spaces, and Hangul, stand from here on in Unicode."""

_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff]")
"""Thai, Lao, Burmese, Khmer, Kana and Han: their runs are many words, which together hardly come again."""

_FOLDED_TOGETHER_FROM = "\u0900"
"""The scripts of India, in which a letter may be folded by its neighbours, stand from here on."""

_KEEP_INITIALS = frozenset(
    ["af", "be", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "gl", "hr", "hu", "is", "it"]
    + ["ka", "kk", "la", "lt", "lv", "mk", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sv", "sw", "tl", "tr"]
    + ["uk", "vi"]
)
"""Languages whose stems begin as their words do, those of one letter aside: no prefix is taken from a word."""

_ALIKE = {"be": frozenset("аеоя"), "sk": frozenset("ei"), "uk": frozenset("еіо")}
"""Vowels of which one may stand for another where a stem begins, folded."""


def reaches_over_spaces(text: str, tag: str) -> bool:
    """Whether a text, in a language with a primary tag, may have a term that a space stands in."""
    return tag in _OVER_SPACES or _NUMBER_GOES_ON.search(text) is not None


def find_terms(text: str, language: str, sought: Set[str]) -> list[Token]:
    """Of the terms that `analyze` gives of a text those that are ``sought``: in a fraction of the time."""
    return list(_find_cached(text, primary(language), frozenset(sought))) if sought else []


def _find_uncached(text: str, tag: str, sought: frozenset[str]) -> tuple[Token, ...]:
    if tag in _OVER_SPACES:
        return tuple(_analyzed(text, tag, sought, 0)) if tag != "vi" else _in_vietnamese(text, sought)
    parts, places = _matching_parts(text, tag, sought)
    if not places:
        return ()
    tokens: list[Token] = []
    begins = [0, *accumulate(map((1).__add__, map(len, parts)))]
    for place in places:
        tokens += _tokens_in(parts[place], tag, sought, begins[place])
    return tuple(tokens)


def _matching_parts(text: str, tag: str, sought: Set[str]) -> tuple[list[str], list[int]]:
    """A text at its spaces, and the places where something ``sought`` stands."""
    parts, depth = _split_at_spaces(text), _depth(sought, tag)
    terms_of, initials = _terms_of_parts(tag, depth), _initials(sought, tag, depth)
    if initials is None:
        of_parts = map(terms_of.__getitem__, parts)
        return parts, [place for place, terms in enumerate(of_parts) if terms is None or not sought.isdisjoint(terms)]
    possible = initials | {""}
    initial_of = map(_INITIALS.__getitem__, parts)
    return parts, [
        place
        for place, initial in enumerate(initial_of)
        if initial in possible and ((terms := terms_of[parts[place]]) is None or not sought.isdisjoint(terms))
    ]


def _initials(sought: Set[str], tag: str, depth: _Depth) -> Set[str] | None:
    """What a word must begin with, folded, to have a term that is ``sought``; None where it may begin with anything."""
    initials = {bare_term(term)[:1] for term in sought}
    if depth == "surface":
        return initials
    parts, short = depth == "parts" and tag in LINKS, len(tag) + 2
    if tag not in _KEEP_INITIALS or parts or any(len(term) == short for term in sought if term.startswith(f"{tag}:")):
        return None
    alike = _ALIKE.get(tag, frozenset())
    otherwise = _other_initials(tag)
    initials = initials.union(*(otherwise[term] for term in sought if term in otherwise))
    return initials if initials.isdisjoint(alike) else initials | alike


@cache
def _other_initials(tag: str) -> dict[str, frozenset[str]]:
    """Terms of words that have forms with another beginning, as *go* has *went*, and what those begin with, folded."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for form, word in irregular_forms(tag).items():
        if (initial := fold(form)[:1]) != fold(word)[:1]:
            found[stem(word, tag)].add(initial)
    return {term: frozenset(initials) for term, initials in found.items()}


class _Initials(dict[str, str]):
    """What stands between two spaces → what it begins with, folded, made as it is met; nothing where it is more than
    one word, or that hangs on its other letters.
    """

    def __missing__(self, written: str) -> str:
        word = written.strip(BEFORE_WORDS).rstrip(AFTER_WORDS)
        initial = _initial(word[0]) if _is_word(word) else ""
        if len(written) <= LONGEST_KEPT:
            if len(self) >= KEPT_INITIALS:
                self.clear()
            self[written] = initial
        return initial


_INITIALS = _Initials()


@cache
def _initial(letter: str) -> str:
    """What a word that begins with a letter begins with where it is folded; nothing where that hangs on the others."""
    return fold(letter)[:1] if letter < _FOLDED_TOGETHER_FROM else ""


def _in_vietnamese(text: str, sought: frozenset[str]) -> tuple[Token, ...]:
    """Neighbours that both are part of something wanted are looked at together: they may be a pair."""
    halves = {half for term in sought if "_" in term for half in term.removeprefix("vi:").split("_")}
    parts, matching = _matching_parts(text, "vi", sought | halves)
    if not matching:
        return ()
    matching = sorted({*matching, *(place for place, part in enumerate(parts) if not part.strip())})
    begins = [0, *accumulate(map((1).__add__, map(len, parts)))]
    tokens: list[Token] = []
    for _, group in groupby(enumerate(matching), lambda entry: entry[1] - entry[0]):
        places = [place for _, place in group]
        begin, end = begins[places[0]], begins[places[-1]] + len(parts[places[-1]])
        tokens += _analyzed(text[begin:end], "vi", sought, begin)
    return tuple(tokens)


_find_cached = lru_cache(maxsize=KEPT_TEXTS)(_find_uncached)


def _split_at_spaces(text: str) -> list[str]:
    """A text at its spaces, but where a number goes on."""
    if _NUMBER_GOES_ON.search(text):
        return _SPACE_BESIDE_NO_NUMBER.split(text)
    return text.replace("\n", " ").split(" ")


def _tokens_in(written: str, tag: str, sought: Set[str], begins: int) -> Iterable[Token]:
    """Those of what stands between two spaces; of one word of letters without looking for it again."""
    stripped = written.lstrip(BEFORE_WORDS)
    start = begins + len(written) - len(stripped)
    stripped = stripped.rstrip(AFTER_WORDS)
    if len(written) > LONGEST_KEPT or not _is_word(stripped):
        return _analyzed(written, tag, sought, begins)
    return (Token(term, start, start + len(stripped)) for term in word_terms(stripped, tag) if term in sought)


_Depth: TypeAlias = Literal["surface", "stem", "parts"]
"""How far words are taken apart."""


def _depth(sought: Set[str], tag: str) -> _Depth:
    """As far as what is wanted has terms of a language: stems cost more than surface forms, compounds most."""
    of_language = [term for term in sought if term.startswith(f"{tag}:")]
    if not of_language:
        return "surface"
    return "stem" if tag in LINKS and not any("~" in term for term in of_language) else "parts"


def _analyzed(text: str, tag: str, sought: Set[str], begins: int) -> list[Token]:
    return [Token(term, begins + start, begins + end) for term, start, end in analyze_for(sought, text, tag)]


class _Terms(dict[str, tuple[str, ...] | None]):
    """What stands between two spaces → its terms, made as it is met; None where it is too long to be kept."""

    def __init__(self, tag: str, depth: _Depth) -> None:
        super().__init__()
        self._tag, self._depth = tag, depth

    def __missing__(self, written: str) -> tuple[str, ...] | None:
        if len(written) > LONGEST_KEPT or _UNSPACED.search(written):
            return None
        if len(self) >= KEPT:
            self.clear()
        self[written] = terms = _terms_of(written, self._tag, self._depth)
        return terms


_terms_of_parts = lru_cache(maxsize=64)(_Terms)


def _terms_of(written: str, tag: str, depth: _Depth) -> tuple[str, ...]:
    stripped = written.strip(BEFORE_WORDS).rstrip(AFTER_WORDS)
    if not _is_word(stripped):
        return tuple({token.term for token in analyze(written, tag)}) if stripped else ()
    if depth == "surface":
        return (fold(stripped),)
    if depth == "stem":
        return (fold(stripped),) if is_stop_word(stripped, tag) else (fold(stripped), stem(stripped, tag))
    return tuple(word_terms(stripped, tag))


def _is_word(word: str) -> bool:
    """Whether what has no signs beside it is one word of letters, in a script with spaces."""
    return word.isalpha() and (word.isascii() or max(word) < _WITHOUT_SPACES_FROM)
