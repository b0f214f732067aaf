"""Make the parts of compounds: ``python -m training.compounds DATA WHEELS``, into ``search/text/word_data/compounds/``.

A word may be a part that a dictionary has and sentences have by itself, short ones often, or that the lexicon has and
texts often have by wordfreq's lists; no function word, and nothing that is an ending of derived or inflected words as
well (*-heit*, *-schaft*, *-erne*). What could be divided is no
compound where it is commoner than its parts (*försäkring*: *föra*, *säkring*), by wordfreq's lists in ``WHEELS``.
"""

from __future__ import annotations

import argparse
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from pathlib import Path

from paraglot.search.lexicon.lexicon import open_lexicon
from paraglot.search.text import compounds
from paraglot.search.text.compounds import LEAST_PART, LINKS
from paraglot.search.text.folding import fold
from paraglot.search.text.languages import WORD_DATA, primary, stemmer, stop_words
from training.alignments import DICTIONARIES
from training.attested import read_words
from training.data import rows
from training.lexicon import translations
from training.stop_words import words_of

OFTEN = {3: 40, 4: 8, 5: 1}
"""Letters of a part → sentences in which it must stand; longer ones need none."""

COMMON = {4: 1.5e-5, 5: 4e-6}
"""Letters of a part → the share of all words that it must have where sentences do not tell it; else `RARER`."""

RARER = 1.5e-6

LONGEST_PART = 20

RARE = 1e-6
"""The share of a part that wordfreq's list does not have: it has those of once in a million and more."""

WORDS = ("wiktionary", "omw_lexicon")
"""Dictionaries of words; the others have names above all."""

ENDINGS = {
    "de": "heit heiten keit keiten schaft schaften lich liche lichen isch ische bar bare los lose haft hafte "
    "ung ungen tion ion innen ling weise artig sam same mal ent ver zer erz ein hin her vor auf aus unter "
    "über wieder ant ina tor rat ren ten ern den sen ige igen ale enden raden tand",
    "nl": "heid heden lijk lijke loos loze baar bare schap ing ingen tie ties ist isch ische matig zaam ont ver "
    "her aan uit toe nden kken ppen tten ster sters ende enden",
    "sv": "het heten heter lig liga ligt lös lösa bar bara skap ning ningar ande ende are tion för ver bet ten "
    "ter der sen arna erna orna ligare ans ens vande drar kade rade lade nade tade",
    "da": "hed heden heder lig lige løs løse bar bare skab ning ninger ende ere tion for ver ten ter der sen "
    "ler erne erner este kede lede rede nede tede lagde",
    "no": "het heten heter lig lige løs løse bar bare skap ning ninger ende ere sjon for ver ten ter der sen "
    "ler ene enes erne este kede lede rede nede",
    "fi": "inen isen iset sto stö ton tön mme nsa nsä lla llä ssa ssä sta stä lle lta ltä ksi kin kaan kään han "
    "hän minen mista mistä maan mään ista istä omaista teen nnot",
    "hu": "ság ség ban ben nak nek val vel hoz hez höz ról ről tól től ból ből ért kor ható hető talan telen ás "
    "és ult ült ott ett ött okat eket öket akat oknak eknek öknek jében jában leg ata ete enni anni hová",
    "et": "mine mise sed lik likud tud dud ks st sse gi ki ga ta",
}  # fmt: skip
"""Primary tag → endings of derived words, which are words, too."""


def sentences(folder: Path) -> Iterator[tuple[str, str]]:
    """(Primary tag, sentence) of the languages that write words together."""
    for path in sorted(folder.glob("*.xz")):
        if not path.name.startswith(("qa_", *DICTIONARIES)):
            for row in rows(path):
                yield from ((primary(tag), text) for tag, text in row.items() if primary(tag) in LINKS)


def made(folder: Path) -> dict[str, tuple[list[str], ...]]:
    """Primary tag → words that may begin a compound, stems of those that may end one, and words that are no part."""
    listed: dict[str, set[str]] = defaultdict(set)
    for _, language, text in translations(folder, WORDS):
        if (tag := primary(language)) in LINKS:
            word = text.lower()
            if word.isalpha() and LEAST_PART <= len(word) <= LONGEST_PART:
                listed[tag].add(word)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for tag, text in sentences(folder):
        counts[tag].update(words_of(text))
    result: dict[str, tuple[list[str], ...]] = {}
    for tag in sorted(LINKS):
        left_out = stop_words(tag) | set(ENDINGS[tag].split())
        own = {word for word in listed[tag] - left_out if counts[tag][word] >= OFTEN.get(len(word), 0)}
        result[tag] = sorted(own), sorted({stemmer(tag)(word) for word in own}), sorted(left_out)
    return result


def common(tag: str, own: Iterable[str], shares: Mapping[str, float]) -> set[str]:
    """Words that may be parts beside ``own``, for the lexicon has them and texts do often.

    None that is another of them with an end that a part has lost where it begins a compound (*schul*), or another with
    what links them.
    """
    begins = frozenset(own)
    lost = compounds.DROPPED.get(tag, ())

    def is_end(word: str) -> bool:
        cut = any(word.endswith(there) and word[: len(word) - len(there)] + alone in begins for there, alone in lost)
        return cut or any(word.endswith(link) and word.removesuffix(link) in begins for link in LINKS[tag])

    return {
        word
        for word, share in shares.items()
        if word.isalpha() and min(COMMON) <= len(word) <= LONGEST_PART and share >= COMMON.get(len(word), RARER)
        if word not in begins and not is_end(word) and open_lexicon().has_word(word, fold(word), tag)
    }


def wholes(tag: str, shares: Mapping[str, float]) -> set[str]:
    """The stems of words that only look like compounds; ``shares``: word → its share of all words of the language.

    The three lists must lie in their place: they are what divides.
    """
    told: set[str] = set()
    for word, share in shares.items():
        found = compounds.split_compound(word, tag)
        if found and share > prod(shares.get(part, RARE) for part in found) ** (1 / len(found)):
            told.add(stemmer(tag)(word))
    return told


def write(tag: str, lists: Sequence[Iterable[str]]) -> None:
    """The lists of a language in their place, read anew from there."""
    text = "\n".join(" ".join(one) for one in lists)
    (WORD_DATA / "compounds" / f"{tag}.txt.z").write_bytes(zlib.compress(text.encode(), 9))
    compounds.clear_caches()


def main() -> None:
    """Read and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("wheels", type=Path)
    arguments = parser.parse_args()
    shares: dict[str, dict[str, float]] = defaultdict(dict)
    for tag, word, share in read_words(arguments.wheels):
        shares[tag][word] = share
    (WORD_DATA / "compounds").mkdir(exist_ok=True)
    for tag, (first, last, never) in made(arguments.data).items():
        more = common(tag, first, shares[tag]) - set(never)
        lists = sorted({*first, *more}), sorted({*last, *map(stemmer(tag), more)}), never
        write(tag, [*lists, ()])
        whole = sorted(wholes(tag, shares[tag]))
        write(tag, [*lists, whole])
        print(tag, *map(len, lists), len(whole))


if __name__ == "__main__":
    main()
