"""How often one key, or one address without a key, may ask."""

from __future__ import annotations

import ipaddress
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from paraglot.api.settings import UNLIMITED


class Rates:
    """Counts requests in sliding windows, in this process; every worker counts for itself."""

    def __init__(self, key_rate: str, address_rate: str) -> None:
        """Rates as ``600/minute``, or ``unlimited``."""
        self._key_rate, self._address_rate = _parsed(key_rate), _parsed(address_rate)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def key_wait_s(self, key_id: str, count: int = 1) -> int:
        """Count requests with a key; 0, or the seconds to wait because there were too many."""
        return self._wait_s(self._key_rate, "key", key_id, count)

    def address_wait_s(self, address: str, count: int = 1) -> int:
        """Count requests without a valid key of their own, by where they came from."""
        return self._wait_s(self._address_rate, "address", network(address), count)

    def _wait_s(self, rate: RateLimitItem | None, kind: str, who: str, count: int) -> int:
        if rate is None or self._limiter.hit(rate, kind, who, cost=count):
            return 0
        return max(1, round(self._limiter.get_window_stats(rate, kind, who).reset_time - time.time()))


def network(address: str) -> str:
    """What one asker has to himself: an IPv4 address, or the /64 of an IPv6 address.

    >>> network("2001:db8:1:2:3:4:5:6")
    '2001:db8:1:2::/64'
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address


def _parsed(rate: str) -> RateLimitItem | None:
    return None if rate == UNLIMITED else parse(rate)
