"""Which words translate which, learned from sentences that translate each other: IBM's model 1.

Brown et al. 1993, "The Mathematics of Statistical Machine Translation": every word of the other language comes from one
of the English words, or from none; expectation maximization finds which. Dictionaries have the forms that they list,
sentences those that people write.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from sentencepiece import SentencePieceProcessor

from paraglot.search.encoders.builtin import MODEL_FOLDER
from paraglot.search.encoders.builtin.tokenizer import Tokenizer
from paraglot.search.lexicon.lexicon import LONGEST, word_forms
from paraglot.search.text.analysis import fold, folded_stop_words, pair_term, plain_stem, words
from paraglot.search.text.languages import LANGUAGES, primary, stems_of
from training.data import rows

Sentences: TypeAlias = list[tuple[list[str], list[str]]]
"""Pairs of a sentence's forms, each once, and the stems of its English side."""

DICTIONARIES = ("wiktionary", "omw_lexicon", "wikidict_titles", "cldr_names")
"""Sources of words, not of sentences."""

LEFT_OUT = ("tldr",)
"""Mostly commands."""

BY_PIECES = ("th",)
"""Languages without spaces whose words are the encoder's pieces; of the others pairs of characters are tried."""

MOST_SENTENCES = 150_000
LONGEST_SENTENCE = 60
ROUNDS = 6
NOTHING = 0.3
"""What "from none of the words" weighs beside each word."""

LEAST_COUNT = 1.5
LEAST_SHARE, LEAST_SHARE_OF_PAIRS = 0.15, 0.3
"""A translation is kept that explains so many of a form's occurrences, and such a share of them. Pairs of characters
often reach over the ends of words."""


def aligned(folder: Path) -> dict[str, dict[str, dict[str, float]]]:
    """Primary tag → form → English stem → how often it translates the form in the sentences of ``folder``."""
    least = {tag: LEAST_SHARE_OF_PAIRS if stems_of(tag) == "none" else LEAST_SHARE for tag in LANGUAGES}
    return {tag: translations(own, least[tag]) for tag, own in sorted(_sentences(folder).items())}


def translations(sentences: Sentences, least_share: float = LEAST_SHARE) -> dict[str, dict[str, float]]:
    """Form → English stem → expected count, of one language's sentences."""
    forms: dict[str, int] = {}
    stems: dict[str, int] = {}
    of_form, of_stem, of_place = [], [], []
    places = 0
    for own, english in sentences:
        if own and english and len(own) <= LONGEST_SENTENCE:
            left = np.array([forms.setdefault(form, len(forms)) for form in own])
            right = np.array([stems.setdefault(one, len(stems)) for one in english])
            of_form.append(np.tile(left, len(right)))
            of_stem.append(np.repeat(right, len(left)))
            of_place.append(np.repeat(np.arange(places, places + len(right)), len(left)))
            places += len(right)
    if not places:
        return {}
    form, english_stem, place = map(np.concatenate, (of_form, of_stem, of_place))
    pairs, which = np.unique(form * len(stems) + english_stem, return_inverse=True)
    pair_form, pair_stem = pairs // len(stems), pairs % len(stems)
    stem_at = np.zeros(places, np.int64)
    stem_at[place] = english_stem
    chance = np.full(len(pairs), 1 / len(stems))
    nothing = np.full(len(stems), 1 / len(stems))
    for _ in range(ROUNDS):
        own_chance, none = chance[which], NOTHING * nothing[stem_at]
        whole = np.bincount(place, own_chance, minlength=places) + none
        count = np.bincount(which, own_chance / whole[place], minlength=len(pairs))
        chance = count / np.maximum(np.bincount(pair_form, count, minlength=len(forms)), 1e-9)[pair_form]
        unexplained = np.bincount(stem_at, none / whole, minlength=len(stems))
        nothing = unexplained / max(float(unexplained.sum()), 1e-9)
    occurrences = Counter(form for own, _ in sentences for form in own)
    form_names, stem_names = list(forms), list(stems)
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for at in np.flatnonzero(count >= LEAST_COUNT).tolist():
        name = form_names[pair_form[at]]
        if count[at] >= least_share * occurrences[name]:
            found[name][stem_names[pair_stem[at]]] = float(count[at])
    return dict(found)


def sentence_forms(text: str, tag: str, tokenizer: SentencePieceProcessor) -> list[str]:
    """What the words of a sentence are to be found by in the lexicon, each once."""
    stems = stems_of(tag)
    if tag in BY_PIECES:
        pieces = (fold(piece.replace("▁", "")) for piece in tokenizer.encode(fold(text), out_type=str))
        return list(dict.fromkeys(one for one in pieces if 1 < len(one) <= LONGEST and not one.isascii()))
    if stems == "none":
        groups = (token.term for word in words(text) if not word.letters for token in word.terms)
        return list(dict.fromkeys(one for one in groups if not one.isdecimal()))
    found: list[str] = []
    before = ""
    for word in words(text):
        folded = word.terms[0].term
        if stems == "pairs":
            found += [pair_term(tag, before, folded)] if before and word.letters else []
            before = folded if word.letters else ""
        if word.letters and (stems == "pairs" or folded not in folded_stop_words(tag)):
            found += [folded] if stems == "pairs" else word_forms(word.written, tag)
    return list(dict.fromkeys(found))


def english_stems(text: str) -> list[str]:
    """The stems of an English sentence, each once, without stop words."""
    found = (word for word in words(text) if word.letters and word.terms[0].term not in folded_stop_words("en"))
    return list(dict.fromkeys(_stem(word.written) for word in found))


@lru_cache(maxsize=500_000)
def _stem(written: str) -> str:
    return plain_stem(written, "en")


def _sentences(folder: Path) -> dict[str, Sentences]:
    tokenizer = Tokenizer(MODEL_FOLDER).compiled()
    found: dict[str, Sentences] = defaultdict(list)
    for path in _files(folder):
        for row in rows(path):
            english = english_stems(row["en"]) if "en" in row else []
            for language, text in row.items() if english else ():
                tag = primary(language)
                if language != "en" and len(found[tag]) < MOST_SENTENCES:
                    found[tag].append((sentence_forms(text, tag, tokenizer), english))
    return found


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.glob("*.xz")):
        name = path.name.split(".")[0]
        if name not in (*DICTIONARIES, *LEFT_OUT) and not name.startswith("qa_"):
            yield path
