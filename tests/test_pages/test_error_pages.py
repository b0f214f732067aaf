"""What a browser shows where the answer is a problem: a page, in the reader's language, with a way on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from starlette.testclient import TestClient

from paraglot.api.http.app import create_app
from paraglot.api.http.collections import create_service
from paraglot.api.http.guard.admission import MOST_WAITING
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.http.routes import pages
from paraglot.api.settings import Settings
from tests.browsers import Open

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "accept-language": "de"}
PROBLEM = "application/problem+json"


@pytest.fixture
def client(small_index: Path) -> Iterator[TestClient]:
    settings = Settings(index=small_index)
    app = create_app(ObservedEngine(settings), settings)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as opened:
        yield opened


def test_under_overload_a_browser_gets_a_page(client: TestClient) -> None:
    client.app.state.shared.places.waiting = MOST_WAITING  # type: ignore[attr-defined]
    for address, home in (("/?q=brot", "./"), ("/article/tax", "../")):
        answer = client.get(address, headers=BROWSER)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert (answer.headers["content-language"], answer.headers["x-frame-options"]) == ("de", "DENY")
        assert "style-src 'self'" in answer.headers["content-security-policy"]
        assert {"Accept", "Accept-Language"} <= set(answer.headers["vary"].replace(" ", "").split(","))
        assert "Im Augenblick wird zu viel gesucht." in answer.text
        assert f'<a href="{home}">' in answer.text
        assert '<a href="">' in answer.text
        head = client.head(address, headers=BROWSER)
        assert (head.status_code, head.content) == (503, b"")
    for headers in ({"accept": "application/json"}, {}):  # the page's own script, a program
        answer = client.get("/?q=brot", headers=headers)
        assert (answer.headers["content-type"], answer.json()["code"]) == (PROBLEM, "overloaded")
    assert client.get("/v1/search?q=brot", headers=BROWSER).headers["content-type"] == PROBLEM


def test_an_address_without_a_page_says_so(client: TestClient) -> None:
    for address in ("/nothing", "/nothing/<b>at</b>/all"):
        answer = client.get(address, headers=BROWSER)
        assert answer.status_code == 404
        assert "<h1>Diese Seite gibt es nicht.</h1>" in answer.text
        assert "<b>" not in answer.text
        assert '<a href="">' not in answer.text, "asking again would not help"
    assert client.get("/nothing").headers["content-type"] == PROBLEM


def test_the_way_on_is_that_of_the_collection_or_of_the_service(small_index: Path) -> None:
    app = create_service(Settings(index=small_index, collection={"news": small_index}))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.get("/v1/collections/news/", headers=BROWSER).status_code == 200
        for address, home in (
            ("/v1/collections/news/a/b", "../"),
            ("/v1/collections/nope/", "../../../"),
            ("/v1/collections/nope/article/x", "../"),
        ):
            answer = client.get(address, headers=BROWSER)
            assert answer.status_code == 404, address
            assert f'<a href="{home}">' in answer.text, address
        assert client.get("/v1/collections/news/v1/x", headers=BROWSER).headers["content-type"] == PROBLEM


def test_a_fault_of_ours_is_a_page_too(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(pages, "choose", fails)
    answer = client.get("/", headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.get("/").json()["code"] == "internal_error"


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(browse: Open, scheme: str) -> None:
    page = browse(color_scheme=scheme, statuses=(404,), viewport={"width": 320, "height": 640}).new_page()
    page.goto("/nothing")
    expect(page.get_by_role("heading", name="There is no such page.")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.get_by_role("link", name="To the search").click()
    expect(page.get_by_role("combobox", name="What to look for")).to_be_visible()
