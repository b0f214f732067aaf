"""Problems as pages, for who meets one in a browser; the API under ``/v1`` answers everybody alike."""

from __future__ import annotations

import json

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from paraglot.api.http.fields.faults import ProblemModel
from paraglot.api.http.guard.headers import PAGE
from paraglot.api.http.guard.parameters import own_path
from paraglot.api.http.problems import MEDIA_TYPE, unforeseen
from paraglot.api.pages.addresses import way_home
from paraglot.api.pages.brand import Brand
from paraglot.api.pages.error import show_error
from paraglot.api.pages.texts import choose


class ErrorPages:
    """Answers browsers with a page where the answer would be a problem document."""

    def __init__(self, app: ASGIApp, brand: Brand) -> None:
        self._app, self._brand = app, brand

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on one request."""
        if scope["type"] != "http" or not _reads_pages(scope):
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope, send, self._brand)
        try:
            await self._app(scope, receive, answer.send)
        except Exception:
            if not answer.begun:
                await unforeseen()(scope, receive, answer.send)
            raise  # to be logged


class _Answer:
    """What goes to a browser: a problem as a page, all else as it is."""

    def __init__(self, scope: Scope, send: Send, brand: Brand) -> None:
        self._scope, self._send, self._brand = scope, send, brand
        self._held: Message | None = None
        self._body = b""
        self.begun = False

    async def send(self, message: Message) -> None:
        """Send a part of the answer, or keep it until there is a page to send."""
        self.begun = True
        if message["type"] == "http.response.start" and Headers(scope=message).get("content-type") == MEDIA_TYPE:
            self._held = message
            return
        if self._held is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body"):
            start, self._held = self._held, None
            page = self._page(start)
            await self._send(start)
            await self._send({"type": "http.response.body", "body": page})

    def _page(self, start: Message) -> bytes:
        """The page in place of a problem; the headers of ``start`` become those of a page."""
        ui = choose("", Headers(scope=self._scope).get("accept-language", ""))
        problem = ProblemModel.model_validate(json.loads(self._body))
        page = show_error(problem, ui, self._brand, _way_on(self._scope, problem)).encode()
        headers = MutableHeaders(scope=start)
        headers["content-type"], headers["content-length"] = "text/html; charset=utf-8", str(len(page))
        headers["content-security-policy"], headers["content-language"] = PAGE, ui
        headers.add_vary_header("Accept, Accept-Language")
        return page


def _way_on(scope: Scope, problem: ProblemModel) -> str:
    """The way to the search; where a collection is not there, to that of the service."""
    lost = problem.code == "not_found" and own_path(scope) in ("", "/")
    return way_home({**scope, "root_path": ""} if lost else scope)


def _reads_pages(scope: Scope) -> bool:
    """Whether a browser shows what is answered, and it is none of the API's."""
    return "text/html" in Headers(scope=scope).get("accept", "") and not own_path(scope).startswith("/v1/")
