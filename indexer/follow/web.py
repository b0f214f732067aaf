"""One request to the web: http and https alone, bounded in time and size, to no address of a private network.

What strangers write decides what is asked for: a page may redirect to a machine behind the firewall, a name may mean
another address from one moment to the next. So the address is looked at that is connected to, each time.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from urllib.parse import urlsplit

ANSWER_S, SILENCE_S = 60.0, 15.0
"""How long one answer may take in all, and how long it may say nothing."""

NAT64 = ipaddress.ip_network("64:ff9b::/96")
_BLOCK = 65_536


class Refused(Exception):
    """Why an address gives nothing, in words for who asked for it."""


class Unreached(Refused):
    """Nothing came from the host at all."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came from ``url``; names of ``headers`` are in small letters."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes


class Web:
    """Sends requests. Follows no redirect: who asks looks at each address."""

    def __init__(self, private: bool = False, answer_s: float = ANSWER_S) -> None:
        """``private``: whether addresses of private networks, this machine among them, may be asked."""
        self._private, self._answer_s = private, answer_s
        self.agent = f"paraglot/{version('paraglot')}"

    def get(self, url: str, headers: Mapping[str, str], most_bytes: int) -> Answer:
        """The answer to one GET. Raises `Refused`."""
        connection, path = self._connection(url)
        sent = {"user-agent": self.agent, "accept": "*/*", "accept-encoding": "gzip", **headers}
        timer = threading.Timer(self._answer_s, lambda: _cut(connection))
        timer.daemon = True
        ends = time.monotonic() + self._answer_s
        try:
            timer.start()
            connection.request("GET", path, headers=sent)
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            content = _read(response, most_bytes)
            return Answer(url, response.status, named, _decoded(content, named, most_bytes))
        except (OSError, http.client.HTTPException, ValueError) as error:
            late = time.monotonic() >= ends
            raise Unreached(
                f"no answer within {self._answer_s:g} s" if late else f"no answer: {error or 'none'}"
            ) from error
        finally:
            timer.cancel()
            connection.close()

    def _connection(self, url: str) -> tuple[http.client.HTTPConnection, str]:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise Unreached(f"no address of the web ({error})") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Unreached("no address of the web")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if any(ord(letter) < 33 or ord(letter) > 126 for letter in path):
            raise Refused("an address with characters that stand in none")
        kind = _Secure if parts.scheme == "https" else _Plain
        connection = kind(parts.hostname, port, timeout=SILENCE_S)
        connection.private = self._private
        return connection, path


class _Plain(http.client.HTTPConnection):
    private = False

    def connect(self) -> None:
        self.sock = _connected(self.host, self.port, self.private)


class _Secure(http.client.HTTPSConnection):
    private = False

    def connect(self) -> None:
        plain = _connected(self.host, self.port, self.private)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def _connected(host: str, port: int, private: bool) -> socket.socket:
    """A connection to an address of a host, which is looked at before. Raises `Refused`, `OSError`."""
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreached(f"{host} cannot be found") from error
    for *_, place in addresses:
        if not private and not is_public(str(place[0])):
            shown = host if host == place[0] else f"{host}, which is {place[0]},"
            raise Unreached(f"{shown} is no address of the public web; --private asks it all the same")
    failure: OSError | None = None
    for family, kind, protocol, _, place in addresses:
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(SILENCE_S)
        try:
            connection.connect(place)
            return connection
        except OSError as error:
            connection.close()
            failure = error
    raise failure or OSError(f"{host} has no address")


def is_public(address: str) -> bool:
    """Whether an address is one of the public web, whatever it is wrapped in.

    >>> is_public("93.184.215.14"), is_public("10.0.0.1"), is_public("::ffff:127.0.0.1"), is_public("64:ff9b::a00:1")
    (True, False, False, False)
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        teredo = parsed.teredo[1] if parsed.teredo else None
        inner = parsed.ipv4_mapped or parsed.sixtofour or teredo
        if inner is None and parsed in NAT64:
            inner = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return parsed.is_global and not parsed.is_multicast


def _cut(connection: http.client.HTTPConnection) -> None:
    """End a connection whose time is up, whatever it waits for."""
    if connection.sock:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _read(response: http.client.HTTPResponse, most_bytes: int) -> bytes:
    parts, size = [], 0
    while part := response.read(_BLOCK):
        parts.append(part)
        size += len(part)
        if size > most_bytes:
            raise Refused(f"more than {most_bytes / 1e6:g} MB")
    return b"".join(parts)


def _decoded(content: bytes, headers: Mapping[str, str], most_bytes: int) -> bytes:
    """The content without gzip, that of the answer and that of a file, which unpacks to no more than a bound."""
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip", "x-gzip", ""):
        raise Refused(f"coded as {coding}, which was not asked for")
    for _ in range(2):
        if content[:2] != b"\x1f\x8b":
            break
        unpacking = zlib.decompressobj(31)
        try:
            content = unpacking.decompress(content, most_bytes + 1)
        except zlib.error as error:
            raise Refused(f"gzip that is damaged ({error})") from error
        if len(content) > most_bytes:
            raise Refused(f"more than {most_bytes / 1e6:g} MB when it is unpacked")
        if not unpacking.eof:
            raise Refused("gzip that is cut short")
    return content
