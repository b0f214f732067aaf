"""Settings: flags before ``PARAGLOT_*`` environment before a TOML file before defaults. Unknown keys are errors.

Plain data rather than a settings library, because the start of every command pays for what this imports.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from paraglot.api.pages.brand import colour_pair, picture
from paraglot.search.encoders import ENDPOINT
from paraglot.search.errors import InvalidSettings
from paraglot.search.types import MAX_LIMIT, MODES, Mode
from paraglot.search.types.address import CREDENTIALS, MADE, VECTORS, Address, address_of, resolved

PREFIX = "PARAGLOT_"
CONFIG_VARIABLE = "PARAGLOT_CONFIG"
TEST_CLUSTER = "PARAGLOT_TEST_OPENSEARCH"
"""Names the cluster that our tests may use. It is no setting, and whoever tests has it in the environment."""
DEFAULT_CONFIG = Path("paraglot.toml")
FORMER_PREFIX = "ROSETTA_"
FORMER_CONFIG = Path("rosetta.toml")
"""Names of before the product had its own: refused with the new ones, since a setting that is passed over is a trap."""
UNLIMITED = "unlimited"
KEYWORD_ENGINES = ("auto", "whoosh", "tantivy")
_AMONG_COLLECTIONS = re.compile(r",(?=[^,=]*=)")
"""The commas between collections; those of an address stand between its hosts."""
COLLECTION_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
DEFAULT_COLLECTION = "default"
"""What the one index is called where none has a name."""
RESERVED = ("search",)
"""What stands in the place of a collection's name in an address."""
PASSED_ON = {"endpoint": ENDPOINT, **CREDENTIALS, **MADE}
"""Settings that are read where they are needed, out of these variables of the environment."""
LOG_FORMATS = ("auto", "text", "json")


def _path(value: Any) -> Path:
    if not isinstance(value, str | Path) or not str(value):
        raise ValueError("must be a path")
    return Path(value).expanduser()


def _index(value: Any) -> Address:
    if value == "memory:":
        raise ValueError("must be a place that outlives a command (memory: is for Python)")
    address = address_of(value) if isinstance(value, str) and value else _path(value)
    return address.expanduser() if isinstance(address, Path) else address


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text")
    return value.strip()


def _address(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"https?://[^\s/]+\S*", value.strip(), re.IGNORECASE):
        raise ValueError("must be an address such as http://localhost:11434/v1")
    return value.strip()


def _integer(low: int, high: int) -> Callable[[Any], int]:
    def convert(value: Any) -> int:
        try:
            number = int(value) if isinstance(value, str) else value
        except ValueError:
            number = None
        if not isinstance(number, int) or isinstance(number, bool) or not low <= number <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return number

    return convert


def _flag(value: Any) -> bool:
    flag = {"true": True, "false": False}.get(value) if isinstance(value, str) else value
    if not isinstance(flag, bool):
        raise ValueError("must be true or false")
    return flag


def _rate(value: Any) -> str:
    if value == UNLIMITED or (isinstance(value, str) and re.fullmatch(r"[1-9]\d{0,8}/(second|minute|hour|day)", value)):
        return str(value)
    raise ValueError(f"must be a rate such as 600/minute, or {UNLIMITED}")


def _origins(value: Any) -> tuple[str, ...]:
    """Origins of web pages, from a list or with commas between."""
    entries = value.split(",") if isinstance(value, str) else value
    if not isinstance(entries, list | tuple) or not all(isinstance(item, str) for item in entries):
        raise ValueError("must be origins such as https://www.example.org")
    origins = tuple(entry.strip().rstrip("/").lower() for entry in entries if entry.strip())
    if not all(origin == "*" or re.fullmatch(r"[a-z][a-z0-9+.-]*://[^/?#@\s]+", origin) for origin in origins):
        raise ValueError("must be origins such as https://www.example.org, or *")
    return origins


def _one_of(*choices: str) -> Callable[[Any], str]:
    def convert(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return str(value)

    return convert


def _mode(value: Any) -> Mode:
    for mode in MODES:
        if value == mode:
            return mode
    raise ValueError(f"must be one of {', '.join(MODES)}")


def _collection(value: Any) -> tuple[tuple[str, Address], ...]:
    """(name, index) of each, from a table, or from ``NAME=INDEX`` in a list or with commas between."""
    pair = _AMONG_COLLECTIONS.split(value) if isinstance(value, str) else value
    if isinstance(pair, list | tuple):
        pairs = [entry.partition("=")[::2] if isinstance(entry, str) else ("", "") for entry in pair]
    else:
        pairs = list(pair.items()) if isinstance(pair, Mapping) else [("", "")]
    found: dict[str, Address] = {}
    for name, index in pairs:
        if not isinstance(index, str | Path) or not str(index).strip():
            raise ValueError("must be NAME=INDEX, such as news=indexes/news")
        if not COLLECTION_NAME.fullmatch(name.strip()) or name.strip() in RESERVED:
            raise ValueError(f"must have names of small letters, digits, - and _ (but not {' or '.join(RESERVED)})")
        if name.strip() in found:
            raise ValueError(f"names {name.strip()} twice")
        found[name.strip()] = _index(str(index).strip())
        if isinstance(value, str) and isinstance(found[name.strip()], Path) and "," in index:
            raise ValueError("must be NAME=INDEX, such as news=indexes/news")
    places: dict[Address | str, str] = {}
    for name, address in found.items():
        # What a service keeps for an index on a cluster lies in a folder of the index's name.
        place = address.resolve() if isinstance(address, Path) else address.name
        if (other := places.setdefault(place, name)) != name:
            raise ValueError(f"gives {other} and {name} the same place, {address}")
    return tuple(found.items())


def _setting(default: Any, convert: Callable[[Any], Any], meaning: str, secret: bool = False) -> Any:
    return field(default=default, metadata={"convert": convert, "meaning": meaning}, repr=not secret)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults; the names are those of the TOML file, with ``PARAGLOT_`` of the environment."""

    index: Address = _setting(Path("index"), _index, "the index: a folder, or opensearch://HOST:9200/NAME on a cluster")
    collection: tuple[tuple[str, Address], ...] = _setting(
        (), _collection, "indexes that the service offers by name (a table NAME = INDEX); the first is that of `index`"
    )
    service_folder: Path = _setting(
        Path("service"),
        _path,
        "keys, rules, waiting writes and statistics of indexes on a cluster, a folder for each",
    )
    opensearch_user: str | None = _setting(None, _text, "who the cluster is asked as")
    opensearch_password: str | None = _setting(None, _text, "that user's password", secret=True)
    opensearch_api_key: str | None = _setting(None, _text, "instead of user and password", secret=True)
    opensearch_ca_file: Path | None = _setting(None, _path, "certificates that the cluster's must come from")
    opensearch_shards: int | None = _setting(None, _integer(1, 1000), "parts of a new index on a cluster")
    opensearch_replicas: int = _setting(1, _integer(0, 10), "further copies of each part of it")
    opensearch_vectors: str = _setting("lucene", _one_of(*VECTORS), "what looks for its vectors, and in how many bits")
    model: str | None = _setting(None, _text, "encoder of a new index: builtin, or a sentence-transformers model")
    endpoint: str | None = _setting(None, _address, "where the encoder of an openai: model answers, with its /v1")
    reranker: str | None = _setting(None, _text, "cross-encoder that orders the first hits of hybrid searches")
    sentences: bool | None = _setting(None, _flag, "whether a new index keeps the vectors of sentences")
    language_means: bool | None = _setting(
        None, _flag, "whether a new index has vectors less the mean of their language"
    )
    keyword: str = _setting("auto", _one_of(*KEYWORD_ENGINES), "keyword engine of a new index: auto, whoosh or tantivy")
    mode: Mode = _setting("hybrid", _mode, "which legs `paraglot search` uses: hybrid, keyword or semantic")
    limit: int = _setting(10, _integer(1, MAX_LIMIT), "hits on a page of `paraglot search`")
    host: str = _setting("127.0.0.1", _text, "address that the service listens on")
    port: int = _setting(8000, _integer(0, 65535), "port of the service; 0 takes a free one")
    workers: int = _setting(1, _integer(1, 64), "processes of the service")
    page_title: str | None = _setting(None, _text, "title of the search page in place of its own")
    page_logo: Path | None = _setting(None, picture, "picture beside the title of the search page")
    page_colours: tuple[str, ...] = _setting((), colour_pair, "links and buttons of the page in the light and the dark")
    allow_origin: tuple[str, ...] = _setting((), _origins, "origins of web pages that may use the service (CORS)")
    trusted_proxy: str = _setting("127.0.0.1", _text, "addresses whose X-Forwarded-For is believed, with commas")
    key_rate: str = _setting("6000/minute", _rate, "requests with one key")
    address_rate: str = _setting("600/minute", _rate, "requests without a key of their own from one address")
    timeout_s: int = _setting(10, _integer(1, 600), "seconds that a search may take before it answers in part")
    vector_candidates: int = _setting(
        400, _integer(0, 100_000), "paragraphs that a coarse search names and an exact look decides on; 0: exact alone"
    )
    max_body_mb: int = _setting(100, _integer(1, 10_000), "megabytes that one POST /v1/articles may hold")
    log_format: str = _setting("auto", _one_of(*LOG_FORMATS), "auto (text on a terminal, else JSON), text or json")
    log_queries: bool = _setting(False, _flag, "whether the log of requests holds the queries")
    statistics: bool = _setting(False, _flag, "whether queries are counted, for /v1/stats")
    telemetry: bool = _setting(False, _flag, "whether traces are sent by OpenTelemetry, as OTEL_* says where")


def collections_of(settings: Settings) -> dict[str, Address]:
    """The places of what a service offers, by name, the default one first. Raises `InvalidSettings`."""
    if not settings.collection:
        return {DEFAULT_COLLECTION: settings.index}
    collections = dict(settings.collection)
    default = next((name for name, index in collections.items() if resolved(index) == resolved(settings.index)), None)
    if default is None:
        raise InvalidSettings(
            f"--index {settings.index} is none of the collections {', '.join(collections)}.",
            f"Leave it out, name one of their places, or add it: --collection NAME={settings.index}",
        )
    return {default: collections.pop(default), **collections}


def load_settings(flags: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force; a flag that is None was not given. Raises `InvalidSettings`, naming the place."""
    _refuse_former_names(environment)
    values: dict[str, Any] = {}
    for place, name, value in [*_from_file(environment), *_from_environment(environment), *_from_flags(flags)]:
        declared = {field.name: field for field in fields(Settings)}
        if name not in declared:
            near = get_close_matches(name, declared, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known are: {', '.join(declared)}."
            raise InvalidSettings(f"{place}: there is no setting {name!r}.", hint)
        try:
            values[name] = declared[name].metadata["convert"](value)
        except ValueError as error:
            raise InvalidSettings(f"{place}: {name} {error}, not {value!r}.") from None
    if values.get("collection"):
        values.setdefault("index", values["collection"][0][1])
    for name, variable in PASSED_ON.items():
        if name in values:
            os.environ[variable] = str(values[name])  # for whatever process of ours needs it
    return Settings(**values)


def _refuse_former_names(environment: Mapping[str, str]) -> None:
    former = sorted(name for name in environment if name.startswith(FORMER_PREFIX))
    if former:
        new = PREFIX + former[0].removeprefix(FORMER_PREFIX)
        raise InvalidSettings(f"environment variable {former[0]}: Rosetta is called Paraglot now.", f"Name it {new}.")
    if CONFIG_VARIABLE not in environment and FORMER_CONFIG.exists() and not DEFAULT_CONFIG.exists():
        raise InvalidSettings(
            f"{FORMER_CONFIG}: Rosetta is called Paraglot now.", f"Rename it: mv {FORMER_CONFIG} {DEFAULT_CONFIG}"
        )


def _from_file(environment: Mapping[str, str]) -> list[tuple[str, str, Any]]:
    configured = environment.get(CONFIG_VARIABLE)
    path = Path(configured) if configured else DEFAULT_CONFIG
    if not configured and not path.exists():
        return []
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InvalidSettings(f"{path}: cannot be read ({error.strerror}).", f"{CONFIG_VARIABLE} names it.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidSettings(f"{path}: not TOML ({error}).") from None
    return [(str(path), name, value) for name, value in content.items()]


def _from_environment(environment: Mapping[str, str]) -> list[tuple[str, str, Any]]:
    return [
        (f"environment variable {name}", name.removeprefix(PREFIX).lower(), value)
        for name, value in environment.items()
        if name.startswith(PREFIX) and name not in (CONFIG_VARIABLE, TEST_CLUSTER)
    ]


def _from_flags(flags: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    return [(f"--{name.replace('_', '-')}", name, value) for name, value in flags.items() if value is not None]
