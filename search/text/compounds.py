"""What a compound is made of, in languages that write words together: *Hochwasserversicherung* has *Versicherung*.

A word is divided where what stands before is a word that may begin one, with what links them, and what stands after is
one that may end it, by its stem, or is divided likewise; into as few parts as there can be. The words are of
``search/text/word_data/compounds/``, made by `training.compounds`, and short ones by hand.
"""

from __future__ import annotations

import re
import zlib
from functools import cache, lru_cache
from typing import TypeAlias

from paraglot.search.text.languages import WORD_DATA, stemmer

LINKS: dict[str, tuple[str, ...]] = {
    "da": ("s", "e", "er"),
    "de": ("s", "es", "n", "en", "e", "er", "ens"),
    "et": (),
    "fi": ("n",),
    "hu": (),
    "nl": ("s", "e", "en", "n"),
    "no": ("s", "e"),
    "sv": ("s", "e", "a", "o", "u"),
}
"""Primary tag → what may stand between the parts of a compound, beside nothing."""

DROPPED: dict[str, tuple[tuple[str, str], ...]] = {
    "de": (("", "e"),),
    "sv": (("", "a"), ("", "e")),
    "fi": (("s", "nen"),),
}
"""What a part has lost where it begins a compound: its end there, and by itself."""

_WORD = re.compile(r"\S+")

LEAST_PART, LEAST_COMPOUND, LONGEST_COMPOUND = 3, 7, 48
"""Letters. A first part that is listed by hand may have two."""


_Hashes: TypeAlias = frozenset[int]
"""Python's hashes of words, which take half the memory of the words: of 64 bits, so that two are hardly ever equal."""


@cache
def _words(tag: str) -> tuple[_Hashes, _Hashes, _Hashes, _Hashes]:
    """Words that may begin a compound, stems of those that may end one, words that are no part, and stems of words
    that only look like compounds."""
    lines = zlib.decompress((WORD_DATA / "compounds" / f"{tag}.txt.z").read_bytes()).decode("utf-8").split("\n")
    first, last, never, whole = (frozenset(hash(word.group()) for word in _WORD.finditer(line)) for line in lines)
    begin, end = _by_hand(tag)
    return first.union(map(hash, begin)), last.union(hash(stemmer(tag)(word)) for word in end), never, whole


def _by_hand(tag: str) -> tuple[list[str], list[str]]:
    """Words that may begin a compound, and that may end one, which the lists that are made lack."""
    lines = (WORD_DATA / "compounds" / "parts.txt").read_text("utf-8").splitlines()
    begin, _, end = next(line for line in lines if line.startswith(f"{tag} "))[len(tag) :].partition("|")
    return begin.split(), end.split()


def split_compound(word: str, tag: str) -> tuple[str, ...]:
    """The parts of a word, in lower case with its accents, as they stand by themselves; none where it is not divided.

    >>> parts("hochwasserversicherungen", "de"), parts("ziektekostenverzekering", "nl"), parts("versicherung", "de")
    (('hochwasser', 'versicherungen'), ('ziekte', 'kosten', 'verzekering'), ())
    >>> parts("försäkring", "sv"), parts("entscheidung", "de")  # commoner than what they would be made of
    ((), ())
    """
    if tag not in LINKS or not LEAST_COMPOUND <= len(word) <= LONGEST_COMPOUND or not word.isalpha():
        return ()
    return () if hash(stemmer(tag)(word)) in _words(tag)[3] else _split(word, tag)


@lru_cache(maxsize=50_000)
def _split(word: str, tag: str) -> tuple[str, ...]:
    best: tuple[str, ...] = ()
    for cut in range(2, len(word) - LEAST_PART + 1):
        if not (begin := _begin(word[:cut], tag)):
            continue
        rest = word[cut:]
        division: tuple[str, ...] = (begin, rest) if _ends(rest, tag) else ()
        if not division and len(rest) >= LEAST_COMPOUND and (further := _split(rest, tag)):
            division = (begin, *further)
        if division and (not best or _cost(division, word) < _cost(best, word)):
            best = division
    return best


def _cost(division: tuple[str, ...], word: str) -> tuple[int, bool, int]:
    """What speaks against a division: many parts, then a first one that has lost letters, then short ones."""
    return len(division), not word.startswith(division[0]), -min(map(len, division))


def clear_caches() -> None:
    """Read the words anew: `training.compounds` has made others."""
    _words.cache_clear()
    _split.cache_clear()


def _ends(rest: str, tag: str) -> bool:
    _, last, never, _ = _words(tag)
    return hash(rest) not in never and hash(stemmer(tag)(rest)) in last


def _begin(text: str, tag: str) -> str:
    """The word that begins a compound so; nothing where there is none."""
    words = _words(tag)[0]
    known = hash(text) in words
    if known or len(text) < LEAST_PART:
        return text if known else ""
    if text.endswith(LINKS[tag]):
        for link in LINKS[tag]:
            bare = text.removesuffix(link)
            if len(bare) >= LEAST_PART and bare != text and hash(bare) in words:
                return bare
    for ending, restored in DROPPED.get(tag, ()):
        if text.endswith(ending) and (bare := text[: len(text) - len(ending)] + restored) and hash(bare) in words:
            return bare
    return ""
