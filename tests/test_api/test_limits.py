"""How many searches run at once, and that work ends for which nobody waits any more."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from paraglot.api.http.guard.admission import Admission, Places
from paraglot.api.http.guard.limits import TimeLimit, too_late
from paraglot.api.http.guard.policy import RoutePolicy, with_policy
from paraglot.api.http.memory import Quiet, give_back, share_heap
from paraglot.api.http.shared import Shared
from paraglot.api.settings import Settings
from paraglot.search.deadline import check
from paraglot.search.errors import OutOfTime
from paraglot.search.types.address import address_of
from tests import clock
from tests.servers import service


class Answer:
    """What was sent to one client."""

    def __init__(self) -> None:
        self.status, self.headers = 0, dict[str, str]()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}


SEARCH, READ, PAGE = (
    RoutePolicy("search", filtered=True, costly=True),
    RoutePolicy("search", filtered=True),
    RoutePolicy(None, filtered=True, costly=True, idle=True),
)


def request(policy: RoutePolicy = SEARCH, query: bytes = b"q=bread", method: str = "GET") -> Scope:
    scope = {"type": "http", "method": method, "path": "/any", "query_string": query, "headers": []}
    return with_policy(scope, policy)


async def nothing_more() -> Message:
    await asyncio.sleep(3600)
    raise AssertionError


class Busy:
    """An application that answers when it is told to."""

    def __init__(self) -> None:
        self.running, self.go = 0, asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.running += 1
        await self.go.wait()
        self.running -= 1
        await PlainTextResponse("found")(scope, receive, send)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, however slow the machine is; it fails by the time that a test may take."""
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)


async def ask(app: Any, *scopes: Scope) -> list[Answer]:
    answers = [Answer() for _ in scopes]
    await asyncio.gather(*(app(scope, nothing_more, own) for scope, own in zip(scopes, answers, strict=True)))
    return answers


def test_of_forty_searches_at_once_four_run_and_the_others_are_told_to_come_again() -> None:
    async def run() -> None:
        busy = Busy()
        app = Admission(busy, Places(4), wait_s=0.2)
        asking = asyncio.create_task(ask(app, *[request()] * 40))
        await until(lambda: busy.running == 4)
        light = asyncio.create_task(ask(app, request(RoutePolicy(None)), request(READ), request(PAGE, b"")))
        await until(lambda: busy.running == 4 + 3)  # what costs little does not wait
        await asyncio.sleep(0.4)  # the others are told so after 0.2 s
        busy.go.set()
        answers = await asking
        assert Counter(one.status for one in answers) == {200: 4, 503: 36}
        assert {one.headers["retry-after"] for one in answers if one.status == 503} == {"1"}
        assert [one.status for one in await light] == [200] * 3
        assert [one.status for one in await ask(app, *[request()] * 4)] == [200] * 4, "the places are free again"

    clock.run(run())


def test_more_searches_run_where_they_wait_for_others() -> None:
    cores = os.cpu_count() or 1
    cluster = address_of("opensearch://localhost:9200/news")
    assert Shared.of(Settings(index=Path("news"))).places.at_once == max(2, cores)
    assert Shared.of(Settings(index=cluster)).places.at_once == max(4, 2 * cores)
    assert Shared.of(Settings(collection=(("a", Path("index")), ("b", cluster)))).places.at_once == max(4, 2 * cores)
    endpoint = Settings(index=Path("news"), endpoint="http://localhost:1/v1")
    assert Shared.of(endpoint).places.at_once == max(4, 2 * cores)


def test_long_requests_take_a_quarter_of_the_places_at_most() -> None:
    async def run() -> None:
        busy = Busy()
        app = Admission(busy, Places(8), wait_s=0.2)
        long = [request(query=b"q=" + b"x" * 1000)] * 10 + [request(query=b"", method="POST")] * 10
        hostile = asyncio.create_task(ask(app, *long))
        await asyncio.sleep(0.05)
        assert busy.running == 2
        normal = asyncio.create_task(ask(app, *[request()] * 6))
        await asyncio.sleep(0.05)
        assert busy.running == 8
        await asyncio.sleep(0.3)
        busy.go.set()
        assert Counter(one.status for one in await hostile) == {200: 2, 503: 18}
        assert [one.status for one in await normal] == [200] * 6

    clock.run(run())


def test_who_would_wait_too_long_is_told_at_once_when_to_come_again() -> None:
    async def run() -> None:
        busy, places = Busy(), Places(2)
        for _ in range(5):
            places.note(1.5)
        app = Admission(busy, places, wait_s=60)
        asking = [asyncio.create_task(ask(app, request())) for _ in range(83)]
        await until(lambda: busy.running == 2 and sum(one.done() for one in asking) == 1)
        # The last of 80 waits for 80 · 1.5 s / 2 = 60 s; one more would for 60.75 s.
        [[refused]] = [one.result() for one in asking if one.done()]
        assert (refused.status, refused.headers["retry-after"]) == (503, "61")
        busy.go.set()
        assert Counter(one.status for [one] in await asyncio.gather(*asking)) == {200: 82, 503: 1}

    clock.run(run())


class Endless:
    """An application whose work in a thread has no end of its own."""

    def __init__(self) -> None:
        self.begun, self.ended = threading.Event(), threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await run_in_threadpool(self._work)
        await too_late(0)(scope, receive, send)

    def _work(self) -> None:
        self.begun.set()
        try:
            while True:
                check()
        except OutOfTime:
            self.ended.set()


@contextmanager
def endless() -> Iterator[Endless]:
    app = Endless()
    yield app
    assert app.begun.wait(30)
    assert app.ended.wait(30), "its thread has ended, too"


def test_an_answer_that_is_given_up_ends_its_thread() -> None:
    with endless() as app:
        [answer] = asyncio.run(ask(TimeLimit(app, 0.2, Places()), request()))
        assert (answer.status, answer.headers["retry-after"]) == (503, "1")


def test_a_search_is_given_up_sooner_while_others_want_its_place() -> None:
    async def run() -> None:
        busy, places = Busy(), Places(2)
        app = TimeLimit(Admission(busy, places), 15, places)
        first = asyncio.create_task(ask(app, *[request()] * 2, request(READ)))
        await asyncio.sleep(5)
        assert not first.done(), "nobody wants its place"
        crowd = asyncio.create_task(ask(app, *[request()] * 4))
        await asyncio.sleep(0.2)
        assert busy.running == 3
        await asyncio.sleep(0.9)
        assert [one.status for one in await crowd] == [503] * 4
        assert busy.running == 3, "its work ends itself"
        await asyncio.sleep(10)
        answers = await first
        assert [(one.status, one.headers["retry-after"]) for one in answers] == [(503, "1")] * 3

    clock.run(run())


def test_a_client_that_goes_away_ends_the_thread_of_its_answer() -> None:
    with endless() as app:

        async def gone() -> Message:
            await asyncio.to_thread(app.begun.wait, 30)
            return {"type": "http.disconnect"}

        asyncio.run(TimeLimit(app, 3600, Places())(request(), gone, Answer()))


def test_writes_take_as_long_as_they_wait() -> None:
    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.2)
        await PlainTextResponse("done")(scope, receive, send)

    [answer] = clock.run(ask(TimeLimit(slow, 0.01, Places()), request(RoutePolicy("write", timed=False))))
    assert answer.status == 200


@pytest.mark.slow
def test_a_normal_client_among_hostile_ones(small_index: Path) -> None:
    """`benchmarks/hostile_load.py`, small: how long it waits depends on the machine, what it is told does not."""
    from benchmarks.hostile_load import campaign

    with service(small_index) as running:
        result = campaign(str(running.client.base_url), running.process.pid, clients=8, seconds=1, quiet_s=0)
        assert running.client.get("/v1/search", params={"q": "bread"}).json()["hits"]
    assert set(result.normal) <= {200, 503}
    assert result.normal[200]
    assert set(result.hostile) <= {0, 200, 503}


def test_memory_is_given_back_once_when_searches_have_ended() -> None:
    given, happened = [], threading.Event()

    async def run() -> None:
        quiet = Quiet(lambda: (given.append(1), happened.set()), quiet_s=5)
        for _ in range(3):
            quiet.ended()
            await asyncio.sleep(4)
        assert not given
        await asyncio.sleep(2)
        assert happened.wait(10)
        await asyncio.sleep(60)

    clock.run(run())
    assert given == [1]


def test_what_is_spare_goes_back_to_the_system() -> None:
    share_heap()
    give_back()  # under other libraries than glibc these do nothing
