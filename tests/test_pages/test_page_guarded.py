"""The search page of a service that needs keys, over articles that try to be more than text."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from paraglot.indexer.build import index_corpus
from paraglot.indexer.readers.inputs import Options
from tests.browsers import Open
from tests.conftest import ARTICLES, index_of
from tests.servers import service

pytestmark = pytest.mark.slow

PAYLOADS = (
    "<script>window.done = 1</script>",
    "<img src=x onerror='window.done = 1'>",
    '" autofocus onfocus="window.done = 1" x="',
    "'><svg onload=window.done=1>",
    "</p></article><iframe srcdoc='<script>parent.done = 1</script>'></iframe>",
    "{{ 7 * 7 }}{% raw %}",
)
HIDDEN = "zanzibar"


class Guarded(NamedTuple):
    """A service with keys: one for everything, one whose filter lets English alone through."""

    address: str
    key: str
    english: str
    admin: str


def article(number: int) -> dict[str, object]:
    payload = PAYLOADS[number % len(PAYLOADS)]
    words = " ".join(f"w{number}n{place}" for place in range(20))
    return {
        "id": f"a{number}{payload}",
        "title": f"Loaf {number} {payload}",
        "text": f"Bread {words} {payload}.",
        "source": f"Source {payload}",
        "url": "javascript:window.done=1" if number % 2 else f"https://example.org/{payload}",
        "date": "2024-01-01",  # a payload in it is refused when it is read
        "language": "en",
        "tags": [payload],
    }


LONG = {
    "id": "long",
    "title": PAYLOADS[0],
    "paragraphs": [f"Extra {number} {payload} {number * 7}." for number, payload in enumerate(PAYLOADS)],
    "language": "en",
}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    hidden = {
        "id": HIDDEN,
        "title": f"Brot in {HIDDEN}",
        "text": f"Bread {HIDDEN} Brot.",
        "language": "de",
        "source": HIDDEN,
    }
    corpus = folder / "corpus.jsonl"
    corpus.write_text("\n".join(map(json.dumps, [*map(article, range(100)), LONG, hidden])), "utf-8")
    assert index_corpus(folder / "index", [corpus], "fake", options=Options(text="plain")).skipped == []
    keys = KeyFile(ServiceFolder(folder / "index").keys)
    tokens = [keys.create("search")[1], keys.create("search", filter="language = en")[1], keys.create("admin")[1]]
    with service(folder / "index") as running:
        yield Guarded(str(running.client.base_url), *tokens)


def give(page: Page, key: str) -> None:
    page.get_by_label("Access key").fill(key)
    page.get_by_role("button", name="Use this key").click()


def test_a_hundred_results_are_text_whatever_they_hold(browse: Open, guarded: Guarded) -> None:
    context = browse(guarded.address, bypass_csp=True, statuses=(401, 422))  # the policy would hide what escaping lacks
    page = context.new_page()
    page.goto("/?q=bread&limit=100&mode=keyword&languages=en")
    give(page, guarded.key)
    expect(page.locator(".hit")).to_have_count(100)
    for payload in PAYLOADS:
        assert payload in page.locator(".hit h2", has_text=payload).first.inner_text()
        assert payload in page.locator(".hit > .text", has_text=payload).first.inner_text()
        assert payload in page.locator("#filters").inner_text()
    page.goto("/?q=extra&mode=keyword")
    for kind in (".why", ".context", ".more"):
        page.locator(f"{kind} summary").click()
        assert sum(payload in page.locator(kind).inner_text() for payload in PAYLOADS) >= (kind != ".why")
    page.locator("#q").fill("".join(PAYLOADS))
    expect(page).to_have_title("".join(PAYLOADS) + " – Search articles")
    page.goto(
        "/?"
        + str(
            httpx.QueryParams(
                q=PAYLOADS[0], languages=PAYLOADS[1], since=PAYLOADS[2], article=PAYLOADS[3], key=guarded.key
            )
        )
    )
    assert page.evaluate("window.done") is None
    assert page.locator("script:not([src^='static/']), img, svg, iframe, [onload], [onerror], [onfocus]").count() == 0


def test_no_link_leads_to_a_script(guarded: Guarded) -> None:
    page = httpx.get(
        f"{guarded.address}/?q=bread&mode=keyword&limit=100&key={guarded.key}", trust_env=False, timeout=60
    ).text
    assert page.count('<h2 id="title-') == 100
    assert 'href="javascript:' not in page
    assert page.count('<a href="https://example.org/') > 40


def test_a_key_is_asked_for_kept_in_the_tab_and_leaves_no_trace(browse: Open, guarded: Guarded) -> None:
    context = browse(guarded.address, statuses=(401,))
    page = context.new_page()
    page.goto("/?q=brot&mode=keyword")
    expect(page.get_by_role("heading", name="An access key is needed")).to_be_visible()
    assert page.locator(".hit").count() == 0
    give(page, "paraglot_00000000_wrong")
    expect(page.get_by_role("alert")).to_contain_text("This key does not open the search.")
    expect(page.locator("#shut details")).to_contain_text("This key is unknown, revoked or expired.")
    give(page, guarded.key)
    expect(page.locator(".hit")).to_contain_text(HIDDEN)
    page.reload()
    expect(page.locator(".hit")).to_contain_text(HIDDEN)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as a table").click()
    assert HIDDEN in saved.value.path().read_text("utf-8")
    assert saved.value.suggested_filename == "export.csv"
    assert guarded.key not in page.url + page.content()
    assert page.evaluate("[localStorage.length, document.cookie]") == [0, ""]
    other = context.new_page()
    other.goto(f"/?q=brot&mode=keyword&key={guarded.key}")
    expect(other.locator(".hit")).to_contain_text(HIDDEN)
    assert guarded.key not in other.url + other.content()
    with other.expect_download() as saved:
        other.get_by_role("link", name="Save as a table").click()
    assert HIDDEN in saved.value.path().read_text("utf-8")
    other.locator("#q").fill("bread")
    expect(other.locator(".hit").first).to_contain_text("Loaf")
    assert guarded.key not in other.url + other.content()


def test_without_scripts_a_key_goes_on_in_the_links(browse: Open, guarded: Guarded) -> None:
    page = browse(guarded.address, java_script_enabled=False, statuses=(401,)).new_page()
    page.goto("/?q=bread")
    give(page, guarded.english)
    expect(page.locator(".hit")).to_have_count(10)
    page.get_by_role("link", name="Next").click()
    expect(page.locator("#hit-11")).to_be_visible()
    assert guarded.english not in (page.locator("#share").get_attribute("href") or "")


@pytest.mark.parametrize("query", [HIDDEN, "brot", f'"{HIDDEN} Brot"', f"source:{HIDDEN}", "zanzibr", "bread -Bread"])
def test_the_filter_of_a_key_holds(guarded: Guarded, query: str) -> None:
    for changes in ({}, {"languages": "de"}, {"sources": HIDDEN}, {"article": HIDDEN}, {"sort": "date:desc"}):
        asked = {"q": query, **changes}
        with httpx.Client(base_url=guarded.address, trust_env=False, timeout=60) as client:
            for credentials in ({"headers": {"x-api-key": guarded.english}}, {"params": {"key": guarded.english}}):
                answer = client.get(
                    "/", **{"params": asked | credentials.get("params", {}), "headers": credentials.get("headers")}
                )
                assert answer.status_code == 200
                told = html.unescape(answer.text)
                for value in asked.values():
                    told = told.replace(value, "").replace(str(httpx.QueryParams(x=value))[2:], "")
                assert HIDDEN not in told
                assert "Brot" not in told
            everything = client.get("/", params=asked, headers={"x-api-key": guarded.key})
            assert everything.status_code == 200


def test_who_may_not_search_is_shown_nothing(guarded: Guarded) -> None:
    with httpx.Client(base_url=guarded.address, trust_env=False, timeout=60) as client:
        for status, key in ((401, {}), (401, {"key": "paraglot_x_y"}), (403, {"key": guarded.admin})):
            answer = client.get("/", params={"q": "bread", **key})
            assert answer.status_code == status
            assert 'id="shut"' in answer.text
            assert 'class="hit"' not in answer.text
            assert "language" not in answer.text.partition("<aside")[2].partition("</aside>")[0]
        assert client.get("/", params={"q": "bread"}).headers["www-authenticate"] == "Bearer"
        assert guarded.admin not in client.get("/", params={"key": guarded.admin}).text
        assert (
            client.get("/", headers={"authorization": f"Bearer {guarded.admin}"}, params={"q": "bread"}).status_code
            == 200
        )
        assert client.get("/static/page.js").status_code == 200


def test_the_page_that_asks_for_a_key_is_accessible(browse: Open, guarded: Guarded) -> None:
    page = browse(guarded.address, statuses=(401,)).new_page()
    for address in ("/?q=brot&mode=keyword", "/?q=brot&key=paraglot_00000000_wrong"):
        page.goto(address)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_two_who_type_on_behind_one_address_are_answered(browse: Open, tmp_path: Path) -> None:
    """Each types 126 characters, word by word with a pause for thought after each, in the same minute."""
    text = "where do the night trains go now that nobody flies to the sea any more and what is it like to sleep on one of them by a window"
    assert len(text) == 126
    index = index_of(tmp_path, ARTICLES)
    KeyFile(ServiceFolder(index).keys).create("search", anonymous=True)
    with service(index) as running:
        pages = [browse(str(running.client.base_url)).new_page() for _ in range(2)]
        for page in pages:
            page.clock.install(time=0)
            page.goto("/")
            expect(page.locator("#q")).to_be_focused()
            page.clock.pause_at(60_000)
        for word in text.split():
            for page in pages:
                page.keyboard.type(f"{word} ")
                answered = re.compile(rf"/\?q=.*\b{word}\+")
                with page.expect_response(lambda response, at=answered: at.search(response.url)) as answer:
                    page.clock.run_for(1_600)
                assert answer.value.status == 200
