"""Make the list of function words: ``python -m training.stop_words DATA``.

Lists that are at hand (stopwords-iso) take frequent words for function words: *fire*, *война*, *trabajo*. Here a word
of such a list is kept if sentences say so: the English word that goes with it most surely (by the likelihood ratio of
Dunning 1993, "Accurate Methods for the Statistics of Surprise and Coincidence", over sentences and their translations)
is a function word. What was wrong with that, and the languages without sentences, stand in
``training/function_words.txt``: ``tag + words`` adds, ``tag - words`` leaves out, the line of ``en`` is the list to
begin with. A word of the lists is left out, too, that is written like another one but for an accent: French *côté*.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from math import log
from pathlib import Path

import regex
import stopwordsiso

from paraglot.search.text.analysis import fold
from paraglot.search.text.languages import LANGUAGES, WORD_DATA, primary
from training.alignments import DICTIONARIES, LEFT_OUT
from training.data import rows

LEAST_SENTENCES = 6
MOST_SENTENCES = 80_000
LEAST_LIKELIHOOD = 10.0
"""Words that stand in fewer sentences, and pairs that chance would give so easily, say nothing."""

LEAST_SHARE = 0.05
"""Words that are written alike but for accents are told from misspellings by their number."""

CORRECTIONS = Path(__file__).parent / "function_words.txt"

_WORD = regex.compile(r"\p{L}[\p{L}\p{M}'’]*")


def sentences(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Primary tag → (English, the same in the language) of every source of sentences, `MOST_SENTENCES` at most."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    paths = [path for path in folder.glob("*.xz") if not path.name.startswith(("qa_", *DICTIONARIES, *LEFT_OUT))]
    for path in sorted(paths, key=lambda path: (not path.name.startswith("tatoeba"), path.name)):
        for row in rows(path):
            for language, text in row.items():
                own = found[primary(language)]
                if "en" in row and language != "en" and len(own) < MOST_SENTENCES:
                    own.append((row["en"], text))
    return found


def words_of(text: str) -> set[str]:
    """The words of a text, in lower case."""
    return {word.lower().replace("’", "'") for word in _WORD.findall(text)}


def kept(pairs: list[tuple[str, str]], candidates: frozenset[str], function_words: frozenset[str]) -> set[str]:
    """The candidates that go with an English function word."""
    mine: Counter[str] = Counter()
    english: Counter[str] = Counter()
    both: dict[str, Counter[str]] = defaultdict(Counter)
    for text, translation in pairs:
        said = words_of(text)
        english.update(said)
        for word in words_of(translation) & candidates:
            mine[word] += 1
            both[word].update(said)
    found = set()
    for word, count in mine.items():
        if count < LEAST_SENTENCES:
            continue
        ratios = {
            other: likelihood_ratio(together, count, english[other], len(pairs))
            for other, together in both[word].items()
            if together > 1
        }
        surest = max(ratios, key=lambda other: (ratios[other], other), default="")
        if surest in function_words and ratios[surest] >= LEAST_LIKELIHOOD:
            found.add(word)
    return found


def likelihood_ratio(together: int, one: int, other: int, all_: int) -> float:
    """How much likelier two words' sentences fall together as they do than by chance; 0 where they avoid each other."""
    if together * all_ <= one * other:
        return 0.0
    cells = (
        (together, one * other),
        (one - together, one * (all_ - other)),
        (other - together, (all_ - one) * other),
        (all_ - one - other + together, (all_ - one) * (all_ - other)),
    )
    return 2 * sum(count * log(count * all_ / expected) for count, expected in cells if count and expected)


def written_alike(pairs: list[tuple[str, str]], stop_words: set[str]) -> set[str]:
    """Of the stop words those whose surface form is that of another frequent word, too."""
    folded = {fold(word) for word in stop_words}
    counts: Counter[str] = Counter()
    for _, translation in pairs:
        counts.update(word for word in words_of(translation) if fold(word) in folded)
    others: Counter[str] = Counter()
    own: Counter[str] = Counter()
    for word, count in counts.items():
        (own if word in stop_words else others)[fold(word)] += count
    alike = {form for form, count in others.items() if count >= LEAST_SENTENCES and count > LEAST_SHARE * own[form]}
    return {word for word in stop_words if fold(word) in alike}


def corrections() -> Iterator[tuple[str, str, set[str]]]:
    """Tag, "+" or "-", and words, of each line of the file."""
    for line in CORRECTIONS.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            tag, sign, *words = line.split()
            yield tag, sign, set(words)


def made(found: Mapping[str, list[tuple[str, str]]]) -> dict[str, list[str]]:
    """Primary tag → its function words."""
    added: dict[str, set[str]] = defaultdict(set)
    removed: dict[str, set[str]] = defaultdict(set)
    for tag, sign, words in corrections():
        (added if sign == "+" else removed)[tag] |= words
    function_words = frozenset(added["en"])
    result = {}
    for tag, row in LANGUAGES.items():
        if row.stop_words:
            candidates = frozenset(word.lower() for word in stopwordsiso.stopwords(tag) if " " not in word)
            own = set() if tag == "en" else kept(found[tag], candidates, function_words)
            own = (own | added[tag]) - removed[tag]
            result[tag] = sorted(own - (written_alike(found[tag], own) - added[tag]))
    return result


def common() -> list[str]:
    """A line of each language: its primary tag and the words of the list at hand, folded."""
    listed = {tag: stopwordsiso.stopwords(tag) for tag, row in sorted(LANGUAGES.items()) if row.stop_words}
    folded = {tag: sorted({fold(word) for word in words if " " not in word} - {""}) for tag, words in listed.items()}
    return [" ".join((tag, *words)) for tag, words in folded.items() if words]


def main() -> None:
    """Read and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    arguments = parser.parse_args()
    lists = made(sentences(arguments.data))
    lines = [" ".join((tag, *words)) for tag, words in sorted(lists.items())]
    (WORD_DATA / "stop_words.txt").write_text("\n".join(lines) + "\n", "utf-8")
    (WORD_DATA / "common_words.txt").write_text("\n".join(common()) + "\n", "utf-8")
    print({tag: len(words) for tag, words in sorted(lists.items())})


if __name__ == "__main__":
    main()
