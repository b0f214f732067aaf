"""The mean vectors of languages, how a vector tells its language, and what of the fast encoder's vectors is kept.

Where there is everyday text in a language (Tatoeba), its means come from that and from manuals and lessons. Where
there is
not, from the Universal Declaration of Human Rights, less what that text has of its own in every language: a mean is
then the mean of all languages with everyday text, and what the declaration's mean in this language is more than theirs.
"""

from __future__ import annotations

import json
import lzma
import random
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.builtin.encoder import BuiltinEncoder
from paraglot.search.encoders.deep.reader import PARAGRAPH_PREFIX, QUERY_PREFIX, DeepReader
from paraglot.search.encoders.means import Means, discriminants, scripts_of
from paraglot.search.encoders.protocols import Vectors

_NAMES = (
    "af am ar az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl gu ha he hi hr hu hy id is it ja "
    "jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my ne nl nn no om pa pl ps pt ro ru sa si sk sl so sq sr "
    "sr-Latn su sv sw ta te th tl tr ug uk ur uz vi xh yi zh zh-TW"
)
LANGUAGES = tuple(_NAMES.split())
"""XLM-R's, where there is text to take a mean from: all but Assamese, Oriya and Sindhi."""

_DECLARED_AS = {"az": "az-Latn", "bs": "bs-Latn", "ms": "zlm-Latn", "uz": "uz-Latn"}
"""What the declaration is called in the script that a language is mostly written in today."""
_MANUALS = ("ms_iot", "libreoffice_help", "gnome_help", "debian_handbook", "mozilla_www", "tico19")
_DECLARATION = "udhr"
_ENOUGH = 200
"""Everyday sentences from which on a language's mean is taken from them."""

SENTENCES, MANUALS, QUESTIONS, ARTICLES = 70, 35, 60, 24
"""Texts that a mean is taken from."""

MOST_CHARACTERS, QUERY_CHARACTERS = 600, 120
KEPT = 256
"""Principal components of the fast encoder's vectors."""


@dataclass(slots=True)
class Texts:
    """What is at hand in a language. ``everyday`` are sentences, ``asked`` those of them that are questions."""

    everyday: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    manuals: list[str] = field(default_factory=list)
    declared: list[str] = field(default_factory=list)


def read_texts(data: Path, seed: int = 7) -> dict[str, Texts]:
    """A sample in each of `LANGUAGES`, the same for the same data."""
    chance = random.Random(seed)
    found: dict[str, Texts] = defaultdict(Texts)
    sentences: dict[str, set[str]] = defaultdict(set)
    with lzma.open(data / "tatoeba.tsv.xz", "rt", encoding="utf-8") as file:
        for line in file:
            one, text, other, translation = line.rstrip("\n").split("\t")
            sentences[one].add(text)
            sentences[other].add(translation)
    for language, own in sorted(sentences.items()):
        if len(own) >= _ENOUGH:
            ordered = sorted(own)
            asked = [text for text in ordered if text.rstrip().endswith(("?", "？", "؟", ";"))]
            found[language].everyday = chance.sample(ordered, SENTENCES)
            found[language].asked = chance.sample(asked, min(QUESTIONS, len(asked)))
    for source in _MANUALS:
        for language, text in _rows(data / f"{source}.jsonl.xz"):
            if 60 < len(text) < 1_500 and chance.random() < 0.03:
                found[language].manuals.append(text)
    for language, text in _rows(data / f"{_DECLARATION}.jsonl.xz"):
        found[language].declared.append(text)
    chosen = {}
    for language in LANGUAGES:
        own_texts = found[language]
        own_texts.declared = found[_DECLARED_AS.get(language, language)].declared[:ARTICLES]
        own_texts.manuals = chance.sample(own_texts.manuals, min(MANUALS, len(own_texts.manuals)))
        chosen[language] = own_texts
    return chosen


def language_means(reader: DeepReader, texts: dict[str, Texts]) -> Means:
    """Read all texts and take the means."""
    paragraphs, queries, declared = {}, {}, {}
    for language, own in texts.items():
        declared[language] = _Kind(reader, [], own.declared, [text[:QUERY_CHARACTERS] for text in own.declared[::2]])
        if own.everyday:
            asked = own.asked if len(own.asked) >= QUESTIONS // 3 else own.everyday[:QUESTIONS]
            kind = _Kind(reader, own.everyday, own.manuals, asked)
            paragraphs[language], queries[language] = kind.paragraphs, kind.queries
        print(language, len(own.everyday), len(own.manuals), len(own.asked), len(own.declared), flush=True)
    everyday = list(paragraphs)
    for language in texts:
        if language not in paragraphs:
            own_kind = declared[language]
            paragraphs[language] = own_kind.paragraphs - np.mean(
                [declared[one].paragraphs.mean(axis=0) - paragraphs[one].mean(axis=0) for one in everyday], axis=0
            )
            queries[language] = own_kind.queries - np.mean(
                [declared[one].queries.mean(axis=0) - queries[one].mean(axis=0) for one in everyday], axis=0
            )
    languages = tuple(texts)
    of_paragraphs = np.stack([paragraphs[one].mean(axis=0) for one in languages])
    of_queries = np.stack([queries[one].mean(axis=0) for one in languages])
    spread = [vectors - vectors.mean(axis=0) for own in (paragraphs, queries) for vectors in own.values()]
    directions, biases = discriminants((of_paragraphs + of_queries) / 2, np.concatenate(spread))
    written = {tag: (*own.everyday, *own.asked, *own.manuals, *own.declared) for tag, own in texts.items()}
    return Means(languages, directions, biases, of_paragraphs, of_queries, scripts_of(written))


def fast_map(texts: dict[str, Texts]) -> NDArray[np.float32]:
    """``float32[512, 256]``: the first principal components of the fast encoder's vectors, not centred."""
    some = [text for own in texts.values() for text in (*own.everyday, *own.manuals)]
    vectors = BuiltinEncoder().encode_paragraphs(some).astype(np.float64)
    _, components = np.linalg.eigh(vectors.T @ vectors)
    kept = components[:, ::-1][:, :KEPT]
    signs = np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(KEPT)])
    turned: NDArray[np.float32] = (kept * signs).astype(np.float32)
    return turned


class _Kind:
    """The vectors of some texts as paragraphs and of others as queries."""

    def __init__(self, reader: DeepReader, short: list[str], long: list[str], asked: list[str]) -> None:
        told = [*short, *(text[:MOST_CHARACTERS] for text in long)]
        self.paragraphs: Vectors = reader.vectors(told, PARAGRAPH_PREFIX)
        self.queries: Vectors = reader.vectors(asked, QUERY_PREFIX)


def _rows(file: Path) -> list[tuple[str, str]]:
    """(language, text) of a file of parallel rows; names that begin with "_" are no languages."""
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        (key, text) for row in rows for key, text in row.items() if not key.startswith("_") and isinstance(text, str)
    ]
