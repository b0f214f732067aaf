"""The training texts: translations, read from a folder of ``*.tsv.xz`` and ``*.jsonl.xz``.

A ``.tsv`` line is ``language, text, language, text``; a ``.jsonl`` line is one text in many languages,
``{"en": …, "fr": …}``, a list where there are several; keys that begin with ``_`` are no languages. A file's name
before the first dot is its source; a folder may hold any sources, those that `SOURCES` does not name weigh 1.
"""

from __future__ import annotations

import json
import lzma
import random
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from training.languages import ADDED, BASE

MAX_CHARACTERS = 600
TEACHERS = ("en", "fr", "de", "es", "ru", "it", "pt", "nl", "ja", "pl", "zh", "tr", "ar", "ko", "th", "zh-TW")
"""Base languages in the order in which they are asked what a text means."""

MOST_TEACHERS = 2

LOWER_CASED = 0.1
"""This share of the texts is there in lower case too: so people type."""

MOST_OF_BASE = 5_000
"""Texts in each base language that are read of a source: they too shall lie where their English translation does."""

LEFT_OUT = frozenset(
    (
        *("ihaveadream", "idontknow", "ihateyou", "ihaveacold", "iloveyou", "imissyou", "howoldareyou"),
        *("leavemealone", "seeyoulater", "whatisthat", "whatisyourname", "whattimeisit", "wheredoyoulive"),
    )
)
"""English phrases of Wiktionary and Wikidata that Tatoeba's test sentences are too, with the same translations."""

LONGEST_LEFT_OUT = 30


def normalized(text: str) -> str:
    """The letters and digits of a text, folded."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


@dataclass(frozen=True, slots=True)
class Source:
    """Licence, how often a pair is drawn beside others, and the most pairs of a language that are read."""

    licence: str
    weight: float = 1.0
    most: int = 200_000


SOURCES = {
    "tatoeba": Source("CC-BY 2.0 FR", 3.0),
    "wikidict_titles": Source("CC0", 0.3, 40_000),
    "wiktionary": Source("CC-BY-SA 3.0", 0.8),
    "omw_lexicon": Source("open licences of the Open Multilingual Wordnet", 0.7),
    "omw_definitions": Source("open licences of the Open Multilingual Wordnet"),
    "cldr_names": Source("Unicode-3.0", 0.4),
    "ms_iot": Source("MIT", 2.0),
    "ms_edgeai": Source("MIT"),
    "ms_azd": Source("MIT"),
    "ms_security": Source("CC0"),
    "libreoffice_help": Source("MPL-2.0", 0.8),
    "gnome_help": Source("CC-BY-SA 3.0"),
    "debian_handbook": Source("CC-BY-SA 3.0", 1.5),
    "mozilla_www": Source("MPL-2.0", 1.5),
    "opensource_guide": Source("CC-BY 4.0", 2.0),
    "tensorflow_docs": Source("Apache-2.0"),
    "tldr": Source("CC-BY 4.0", 0.3),
    "tico19": Source("CC0", 3.0),
}


def source(name: str) -> Source:
    """What is known of a source; one that `SOURCES` does not name weighs 1."""
    return SOURCES.get(name, Source(""))


@dataclass(frozen=True, slots=True)
class Pair:
    """A text, and the numbers of the texts in base languages that mean the same."""

    language: str
    text: str
    teachers: tuple[int, ...]
    source: str


@dataclass(slots=True)
class Corpus:
    """All pairs, and the distinct texts in base languages that they point to."""

    pairs: list[Pair]
    teacher_texts: list[str]


def read_corpus(folder: Path, seed: int = 0, of_base: int = MOST_OF_BASE) -> Corpus:
    """Everything in ``folder`` that pairs a text with one in a base language, in the same order every time.

    ``of_base``: the most texts of a source in each base language.
    """
    numbers: dict[str, int] = {}
    pairs: list[Pair] = []
    seen: set[tuple[str, str, int]] = set()
    for path in sorted(folder.glob("*.xz")):
        name = path.name.split(".")[0]
        if name.startswith("qa_"):
            continue
        lines = list(rows(path))
        random.Random(seed).shuffle(lines)
        taken: Counter[str] = Counter()
        same: Counter[str] = Counter()  # names, mostly: every fourth is enough
        most = source(name).most
        for row in lines:
            teaching = [language for language in TEACHERS if language in row][:MOST_TEACHERS]
            if not teaching:
                continue
            teachers = [row[language] for language in teaching]
            for language in (*ADDED, *BASE):
                text = row.get(language)
                limit = min(most, of_base) if language in BASE else most
                if text is None or taken[language] >= limit or language == teaching[0]:
                    continue
                if text == teachers[0]:
                    same[language] += 1
                    if same[language] % 4:
                        continue
                key = (language, text, numbers.setdefault(teachers[0], len(numbers)))
                if key in seen:
                    continue
                seen.add(key)
                taken[language] += 1
                own = tuple(numbers.setdefault(one, len(numbers)) for one in teachers)
                pairs.append(Pair(language, text, own, name))
    return Corpus(pairs, list(numbers))


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of one file: language → text, only our languages and texts of at most `MAX_CHARACTERS`."""
    wanted = {*BASE, *ADDED}
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if ".jsonl" in path.name:
                fields = json.loads(line)
                row = {key: value[0] if isinstance(value, list) and value else value for key, value in fields.items()}
            else:
                parts = line.rstrip("\n").split("\t")
                row = {parts[0]: parts[1], parts[2]: parts[3]} if len(parts) == 4 else {}
            clean = {key: text.strip() for key, text in row.items() if key in wanted and isinstance(text, str)}
            english = clean.get("en", "")
            if len(english) > LONGEST_LEFT_OUT or normalized(english) not in LEFT_OUT:
                yield {key: text for key, text in clean.items() if text and len(text) <= MAX_CHARACTERS}


def with_lower_case(pairs: Sequence[Pair], seed: int) -> list[Pair]:
    """The pairs, and after them some once more in lower case, where that is another text."""
    chances = np.random.default_rng(seed).random(len(pairs))
    chosen = [pair for pair, chance in zip(pairs, chances, strict=True) if chance < LOWER_CASED]
    lowered = [replace(pair, text=pair.text.lower()) for pair in chosen if pair.text[1:] != pair.text[1:].lower()]
    return [*pairs, *lowered]
