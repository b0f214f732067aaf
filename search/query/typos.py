"""Words that no paragraph has, taken for words of the corpus that were likely meant.

One slip (a letter more, less or another, or two neighbours swapped) in words of 4 to 7 letters, two in longer ones; a
space that is missing, or one too many. A word that is spelled right stands, found or not
(`paraglot.search.query.spelling`). Writing without spaces between words is left be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from paraglot.search.index import Like, WordForm
from paraglot.search.lexicon.lexicon import open_lexicon
from paraglot.search.query.language import scripts
from paraglot.search.query.lookup import Known, Lookup
from paraglot.search.query.spelling import KNOWING, is_known, is_right, knowing, likely_languages, sure_language
from paraglot.search.text.analysis import Word

MOST_CORRECTED = 3
"""Words of a query; of longer queries at most half."""

SHORTEST, LONG = 4, 8
"""Letters of the shortest words that are mended, and of the shortest in which two slips are."""

TELLING = 5
"""Letters of a word that is hardly near to another by chance."""

SHORTEST_PART = 3
"""Letters of a word that lacks the space beside it."""

MOST_WEIGHED = 8
"""Words that may have been meant whose languages are looked at."""

AGREED = 0.5
"""What counts for a language in which each of several mistyped words may have been meant, where no other tells one."""

_VOWELS = frozenset("aeiouyаеиоуыэюяієαεηιουω")
"""Folded: one is written for another by ear; of the other letters two wrong ones make another word."""

_COMPOUNDING = frozenset(["de", "nl", "sv", "da", "no", "fi", "hu", "et", "is", "af"])
"""Languages that write words together: no space is missing there."""

_INFLECTED, _ENDING = 2, 4
"""Letters at the end of a word in which its forms mostly, and now and then, differ."""

_INFLECTING = frozenset(
    ["ar", "be", "bg", "cs", "fa", "fi", "he", "hr", "hu", "lt", "lv", "mk", "pl", "ro", "sk", "sl", "sr", "tr", "uk"]
)
"""Languages of which the lexicon and the stems know the fewest forms of a word."""

_ALPHABETS = {
    "Latn": ("az", "ß", "ð", "þ", "ə"),
    "Grek": ("αω",),
    "Cyrl": ("ая", "єџ", "ґ"),
    "Arab": ("ءي", "پ", "چ", "ژ", "گ", "ٹ"),
    "Hebr": ("את",),
    "Armn": ("աֆ",),
    "Geor": ("აჰ",),
    "Deva": ("अह",),
    "Beng": ("অহ",),
    "Taml": ("அஹ",),
}
"""Script (ISO 15924) → its letters, folded: from the first to the last of two, or one alone."""

Kind: TypeAlias = Literal["slip", "form", "perhaps"]


@dataclass(frozen=True, slots=True)
class Correction:
    """Neighbouring words of a query, by their surface forms, and what was likely meant in their place.

    ``kind``: a "slip" is mended; for a "form", perhaps a right one that the corpus lacks, the other form is looked for;
    "perhaps": what was written may be right, so the other is looked for beside it.
    """

    typed: tuple[str, ...]
    meant: tuple[str, ...]
    kind: Kind = "slip"


def corrections(lookup: Lookup, plain: str, words: Sequence[Word], languages: Mapping[str, float]) -> list[Correction]:
    """What was likely meant by words of a query that the index does not have. ``words`` are those of ``plain``."""
    written = {word.terms[0].term: word for word in words if _of_letters(word)}
    unknown = lookup.settled(
        lambda known: {term: word for term, word in written.items() if not is_known(known, word, languages)}
    )
    heard = languages if len(unknown) < len(written) else {}
    doubtful = {term: word for term, word in unknown.items() if not is_right(word, heard)}
    if not doubtful or len(doubtful) > max(2, (len(written) + 1) // 2):
        return []
    corrector = _Corrector(plain, heard)
    joined = lookup.settled(lambda known: list(corrector.joined(known, words, doubtful)))
    taken = {term for correction in joined for term in correction.typed}
    left = [word for term, word in doubtful.items() if term not in taken and len(term) >= SHORTEST]
    return [*joined, *corrector.corrected(lookup, left[:MOST_CORRECTED])]


def _of_letters(word: Word) -> bool:
    return word.letters and not any(map(str.isdigit, word.written))


class _Corrector:
    def __init__(self, plain: str, heard: Mapping[str, float]) -> None:
        """``heard``: the languages that the known words of the query ``plain`` tell; empty where there are none."""
        self._heard = heard
        self._likely = likely_languages(plain, heard)
        self._agreed: frozenset[str] = frozenset()

    def corrected(self, lookup: Lookup, left: Sequence[Word]) -> Iterator[Correction]:
        """Words in the place of others, and of what is none pairs that lack the space between."""
        near = lookup.words_like([_near(word.terms[0].term) for word in left])
        near = [_plausible(word.terms[0].term, forms) for word, forms in zip(left, near, strict=True)]
        self._agreed = _languages_of_all(near)
        apart: list[str] = []
        for word, forms in zip(left, near, strict=True):
            term, language = word.terms[0].term, knowing(word, self._likely)
            meant = self._nearest(term, forms)
            if meant:
                yield Correction((term,), (meant.form,), self._kind(word, meant, language))
            elif language is None:
                apart.append(term)
        yield from self._split(lookup, apart)

    def joined(self, known: Known, words: Sequence[Word], doubtful: Mapping[str, Word]) -> Iterator[Correction]:
        """Neighbours with a space between, one of them no word, that are one together."""
        for word, after in pairwise(words):
            pair = word.terms[0].term, after.terms[0].term
            together = word.letters and after.letters and after.start == word.end + 1
            if together and any(term in doubtful and not knowing(doubtful[term], self._likely) for term in pair):
                whole = "".join(pair)
                if len(whole) > SHORTEST and known.frequency(whole):
                    yield Correction(pair, (whole,))

    def _kind(self, word: Word, instead: WordForm, language: str | None) -> Kind:
        """``language``: the one that may know the word."""
        term, meant = word.terms[0].term, instead.form
        if language:
            return self._kind_of_known(term, instead, language)
        if swapped(term, meant):
            return "slip"
        poor = bool(_INFLECTING.intersection(self._likely[:1]))
        sure = word.written.islower() and sure_language(self._heard) in instead.languages
        if len(term) <= SHORTEST + 1 and (poor or (len(term) == SHORTEST and not sure) or word.written.istitle()):
            return "perhaps"
        longer = max(len(term), len(meant))
        ending = longer - _INFLECTED if poor else min(len(term), len(meant))
        doubled = term == meant + meant[-1]
        return "form" if _common(term, meant) >= max(ending, longer - _INFLECTED) and not doubled else "slip"

    def _kind_of_known(self, term: str, instead: WordForm, language: str) -> Kind:
        """The stem is known in ``language``: a slip where one letter is wrong well inside a long word."""
        meant, _, tags = instead
        inside = _common(term, meant) <= len(term) - _ENDING
        if len(term) >= LONG and inside and _distance(term, meant) == 1 and tags.intersection(self._likely[:KNOWING]):
            return "slip"
        first = tags.intersection(self._likely[: self._likely.index(language)])
        return "form" if first or swapped(term, meant) or len(term) >= TELLING else "perhaps"

    def _nearest(self, term: str, forms: Sequence[WordForm]) -> WordForm | None:
        ranked = [
            (_distance(term, form.form), -share, not swapped(term, form.form), place)
            for place, form in enumerate(forms)
            if (share := self._share(form.languages, len(term) >= TELLING or swapped(term, form.form)))
        ]
        return forms[min(ranked)[-1]] if ranked else None

    def _share(self, tags: frozenset[str], telling: bool) -> float:
        """How likely a word of the corpus is in the query's language, by those that it is in; 0 where that is out of
        the question.

        ``telling``: it is near enough to be meant though the letters of the query are those of another language.
        """
        untold = not self._heard and (telling or not tags <= open_lexicon().languages)
        near = max((1 / (place + 2) for place, tag in enumerate(self._likely) if tag in tags), default=0.0)
        agreed = AGREED if not self._heard and tags & self._agreed else 0.0
        return max((self._heard.get(tag, 0.0) for tag in tags), default=0.0) + near + agreed + (0.1 if untold else 0.0)

    def _split(self, lookup: Lookup, terms: Sequence[str]) -> Iterator[Correction]:
        """Two words that a paragraph has side by side, in a language that leaves a space between."""
        if not terms or _COMPOUNDING.intersection(self._likely[:2]):
            return
        ways = lookup.settled(lambda known: [_ways(term, known) for term in terms])
        asked = [Like("beside", " ".join(way), 1) for of_term in ways for way in of_term]
        there = {like.text for like, forms in zip(asked, lookup.words_like(asked), strict=True) if forms}
        for term, of_term in zip(terms, ways, strict=True):
            parts = next((way for way in of_term if " ".join(way) in there), None)
            if parts:
                yield Correction((term,), parts)


def _plausible(term: str, forms: Sequence[WordForm]) -> list[WordForm]:
    """The forms but those with two other letters, unless vowels for vowels: *position* is not meant by *polution*."""
    return [form for form in forms if not _two_replaced(term, form.form)]


def _two_replaced(term: str, other: str) -> bool:
    different = [pair for pair in zip(term, other, strict=False) if pair[0] != pair[1]]
    if len(term) != len(other) or len(different) != 2 or _distance(term, other) != 2:
        return False
    (a, b), (c, d) = different
    return {a, c} != {b, d} and not _VOWELS.issuperset((a, b, c, d))


def _languages_of_all(near: Sequence[Sequence[WordForm]]) -> frozenset[str]:
    """The languages in which each of several words may have been meant; none where only one of them may."""
    each = [frozenset[str]().union(*(form.languages for form in forms)) for forms in near if forms]
    return frozenset[str].intersection(*each) if len(each) > 1 else frozenset()


def _ways(term: str, known: Known) -> list[tuple[str, str]]:
    """The ways to part a word in two that the index has, the most frequent first."""
    ways = [(term[:at], term[at:]) for at in range(SHORTEST_PART, len(term) - SHORTEST_PART + 1)]
    there = [(count, way) for way in ways if (count := min(list(map(known.frequency, way))))]
    return [way for _, way in sorted(there, reverse=True)]


def _near(term: str) -> Like:
    """The surface forms that may have been meant: with the same first letter, and with another one slip there."""
    others = [term[1] + term[0] + term[2:]] if term[1] != term[0] else []
    if len(term) > SHORTEST:
        rest = term[1:]
        others += [rest, *(letter + tail for letter in _alphabet(term) for tail in (rest, term))]
    return Like("near", term, MOST_WEIGHED, 1 if len(term) < LONG else 2, tuple(others))


def swapped(term: str, other: str) -> bool:
    """Whether two words are one but for two neighbouring letters in each other's place."""
    at = _common(term, other)
    return term != other and term[:at] + term[at : at + 2][::-1] + term[at + 2 :] == other


def _common(term: str, other: str) -> int:
    """Letters at the begin that two words have in common."""
    return next((at for at, (a, b) in enumerate(zip(term, other, strict=False)) if a != b), min(len(term), len(other)))


def _distance(term: str, other: str) -> int:
    from rapidfuzz.distance import OSA

    return OSA.distance(term, other)


def _alphabet(term: str) -> list[str]:
    """The letters that a word of this script may begin with."""
    parts = (part for script in scripts(term) for part in _ALPHABETS.get(script, ()))
    return [chr(code) for part in parts for code in range(ord(part[0]), ord(part[-1]) + 1)]
