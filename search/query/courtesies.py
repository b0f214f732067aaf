"""What a query says out of courtesy alone: a greeting, a "please", "I would like to know", a "thank you".

Who greets looks for no greeting: read as words, *Hello! Who funds the corals?* is less surely answered than the
question alone, and finds greetings. `courtesies.txt` has the phrases of some sixty languages. They are left out at the
beginning and at the end of a query, never within, and only where enough is left to be a question: *Please Please Me*,
*Hello, Dolly* and *thank you* stay as they are. See docs/decisions/0091-courtesies.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import NamedTuple, TypeAlias

import regex

from paraglot.search.text.analysis import fold, folded_stop_words
from paraglot.search.text.folding import APOSTROPHES
from paraglot.search.text.languages import WORD_DATA

ENOUGH, TELLING = 3, 2
"""Words that have to be left, and how many of them have to say something."""

_SIZES = {"east": 1 / 2, "south": 1 / 4, None: 1.0}
"""What a token is of a word: characters are tokens where no spaces divide words."""

_TOKEN = regex.compile(
    r"(?P<east>[\p{Han}\p{Hiragana}\p{Katakana}ー])|(?P<south>[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}])"
    r"|[\p{L}\p{M}\p{N}]+(?:['’‘ʼ\u200c][\p{L}\p{M}\p{N}]+)*"
)
_PAUSE = regex.compile(r"[!.,;:…\n！。，、；：،؛।?？؟]")
_SIDES = " \t\n\u3000,;:–—(，、；：،؛"
"""What is left out before a courtesy at the end."""

_BETWEEN = _SIDES + "!.…?！。।？؟"
"""What is left out after one at the beginning."""

_WITHOUT_APOSTROPHES = dict.fromkeys(map(ord, APOSTROPHES))

Phrase: TypeAlias = tuple[str, ...]


class _Token(NamedTuple):
    """A word, or the ``size`` of one."""

    folded: str
    start: int
    end: int
    size: float


class _Phrases(NamedTuple):
    """Phrases, folded, each with the languages that have it.

    ``greetings`` stand before a pause or another courtesy, ``openings`` before anything; ``endings`` after anything,
    ``thanks`` and openings after a pause or before an exclamation mark.
    """

    greetings: Mapping[Phrase, frozenset[str]]
    openings: Mapping[Phrase, frozenset[str]]
    endings: Mapping[Phrase, frozenset[str]]
    thanks: Mapping[Phrase, frozenset[str]]


def without_courtesies(text: str) -> str:
    """A query without what it says out of courtesy alone at its beginning and at its end.

    >>> without_courtesies("Hello! Could you please tell me who funds the coral nursery? Thanks!")
    'who funds the coral nursery?'
    >>> without_courtesies("please please me"), without_courtesies("Hello!"), without_courtesies("Hello, Dolly")
    ('please please me', 'Hello!', 'Hello, Dolly')
    """
    tokens = list(_tokens(text))
    first, last = 0, len(tokens)
    while length := _opening(text, tokens, first):
        first += length
    while length := _ending(text, tokens[first:last]):
        last -= length
    start = tokens[first].start if first else 0
    if first:
        start -= len(text[tokens[first - 1].end : start].lstrip(_BETWEEN))
    return text[start:] if last == len(tokens) else text[start : tokens[last].start].rstrip(_SIDES)


def _opening(text: str, tokens: Sequence[_Token], first: int) -> int:
    """How many tokens from the first on are a courtesy that can be left out."""
    phrases, said = _phrases(), tuple(token.folded for token in tokens)
    for length in range(min(_longest(), len(said) - first), 0, -1):
        phrase, rest = said[first : first + length], tokens[first + length :]
        tags = phrases.openings.get(phrase)
        if not tags and rest and (tags := phrases.greetings.get(phrase)):
            paused = _paused(text, tokens[first + length - 1], rest[0])
            tags = tags if paused or _begins(said[first + length :]) else None
        if tags and said[first + length : first + 2 * length] != phrase and _is_enough(rest, tags):
            return length
    return 0


def _begins(said: Phrase) -> bool:
    """Whether another courtesy follows."""
    return any(said[:length] in _phrases().openings for length in range(1, _longest() + 1))


def _ending(text: str, tokens: Sequence[_Token]) -> int:
    """How many of the last tokens are a courtesy that can be left out."""
    phrases, said = _phrases(), tuple(token.folded for token in tokens)
    exclaimed = bool(tokens) and text[tokens[-1].end : tokens[-1].end + 1] in ("!", "！")
    for length in range(min(_longest(), len(said) - 1), 0, -1):
        phrase, rest = said[-length:], tokens[:-length]
        tags = phrases.endings.get(phrase)
        if not tags and (exclaimed or _paused(text, rest[-1], tokens[-length])):
            tags = phrases.thanks.get(phrase) or phrases.openings.get(phrase)
        if tags and _is_enough(rest, tags):
            return length
    return 0


def _is_enough(rest: Sequence[_Token], tags: frozenset[str]) -> bool:
    """Whether what is left is still a question, by what says nothing in the languages of the courtesy."""
    silent = frozenset[str]().union(*map(folded_stop_words, tags))
    telling = sum(token.size for token in rest if token.folded not in silent)
    return sum(token.size for token in rest) >= ENOUGH and telling >= TELLING


def _paused(text: str, before: _Token, after: _Token) -> bool:
    """Whether there is a pause between two: a space is one where none divides words."""
    between = text[before.end : after.start]
    return _PAUSE.search(between) is not None or (before.size < 1 and between.isspace())


def _tokens(text: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(text):
        if folded := fold(found.group().translate(_WITHOUT_APOSTROPHES)):
            yield _Token(folded, *found.span(), _SIZES[found.lastgroup])


@cache
def _longest() -> int:
    return max(len(phrase) for kind in _phrases() for phrase in kind)


@cache
def _phrases() -> _Phrases:
    found: tuple[dict[Phrase, set[str]], ...] = tuple({} for _ in _Phrases._fields)
    for line in (WORD_DATA / "courtesies.txt").read_text("utf-8").splitlines():
        tag, _, kinds = line.partition(" ")
        for kind, written in zip(found, kinds.split("||"), strict=True):
            for phrase in written.split("|"):
                for words in _spellings(phrase):
                    kind.setdefault(words, set()).add(tag)
    return _Phrases(*({phrase: frozenset(tags) for phrase, tags in kind.items()} for kind in found))


def _spellings(phrase: str) -> Iterator[Phrase]:
    """The phrases that one of the table stands for: ``a/b c`` is *a c* and *b c*; half a space may be a whole one."""
    for own in {phrase, phrase.replace("\u200c", " ")}:
        written = product(*(word.split("/") for word in own.split()))
        for words in map(" ".join, written):
            yield tuple(token.folded for token in _tokens(words))
