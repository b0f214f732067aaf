"""``rules.toml`` as it is now: read when it changes, replaced in one step."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from paraglot.search import disk
from paraglot.search.errors import InvalidSettings
from paraglot.search.query.rules.rules import NO_RULES, Rules, as_toml, parse_rules
from paraglot.search.query.rules.synonyms import SynonymTable

_Stamp: TypeAlias = tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class RulesNow:
    """The rules in force. ``fault``: what is wrong with the file, whose last good content then stays in force.

    ``version`` differs wherever answers may: it is of the content and of the fault.
    """

    rules: Rules = NO_RULES
    synonyms: SynonymTable = field(default_factory=lambda: SynonymTable(()))
    version: str = ""
    fault: str | None = None


NOTHING_RULED = RulesNow()


class RulesFile:
    """The rules of one index. Safe to share between threads."""

    def __init__(self, path: Path | None) -> None:
        """``path``: None for an index that can have no rules."""
        self._path = path
        self._lock = threading.Lock()
        self._stamp: _Stamp = None
        self._now = NOTHING_RULED

    def now(self) -> RulesNow:
        """The rules in force; a change of the file is seen at once. No file: no rules."""
        with self._lock:
            stamp = self._look()
            if stamp != self._stamp:
                self._now, self._stamp = self._read(), stamp
            return self._now

    def replace(self, rules: Rules) -> None:
        """Write the rules and have them in force everywhere. Raises `InvalidSettings` where no file can hold them."""
        if self._path is None:
            raise InvalidSettings("This index can have no rules.", "Keep the index in a folder or on a cluster.")
        content = as_toml(rules)
        parse_rules(content, self._path.name)
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}.draft")  # another process may write, too
        with self._lock:
            disk.make_folder(self._path.parent)
            disk.write_file(draft, content)
            disk.replace_file(draft, self._path)
            disk.sync_folder(self._path.parent)

    def _look(self) -> _Stamp:
        if self._path is None:
            return None
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            return (error.errno or 0, 0, 0)
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _read(self) -> RulesNow:
        if self._path is None:
            return NOTHING_RULED
        try:
            content = self._path.read_bytes()
            rules = parse_rules(content, self._path.name)
            return RulesNow(rules, SynonymTable(rules.synonyms), sha256(content).hexdigest())
        except FileNotFoundError:
            return RulesNow()
        except OSError as error:
            fault = f"{self._path.name}: {error.strerror or error}."
        except InvalidSettings as error:
            fault = str(error)
        good = self._now.version.partition("!")[0]
        return replace(self._now, version=f"{good}!{fault}", fault=fault)
