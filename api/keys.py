"""Access keys: who may search, write or administer, kept as hashes in one file beside the index.

A key is shown once, when it is made. Its secret is 256 random bits, so one SHA-256 is all the hashing it needs: there
is no dictionary to try. Once the file of keys exists, every request needs a key, whether any is still valid or not.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeAlias

import portalocker

from paraglot.search import disk
from paraglot.search.errors import IndexDamaged, InvalidRequest, InvalidSettings, NotFound
from paraglot.search.query.filters import parse_filter
from paraglot.search.text.dates import duration_s

Scope: TypeAlias = Literal["search", "write", "admin"]
SCOPES: tuple[Scope, ...] = ("search", "write", "admin")
"""Each may do what those before it may."""

EVERY = "*"
ANONYMOUS = "anonymous"
_PREFIX = "paraglot"
_FORMER_PREFIX = "rosetta"
"""Of keys that were given out before the product had its name; they go on working."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a key allows. ``filter`` is laid over everything that it reads; times are ISO 8601 in UTC.

    ``collections`` are the names of those that it opens (`EVERY`: all); none: it opens the index beside which it lies.
    ``hash`` is the SHA-256 of the secret; the anonymous key, which stands for requests without one, has none.
    """

    id: str
    scope: Scope
    name: str = ""
    filter: str | None = None
    created: str = ""
    expires: str | None = None
    hash: str = ""
    collections: tuple[str, ...] = ()

    def opens(self, name: str) -> bool:
        """Whether it is bound to the collection of this name, or to all."""
        return name in self.collections or EVERY in self.collections

    def allows(self, scope: Scope) -> bool:
        """Whether this key's scope includes ``scope``."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)

    def expired(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.expires is not None and datetime.fromisoformat(self.expires) <= now


LOCAL = Key(id="local", scope="admin")
"""What every request has where no keys were made, which only this machine can reach."""


class KeyFile:
    """The keys of one index. Every reading looks whether the file was replaced, so a revoked key ends at once."""

    def __init__(self, path: Path, required: bool = False) -> None:
        """``required``: keys are needed even where the file is gone."""
        self._path = path
        self._required = required
        self._read: tuple[tuple[int, int, int], list[Key]] | None = None

    @property
    def required(self) -> bool:
        """Whether requests need a key. What was once required stays so until the service starts anew."""
        self._required = self._required or self._path.exists()
        return self._required

    def all(self) -> list[Key]:
        """All keys, expired ones too. Raises `IndexDamaged` where the file is not one of keys."""
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return []
        stamp = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        if self._read is None or self._read[0] != stamp:
            self._read = stamp, self._parsed()
        return self._read[1]

    def find(self, token: str | None) -> Key | None:
        """The valid key that a token names; without a token, the anonymous key. None: there is no such key."""
        now = datetime.now(UTC)
        name, secret = (ANONYMOUS, "") if token is None else _parts(token)
        # The id is no secret, the rest is compared in constant time; an unknown id costs the same.
        key = next((stored for stored in self.all() if stored.id == name), None)
        expected = key.hash if key else _hash("")
        same = (key is not None and key.id == ANONYMOUS and token is None) or hmac.compare_digest(
            expected, _hash(secret)
        )
        return key if key and same and not key.expired(now) else None

    def create(
        self,
        scope: Scope,
        name: str = "",
        filter: str | None = None,
        expires: str | None = None,
        anonymous: bool = False,
        collections: Sequence[str] = (),
    ) -> tuple[Key, str]:
        """Make a key; returns it and the token to hand out ("" for the anonymous key, which there is once)."""
        if filter is not None and scope != "search":
            raise InvalidSettings(f"A filter narrows what is read; a key of scope {scope!r} cannot have one.")
        if filter is not None:
            _check_filter(filter)
        if anonymous and scope != "search":
            raise InvalidSettings("The anonymous key may only search.")
        now = datetime.now(UTC)
        secret = "" if anonymous else secrets.token_urlsafe(32)
        key = Key(
            id=ANONYMOUS if anonymous else secrets.token_hex(4),
            scope=scope,
            name=name,
            filter=filter,
            created=now.isoformat(timespec="seconds"),
            expires=expiry(expires, now).isoformat(timespec="seconds") if expires else None,
            hash="" if anonymous else _hash(secret),
            collections=tuple(dict.fromkeys(collections)),
        )
        with self._writing() as keys:
            keys[:] = [stored for stored in keys if stored.id != key.id] + [key]
        return key, "" if anonymous else f"{_PREFIX}_{key.id}_{secret}"

    def revoke(self, ids: Sequence[str]) -> None:
        """Remove keys. Raises `NotFound` for the first id that is unknown; then none is removed."""
        with self._writing() as keys:
            existing = {key.id for key in keys}
            for key_id in ids:
                if key_id not in existing:
                    raise NotFound(f"There is no key {key_id!r}; nothing was revoked.")
            keys[:] = [stored for stored in keys if stored.id not in ids]

    @contextmanager
    def _writing(self) -> Iterator[list[Key]]:
        disk.make_folder(self._path.parent)
        disk.make_private(self._path.with_suffix(".lock"))
        with portalocker.Lock(self._path.with_suffix(".lock"), "a"):
            keys = list(self.all())
            yield keys
            draft = self._path.with_suffix(".draft")
            disk.write_file(draft, json.dumps([asdict(key) for key in keys], indent=1).encode())
            disk.replace_file(draft, self._path)
            disk.sync_folder(self._path.parent)

    def _parsed(self) -> list[Key]:
        try:
            return [
                Key(**{**fields, "collections": tuple(fields.get("collections", ()))})
                for fields in json.loads(self._path.read_text("utf-8"))
            ]
        except (ValueError, TypeError) as error:
            raise IndexDamaged(
                f"{self._path}: not a file of keys ({error}).",
                "Restore it from a backup, or remove it and make new keys.",
            ) from error


class CollectionKeys:
    """The keys that open one collection: those beside its index, and those of the service that are bound to it."""

    def __init__(self, name: str, own_keys: KeyFile | None, service: KeyFile) -> None:
        """``own_keys``: the keys beside the index; None: there is no such collection, and keys of all find that out.
        ``service``: those beside the default collection's index.
        """
        self._name, self._own, self._service = name, own_keys, service

    @property
    def exists(self) -> bool:
        """Whether there is such a collection."""
        return self._own is not None

    @property
    def required(self) -> bool:
        """Whether requests need a key."""
        return self._service.required or (self._own is not None and self._own.required)

    def find(self, token: str | None) -> Key | None:
        """The valid key that a token names, if it opens this collection; without a token, the anonymous key that does.

        A key of another collection is as unknown as one that there never was.
        """
        key = self._service.find(token)
        if key and key.opens(self._name):
            return key
        key = self._own.find(token) if self._own else None
        return key if key and (not key.collections or key.opens(self._name)) else None


def expiry(text: str, now: datetime) -> datetime:
    """When a key ends: ``30d``, ``12h`` or ``10m`` from now, or an ISO 8601 date or time (UTC where it has no zone).

    >>> expiry("2h", datetime(2024, 5, 31, tzinfo=UTC)).isoformat()
    '2024-05-31T02:00:00+00:00'
    """
    try:
        duration = duration_s(text)
        end = datetime.fromisoformat(text) if duration is None else now + timedelta(seconds=duration)
    except (ValueError, OverflowError):
        raise InvalidSettings(f"--expires must be such as 30d, 12h or 2027-01-31, not {text!r}.") from None
    end = end if end.tzinfo else end.replace(tzinfo=UTC)
    if end <= now:
        raise InvalidSettings(f"--expires {text}: that time is over.")
    return end.astimezone(UTC)


def _parts(token: str) -> tuple[str, str]:
    prefix, _, rest = token.partition("_")
    name, _, secret = rest.partition("_")
    return (name, secret) if prefix in (_PREFIX, _FORMER_PREFIX) and name != ANONYMOUS else ("", "")


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _check_filter(text: str) -> None:
    try:
        parse_filter(text)
    except InvalidRequest as error:
        raise InvalidSettings(error.message) from None
