"""Whether a word is spelled right, by the languages that the query may be in and by the lexicon.

A query of a word or two is in no language for sure. Those that it may be in are told by the words that the corpus has
(`paraglot.search.query.language`), and by how the letters follow each other (`paraglot.search.lexicon.written_in`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from paraglot.search.lexicon.attested import is_attested
from paraglot.search.lexicon.lexicon import open_lexicon
from paraglot.search.lexicon.syllables import is_syllable
from paraglot.search.lexicon.written_in import likely_written_in
from paraglot.search.query.inflection import is_regular_form
from paraglot.search.query.language import scripts
from paraglot.search.query.lookup import Known
from paraglot.search.text.analysis import Word, folded_stop_words, stem
from paraglot.search.text.languages import LANGUAGES, common_words, stems_of

LIKELY = 0.1
"""The probability from which on a language of the corpus is one that the query may be in."""

TOLD = 0.5
"""The probability from which on the other words of a query tell its language for sure."""

SHORT = 4
"""Letters of a word that is one of some language's by chance."""

BY_LETTERS = 5
"""Languages that a query may be in by its letters."""

KNOWING = 3
"""Of the languages that a query may be in so many tell whether a word is one of theirs."""


def likely_languages(text: str, heard: Mapping[str, float]) -> list[str]:
    """Primary tags of the languages that a query may be in, the likeliest first.

    ``heard``: those that the words tell which the corpus has, as `query_languages` gives them; empty where it has none.
    """
    surely_heard = [tag for tag, share in heard.items() if share >= LIKELY]
    return list(dict.fromkeys([*surely_heard, *likely_written_in(text, BY_LETTERS)]))


def is_known(known: Known, word: Word, languages: Mapping[str, float]) -> bool:
    """Whether a paragraph has a word, or its stem in one of ``languages``."""
    form = word.terms[0].term
    stems = [stem(word.written, tag) for tag in languages if stems_of(tag) != "none"]
    return known.has(form) or any(map(known.frequency, stems))


def is_right(word: Word, heard: Mapping[str, float]) -> bool:
    """Whether a word as it stands is one of any language's: a function word, a common one, in the lexicon, or a
    syllable of Vietnamese; or one that many texts have, or a regular form, in one of the languages that are likely
    written so.

    ``heard``: as for `likely_languages`. Where it tells the language, a form of four letters in another says nothing:
    any four are one in some language.
    """
    lexicon, form = open_lexicon(), word.terms[0].term
    letters = scripts(word.written)
    written = [tag for tag, row in LANGUAGES.items() if letters <= set(row.scripts)]
    if "vi" in written and is_syllable(word.written):
        return True
    if any(lexicon.has(form, tag) for tag in written):  # first: the lists are folded when they are asked
        return True
    if any(form in folded_stop_words(tag) or form in common_words(tag) for tag in written):
        return True
    likely = likely_written_in(word.written, BY_LETTERS)
    if (tag := sure_language(heard)) and len(form) <= SHORT:
        likely = [tag]
    return any(is_attested(form, tag) for tag in likely[:KNOWING]) or any(
        is_regular_form(word.written, tag) for tag in likely
    )


def sure_language(heard: Mapping[str, float]) -> str | None:
    """The one language that the other words tell for sure; none of one without stems, whose words are syllables."""
    tag = max(heard, key=lambda language_tag: heard[language_tag], default="")
    return tag if tag and heard[tag] >= TOLD and stems_of(tag) == "snowball" else None


def knowing(word: Word, likely: Sequence[str]) -> str | None:
    """The first of the ``likely`` languages that knows at least the stem of a word, as it does of many slips.

    The first letters of a word, where they stand for a stem, say nothing of how it is spelled.
    """
    lexicon = open_lexicon()
    stemmed = (tag for tag in likely[:KNOWING] if stems_of(tag) == "snowball")
    return next((tag for tag in stemmed if lexicon.knows(word, tag)), None)
