"""The language of a paragraph that does not come with one (see docs/decisions/0003-language-detector.md)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

import regex

from paraglot.indexer.corpus.detector import open_detector
from paraglot.search.lexicon.lexicon import open_lexicon
from paraglot.search.lexicon.written_in import likely_written_in
from paraglot.search.text.analysis import words
from paraglot.search.text.languages import LANGUAGES, primary
from paraglot.search.text.sentences import width

UNDETERMINED = "und"
"""BCP 47's tag for a text whose language cannot be told."""

SURE = 0.7
"""From this probability on, 99 of 100 sentences were told rightly; a paragraph may then differ from its article."""

LIKELY = 0.3
"""Below this probability, every second sentence was told wrongly: better no answer."""

CLEAR = 0.99
"""From this probability on, a text speaks against the language that is declared for it."""

CLEAR_COLUMNS, CLEAR_COLUMNS_ALONE = 50, 80
"""How long it must be for that: if the article speaks alike, and if it stands alone."""

MIN_COLUMNS = 20
"""How long it must be to speak for that language, or, in letters that it is not written in, against it."""

SHORT_COLUMNS, LEAST_WORDS, BY_LETTERS = 60, 2, 5
"""Of an article that is no longer, and has so many words, the words tell which of the languages it is written in that
its letters make likely (docs/decisions/0148-few-words-tell.md)."""

_MOST_KNOWN = 10_000
"""Texts whose language is kept: short ones come again and again, as labels, bylines and cells."""

_MOST_CHARACTERS = 1000
_GLANCE_CHARACTERS = 300

_LETTERS = regex.compile(r"\p{L}+")
_NOT_LATIN = re.compile("[^\x00-\u024f\u1e00-\u1eff\u2000-\u206f]")
"""What most texts in Latin letters have none of: what is neither one nor a sign of punctuation."""

_LATIN_LETTERS = regex.compile(r"[\p{Latin}&&\p{L}]+", regex.V1)

_CLOSE = [
    frozenset(group.split())
    for group in (
        *(
            "hr sr sl",
            "id ms jv",
            "da no",
            "cs sk",
            "bg mk",
            "gl pt es an",
            "ca oc",
            "de lb",
            "nl af fy",
            "zu xh",
            "ga gd",
        ),
        *(
            "ba tt kk ky",
            "az tr tk",
            "hi mr ne sa",
            "fr wa",
            "fi et",
            "be uk",
            "fa ps ur ku",
            "is fo",
            "rw lg",
            "st sn",
        ),
    )
]
"""Languages that are mistaken for each other: here a declaration knows better."""


def detect_paragraphs(texts: Sequence[str]) -> list[str]:
    """The language of each paragraph of one article. A paragraph that cannot be told surely takes the article's."""
    whole = " ".join(text[:_MOST_CHARACTERS] for text in texts)[: 10 * _MOST_CHARACTERS]
    article, probability = detect(whole)
    if probability < LIKELY:
        article = UNDETERMINED
    if probability < SURE and width(whole) <= SHORT_COLUMNS:
        article = _by_words(whole, article)
    if len(texts) == 1 and len(texts[0]) <= _MOST_CHARACTERS:
        return [article]
    detected = _detector().classify_all([text[:_MOST_CHARACTERS] for text in texts])
    return [language if probability >= SURE else article for language, probability in detected]


def _by_words(text: str, told: str) -> str:
    """The language that has all words of a short text: the one that was ``told``, or the likeliest by its letters."""
    lettered, lexicon = [word for word in words(text) if word.letters], open_lexicon()
    if len(lettered) < LEAST_WORDS:
        return told
    likely = [tag for tag in (primary(told), *likely_written_in(text, BY_LETTERS)) if tag in lexicon.languages]
    found = [tag for tag in dict.fromkeys(likely) if all(lexicon.knows(word, tag) for word in lettered)]
    if not found or primary(told) in found or (len(lettered) == LEAST_WORDS and len(found) > 1):
        return told
    return found[0]


def check_languages(texts: Sequence[str], declared: str, tags: Sequence[str]) -> tuple[str, list[str]]:
    """The language of an article and of its paragraphs, where one is declared for it (``tags``: for some of them, too).

    A declaration is believed unless the text speaks clearly for another language: templates say "en" of pages in any.
    """
    foreign = [_in_foreign_letters(text, tag or declared) for text, tag in zip(texts, tags, strict=True)]
    clear = [own or spoken for own, spoken in zip(foreign, _clear(texts), strict=True)]
    speaking: Counter[str] = Counter()
    for text, tag, spoken in zip(texts, tags, clear, strict=True):
        if spoken and not tag:
            speaking[spoken if _contradicts(spoken, declared) else declared] += width(text)
    article = declared
    if not speaking:
        untagged = " ".join(text for text, tag in zip(texts, tags, strict=True) if not tag)
        joined = _in_foreign_letters(untagged, declared) or _clear([untagged])[0]
        article = joined if joined and _contradicts(joined, declared) else declared
    elif declared not in speaking and not any(_supports(text, declared) for text in texts):
        article = speaking.most_common(1)[0][0]
    alone = CLEAR_COLUMNS_ALONE if article == declared else CLEAR_COLUMNS
    languages = [
        spoken
        if spoken
        and _contradicts(spoken, tag or article)
        and (width(text) >= alone or _in_foreign_letters(text, tag or article))
        else tag or article
        for text, tag, spoken in zip(texts, tags, clear, strict=True)
    ]
    return article, languages


def _clear(texts: Sequence[str]) -> list[str | None]:
    """The language that each text clearly speaks."""
    glances = [text[:_GLANCE_CHARACTERS] for text in texts]
    wide = [glance for glance in glances if width(glance) >= CLEAR_COLUMNS]
    detected = _detect_all([glance.lower() if glance.isupper() else glance for glance in wide])
    spoken = {
        glance: language for glance, (language, probability) in zip(wide, detected, strict=True) if probability >= CLEAR
    }
    return [spoken.get(glance) for glance in glances]


def _in_foreign_letters(text: str, declared: str) -> str | None:
    """The language of a text in letters that the declared one is not written in; Latin ones may spell any language."""
    row = LANGUAGES.get(primary(declared))
    glance = text[:_GLANCE_CHARACTERS]
    if row is None or row.scripts != ("Latn",) or not _NOT_LATIN.search(glance) or width(glance) < MIN_COLUMNS:
        return None
    letters = sum(map(len, _LETTERS.findall(glance)))
    if (letters - sum(map(len, _LATIN_LETTERS.findall(glance)))) * 10 < letters * 9:
        return None
    language, probability = detect(glance)
    return language if probability >= SURE else None


def _supports(text: str, declared: str) -> bool:
    """Whether a text that is too short to speak clearly seems to be in the declared language after all."""
    if width(text) < MIN_COLUMNS:
        return False
    language, probability = detect(text[:_GLANCE_CHARACTERS])
    return primary(language) == primary(declared) and probability >= SURE


def _contradicts(detected: str, declared: str) -> bool:
    """Whether a language that was told is surely another than the declared one, a language that can be told."""
    first, other = primary(detected), primary(declared)
    if first == other or other not in _labels() or any(len(part) == 4 for part in declared.split("-")[1:]):
        return False  # a script is declared with it: "ru-Latn" is not what it seems
    return not any(first in group and other in group for group in _CLOSE)


@cache
def _labels() -> frozenset[str]:
    return frozenset(map(str, _detector().labels))


def detect(text: str) -> tuple[str, float]:
    """The likeliest of 113 languages, as a BCP 47 tag, and its probability."""
    return _detector().classify(text) if len(text) > _GLANCE_CHARACTERS else _detect_all([text])[0]


def _detect_all(texts: Sequence[str]) -> list[tuple[str, float]]:
    """As `detect`, of short texts."""
    known = {text: own for text in texts if (own := _known.get(text)) is not None}
    if new := [text for text in dict.fromkeys(texts) if text not in known]:
        detected = dict(zip(new, _detector().classify_all(new), strict=True))
        if len(_known) + len(detected) > _MOST_KNOWN:
            _known.clear()
        _known.update(detected)
        known |= detected
    return [known[text] for text in texts]


_detector = cache(open_detector)
_known: dict[str, tuple[str, float]] = {}
