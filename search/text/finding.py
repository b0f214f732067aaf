"""Terms looked for in a text: those of `paraglot.search.text.analysis`, most of the text left unread.

What the index has of what stands between two spaces hangs on nothing around it, but where `reaches_over_spaces` says
so. It comes again in text after text, so its terms are kept, and only where one of them is wanted is it analysed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from functools import cache, lru_cache
from itertools import accumulate, groupby
from typing import Literal, TypeAlias

from paraglot.search.text.analysis import Token, analyze, analyze_for, bare, fold, stem, word_terms
from paraglot.search.text.compounds import LINKS
from paraglot.search.text.languages import primary

KEPT = 1 << 13
"""Words as they stand between spaces whose terms are kept, of each language: a megabyte or two."""

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

_UNKNOWN = ("",)


def reaches_over_spaces(text: str, tag: str) -> bool:
    """Whether a text, in a language with a primary tag, may have a term that a space stands in."""
    return tag in _OVER_SPACES or _NUMBER_GOES_ON.search(text) is not None


def find(text: str, language: str, wanted: Set[str]) -> list[Token]:
    """Of the terms that `analyze` gives of a text those that are ``wanted``: in a fraction of the time."""
    return list(_kept_found(text, primary(language), frozenset(wanted))) if wanted else []


def _find(text: str, tag: str, wanted: frozenset[str]) -> tuple[Token, ...]:
    if tag in _OVER_SPACES:
        return tuple(_among(text, tag, wanted, 0)) if tag != "vi" else _in_vietnamese(text, wanted)
    parts, telling = _telling(text, tag, wanted)
    if not telling:
        return ()
    found: list[Token] = []
    begins = [0, *accumulate(map((1).__add__, map(len, parts)))]
    for place in telling:
        found += _found_in(parts[place], tag, wanted, begins[place])
    return tuple(found)


def _telling(text: str, tag: str, wanted: Set[str]) -> tuple[list[str], list[int]]:
    """A text at its spaces, and the places where something ``wanted`` stands."""
    parts, depth = _spaced(text), _depth(wanted, tag)
    kept, initials = _kept_terms(tag, depth), _initials(wanted, tag, depth)
    if initials is None:
        terms = map(kept.__getitem__, parts)
        return parts, [place for place, own in enumerate(terms) if own is None or not wanted.isdisjoint(own)]
    telling = []
    for place, part in enumerate(parts):
        own = kept.get(part, _UNKNOWN)
        if own is _UNKNOWN:
            if _begins_otherwise(part, initials):
                continue
            own = kept[part]
        if own is None or not wanted.isdisjoint(own):
            telling.append(place)
    return parts, telling


def _initials(wanted: Set[str], tag: str, depth: _Depth) -> Set[str] | None:
    """What a word must begin with, folded, to have a term that is ``wanted``; None where it may begin with anything."""
    found = {bare(term)[:1] for term in wanted}
    if depth == "surface":
        return found
    parts, short = depth == "parts" and tag in LINKS, len(tag) + 2
    if tag not in _KEEP_INITIALS or parts or any(len(term) == short for term in wanted if term.startswith(f"{tag}:")):
        return None
    alike = _ALIKE.get(tag, frozenset())
    return found if found.isdisjoint(alike) else found | alike


def _begins_otherwise(part: str, initials: Set[str]) -> bool:
    """Whether what stands between two spaces is one word that begins with none of these."""
    word = part.strip(BEFORE_WORDS).rstrip(AFTER_WORDS)
    if not _is_word(word):
        return False
    initial = _initial(word[0])
    return bool(initial) and initial not in initials


@cache
def _initial(letter: str) -> str:
    """What a word that begins with a letter begins with where it is folded; nothing where that hangs on the others."""
    return fold(letter)[:1] if letter < _FOLDED_TOGETHER_FROM else ""


def _in_vietnamese(text: str, wanted: frozenset[str]) -> tuple[Token, ...]:
    """Neighbours that both are part of something wanted are looked at together: they may be a pair."""
    halves = {half for term in wanted if "_" in term for half in term.removeprefix("vi:").split("_")}
    parts, telling = _telling(text, "vi", wanted | halves)
    if not telling:
        return ()
    telling = sorted({*telling, *(place for place, part in enumerate(parts) if not part.strip())})
    begins = [0, *accumulate(map((1).__add__, map(len, parts)))]
    found: list[Token] = []
    for _, group in groupby(enumerate(telling), lambda entry: entry[1] - entry[0]):
        places = [place for _, place in group]
        begin, end = begins[places[0]], begins[places[-1]] + len(parts[places[-1]])
        found += _among(text[begin:end], "vi", wanted, begin)
    return tuple(found)


_kept_found = lru_cache(maxsize=KEPT_TEXTS)(_find)


def _spaced(text: str) -> list[str]:
    """A text at its spaces, but where a number goes on."""
    if _NUMBER_GOES_ON.search(text):
        return _SPACE_BESIDE_NO_NUMBER.split(text)
    return text.replace("\n", " ").split(" ")


def _found_in(written: str, tag: str, wanted: Set[str], begins: int) -> Iterable[Token]:
    """Those of what stands between two spaces; of one word of letters without looking for it again."""
    bare = written.lstrip(BEFORE_WORDS)
    start = begins + len(written) - len(bare)
    bare = bare.rstrip(AFTER_WORDS)
    if len(written) > LONGEST_KEPT or not _is_word(bare):
        return _among(written, tag, wanted, begins)
    return (Token(term, start, start + len(bare)) for term in word_terms(bare, tag) if term in wanted)


_Depth: TypeAlias = Literal["surface", "stem", "parts"]
"""How far words are taken apart."""


def _depth(wanted: Set[str], tag: str) -> _Depth:
    """As far as what is wanted has terms of a language: stems cost more than surface forms, compounds most."""
    own = [term for term in wanted if term.startswith(f"{tag}:")]
    if not own:
        return "surface"
    return "stem" if tag in LINKS and not any("~" in term for term in own) else "parts"


def _among(text: str, tag: str, wanted: Set[str], begins: int) -> list[Token]:
    return [Token(term, begins + start, begins + end) for term, start, end in analyze_for(wanted, text, tag)]


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
        self[written] = found = _terms_of(written, self._tag, self._depth)
        return found


_kept_terms = lru_cache(maxsize=64)(_Terms)


def _terms_of(written: str, tag: str, depth: _Depth) -> tuple[str, ...]:
    bare = written.strip(BEFORE_WORDS).rstrip(AFTER_WORDS)
    if not _is_word(bare):
        return tuple({token.term for token in analyze(written, tag)}) if bare else ()
    if depth == "surface":
        return (fold(bare),)
    return (fold(bare), stem(bare, tag)) if depth == "stem" else tuple(word_terms(bare, tag))


def _is_word(bare: str) -> bool:
    """Whether what has no signs beside it is one word of letters, in a script with spaces."""
    return bare.isalpha() and (bare.isascii() or max(bare) < _WITHOUT_SPACES_FROM)
