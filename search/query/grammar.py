"""What a query may say beyond words: "a phrase", -not, OR, title: text: source:, prefix*.

Nothing is ever wrong with a query: what does not follow the grammar is read as plain words, and so is a text of more
than `MOST_WORDS_WITH_OPERATORS` words, but for its phrases.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias, cast

import regex

from paraglot.search.query.quotations import Quotation, quotations

MOST_WORDS_WITH_OPERATORS = 32

Place: TypeAlias = Literal["", "text", "title", "source"]
"""Where a clause must hold; "": in text or title."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Something that a paragraph may have: a word or a phrase, or words that begin so."""

    text: str
    kind: Literal["word", "phrase", "prefix"]
    place: Place = ""


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """``plain`` is what to look for as words and by meaning, without operators and what is excluded.

    Of each group of ``required`` one clause must hold, of ``excluded`` none. ``alternatives`` are the texts that OR
    stands between. ``only_excludes``: it says nothing to look for, and was read as plain words.
    """

    plain: str
    required: tuple[tuple[Clause, ...], ...] = ()
    excluded: tuple[Clause, ...] = ()
    prefixes: tuple[str, ...] = ()
    only_excludes: bool = False
    alternatives: tuple[tuple[str, ...], ...] = ()


_WORD = regex.compile(
    r"""(?P<or>OR)$
    |(?:[(\[¿¡]*(?P<not>[-−－‐‑])(?=\p{L}|\p{N}{3}|\p{N}+\p{L}))?(?:(?P<place>title|text|source):(?=[\p{L}\p{N}]))?(?P<word>.+)""",
    regex.VERBOSE,
)
_BEFORE_PHRASE = regex.compile(r"(?:(?<=[\s(\[¿¡]|^)(?P<not>[-−－‐‑‒–]))?(?:(?<!\w)(?P<place>title|text|source):)?$")
_DEGREES = regex.compile(r"\s*(?:°|℃|℉|degrees?\b|[CFK]\b)")
_PREFIX = regex.compile(r"[\p{L}\p{M}\p{N}]{2,}\*")
_LETTERS = regex.compile(r"[\p{L}\p{N}]")


class _Piece(NamedTuple):
    """A word or a phrase of a query, or the operator OR, which has no clause."""

    clause: Clause | None
    excluded: bool = False


def parse(query: str) -> ParsedQuery:
    """The parts of a query.

    >>> parse('steuer „brot und butter“, -bier').excluded
    (Clause(text='bier', kind='word', place=''),)
    >>> parse('steuer OR "brot').plain
    'steuer OR "brot'
    """
    quoted = quotations(query)
    if quoted is None:
        return ParsedQuery(query)
    plainly = len(query.split()) > MOST_WORDS_WITH_OPERATORS
    pieces = list(_pieces(query, quoted, plainly))
    plain: list[str] = []
    groups: list[tuple[Clause, ...]] = []
    excluded: list[Clause] = []
    for at, (clause, unwanted) in enumerate(pieces):
        if clause is None:
            if not 0 < at < len(pieces) - 1 or not (pieces[at - 1].clause and pieces[at + 1].clause):
                return ParsedQuery(query)
            continue
        if unwanted:
            excluded.append(clause)
            continue
        plain.append("" if clause.place == "source" else clause.text)
        if at and pieces[at - 1].clause is None and groups:
            groups[-1] = (*groups[-1], clause)
        else:
            groups.append((clause,))
    text = " ".join(filter(None, plain))
    if not _LETTERS.search(text):
        return ParsedQuery(query, only_excludes=bool(excluded))
    prefixes = tuple(clause.text for group in groups for clause in group if clause.kind == "prefix")
    required = tuple(group for group in groups if _demands(group))
    alternatives = tuple(tuple(clause.text for clause in group) for group in groups if len(group) > 1)
    return ParsedQuery(text, required, tuple(excluded), prefixes, alternatives=alternatives)


def _pieces(query: str, quoted: Sequence[Quotation], plainly: bool) -> Iterator[_Piece]:
    """The words and phrases of a query in order; ``plainly``: only phrases have operators."""
    at = 0
    for quotation in (*quoted, None):
        between = query[at : quotation.start if quotation else len(query)]
        asked = _BEFORE_PHRASE.search(between) if quotation else None
        between = between[: asked.start()] if asked else between
        words = list(regex.finditer(r"\S+", between))
        for word in words:
            beside = bool((at and not word.start()) or (quotation and word.end() == len(between)))
            if not (beside and not _LETTERS.search(word.group())):
                yield _word(word.group(), between[word.end() :], plainly)
        if quotation and asked:
            place = cast(Place, asked.group("place") or "")
            yield _Piece(Clause(quotation.text, "phrase", place), bool(asked.group("not")))
            at = quotation.end


def _word(written: str, after: str, plainly: bool) -> _Piece:
    said = None if plainly else _WORD.match(written)
    if said is None:
        return _Piece(Clause(written, "word"))
    if said.group("or"):
        return _Piece(None)
    word, place = said.group("word"), cast(Place, said.group("place") or "")
    if said.group("not") and word[0].isdecimal() and _DEGREES.match(after):
        return _Piece(Clause(written, "word"))
    clause = Clause(word[:-1], "prefix", place) if _PREFIX.fullmatch(word) else Clause(word, "word", place)
    return _Piece(clause, bool(said.group("not")))


def _demands(group: tuple[Clause, ...]) -> bool:
    """Plain words are wishes; a phrase or a field is a demand."""
    return any(clause.kind == "phrase" or clause.place for clause in group)
