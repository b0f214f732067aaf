"""Make the lexicon: ``python -m training.lexicon DATA [FOLDER]``, from open dictionaries to ``search/lexicon/data/``.

Read are pairs of an English word and a word of another language: entries of Wiktionary, members of one set of synonyms
of the Open Multilingual Wordnet, titles of one entity of Wikidata, names of one thing in the CLDR. What sentences say
beside them is `training.alignments`. Ten minutes on one core, the same files every time.
"""

from __future__ import annotations

import argparse
import json
import lzma
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from paraglot.search.lexicon import LEXICON_FOLDER
from paraglot.search.lexicon.lexicon import LONGEST, MOST_MEANINGS, hashed, word_forms
from paraglot.search.text.analysis import bare_term, fold, folded_stop_words, pair_term, plain_stem, words
from paraglot.search.text.languages import LANGUAGES, primary, stems_of
from training.alignments import DICTIONARIES, LEFT_OUT, aligned
from training.data import rows
from training.trigrams import write_config, write_trigrams

PARTICLES = frozenset(("a", "an", "the", "to"))
"""What English dictionaries write before a word."""

MOST_CONCEPTS = 45_000
"""Rarer ones are names of small places and of kinds of beetles, meant by four words of all languages or less."""

Meanings: TypeAlias = dict[str, dict[str, dict[str, float]]]
"""Primary tag → form → English stems and how often they translate it."""


def translations(folder: Path, names: Sequence[str] = DICTIONARIES) -> Iterator[tuple[str, str, str]]:
    """(English, language, word) of every pair in the sources."""
    for name in names:
        for path in sorted(folder.glob(f"{name}.*.xz")):
            with lzma.open(path, "rt", encoding="utf-8") as lines:
                for line in lines:
                    yield from _pairs(line, path.name)


def _pairs(line: str, name: str) -> Iterator[tuple[str, str, str]]:
    if ".tsv" in name:
        one, text, other, translated = line.rstrip("\n").split("\t")
        if one == "en":
            yield text, other, translated
        elif other == "en":
            yield translated, one, text
        return
    row = {key: value if isinstance(value, list) else [value] for key, value in json.loads(line).items()}
    for english in row.get("en", [])[:1]:
        for language, texts in row.items():
            if language != "en" and not language.startswith("_"):
                yield from ((english, language, text) for text in texts[:MOST_MEANINGS])


def forms(text: str, tag: str) -> list[str]:
    """What a word of a dictionary is to be found by; nothing for what is more than one word."""
    stems, found = stems_of(tag), list(words(text))
    if stems == "none" and len(found) == 1 and not found[0].letters:
        folded = fold(found[0].written)
        return [folded] if len(folded) <= LONGEST and not folded.isdecimal() else []
    if stems == "pairs" and len(found) == 2:
        return [pair_term(tag, *(one.terms[0].term for one in found))]
    return list(word_forms(found[0].written, tag)) if len(found) == 1 and found[0].letters else []


def english_stem(text: str) -> str | None:
    """The stem of an English word, its particle left off; None for what is more than one word, and for stop words."""
    found = [word for word in words(text) if word.letters]
    if len(found) > 1 and found[0].terms[0].term in PARTICLES:
        del found[0]
    if len(found) != 1 or found[0].terms[0].term in folded_stop_words("en"):
        return None
    return plain_stem(found[0].written, "en")


def collected(folder: Path) -> Meanings:
    """The meanings of all words that are not written as in English."""
    meanings: Meanings = defaultdict(lambda: defaultdict(lambda: defaultdict(float)))
    for english, language, text in translations(folder):
        tag = primary(language)
        if tag == "en" or tag not in LANGUAGES or fold(english) == fold(text):
            continue
        concept = english_stem(english)
        if concept:
            for form in forms(text, tag):
                meanings[tag][form][concept] += 1.0
    return meanings


def numbered(meanings: Meanings) -> dict[str, int]:
    """The concepts that most words of all languages mean, numbered from 1."""
    count: Counter[str] = Counter()
    for of_form in meanings.values():
        for own in of_form.values():
            count.update(own.keys())
    first = sorted(count, key=lambda concept: (-count[concept], concept))[:MOST_CONCEPTS]
    return {concept: number for number, concept in enumerate(first, start=1)}


def add_aligned(meanings: Meanings, found: Mapping[str, Mapping[str, Mapping[str, float]]]) -> None:
    """Count what sentences say of a form beside what dictionaries do; what is written as in English is left out."""
    for tag, forms_ in found.items():
        for form, counts in forms_.items():
            for concept, count in counts.items():
                if bare_term(concept) != bare_term(form):
                    meanings[tag][form][concept] += count


def write(meanings: Meanings, surfaces: Mapping[str, str], folder: Path) -> None:
    """Write the files of `paraglot.search.lexicon`; ``surfaces`` gives a word for each English stem that has one."""
    numbers = numbered(meanings)
    of_language = {tag: _numbers(meanings[tag], tag, numbers) for tag in sorted(meanings)}
    of_language["en"] = {hashed(concept, "en"): [number] for concept, number in numbers.items()}
    spans: dict[str, list[int]] = {}
    keys: list[int] = []
    concepts: list[int] = []
    packed: list[NDArray[np.uint8]] = []
    for tag, own in sorted(of_language.items()):
        spans[tag] = [len(keys), len(keys) + len(own), len(concepts), sum(map(len, packed))]
        counts = np.zeros(-(-len(own) // 4) * 4, np.uint8)
        for place, (key, found) in enumerate(sorted(own.items())):
            keys.append(key)
            concepts += found
            counts[place] = len(found)
        packed.append(np.bitwise_or.reduce(counts.reshape(-1, 4) << np.array([0, 2, 4, 6], np.uint8), axis=1))
    folder.mkdir(parents=True, exist_ok=True)
    np.array(keys, "<u4").tofile(folder / "words.bin")
    np.array(concepts, "<u2").tofile(folder / "concepts.bin")
    np.concatenate(packed).tofile(folder / "counts.bin")
    names = ["", *(surfaces.get(concept, bare_term(concept)) for concept in numbers)]
    (folder / "english.txt.z").write_bytes(zlib.compress("\n".join(names).encode(), 9))
    write_config(folder, languages=spans)


def english_surfaces(folder: Path) -> dict[str, str]:
    """English stem → the word that has it most often in ``folder``, in lower case."""
    count: Counter[str] = Counter()
    for path in sorted(folder.glob("*.xz")):
        if not path.name.startswith(("qa_", *LEFT_OUT)):
            texts = {row["en"] for row in rows(path) if "en" in row}
            count.update(word.written.lower() for text in texts for word in words(text) if word.letters)
    found: dict[str, str] = {}
    for word in sorted(count, key=lambda word: (-count[word], word)):
        found.setdefault(plain_stem(word, "en"), word)
    return found


def _numbers(own: Mapping[str, Mapping[str, float]], tag: str, numbers: Mapping[str, int]) -> dict[int, list[int]]:
    """Hash of the form → its commonest meanings."""
    found = {}
    for form in sorted(own):
        known = [concept for concept in own[form] if concept in numbers]
        first = sorted(known, key=lambda concept: (-own[form][concept], numbers[concept]))[:MOST_MEANINGS]
        if first:
            found[hashed(form, tag)] = [numbers[concept] for concept in first]
    return found


def main() -> None:
    """Read and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=LEXICON_FOLDER)
    arguments = parser.parse_args()
    meanings = collected(arguments.data)
    add_aligned(meanings, aligned(arguments.data))
    write(meanings, english_surfaces(arguments.data), arguments.folder)
    write_trigrams(arguments.data, arguments.folder)
    print({tag: len(own) for tag, own in sorted(meanings.items())})


if __name__ == "__main__":
    main()
