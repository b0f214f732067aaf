"""The weights by which `paraglot.search.lexicon.written_in` tells languages, counted over the training texts."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paraglot.search.lexicon.written_in import TRIGRAMS, trigrams
from paraglot.search.text.languages import primary
from training.data import rows

SOURCES = {
    "tatoeba": 1_500_000,
    **dict.fromkeys(("ms_iot", "ms_azd", "libreoffice_help", "gnome_help", "mozilla_www", "debian_handbook"), 400_000),
    **dict.fromkeys(("opensource_guide", "tico19", "wiktionary", "omw_definitions"), 400_000),
}
"""Source → the most characters that are read of a language."""

SMOOTHING = 0.3
"""What every bucket has been seen beforehand."""

TOGETHER = 2_000
"""Texts whose trigrams are counted at once."""


def weights(folder: Path) -> tuple[list[str], NDArray[np.int8]]:
    """The tags of the languages in ``folder``, and ``int8[TRIGRAMS, tags]``."""
    counts: dict[str, NDArray[np.float64]] = defaultdict(lambda: np.zeros(TRIGRAMS))
    for path in sorted(folder.glob("*.xz")):
        most = SOURCES.get(path.name.split(".")[0], 0)
        if not most:
            continue
        taken: Counter[str] = Counter()
        texts: dict[str, list[str]] = defaultdict(list)
        for row in rows(path):
            for language, text in row.items():
                tag = primary(language)
                if taken[tag] < most:
                    taken[tag] += len(text)
                    texts[tag].append(text)
        for tag, own in texts.items():
            for first in range(0, len(own), TOGETHER):
                found = trigrams(" \n ".join(own[first : first + TOGETHER]))
                counts[tag] += np.bincount(found, minlength=TRIGRAMS)
    tags = sorted(counts)
    seen = np.stack([counts[tag] + SMOOTHING for tag in tags], axis=1)
    logarithms = np.log(seen / seen.sum(axis=0))
    logarithms -= logarithms.mean(axis=1, keepdims=True)
    return tags, np.rint(logarithms * (127 / np.abs(logarithms).max())).astype(np.int8)


def write_trigrams(data: Path, folder: Path) -> None:
    """Write ``trigrams.bin``, and the tags into ``config.json``."""
    tags, found = weights(data)
    found.tofile(folder / "trigrams.bin")
    write_config(folder, trigrams=tags)


def write_config(folder: Path, **said: object) -> None:
    """Put something into ``config.json`` beside what it has."""
    path = folder / "config.json"
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(json.dumps(before | said) + "\n", encoding="utf-8")
