"""Make the filter of attested forms: ``python -m training.attested FOLDER``, into ``search/lexicon/data/attested.bin``.

The words that wordfreq (Speer 2022) counts once in a million and more, by languages that leave spaces between words;
without those that the lexicon or the lists of common words have anyway. One pinned wheel, read without being installed;
``FOLDER`` is where pip puts it.
"""

from __future__ import annotations

import argparse
import gzip
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgpack
import numpy as np

from paraglot.search.lexicon.attested import ATTESTED, SHORTEST_ATTESTED, places
from paraglot.search.lexicon.lexicon import open_lexicon
from paraglot.search.text.analysis import fold, folded_stop_words
from paraglot.search.text.languages import LANGUAGES, common_words, stems_of
from training.wheels import Wheel

WHEEL = Wheel(
    "wordfreq",
    "3.1.1",
    "wordfreq-3.1.1-py3-none-any.whl",
    "4b1c6ecffc6198be3396d5cf871c4423ca71c907c231348d352dd54d62b97473",
)

BITS = 14
"""Bits of the filter for each form."""

NAMES = {"no": "nb", "hr": "sh", "bs": "sh", "tl": "fil"}
"""Primary tag → wordfreq's name of the language, where it is another."""


def read_words(folder: Path) -> Iterator[tuple[str, str, float]]:
    """(Primary tag, word, its share of all words) of all lists, the commonest first.

    Raises `ValueError` when the wheel is not the one.
    """
    with zipfile.ZipFile(WHEEL.in_folder(folder)) as archive:
        there = set(archive.namelist())
        for tag in sorted(LANGUAGES):
            name = f"wordfreq/data/small_{NAMES.get(tag, tag)}.msgpack.gz"
            if name in there and stems_of(tag) not in ("none", "pairs"):
                for centibels, words in enumerate(msgpack.unpackb(gzip.decompress(archive.read(name)))[1:]):
                    yield from ((tag, word, 10 ** (-centibels / 100)) for word in words)


def wanted(tag: str, word: str) -> str | None:
    """The folded form of a word, where nothing else tells that it is one."""
    form = fold(word) if word.isalpha() else ""
    known = open_lexicon().has(form, tag) or form in common_words(tag) or form in folded_stop_words(tag)
    return form if len(form) >= SHORTEST_ATTESTED and not known else None


def main() -> None:
    """Read and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    forms = {(tag, form) for tag, word, _ in read_words(parser.parse_args().folder) if (form := wanted(tag, word))}
    bits = np.zeros(-(-len(forms) * BITS // 8), np.uint8)
    for tag, form in forms:
        for place in places(form, tag, 8 * len(bits)):
            bits[place >> 3] |= 1 << (place & 7)
    bits.tofile(ATTESTED)
    print(f"{len(forms):,} forms of {len({tag for tag, _ in forms})} languages, {len(bits):,} bytes")


if __name__ == "__main__":
    main()
