"""Terms looked for in a text: those of `paraglot.search.text.analysis`, most of the text left unread.

What the index has of what stands between two spaces hangs on nothing around it, but where `reaches_over_spaces` says
so. It comes again in text after text, so its terms are kept, and only where one of them is wanted is it analysed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from functools import lru_cache
from itertools import accumulate, groupby
from typing import Literal, TypeAlias

from paraglot.search.text.analysis import Token, analyze, fold, runs, stem, word_terms
from paraglot.search.text.compounds import LINKS
from paraglot.search.text.folding import by_letters
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

_FIRST_KANA, _HANGUL = "\u3041", re.compile("[\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff]")
_WITHOUT_SPACES_FROM = "\u0e00"
"""Scripts that write no spaces, and Hangul, stand from here on in Unicode."""


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
    parts = _spaced(text)
    terms = map(_kept_terms(tag, _depth(wanted, tag)).__getitem__, parts)
    return parts, [place for place, own in enumerate(terms) if own is None or not wanted.isdisjoint(own)]


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
    if (groups := _eastern_runs(text)) is not None:
        return [token for folded, start in groups for token in _groups_among(folded, wanted, begins + start)]
    return [Token(term, begins + start, begins + end) for term, start, end in analyze(text, tag) if term in wanted]


def _eastern_runs(text: str) -> list[tuple[str, int]] | None:
    """The runs of a text, folded, and where each begins, where all are of Han and Kana alone; else None."""
    found = []
    for written, start, _ in runs(text):
        if written[0] < _FIRST_KANA or not written.isalpha() or _HANGUL.search(written):
            return None
        if not (folded := by_letters(written)):
            return None
        found.append((folded, start))
    return found


def _groups_among(folded: str, wanted: Set[str], begins: int) -> list[Token]:
    """Of the groups of one and two characters of a run those that are ``wanted``: by where they begin, pairs first."""
    found = []
    for term in wanted:
        if len(term) <= 2 and (at := folded.find(term)) >= 0:
            while at >= 0:
                found.append(Token(term, begins + at, begins + at + len(term)))
                at = folded.find(term, at + 1)
    return sorted(found, key=lambda token: (token.start, -token.end))


class _Terms(dict[str, tuple[str, ...] | None]):
    """What stands between two spaces → its terms, made as it is met; None where it is too long to be kept."""

    def __init__(self, tag: str, depth: _Depth) -> None:
        super().__init__()
        self._tag, self._depth = tag, depth

    def __missing__(self, written: str) -> tuple[str, ...] | None:
        if len(written) > LONGEST_KEPT:
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
