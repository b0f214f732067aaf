"""In which language are a few words? By the detector alone, and as an article of them is told.

    python benchmarks/short_texts.py [--words 2 3 4 5 7] [--sample 700] [--seed 0]

Of the sentences of the seeds in files of one language, so many words from the second one on, drawn by chance. Prints
how many of them are told rightly, and how many as another language, where the detector alone is asked and where
`paraglot.indexer.corpus.detect.detect_paragraphs` is.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from paraglot.indexer.corpus.detect import LIKELY, UNDETERMINED, detect, detect_paragraphs
from paraglot.search.text.languages import primary
from paraglot.search.text.sentences import all_sentences

SEEDS = Path(__file__).parent.parent / "seeds"


def samples(count: int, most: int, chance: Random) -> list[tuple[str, str]]:
    """(language, ``count`` words) of sentences that have more."""
    found = []
    for path in sorted(SEEDS.glob("*/*.txt")):
        text = path.read_text("utf-8")
        for start, end in all_sentences(text):
            words = text[start:end].split()[1 : count + 1]
            if len(words) == count:
                found.append((path.parent.name, " ".join(words)))
    return chance.sample(found, min(most, len(found)))


def alone(text: str) -> str:
    """What the detector says, where it is likely."""
    language, probability = detect(text)
    return language if probability >= LIKELY else UNDETERMINED


def counted(told: Callable[[str], str], asked: Sequence[tuple[str, str]]) -> str:
    """How many are told rightly, and how many wrongly."""
    pairs = [(language, primary(told(text))) for language, text in asked]
    wrong = sum(other not in (language, UNDETERMINED) for language, other in pairs)
    return f"{sum(language == other for language, other in pairs)} right, {wrong} wrong"


def main() -> None:
    """Print a row for each number of words."""
    parser = argparse.ArgumentParser(description="Languages of a few words.")
    parser.add_argument("--words", type=int, nargs="*", default=[2, 3, 4, 5, 7])
    parser.add_argument("--sample", type=int, default=700)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for count in options.words:
        asked = samples(count, options.sample, Random(options.seed))
        by_article = counted(lambda text: detect_paragraphs([text])[0], asked)
        print(f"{count} words, {len(asked)}: the detector alone {counted(alone, asked)}; an article {by_article}")


if __name__ == "__main__":
    main()
