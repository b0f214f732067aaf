"""How a guest asks: as robots.txt allows (RFC 9309), one request at a time, with pauses, and not again while it is told
to wait."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from urllib.parse import urljoin, urlsplit

from protego import Protego

from paraglot.indexer.follow.web import Answer, Refused, Unreached, Web
from paraglot.search.text.dates import retry_after_s

ROBOT = "paraglot"
"""The name that robots.txt may have rules for."""

PAUSE_S, MOST_PAUSE_S = 1.0, 30.0
"""Between two requests to one host; robots.txt may ask for more, and the second is as much as is heeded."""

MOST_WAIT_S = 60.0
"""Who asks to wait for longer is asked again by a later run."""

FIRST_WAIT_S = 2.0
RETRIES = 2
AGAIN = frozenset((429, 500, 502, 503, 504))
MOST_REDIRECTS = 5
REDIRECTS = frozenset((301, 302, 303, 307, 308))
MOST_ROBOTS_BYTES = 500_000


class Later(Refused):
    """The host wants to be left alone for ``wait_s`` seconds."""

    def __init__(self, reason: str, wait_s: float) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


class Polite:
    """Asks one thing at a time."""

    def __init__(
        self, web: Web, pause: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._web, self._pause, self._clock = web, pause, clock
        self._robots: dict[str, Protego | Refused] = {}
        self._next: dict[str, float] = {}
        self._shut: dict[str, Later] = {}

    def get(self, url: str, headers: Mapping[str, str], most_bytes: int) -> Answer:
        """The answer of an address or of where it leads to. Raises `Refused`; `Later` where the host is to be left."""
        return self._landed(url, headers, most_bytes, lambda place: self._rules(place).can_fetch(place, ROBOT))

    def _landed(self, url: str, headers: Mapping[str, str], most_bytes: int, allowed: Callable[[str], bool]) -> Answer:
        """The answer at the end of the redirects, each of which must be ``allowed``. Raises `Refused`."""
        for _ in range(MOST_REDIRECTS + 1):
            if not allowed(url):
                raise Refused("robots.txt does not allow it")
            answer = self._asked(url, headers, most_bytes)
            if answer.status not in REDIRECTS or not answer.headers.get("location"):
                return answer
            url = urljoin(url, answer.headers["location"].strip()).partition("#")[0]
        raise Refused(f"more than {MOST_REDIRECTS} redirects")

    def _rules(self, url: str) -> Protego:
        """What robots.txt says; where it cannot be read for a fault of the host's, nothing is asked for."""
        origin = origin_of(url)
        rules = self._robots.get(origin)
        if rules is None:
            try:
                rules = self._read_rules(origin)
            except Later:
                raise
            except Refused as error:
                rules = error
            self._robots[origin] = rules
        if isinstance(rules, Refused):
            raise rules if isinstance(rules, Unreached) else Refused(f"robots.txt cannot be read: {rules}")
        return rules

    def _read_rules(self, origin: str) -> Protego:
        answer = self._landed(f"{origin}/robots.txt", {}, MOST_ROBOTS_BYTES, lambda _: True)
        if answer.status >= 500:
            raise Refused(f"the answer is {answer.status}")
        return Protego.parse(answer.content.decode("utf-8", "replace") if answer.status == 200 else "")

    def _asked(self, url: str, headers: Mapping[str, str], most_bytes: int) -> Answer:
        """The answer to one request, which is sent again where the host is busy. Raises `Refused`."""
        origin, wait_s = origin_of(url), FIRST_WAIT_S
        for left in range(RETRIES, -1, -1):
            if shut := self._shut.get(origin):
                raise shut
            self._wait_for(origin)
            try:
                answer = self._web.get(url, headers, most_bytes)
            finally:
                self._next[origin] = self._clock() + self._pause_of(origin)
            if answer.status not in AGAIN:
                return answer
            asked_s = retry_after_s(answer.headers.get("retry-after", ""))
            if (asked_s or 0) > MOST_WAIT_S or (not left and answer.status in (429, 503)):
                reason = f"the answer is {answer.status}: it wants to be left alone"
                self._shut[origin] = Later(reason, asked_s or MOST_WAIT_S)
                raise self._shut[origin]
            if not left:
                return answer
            self._pause(wait_s if asked_s is None else asked_s)
            wait_s *= 2
        raise AssertionError("the last attempt returns or raises")

    def _wait_for(self, origin: str) -> None:
        left_s = self._next.get(origin, 0.0) - self._clock()
        if left_s > 0:
            self._pause(left_s)

    def _pause_of(self, origin: str) -> float:
        rules = self._robots.get(origin)
        asked_s = rules.crawl_delay(ROBOT) if isinstance(rules, Protego) else None
        return min(max(float(asked_s or 0), PAUSE_S), MOST_PAUSE_S)


def origin_of(url: str) -> str:
    """Scheme, host and port of an address; what is none is what it is."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
