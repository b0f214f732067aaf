"""Which concepts of the lexicon are names, and so by what one English name a place or a person goes in every language.

A concept is an English word, but the lexicon keeps no capitals. `training.names` tells by those of dictionaries and
sentences which of them are names; `data/names.bin` has a bit for each. A word whose first concept is a name is that
name: *Пекин*, *北京* and *بكين* are *beijing*, which no sound would tell.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from paraglot.search.lexicon import LEXICON_FOLDER
from paraglot.search.lexicon.lexicon import missing_lexicon, open_lexicon
from paraglot.search.lexicon.sounds import name_keys
from paraglot.search.text.folding import fold, fold_basic, word_cache
from paraglot.search.text.languages import stems_of

NAMES = LEXICON_FOLDER / "names.bin"


@word_cache
def english_names(written: str, tag: str) -> tuple[str, ...]:
    """The English names, folded, of what a word of a language names first, and of what sounds like the word.

    Raises `EncoderMissing` where the file is lost.

    >>> english_names("Москвы", "ru"), english_names("北京", "zh"), english_names("мост", "ru")
    (('moscow',), ('beijing',), ())
    """
    bits = _names()
    meant = open_lexicon().meant(written, tag)
    names = [
        (place, english) for place, (concept, english) in enumerate(meant) if bits[concept >> 3] >> (concept & 7) & 1
    ]
    if not names:
        return ()
    first = stems_of(tag) != "light" or open_lexicon().has(fold_basic(written), tag)  # else by its first letters alone
    keys = set(name_keys(written))
    return tuple(
        fold(english) for place, english in names if (first and not place) or keys.intersection(name_keys(english))
    )


@cache
def _names() -> memoryview:
    try:
        mapped: NDArray[np.uint8] = np.memmap(NAMES, np.uint8, "r")
        if len(mapped) != -(-len(open_lexicon().english) // 8):
            raise ValueError(f"{NAMES.name} is of another lexicon")
    except (OSError, ValueError) as problem:
        raise missing_lexicon(problem) from problem
    return memoryview(mapped.data)
