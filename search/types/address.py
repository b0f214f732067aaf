"""Where an index lies, as it is written: a folder, or the address of one on a cluster."""

from __future__ import annotations

import re
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TypeAlias

from paraglot.search.errors import InvalidSettings

PORT = 9200
"""Where a cluster answers of which no port is named."""

CREDENTIALS = {
    name: f"PARAGLOT_{name.upper()}"
    for name in ("opensearch_user", "opensearch_password", "opensearch_api_key", "opensearch_ca_file")
}
"""The environment variables that say who a cluster is asked as and whose certificates it has, by their settings."""

MADE = {name: f"PARAGLOT_{name.upper()}" for name in ("opensearch_shards", "opensearch_replicas", "opensearch_vectors")}
"""The environment variables that say how a new index on a cluster is made, by their settings."""

VECTORS = ("lucene", "lucene-7bit", "faiss", "faiss-fp16")
"""What looks for vectors on a cluster, and in how many bits of a number."""

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):", re.IGNORECASE)
_HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_SECURE = {"opensearch": False, "opensearch+https": True}


@dataclass(frozen=True, slots=True)
class ClusterAddress:
    """An index on an OpenSearch cluster: nodes that answer for it, as ``host:port``, and its name there.

    >>> address_of("opensearch+https://one.example,two.example:9201/news")
    ClusterAddress(hosts=('one.example:9200', 'two.example:9201'), name='news', secure=True)
    """

    hosts: tuple[str, ...]
    name: str
    secure: bool = False

    @property
    def urls(self) -> tuple[str, ...]:
        """The nodes as a client asks them."""
        return tuple(f"http{'s' if self.secure else ''}://{host}" for host in self.hosts)

    def __str__(self) -> str:
        return f"opensearch{'+https' if self.secure else ''}://{','.join(self.hosts)}/{self.name}"


Address: TypeAlias = Path | ClusterAddress

Place: TypeAlias = str | PathLike[str] | ClusterAddress
"""An address as a caller may give it."""


def place_of(place: Place) -> Address:
    """The address of a place. Raises `InvalidSettings` for what is none."""
    if not isinstance(place, str):
        return place if isinstance(place, ClusterAddress) else Path(place)
    try:
        return address_of(place)
    except ValueError as error:
        raise InvalidSettings(f"An index's place {error}, not {place!r}.") from None


def address_of(text: str) -> Address:
    """What is written as a place of an index. Raises `ValueError`, which says what it must be.

    >>> address_of("./odd:name"), str(address_of("opensearch://localhost/news"))
    (PosixPath('odd:name'), 'opensearch://localhost:9200/news')
    """
    scheme = _SCHEME.match(text)
    if scheme is None:
        return Path(text)
    secure = _SECURE.get(scheme[1].lower())
    if secure is None:
        raise ValueError(
            f"must be a folder (one with a colon in its name as ./{scheme[0]}…) or opensearch://HOST:9200/NAME"
        )
    return _cluster(text[scheme.end() :], secure)


def resolved(address: Address) -> Address:
    """The same for all ways to write a place."""
    return address.resolve() if isinstance(address, Path) else address


def _cluster(rest: str, secure: bool) -> ClusterAddress:
    hosts, _, name = rest.removeprefix("//").partition("/")
    if "@" in hosts:
        raise ValueError("must be without a password: PARAGLOT_OPENSEARCH_USER and _PASSWORD have it")
    found = [_HOST.fullmatch(host.strip()) for host in hosts.split(",")]
    ports = [int(host[2] or PORT) for host in found if host]
    if not rest.startswith("//") or None in found or not all(0 < port < 65_536 for port in ports):
        raise ValueError("must be opensearch://HOST:9200/NAME, or several hosts with commas between")
    if not _NAME.fullmatch(name.removesuffix("/")):
        raise ValueError("must end in a name of small letters, digits, '-', '_' and '.', such as …:9200/news")
    named = tuple(f"{host[1].lower()}:{port}" for host, port in zip(filter(None, found), ports, strict=True))
    return ClusterAddress(named, name.removesuffix("/"), secure)
