"""Settings: flags before ``ROSETTA_*`` environment before a TOML file before defaults. Unknown keys are errors.

Plain data rather than a settings library, because the start of every command pays for what this imports.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from search.errors import InvalidSettings
from search.types import MAX_LIMIT, MODES, Mode

PREFIX = "ROSETTA_"
CONFIG_VARIABLE = "ROSETTA_CONFIG"
DEFAULT_CONFIG = Path("rosetta.toml")


def _path(value: Any) -> Path:
    if not isinstance(value, str | Path) or not str(value):
        raise ValueError("must be a path")
    return Path(value).expanduser()


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text")
    return value.strip()


def _whole(low: int, high: int) -> Callable[[Any], int]:
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
    named = {"true": True, "false": False}.get(value) if isinstance(value, str) else value
    if not isinstance(named, bool):
        raise ValueError("must be true or false")
    return named


def _mode(value: Any) -> Mode:
    for mode in MODES:
        if value == mode:
            return mode
    raise ValueError(f"must be one of {', '.join(MODES)}")


def _setting(default: Any, convert: Callable[[Any], Any], meaning: str) -> Any:
    return field(default=default, metadata={"convert": convert, "meaning": meaning})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults; the names are those of the TOML file, with ``ROSETTA_`` of the environment."""

    index: Path = _setting(Path("index"), _path, "folder of the index")
    model: str | None = _setting(None, _text, "encoder of a new index: builtin, or a sentence-transformers model")
    sentences: bool | None = _setting(None, _flag, "whether a new index keeps the vectors of sentences")
    mode: Mode = _setting("hybrid", _mode, "which legs `rosetta search` uses: hybrid, keyword or semantic")
    limit: int = _setting(10, _whole(1, MAX_LIMIT), "hits on a page of `rosetta search`")
    host: str = _setting("127.0.0.1", _text, "address that the service listens on")
    port: int = _setting(8000, _whole(0, 65535), "port of the service; 0 takes a free one")


def load_settings(flags: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force; a flag that is None was not given. Raises `InvalidSettings`, naming the place."""
    values: dict[str, Any] = {}
    for place, name, value in [*_from_file(environment), *_from_environment(environment), *_from_flags(flags)]:
        known = {one.name: one for one in fields(Settings)}
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known are: {', '.join(known)}."
            raise InvalidSettings(f"{place}: there is no setting {name!r}.", hint)
        try:
            values[name] = known[name].metadata["convert"](value)
        except ValueError as error:
            raise InvalidSettings(f"{place}: {name} {error}, not {value!r}.") from None
    return Settings(**values)


def _from_file(environment: Mapping[str, str]) -> list[tuple[str, str, Any]]:
    named = environment.get(CONFIG_VARIABLE)
    path = Path(named) if named else DEFAULT_CONFIG
    if not named and not path.exists():
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
        if name.startswith(PREFIX) and name != CONFIG_VARIABLE
    ]


def _from_flags(flags: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    return [(f"--{name}", name, value) for name, value in flags.items() if value is not None]
