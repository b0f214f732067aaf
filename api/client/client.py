"""A client of the service from Python, with the types of a search in process; extra ``[client]``.

    with Client("http://127.0.0.1:8000") as client:
        response = client.search(SearchRequest("indestructible friendship"))

`Client` and `AsyncClient` have the same calls, those of `paraglot.api.client.calls`. What is refused is raised as the
errors of `paraglot.api.client.problems`. Every call may be sent twice without harm, so what finds no service, or a
busy one, is sent again.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from types import TracebackType
from typing import Any, ClassVar, Generic, ParamSpec, TypeVar, overload
from urllib.parse import quote

import httpx

from paraglot.api.client import calls as calls
from paraglot.api.client.calls import Call
from paraglot.api.client.problems import AnswerNotUnderstood, Problem, ServiceUnreachable, problem_of
from paraglot.search.text.dates import retry_after_s

P = ParamSpec("P")
T = TypeVar("T")
H = TypeVar("H", httpx.Client, httpx.AsyncClient)

AGAIN = (429, 503)
BROKEN = (httpx.NetworkError, httpx.ConnectTimeout, httpx.RemoteProtocolError)
"""No service there, or one that went away: soon there may be one. What takes too long is not asked again."""

ACROSS = "/v1/collections"
"""What goes over all collections lies at the service's own address."""

FIRST_WAIT_S = 0.25
MOST_WAIT_S = 30.0
"""A service that asks to wait for longer is not waited for: the caller is told."""

_Outcome = httpx.Response | httpx.TransportError


class Endpoint(Generic[P, T]):
    """A call as a method: of a `Client` it returns what it reads, of an `AsyncClient` an awaitable of it."""

    def __init__(self, call: Callable[P, Call[T]]) -> None:
        self._call = call
        self.__doc__ = call.__doc__

    @overload
    def __get__(self, client: Client, kind: type[Client]) -> Callable[P, T]: ...
    @overload
    def __get__(self, client: AsyncClient, kind: type[AsyncClient]) -> Callable[P, Awaitable[T]]: ...
    @overload
    def __get__(self, client: None, kind: type[object]) -> Endpoint[P, T]: ...
    def __get__(self, client: Client | AsyncClient | None, kind: type[object]) -> Any:
        """The method of one client."""
        if client is None:
            return self

        def method(*arguments: P.args, **named: P.kwargs) -> Any:
            return client.send(self._call(*arguments, **named))

        method.__doc__ = self.__doc__
        return method


class Endpoints(Generic[H]):
    """The calls of both clients, and how they are set up."""

    _opens: ClassVar[type[Any]]

    search = Endpoint(calls.search)
    search_all = Endpoint(calls.search_all)
    search_across = Endpoint(calls.search_across)
    collections = Endpoint(calls.collections)
    similar = Endpoint(calls.similar)
    suggest = Endpoint(calls.suggest)
    article = Endpoint(calls.article)
    articles = Endpoint(calls.articles)
    paragraph = Endpoint(calls.paragraph)
    languages = Endpoint(calls.languages)
    put_article = Endpoint(calls.put_article)
    put_articles = Endpoint(calls.put_articles)
    delete_article = Endpoint(calls.delete_article)
    task = Endpoint(calls.task)

    def __init__(
        self,
        url: str,
        key: str | None = None,
        timeout_s: float = 30.0,
        retries: int = 3,
        collection: str | None = None,
    ) -> None:
        """``url``: where the service is. ``timeout_s``: of one sending; ``retries``: how often it may be sent again;
        ``collection``: the name of the one that is asked (None: the default one).
        """
        below = "" if collection is None else f"/v1/collections/{quote(collection, safe='')}"
        self._service, self._url = url.rstrip("/"), url.rstrip("/") + below
        self._timeout_s, self._retries = timeout_s, retries
        headers = {"authorization": f"Bearer {key}"} if key else {}
        self._http: H = self._opens(base_url=self._url, headers=headers)

    def _sent(self, call: Call[Any]) -> dict[str, Any]:
        """A call as httpx takes it."""
        return {
            "method": call.method,
            "url": f"{self._service}{call.path}" if call.path.startswith(ACROSS) else call.path,
            "params": call.parameters,
            "content": call.body,
            "headers": {"content-type": call.media_type} if call.body is not None else {},
            "timeout": self._timeout_s + call.wait_s,
        }


class Client(Endpoints[httpx.Client]):
    """Waits for each answer. Safe to share between threads; close it, or use it with ``with``."""

    _opens = httpx.Client

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def send(self, call: Call[T]) -> T:
        """Send one call, again where need be."""
        steps = attempts(call, self._url, self._retries)
        wait_s = next(steps)
        while True:
            time.sleep(wait_s)
            try:
                outcome: _Outcome = self._http.request(**self._sent(call))
            except httpx.TransportError as error:
                outcome = error
            try:
                wait_s = steps.send(outcome)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]


class AsyncClient(Endpoints[httpx.AsyncClient]):
    """The same for asyncio: every call is awaited. Close it, or use it with ``async with``."""

    _opens = httpx.AsyncClient

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def send(self, call: Call[T]) -> T:
        """Send one call, again where need be."""
        steps = attempts(call, self._url, self._retries)
        wait_s = next(steps)
        while True:
            await asyncio.sleep(wait_s)
            try:
                outcome: _Outcome = await self._http.request(**self._sent(call))
            except httpx.TransportError as error:
                outcome = error
            try:
                wait_s = steps.send(outcome)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]


def attempts(call: Call[T], url: str, retries: int) -> Generator[float, _Outcome, T]:
    """The sendings of a call: yields the seconds to wait before each, is sent what came of it, returns what it reads.

    Where the service does not say when to come again, each wait is twice the one before, by chance up to half less,
    so that clients that were refused together do not come back together.
    """
    wait_s, backoff_s = 0.0, FIRST_WAIT_S
    for left in range(retries, -1, -1):
        outcome = yield wait_s
        wait_s, backoff_s = backoff_s * random.uniform(0.5, 1), backoff_s * 2  # noqa: S311
        if isinstance(outcome, httpx.TransportError):
            if not left or not isinstance(outcome, BROKEN):
                raise ServiceUnreachable(f"{url}: {str(outcome).rstrip('.') or type(outcome).__name__}.") from outcome
        elif outcome.is_success:
            return call.read(_json(outcome))
        else:
            refused = _problem(outcome)
            asked_s = getattr(refused, "retry_after_s", None)
            if not left or outcome.status_code not in AGAIN or (asked_s or 0) > MOST_WAIT_S:
                raise refused
            wait_s = wait_s if asked_s is None else asked_s
    raise AssertionError("the last attempt returns or raises")


def _problem(answer: httpx.Response) -> Problem:
    try:
        body = _json(answer)
    except AnswerNotUnderstood:
        body = {"detail": answer.text[:200]}  # of a proxy before the service
    return problem_of(answer.status_code, body, retry_after_s(answer.headers.get("retry-after", "")))


def _json(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except ValueError as error:
        raise AnswerNotUnderstood(f"{answer.url}: the answer is no JSON.", "Is this the service's address?") from error
    if not isinstance(body, dict):
        raise AnswerNotUnderstood(f"{answer.url}: the answer is no JSON object.", "Is this the service's address?")
    return body
