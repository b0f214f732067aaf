"""What a query may say beyond words: "a phrase", -not, OR, title: text: source:, prefix*.

Nothing is ever wrong with a query: what does not follow the grammar is read as plain words, and so is a text of more
than `MOST_WORDS_WITH_OPERATORS` words, in which quotation marks and dashes are just that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

import regex

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

    Of each group of ``required`` one clause must hold, of ``excluded`` none.
    """

    plain: str
    required: tuple[tuple[Clause, ...], ...] = ()
    excluded: tuple[Clause, ...] = ()
    prefixes: tuple[str, ...] = ()


_PIECE = regex.compile(
    r"""(?<!\S)(?:(?P<or>OR)(?!\S)
    |(?P<not>-(?=[\p{L}"]))?(?:(?P<place>title|text|source):(?=["\p{L}\p{N}]))?
     (?:"(?P<phrase>[^"]*[\p{L}\p{N}][^"]*)"(?!\S)|(?P<word>\S+)))""",
    regex.VERBOSE,
)
_PREFIX = regex.compile(r"[\p{L}\p{M}\p{N}]{2,}\*")
_LETTERS = regex.compile(r"[\p{L}\p{N}]")


def parse(query: str) -> ParsedQuery:
    """The parts of a query.

    >>> parse('steuer "brot und butter" -bier').excluded
    (Clause(text='bier', kind='word', place=''),)
    >>> parse('steuer OR "brot').plain
    'steuer OR "brot'
    """
    if len(query.split()) > MOST_WORDS_WITH_OPERATORS:
        return ParsedQuery(query)
    pieces = list(_PIECE.finditer(query))
    clauses = [None if piece.group("or") else _clause(piece) for piece in pieces]
    plain: list[str] = []
    groups: list[tuple[Clause, ...]] = []
    excluded: list[Clause] = []
    for at, (piece, clause) in enumerate(zip(pieces, clauses, strict=True)):
        if clause is None:
            if not 0 < at < len(pieces) - 1 or not (clauses[at - 1] and clauses[at + 1]):
                return ParsedQuery(query)
            continue
        if piece.group("not"):
            excluded.append(clause)
            continue
        plain.append("" if clause.place == "source" else clause.text)
        if at and clauses[at - 1] is None and groups:
            groups[-1] = (*groups[-1], clause)
        else:
            groups.append((clause,))
    text = " ".join(filter(None, plain))
    if not _LETTERS.search(text) or query.count('"') % 2:
        return ParsedQuery(query)
    prefixes = tuple(clause.text for group in groups for clause in group if clause.kind == "prefix")
    return ParsedQuery(text, tuple(group for group in groups if _demands(group)), tuple(excluded), prefixes)


def _clause(piece: regex.Match[str]) -> Clause:
    place = cast(Place, piece.group("place") or "")
    if piece.group("phrase"):
        return Clause(piece.group("phrase"), "phrase", place)
    word = piece.group("word")
    return Clause(word[:-1], "prefix", place) if _PREFIX.fullmatch(word) else Clause(word, "word", place)


def _demands(group: tuple[Clause, ...]) -> bool:
    """Plain words are wishes; a phrase or a field is a demand."""
    return any(clause.kind == "phrase" or clause.place for clause in group)
