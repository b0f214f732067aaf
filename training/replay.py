"""Texts in base languages whose vectors shall stay as they were: those that added pieces cut otherwise, and others."""

from __future__ import annotations

import random
from pathlib import Path

from sentencepiece import SentencePieceProcessor

from training.data import rows
from training.languages import BASE

SOURCES = ("tatoeba", "ms_iot", "mozilla_www", "wiktionary", "tico19", "opensource_guide")
"""Sentences and words of everyday life, in many languages."""

MAX_CHARACTERS = 200
LOOKED_AT = 120_000
MOST = {"ru": 25_000}
MOST_OTHERS = 9_000
"""Of each language. Russian shares its script with four of the added ones: 40 % of its texts are cut otherwise."""


UNCUT = 4_000
"""Of each language, texts that are cut as before: all of the network moves, so they too need to be held."""


def replayed_texts(folder: Path, tokenizer: SentencePieceProcessor, base: int, seed: int) -> list[str]:
    """The texts, language by language; added pieces have the ids from ``base`` on."""
    found: dict[str, dict[str, None]] = {language: {} for language in BASE}
    for path in sorted(path for path in folder.glob("*.xz") if path.name.split(".")[0] in SOURCES):
        for row in rows(path):
            for language in row.keys() & found.keys():
                if len(row[language]) < MAX_CHARACTERS:
                    found[language][row[language]] = None
    chosen: list[str] = []
    for language, texts in found.items():
        some = list(texts)
        random.Random(seed).shuffle(some)
        cut = zip(some, tokenizer.encode(some[:LOOKED_AT], num_threads=2), strict=False)
        other = [text for text, ids in cut if any(number >= base for number in ids)]
        chosen += other[: MOST.get(language, MOST_OTHERS)]
        known = set(other)
        chosen += [text for text in some if text not in known][:UNCUT]
    return chosen
