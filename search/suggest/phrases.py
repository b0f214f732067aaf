"""The phrases of a paragraph that may be worth suggesting: candidates, of which the frequent ones are.

Where the script has case they are names, runs of capitalised words (in German nouns too). Elsewhere they are two to
four words that neither begin nor end with a stop word. Where no spaces divide words: Han as its analysed pairs, or as a
whole where it stands alone; Katakana, and Thai and its like, as far as a run goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import regex

from paraglot.search.text.analysis import fold, folded_stop_words
from paraglot.search.text.languages import primary

Span: TypeAlias = tuple[int, int]
"""Characters of the text, end exclusive."""

MOST_WORDS = 6
"""Of a name. A longer run of capitals is a heading, not a name."""

MOST_NEIGHBOURS = 4
"""Words of a phrase where the script has no case."""

JOINING = frozenset((
    "of", "the", "for", "and", "de", "del", "della", "dei", "di", "da", "do", "dos", "das", "du", "des", "la", "le",
    "les", "los", "las", "el", "al", "ibn", "bin", "von", "vom", "van", "zu", "zum", "zur", "der", "den", "dem",
    "ter", "ten", "y", "e", "i", "et", "und", "и", "й",
))  # fmt: skip
"""Words in small letters that may stand within a name."""

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}ー々〆\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_EMPTY_HAN = "的了是也就都把被这那這"
"""Words of one Han character that no other word has in it, but for rare ones."""

_CAPITALISED = r"\p{Lu}[\p{L}\p{M}\p{N}]*(?:[-'’.&][\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*"
_CASELESS = rf"[[\p{{Lo}}\p{{M}}\p{{Georgian}}\u200c\u200d]--[{_UNSPACED}]]"
_KATAKANA, _SYLLABIC = r"[\p{Katakana}ー]", r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{M}]"
# Each part begins where its run begins and gives nothing back: no text takes more than its length.
_PHRASE = regex.compile(
    rf"(?<![\p{{L}}\p{{N}}])"
    rf"(?P<name>{_CAPITALISED}(?:(?: \p{{Ll}}{{1,4}}){{0,2}} (?:{_CAPITALISED}|\p{{N}}+))*)(?!\p{{L}})"
    rf"|(?P<caseless>(?<!{_CASELESS}){_CASELESS}++(?: {_CASELESS}++)+)"
    rf"|(?P<han>[[\p{{Han}}々〆]--[{_EMPTY_HAN}]]{{2,}})"
    rf"|(?P<whole>(?<!{_KATAKANA}){_KATAKANA}{{3,24}}+(?!{_KATAKANA})"
    rf"|(?<!{_SYLLABIC}){_SYLLABIC}{{3,24}}+(?!{_SYLLABIC}))",
    regex.V1,
)
_WORD = regex.compile(r"[^ ]+")
_SENTENCE_END = regex.compile(r"(?:^|[.!?…:;\n•])[\s\"'“”„«»‘’()\[\]¿¡–—-]*\Z")
_LOOK_BACK = 4


def phrases(text: str, language: str) -> Iterator[Span]:
    """The candidates of a text in a language (a BCP 47 tag), each as often as it occurs; some overlap."""
    dropped = folded_stop_words(primary(language))
    for run in _PHRASE.finditer(text):
        start, end = run.span()
        if run.group("name"):
            yield from _names(text, start, end, dropped)
        elif run.group("caseless"):
            yield from _neighbours(text, start, end, dropped)
        elif run.group("han") and end - start > MOST_NEIGHBOURS:
            yield from ((place, place + 2) for place in range(start, end - 1))
        else:
            yield start, end


def _names(text: str, start: int, end: int, dropped: frozenset[str]) -> Iterator[Span]:
    """The run, its parts between joining words ("Bank of England", "Bank", "England"), and each without its number."""
    words = [word.span() for word in _WORD.finditer(text, start, end)]
    written = [text[first:last] for first, last in words]
    for first, last in _parts(written, _opens_sentence(text, start), dropped):
        if last - first >= MOST_WORDS or words[last][1] - words[first][0] < 2 or written[first].isdecimal():
            continue
        yield words[first][0], words[last][1]
        if first < last and written[last].isdecimal():
            yield words[first][0], words[last - 1][1]


def _parts(written: Sequence[str], opens: bool, dropped: frozenset[str]) -> Iterator[tuple[int, int]]:
    """The first and the last word of each part, and of what joining words make one name of several."""
    runs: list[list[list[int]]] = [[[]]]  # of parts, of places of words
    for place, word in enumerate(written):
        if word[0].islower():
            runs[-1].append([])
            if word not in JOINING:
                runs.append([[]])
        elif not opens or place or fold(word) not in dropped:  # "The" of a sentence is no part of the name after it
            runs[-1][-1].append(place)
    for parts in ([part for part in run if part] for run in runs):
        whole = [(parts[0][0], parts[-1][-1])] if len(parts) > 1 else []
        single = [
            (part[0], part[-1])
            for part in parts
            if len(part) > 1 or _names_alone(written[part[0]], opens and part == [0], dropped)
        ]
        yield from single + whole


def _names_alone(word: str, opens: bool, dropped: frozenset[str]) -> bool:
    """The first word of a sentence is capitalised whatever it is, unless it goes on in capitals."""
    if opens:
        return any(character.isupper() or character.isdigit() for character in word[1:])
    return fold(word) not in dropped


def _opens_sentence(text: str, start: int) -> bool:
    return _SENTENCE_END.search(text, max(0, start - _LOOK_BACK), start) is not None


def _neighbours(text: str, start: int, end: int, dropped: frozenset[str]) -> Iterator[Span]:
    words = [word.span() for word in _WORD.finditer(text, start, end)]
    says = [fold(text[first:last]) not in dropped for first, last in words]
    for first, (begin, _) in enumerate(words):
        if says[first]:
            for last in range(first + 1, min(first + MOST_NEIGHBOURS, len(words))):
                if says[last]:
                    yield begin, words[last][1]
