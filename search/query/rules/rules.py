"""The rules of an index, ``rules.toml`` in its folder: synonyms, and paragraphs that come first for certain queries.

[[synonyms]]
words = ["ev", "electric car"]     # each stands for the others
language = "en"                    # optional: for queries that may be in it

[[synonyms]]
from = ["Bombay"]                  # one way: who looks for these …
to = ["Mumbai"]                    # … finds these too

[[pins]]
queries = ["opening hours"]        # or query = "opening hours"
match = "exact"                    # or "contains"
ids = ["visit", "museum~3f9a"]     # of paragraphs or articles, in this order
languages = ["en"]                 # optional: for queries that may be in one of them
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias, cast

from paraglot.search.errors import InvalidSettings
from paraglot.search.text.analysis import phrase_form
from paraglot.search.text.languages import primary
from paraglot.search.types import LANGUAGE_TAG

Match: TypeAlias = Literal["exact", "contains"]

MAX_RULES_BYTES = 1_000_000
MAX_RULES = 10_000
MAX_ENTRIES = 100
"""Words of one synonym rule; queries or ids of one pin."""

MAX_CHARACTERS = 1_000
"""Of a word, a query or an id."""

_form = lru_cache(MAX_RULES * 10)(phrase_form)


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Who looks for one of ``sources`` finds ``targets`` too; the same list twice: each stands for the others."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """The paragraphs, or articles, with these ``ids`` come first where a query matches one of ``queries``."""

    queries: tuple[str, ...]
    ids: tuple[str, ...]
    match: Match = "exact"
    languages: tuple[str, ...] = ()

    def fits(self, query: str, languages: Mapping[str, float]) -> bool:
        """Whether the pin is for a query that may be in ``languages``; case, accents and punctuation are no matter."""
        if self.languages and not {primary(tag) for tag in self.languages} & languages.keys():
            return False
        asked, wanted = phrase_form(query), [_form(form) for form in self.queries]
        return asked in wanted if self.match == "exact" else any(form in asked for form in wanted)


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of an index, in the order of its file."""

    synonyms: tuple[Synonyms, ...] = ()
    pins: tuple[Pin, ...] = ()

    def pinned(self, query: str, languages: Mapping[str, float]) -> tuple[str, ...]:
        """The ids that are pinned for a query that may be in ``languages``, each once, in the order of the rules."""
        return tuple(dict.fromkeys(id_ for pin in self.pins if pin.fits(query, languages) for id_ in pin.ids))


NO_RULES = Rules()


def parse_rules(content: bytes, name: str) -> Rules:
    """Rules out of a TOML file called ``name``. Raises `InvalidSettings`, which names the line or the key."""
    import tomllib  # most indexes have no rules

    if len(content) > MAX_RULES_BYTES:
        raise InvalidSettings(f"{name}: longer than {MAX_RULES_BYTES:,} bytes.")
    try:
        text = content.decode("utf-8")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise InvalidSettings(f"{name}: not UTF-8 (byte {error.start}).") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidSettings(f"{name}: not TOML: {error}.") from None
    return read_rules(data, lambda kind, number: _place(text, name, kind, number))


def read_rules(data: Mapping[str, Any], place: Any = lambda kind, number: f"{kind}[{number}]") -> Rules:
    """Rules out of tables. ``place`` says where the table of a kind with a number, from 0, stands.

    Raises `InvalidSettings`.
    """
    for key in sorted(data.keys() - {"synonyms", "pins"}):
        raise InvalidSettings(f"{place('', -1)}: there is no {key!r}; known are synonyms and pins.")
    synonyms = tuple(_synonyms(where, table) for where, table in _tables(data, "synonyms", place))
    return Rules(synonyms, tuple(_pin(where, table) for where, table in _tables(data, "pins", place)))


def as_tables(rules: Rules) -> dict[str, list[dict[str, Any]]]:
    """Rules as `read_rules` takes them."""
    return {
        "synonyms": [_synonyms_table(synonyms) for synonyms in rules.synonyms],
        "pins": [_pin_table(pin) for pin in rules.pins],
    }


def as_toml(rules: Rules) -> bytes:
    """Rules as a file that `parse_rules` reads."""
    lines = []
    for kind, tables in as_tables(rules).items():
        for table in tables:
            lines += [f"[[{kind}]]", *(f"{key} = {_toml(value)}" for key, value in table.items()), ""]
    return "\n".join(lines).encode("utf-8")


def _tables(data: Mapping[str, Any], kind: str, place: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    tables = data.get(kind, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise InvalidSettings(f"{place('', -1)}: {kind} must be tables, each under [[{kind}]].")
    if len(tables) > MAX_RULES:
        raise InvalidSettings(f"{place('', -1)}: more than {MAX_RULES:,} {kind}.")
    for number, table in enumerate(tables):
        yield place(kind, number), table


def _synonyms(where: str, table: Mapping[str, Any]) -> Synonyms:
    _known(where, table, ("words", "from", "to", "language"))
    if ("words" in table) == bool(table.keys() & {"from", "to"}):
        raise InvalidSettings(f"{where}: give either words, or from and to.")
    language = _language(where, table["language"], "language") if "language" in table else None
    if "words" in table:
        words = _texts(where, table, "words", least=2)
        return Synonyms(words, words, language)
    return Synonyms(_texts(where, table, "from"), _texts(where, table, "to"), language)


def _pin(where: str, table: Mapping[str, Any]) -> Pin:
    _known(where, table, ("query", "queries", "match", "ids", "languages"))
    if ("query" in table) == ("queries" in table):
        raise InvalidSettings(f"{where}: give either query or queries.")
    single = "query" in table
    queries = _texts(where, {"query": [table["query"]]} if single else table, "query" if single else "queries")
    match = table.get("match", "exact")
    if match not in ("exact", "contains"):
        raise InvalidSettings(f"{where}: match must be exact or contains, not {match!r}.")
    languages = _texts(where, table, "languages") if "languages" in table else ()
    for tag in languages:
        _language(where, tag, "languages")
    return Pin(queries, _texts(where, table, "ids", wordless=True), cast(Match, match), languages)


def _known(where: str, table: Mapping[str, Any], keys: Sequence[str]) -> None:
    for key in sorted(table.keys() - set(keys)):
        raise InvalidSettings(f"{where}: there is no key {key!r}; known are {', '.join(keys)}.")


def _texts(where: str, table: Mapping[str, Any], key: str, least: int = 1, wordless: bool = False) -> tuple[str, ...]:
    """A list of texts, each with a letter or digit, unless they are ids."""
    texts = table.get(key)
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise InvalidSettings(f"{where}: {key} must be {'a text' if key == 'query' else 'a list of texts'}.")
    if not least <= len(texts) <= MAX_ENTRIES:
        raise InvalidSettings(f"{where}: {key} must have {least} to {MAX_ENTRIES} entries, not {len(texts)}.")
    for text in texts:
        if len(text) > MAX_CHARACTERS:
            raise InvalidSettings(f"{where}: {key}: an entry is longer than {MAX_CHARACTERS} characters.")
        if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
            raise InvalidSettings(f"{where}: {key}: {text!r} holds a lone surrogate, which no file can.")
        if not text or not (wordless or phrase_form(text).strip()):
            raise InvalidSettings(f"{where}: {key}: {text!r} has no word in it.")
    return tuple(texts)


def _language(where: str, tag: Any, key: str) -> str:
    if not isinstance(tag, str) or not LANGUAGE_TAG.fullmatch(tag):
        raise InvalidSettings(f"{where}: {key}: {tag!r} is not a language tag such as 'de' or 'zh-TW'.")
    return tag


def _place(text: str, name: str, kind: str, number: int) -> str:
    """The file, the line of the table's header where it has one, and the table."""
    if number < 0:
        return name
    headers = re.finditer(rf"^[ \t]*\[\[[ \t]*{kind}[ \t]*\]\]", text, re.MULTILINE)
    lines = [text.count("\n", 0, header.start()) + 1 for header in headers]
    line = f"line {lines[number]}: " if number < len(lines) else ""
    return f"{name}: {line}{kind}[{number}]"


def _synonyms_table(synonyms: Synonyms) -> dict[str, Any]:
    words = {"words": list(synonyms.sources)} if synonyms.sources == synonyms.targets else {}
    ways = words or {"from": list(synonyms.sources), "to": list(synonyms.targets)}
    return ways | ({"language": synonyms.language} if synonyms.language else {})


def _pin_table(pin: Pin) -> dict[str, Any]:
    table = {"queries": list(pin.queries), "match": pin.match, "ids": list(pin.ids)}
    return table | ({"languages": list(pin.languages)} if pin.languages else {})


def _toml(value: str | list[str]) -> str:
    """JSON's texts and lists are TOML's, but that TOML wants DEL escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
