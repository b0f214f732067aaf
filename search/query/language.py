"""The language of a query, as a distribution over the languages of the corpus.

A query of two words is in no language for sure, so none is forced on it. The evidence is the corpus itself: a language
is likely whose script the words are in and whose paragraphs have their stems (naive Bayes over the words, each against
the share of the language's paragraphs that have its term). A word that no paragraph has says nothing.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import exp, log

from paraglot.search.lexicon.lexicon import open_lexicon
from paraglot.search.text.analysis import Word, is_stop_word, part_term, stem
from paraglot.search.text.languages import LANGUAGES, primary

MOST_LANGUAGES = 6
LEAST_PROBABILITY = 0.02
"""A language below it is left out, and the others share what it had."""

_UNHEARD = 0.002
"""The likelihood of a word that none of the language's paragraphs has."""

_USUAL = 0.1
"""The least likelihood of the language's stop words: articles may seldom have those that questions begin with."""

_FOREIGN = 0.0005
"""The likelihood of a word in a script that the language is not written in."""

_MOST_WORDS = 40

_MOST_SPOKEN, _MOST_TIED = 12, 3
"""Words by which the languages of a query beyond the corpus are told, and languages that may know as many of them."""

_SCRIPTS = {
    "LATIN": "Latn", "GREEK": "Grek", "CYRILLIC": "Cyrl", "ARABIC": "Arab", "HEBREW": "Hebr", "DEVANAGARI": "Deva",
    "BENGALI": "Beng", "TAMIL": "Taml", "ARMENIAN": "Armn", "GEORGIAN": "Geor", "CJK": "Hani", "HIRAGANA": "Kana",
    "KATAKANA": "Kana", "KATAKANA-HIRAGANA": "Kana", "HANGUL": "Hang", "THAI": "Thai", "LAO": "Laoo", "KHMER": "Khmr",
    "MYANMAR": "Mymr",
}  # fmt: skip
_SCRIPTS_OF = {tag: frozenset(language.scripts) for tag, language in LANGUAGES.items()}


def query_languages(
    words: Sequence[Word], corpus: Mapping[str, int], frequency: Callable[[str], int]
) -> dict[str, float]:
    """Primary tag → probability, likeliest first; empty where no language of the corpus is written in such a script.

    ``corpus`` counts paragraphs by tag; ``frequency`` tells how many paragraphs have a term.
    """
    counts: Counter[str] = Counter()
    for tag, count in corpus.items():
        if primary(tag) in LANGUAGES:
            counts[primary(tag)] += count
    spelled = [(word, written_in) for word in words[:_MOST_WORDS] if (written_in := scripts(word.written))]
    fitting = [tag for tag in counts if any(written_in <= _SCRIPTS_OF[tag] for _, written_in in spelled)]
    scores = {
        tag: 0.5 * log(counts[tag])
        + sum(log(_likelihood(word, written_in, tag, counts[tag], frequency)) for word, written_in in spelled)
        for tag in fitting
    }
    return _shares(scores)


def spoken_languages(
    words: Sequence[Word], languages: Mapping[str, float], frequency: Callable[[str], int]
) -> frozenset[str]:
    """The languages that a query is in, be they those of the corpus or not.

    Those of ``languages`` (as `query_languages` gives them) where the corpus has half of the words; else those of the
    lexicon that know more of them, or alone are written so. A German question asked of a French library is German.
    """
    asked = [word for word in words[:_MOST_SPOKEN] if scripts(word.written)]
    heard = sum(any(frequency(token.term) for token in word.terms) for word in asked)
    if not asked or (languages and 2 * heard >= len(asked)):
        return frozenset(languages)
    counts: Counter[str] = Counter()
    for word in asked:
        written_so, knowing = _lexicon_on(word.written, word.terms[0].term)
        counts.update(dict.fromkeys(written_so, 0))
        counts.update(knowing if word.letters else written_so)
    most = max(counts.values(), default=0)
    if languages and most <= heard:
        return frozenset(languages)
    return frozenset([tag for tag, count in sorted(counts.items()) if count == most][:_MOST_TIED])


@lru_cache(maxsize=10_000)
def _lexicon_on(written: str, folded: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The languages of the lexicon that are written in the scripts of a word, and those of them that have it."""
    lexicon, own_scripts = open_lexicon(), scripts(written)
    written_so = tuple(tag for tag in lexicon.languages if own_scripts <= _SCRIPTS_OF[tag])
    return written_so, tuple(tag for tag in written_so if lexicon.has_word(written, folded, tag))


@lru_cache(maxsize=10_000)
def scripts(written: str) -> frozenset[str]:
    """The scripts (ISO 15924) of a word's letters; an apostrophe that is a letter to Unicode is of none.

    >>> sorted(scripts("об\u02bcєкт")), sorted(scripts("O\u02bbzbek"))
    (['Cyrl'], ['Latn'])
    """
    names = (unicodedata.name(character, "").split(" ")[0] for character in written if character.isalpha())
    return frozenset(_SCRIPTS.get(name, name) for name in names if name != "MODIFIER")


def _likelihood(word: Word, written_in: frozenset[str], tag: str, count: int, frequency: Callable[[str], int]) -> float:
    language = LANGUAGES[tag]
    if not written_in <= _SCRIPTS_OF[tag]:
        return _FOREIGN
    form = word.terms[0].term
    if word.letters and is_stop_word(word.written, tag):
        return max(min(1.0, frequency(form) / count), _USUAL) + _UNHEARD
    stemmed = language.stems != "none" and word.letters
    term = stem(word.written, tag) if stemmed else form
    having = max(map(frequency, [term, *filter(None, [part_term(term, tag)])]) if stemmed else [frequency(term)])
    return min(1.0, having / count) + _UNHEARD


def _shares(scores: Mapping[str, float]) -> dict[str, float]:
    if not scores:
        return {}
    greatest = max(scores.values())
    ordered = sorted(scores, key=lambda tag: (-scores[tag], tag))[:MOST_LANGUAGES]
    shares = {tag: exp(scores[tag] - greatest) for tag in ordered}
    kept = {tag: share for tag, share in shares.items() if share >= LEAST_PROBABILITY * sum(shares.values())}
    return {tag: share / sum(kept.values()) for tag, share in kept.items()}
