"""The filter grammar: text → typed tree. `paraglot.search.folder.attributes` says which rows a tree lets through.

    filter     := group ("OR" group)*
    group      := part ("AND" part)*
    part       := "NOT" part | "(" filter ")" | condition
    condition  := name ("=" | "!=" | "<" | "<=" | ">" | ">=") value
                | name ["NOT"] "IN" "[" value ("," value)* "]"
                | name ["NOT"] "EXISTS"

Names and values are bare words or quoted with ' or " (a backslash before a quote or a backslash). A bare value is read
as every type that it can be: ``2024`` is a text, a number and a date; a quoted one is a text or a date. AND binds more
strongly than OR; the words of the grammar may be written small.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple, NoReturn, TypeAlias

from paraglot.search.errors import InvalidRequest
from paraglot.search.text.dates import Period, read_period
from paraglot.search.text.normal_form import composed, id_form

MAX_FILTER_CHARACTERS = 4_000
MAX_DEPTH = 20
"""How deep parentheses and NOT may nest."""

Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">=", "IN", "EXISTS"]
ORDERED: tuple[Operator, ...] = ("<", "<=", ">", ">=")
COMPARING: tuple[Operator, ...] = ("=", "!=", *ORDERED)


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a filter as every type that it can be read as."""

    text: str
    number: float | None = None
    boolean: bool | None = None
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """What one attribute must be. ``values`` has one value, several for IN, none for EXISTS."""

    name: str
    operator: Operator
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """What the inner part does not let through."""

    part: Filter


@dataclass(frozen=True, slots=True)
class And:
    """What all parts let through."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What any part lets through."""

    parts: tuple[Filter, ...]


Filter: TypeAlias = Condition | Not | And | Or


@lru_cache(maxsize=256)
def parse_filter(text: str) -> Filter:
    """The tree of a filter. Raises `InvalidRequest` with the place and what was expected there.

    >>> parse_filter("language = de")
    Condition(name='language', operator='=', values=(Value(text='de', number=None, boolean=None, period=None),))
    """
    if len(text) > MAX_FILTER_CHARACTERS:
        raise InvalidRequest("filter", f"The filter is longer than {MAX_FILTER_CHARACTERS:,} characters.")
    parser = _Parser(composed(text))
    tree = parser.filter(0)
    parser.expect_end()
    return tree


def conditions(tree: Filter) -> Iterator[Condition]:
    """All conditions of a tree, from left to right."""
    match tree:
        case Condition():
            yield tree
        case Not(part):
            yield from conditions(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from conditions(part)


def _check_span(parts: Sequence[Filter]) -> None:
    """An article has one date, so that none lies after one day and before an earlier one."""
    dates = [part for part in parts if isinstance(part, Condition) and part.name == "date" and part.operator in ORDERED]
    spans = [(date.operator, date.values[0], date.values[0].period) for date in dates if date.values[0].period]
    lower = [(span.start if sign == ">=" else span.end, value.text) for sign, value, span in spans if sign[0] == ">"]
    upper = [(span.end if sign == "<=" else span.start, value.text) for sign, value, span in spans if sign[0] == "<"]
    if lower and upper and max(lower)[0] >= min(upper)[0]:
        first, last = max(lower)[1], min(upper)[1]
        raise InvalidRequest("filter", f"No date lies between {first} and {last}: the first is not before the second.")


class _Token(NamedTuple):
    kind: Literal["word", "quoted", "sign", "end"]
    text: str
    at: int


_TOKEN = re.compile(
    r"""\s*(?:(?P<sign>[()\[\],]|[<>!]=|[<>=])
    |(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<word>[^\s()\[\],<>=!"']+)|(?P<other>\S)|(?P<end>\Z))""",
    re.VERBOSE | re.DOTALL,
)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


class _Parser:
    """Recursive descent, one token ahead."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._token = self._read(0)

    def filter(self, depth: int) -> Filter:
        """Groups with OR between."""
        groups = [self._group(depth)]
        while self._took_word("OR"):
            groups.append(self._group(depth))
        return groups[0] if len(groups) == 1 else Or(tuple(groups))

    def expect_end(self) -> None:
        """Nothing may follow."""
        if self._token.kind != "end":
            self._fail("AND, OR or the end")

    def _group(self, depth: int) -> Filter:
        parts = [self._part(depth)]
        while self._took_word("AND"):
            parts.append(self._part(depth))
        _check_span(parts)
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _part(self, depth: int) -> Filter:
        if depth > MAX_DEPTH:
            raise InvalidRequest("filter", f"The filter nests deeper than {MAX_DEPTH} levels.")
        if self._took_word("NOT"):
            return Not(self._part(depth + 1))
        if self._took_sign("("):
            inner = self.filter(depth + 1)
            self._expect_sign(")", "AND, OR or ')'")
            return inner
        return self._condition()

    def _condition(self) -> Filter:
        if self._token.kind not in ("word", "quoted"):
            self._fail("the name of an attribute, NOT or '('")
        name = self._take().text
        negated = self._took_word("NOT")
        if self._took_word("IN"):
            condition: Filter = Condition(name, "IN", self._list(name))
        elif self._took_word("EXISTS"):
            condition = Condition(name, "EXISTS")
        elif negated:
            self._fail("IN or EXISTS")
        else:
            condition = self._comparison(name)
        return Not(condition) if negated else condition

    def _comparison(self, name: str) -> Filter:
        operator = next((sign for sign in COMPARING if self._took_sign(sign)), None)
        if operator is None:
            self._fail(f"=, !=, <, <=, >, >=, IN, NOT IN or EXISTS after the name {name!r}")
        at = self._token
        value = self._value(name)
        self._expect_no_further_word(at, "AND, OR or the end")
        if operator in ORDERED and value.number is None and value.period is None:
            self._fail(f"a number or a date after {operator}", at)
        self._check_date(name, value, at)
        return Condition(name, operator, (value,))

    def _check_date(self, name: str, value: Value, at: _Token) -> None:
        """An article's date is one or it is not there, so that nothing could ever be equal to another value."""
        if name == "date" and value.period is None:
            self._fail("a date such as 2024, 2024-05 or 2024-05-31", at)

    def _list(self, name: str) -> tuple[Value, ...]:
        self._expect_sign("[", "'[' and a list of values")
        values = [self._entry(name)]
        while self._took_sign(","):
            values.append(self._entry(name))
        self._expect_sign("]", "',' or ']'")
        return tuple(values)

    def _entry(self, name: str) -> Value:
        at = self._token
        value = self._value(name)
        self._expect_no_further_word(at, "',' or ']'")
        self._check_date(name, value, at)
        return value

    def _expect_no_further_word(self, value: _Token, expected: str) -> None:
        """The words of a name are the commonest fault: they stand in quotes."""
        further = self._token
        if value.kind == "word" and further.kind == "word" and further.text.upper() not in ("AND", "OR"):
            words = f"{value.text} {further.text}"
            self._fail(f'{expected}, or quotes around a value of several words, such as "{words}"')

    def _value(self, name: str) -> Value:
        if self._token.kind not in ("word", "quoted"):
            self._fail("a value")
        token = self._take()
        if name == "id":
            token = token._replace(text=id_form(token.text))
        if token.kind == "quoted":
            return Value(token.text, period=read_period(token.text))
        number = float(token.text) if _NUMBER.fullmatch(token.text) else None
        if number is not None and not math.isfinite(number):
            number = None
        boolean = {"true": True, "false": False}.get(token.text.lower())
        return Value(token.text, number, boolean, read_period(token.text))

    def _read(self, start: int) -> _Token:
        match = _TOKEN.match(self._text, start)
        if match is None or match.lastgroup is None:
            raise AssertionError("the pattern of tokens matches everywhere")
        kind, text = match.lastgroup, match[match.lastgroup]
        at = match.start(kind)
        self._next = match.end()
        if kind == "other":
            expected = "a closing quote" if text in "\"'" else "a name, a value or an operator"
            self._fail(expected, _Token("sign", text, at))
        if kind == "quoted":
            return _Token("quoted", re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL), at)
        return _Token("sign" if kind == "sign" else "word" if kind == "word" else "end", text, at)

    def _take(self) -> _Token:
        taken, self._token = self._token, self._read(self._next)
        return taken

    def _took_word(self, word: str) -> bool:
        return self._took("word", word)

    def _took_sign(self, sign: str) -> bool:
        return self._took("sign", sign)

    def _took(self, kind: str, text: str) -> bool:
        there = self._token.kind == kind and self._token.text.upper() == text
        if there:
            self._take()
        return there

    def _expect_sign(self, sign: str, expected: str) -> None:
        if not self._took_sign(sign):
            self._fail(expected)

    def _fail(self, expected: str, token: _Token | None = None) -> NoReturn:
        at = token or self._token
        where = "the end" if at.kind == "end" else f"character {at.at + 1}, {at.text[:40]!r}"
        raise InvalidRequest("filter", f"The filter cannot be read at {where}: expected {expected}.")
