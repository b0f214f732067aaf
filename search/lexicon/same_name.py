"""Whether two names in two scripts that are looked for by the same sound may be taken for one.

The keys of `sounds.name_keys` have few classes of consonants, so that nothing is missed: *Johnson* and *Jansen* have
the same. Of names that have such a key more is compared, as far as both scripts tell it: m and n, l and r, high vowels
and others between the consonants, and of a name of three consonants all of them. Arabic and Hebrew write few vowels,
Chinese those that its syllables need.
"""

from __future__ import annotations

from typing import NamedTuple

from paraglot.search.lexicon.sounds import classes_of, heard, script_read_as
from paraglot.search.text.folding import word_cache

LONG = 4
"""Consonants of a name, at least, that may be taken for another where a script confuses consonants or lacks vowels."""

LEAST_CONSONANTS = 3

_FEW_VOWELS = frozenset({"arabic", "hebrew"})
_WITHOUT_VOWELS = _FEW_VOWELS | {"han"}
_WITH_MORE_OR_LESS = frozenset({"kana", "hangul", "devanagari", "bengali", "indic", "thai"})
"""Scripts that write a vowel for each consonant, or none for the commonest one."""

_ONE_LIQUID = frozenset({"kana", "hangul", "han"})
"""Scripts that have one sound for l and r."""

_ALL_HEARD = frozenset({None, "cyrillic", "greek", "armenian", "devanagari", "bengali", "kana"})
"""Scripts that tell all consonants of `heard`."""

_ONE_NASAL = _ONE_LIQUID | {"devanagari", "bengali", "indic"}
"""Scripts that have one sign for m and n, there or before another consonant."""

_LIQUIDS, _NASALS = frozenset({"lr", "rl"}), frozenset({"mn", "nm"})


class _Sounds(NamedTuple):
    """Consonants, each with the classes of vowels behind it; the first entry is what is heard before them."""

    consonants: str
    classes: str
    vowels: tuple[str, ...]


def same_name(name: str, other: str) -> bool:
    """Whether two names, each in its script, are one by all that both tell.

    >>> same_name("Johnson", "Джонсон"), same_name("Jansen", "Джонсон"), same_name("Zelensky", "泽连斯基")
    (True, False, True)
    """
    scripts = frozenset({script_read_as(name), script_read_as(other)})
    return any(
        _alike(left, right, scripts)
        for left in map(_sounds_of, heard(name))
        for right in map(_sounds_of, heard(other))
        if left.classes == right.classes
    )


def _alike(left: _Sounds, right: _Sounds, scripts: frozenset[str | None]) -> bool:
    """Of two names with consonants of the same classes."""
    count = len(left.classes)
    if count < LEAST_CONSONANTS or (count < LONG and not scripts <= _ALL_HEARD):
        return False
    differing = [own + other for own, other in zip(left.consonants, right.consonants, strict=True) if own != other]
    if differing and count < LONG:
        return False
    if not _LIQUIDS.isdisjoint(differing) and not scripts & _ONE_LIQUID:
        return False
    if not _NASALS.isdisjoint(differing) and not scripts & _ONE_NASAL:
        return False
    between = list(zip(left.vowels, right.vowels, strict=True))
    if scripts & _WITHOUT_VOWELS:
        if count > LONG:
            return True
        if "han" not in scripts:
            return not differing and bool(left.vowels[0]) == bool(right.vowels[0])
        return not scripts & _FEW_VOWELS and all(
            not vowel or not other or vowel == other for vowel, other in between[1:-1]
        )
    begins = bool(left.vowels[0]) != bool(right.vowels[0])
    others = begins + sum(bool(vowel and other and vowel != other) for vowel, other in between[:-1])
    missing = sum(bool(vowel) != bool(other) for vowel, other in between[1:-1])
    exact = count < LONG or not scripts & _WITH_MORE_OR_LESS
    return others + (missing if exact else 0) <= (count - LEAST_CONSONANTS) // 2


@word_cache
def _sounds_of(heard_as: str) -> _Sounds:
    """What is heard, one that is heard twice in a row once."""
    consonants, classes, vowels = "", "", [""]
    for letter in heard_as:
        own = classes_of(letter)
        if letter in "IA":
            vowels[-1] = vowels[-1] or letter
        elif own == classes[-1:]:
            vowels[-1] = ""
        else:
            consonants, classes = consonants + letter, classes + own
            vowels.append("")
    return _Sounds(consonants, classes, tuple(vowels))
