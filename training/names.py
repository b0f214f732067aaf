"""Which English words of the lexicon are names: ``python -m training.names DATA [FOLDER]``, after `training.lexicon`.

A word is a name that has a capital in four of five places within a sentence, or, where sentences hardly have it, in
most dictionaries, or, where only titles of entities have it, which begin with one, in no sentence a small letter.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from paraglot.search.lexicon import LEXICON_FOLDER
from paraglot.search.lexicon.lexicon import Lexicon
from paraglot.search.text.analysis import plain_stem, words
from training.alignments import DICTIONARIES, LEFT_OUT
from training.data import rows
from training.lexicon import english_stem, translations

LEAST_SENTENCES = 3
SHARE = 0.8
"""Of the places within sentences those with a capital, at least."""

_TITLES = "wikidict_titles"


@dataclass(slots=True)
class Capitals:
    """English stem → how many entries of dictionaries, titles and places within sentences write it so."""

    capital: Counter[str] = field(default_factory=Counter)
    small: Counter[str] = field(default_factory=Counter)
    titles: Counter[str] = field(default_factory=Counter)
    capital_within: Counter[str] = field(default_factory=Counter)
    small_within: Counter[str] = field(default_factory=Counter)

    def is_name(self, concept: str) -> bool:
        """Whether a stem is that of a name."""
        capital, small = self.capital[concept], self.small[concept]
        within = self.capital_within[concept] + self.small_within[concept]
        if within >= LEAST_SENTENCES:
            return self.capital_within[concept] >= SHARE * within and capital >= small
        if capital or small:
            return capital > small
        return bool(self.titles[concept]) and not self.small_within[concept]


def counted(folder: Path) -> Capitals:
    """What dictionaries and sentences write with a capital."""
    found = Capitals()
    for source in DICTIONARIES:
        for english in sorted({english for english, _, _ in translations(folder, (source,))}):
            concept = english_stem(english)
            if concept:
                last = [word.written for word in words(english) if word.letters][-1]
                counter = found.capital if last[0].isupper() else found.small
                (found.titles if source == _TITLES else counter)[concept] += 1
    for path in sorted(folder.glob("*.xz")):
        if not path.name.startswith(("qa_", *LEFT_OUT, *DICTIONARIES)):
            for word in _within_sentences({row["en"] for row in rows(path) if "en" in row}):
                if not word.isupper():
                    (found.capital_within if word[0].isupper() else found.small_within)[plain_stem(word, "en")] += 1
    return found


def _within_sentences(texts: Iterable[str]) -> Iterator[str]:
    """The words that stand behind one in small letters and a space."""
    for text in texts:
        lettered = [word for word in words(text) if word.letters]
        for before, word in pairwise(lettered):
            if word.start - before.end == 1 and before.written[0].islower():
                yield word.written


def write(found: Capitals, folder: Path) -> int:
    """Write ``names.bin`` beside the lexicon in ``folder``: a bit for each concept; how many are set."""
    english = Lexicon(folder).english
    bits = np.array([bool(word) and found.is_name(plain_stem(word, "en")) for word in english], np.uint8)
    np.packbits(bits, bitorder="little").tofile(folder / "names.bin")
    return int(bits.sum())


def main() -> None:
    """Read and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=LEXICON_FOLDER)
    arguments = parser.parse_args()
    print(write(counted(arguments.data), arguments.folder), "names")


if __name__ == "__main__":
    main()
