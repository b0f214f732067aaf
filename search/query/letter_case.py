"""How a query reads in a calm voice: in small letters, but for what is written in capitals anyway.

Who asks *Who pays for Wellington’s harbour*, who asks it in small letters and who asks it in capitals is to be told the
same, and an encoder that knows capitals hears three questions. Small letters are how most people write queries.
A query of a word or three is often a name, which an encoder knows with its capital: there a word is written as texts
mostly write it, which the encoder's vocabulary tells (Warsaw, bread, DNA). Capitals within a word are how an
abbreviation or a brand is written (CERN, mRNA, ЮНЕСКО). A query of capitals is shouted where it can hardly be
abbreviations alone: many words, a long one, or function words between them. See docs/decisions/0127-small-letters.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import regex

from paraglot.search.encoders.deep.reader import vocabulary
from paraglot.search.text.analysis import Word, fold, folded_stop_words, words

LONGEST_ABBREVIATION = 4
"""Letters of a word that may be an abbreviation in any company."""

LONGEST_NAME = 8
"""Letters of the longest words that are made of initials, roughly (INTERPOL)."""

SENTENCE = 4
"""Words that are hardly all abbreviations."""

_TRAILING = regex.compile(r"(?<=[\p{L}\p{N}\p{M}])(?:[\s!！…]|\.{2,})+$")
_WORD = regex.compile(r"(?:\p{Lu}\.){2,}|\p{L}[\p{L}\p{M}'’]*")
_CAPITALIZED = regex.compile(
    r"(?<![\p{L}\p{N}\p{M}])\p{Lu}[\p{Ll}\p{Lo}\p{M}'’]*(?![\p{L}\p{N}])(?!\.\p{Lu})(?<!\p{Lu}\.\p{Lu})"
)
"""A word that begins with its only capital; no initial of several."""

NAME = 3
"""Words of a query that is often a name."""

ABBREVIATED = 6.0
"""How much less probable, as a logarithm, a word in capitals may be than otherwise: abbreviations are written in small
letters, too, shouted words hardly ever in capitals."""

CAPITALIZED = 2.0
"""The same of a word that alone has a capital in a query, not at its beginning: *minister w Kairze*."""

UNKNOWN = -20.0
"""The log-probability of a character that no piece has."""

_DOTLESS = frozenset({"tr", "az"})
_BACK, _FRONT, _I = frozenset("aıou"), frozenset("eəiöü"), ("i", "ı")
"""Vowels of Turkish: those of a word are mostly all of one kind; and I among front ones and back ones."""


def calmed(text: str, languages: Iterable[str]) -> str:
    """A text as an encoder should read it: in small letters, and without what exclaims or trails off at its end.

    ``languages`` are the primary tags of those that it may be in: their function words tell a sentence.

    >>> calmed("THE PRICE OF BREAD", ["en"]), calmed("BRICS ASEAN", ["en"]), calmed("什么是DNA", ["zh"])
    ('the price of bread', 'BRICS ASEAN', '什么是DNA')
    >>> calmed("The WHO in Geneva…", ["en"]), calmed("warsaw!", ["en"]), calmed("U.S.", ["en"]), calmed("?!", ["en"])
    ('the WHO in geneva', 'Warsaw', 'U.S.', '?!')
    """
    spoken, ended = frozenset(languages), _TRAILING.sub("", text) or text
    shouted, found = _shouted(ended, spoken), _WORD.findall(ended)
    if len(found) <= NAME:
        meant = any(word[0].islower() for word in found)
        return _WORD.sub(
            lambda word: _as_texts_have_it(word.group(), spoken, shouted, meant and word.start() > 0), ended
        )
    if shouted:
        return _in_small_letters(ended, spoken)
    return _CAPITALIZED.sub(lambda word: _in_small_letters(word.group(), spoken), ended)


def capitalized(text: str, read: Sequence[Word], languages: Iterable[str]) -> Sequence[Word]:
    """The words of a text, of a query that is often a name those in small letters that texts mostly capitalize so."""
    if len(_WORD.findall(text)) > NAME:
        return read
    mostly = list(words(calmed(text, languages)))
    if len(mostly) != len(read):
        return read
    return [other if word.written.islower() else word for word, other in zip(read, mostly, strict=True)]


def _shouted(text: str, languages: Iterable[str]) -> bool:
    """A letter without case (Han, Arabic) is evidence enough that the capitals beside it are not a raised voice."""
    if not text.isupper() or any(letter.isalpha() and letter.lower() == letter.upper() for letter in text):
        return False
    shouted = _WORD.findall(text)
    longest = max(map(len, shouted))
    if len(shouted) < SENTENCE - 1:
        return longest > LONGEST_NAME
    silent = frozenset[str]().union(*map(folded_stop_words, languages))
    return len(shouted) >= SENTENCE or (
        longest > LONGEST_ABBREVIATION and any(fold(word) in silent for word in shouted)
    )


def _as_texts_have_it(word: str, languages: frozenset[str], shouted: bool, meant: bool) -> str:
    """A word in the most probable of its cases; one with capitals within as it stands, unless it is shouted.

    ``meant``: a capital at its beginning is there for a reason.
    """
    if word[1:] != word[1:].lower() and not word.isupper():
        return word
    small = _in_small_letters(word, languages)
    initial = "İ" if small[0] == "i" and languages and languages <= _DOTLESS else small[0].upper()
    capital, abbreviation = initial + small[1:], word.upper()
    forms = {small: 0.0, capital: CAPITALIZED if meant and word == capital else 0.0}
    forms |= {abbreviation: ABBREVIATED if word == abbreviation != capital and not shouted else 0.0}
    return max(forms, key=lambda form: _probability(form) + forms[form])


@lru_cache(1 << 12)
def _probability(word: str) -> float:
    return vocabulary().text_log_probability(word, UNKNOWN)


def _in_small_letters(text: str, languages: frozenset[str]) -> str:
    """``text.lower()``; but I in Turkish is ı where who wrote it has İ for i, and else as the vowels around it are."""
    if "I" in text and languages and languages <= _DOTLESS:
        dotted = "İ" in text
        text = _WORD.sub(lambda word: word.group().replace("I", "ı") if dotted else _in_harmony(word.group()), text)
    return text.replace("İ", "i").lower()


def _in_harmony(word: str) -> str:
    """A Turkish word with each I as the vowel before it is, or the next one where none is.

    >>> _in_harmony("FIRÇASIYLA"), _in_harmony("DERLENIYOR")
    ('FıRÇASıYLA', 'DERLENiYOR')
    """

    def heard(letters: str) -> Iterator[str]:
        vowel = ""
        for written in letters:
            letter = _I[vowel in _BACK] if written == "I" and vowel else written
            if letter != "I" and letter.lower() in _BACK | _FRONT:
                vowel = letter.lower()
            yield letter

    forwards = "".join(heard(word))
    return "".join(heard(forwards[::-1]))[::-1]
