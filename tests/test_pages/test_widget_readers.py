"""What readers of a page see of the components: answers, their end, and plain words where there are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from paraglot.api.pages.texts import EMBEDDED, all_texts
from tests.blog import Blog, blog
from tests.browsers import Open, Show
from tests.conftest import ROOT, index_of
from tests.node import node
from tests.servers import service
from tests.test_pages.test_widget import NIGHT

pytestmark = pytest.mark.slow

REEF = "coral reef"


@pytest.fixture
def foreign() -> Iterator[Blog]:
    """A site of an origin that the service does not allow."""
    with blog() as opened:
        yield opened


def titles(page: Page, of: str = "#w") -> list[str]:
    return page.locator(f"{of} [part~=hit] [part=title]").all_inner_texts()


def test_the_script_has_the_texts_of_the_page() -> None:
    script = 'import { ENGLISH } from "./texts.js"; import { FAILED } from "./failed.js"; tell({ ENGLISH, FAILED });'
    told = node(ROOT / "api" / "widgets", script)
    assert told["ENGLISH"] == {name: all_texts()["en"][name] for name in EMBEDDED}
    assert told["FAILED"] == {tag: texts["failed"] for tag, texts in all_texts().items()}


def test_results_are_articles_under_headings_and_end_where_answers_end(show: Show) -> None:
    page = show(f'<paraglot-search id="w" query="{NIGHT}" languages="fr,de,en,it" limit="3"></paraglot-search>')
    heading = page.get_by_role("heading", level=2)
    expect(heading.first).to_be_visible()
    answers = titles(page)
    assert 1 <= len(answers) <= 3
    assert len(set(answers)) == len(answers)
    assert heading.all_inner_texts() == answers
    assert "%" not in page.locator("#w [part=all]").inner_text()
    fold = page.get_by_role("button", name=re.compile(r"Show less likely results \(\d+\)"))
    fold.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#w [part=doubt]")).to_have_count(3)
    assert titles(page)[: len(answers)] == answers, "answers stay where they were"
    assert page.locator("#w [part~=unlikely] mark.semantic").count() == 0
    expect(page.locator("#w [part=link]").nth(len(answers))).to_be_focused()
    further = page.locator("#w details[part=more-paragraphs]").first
    further.locator("summary").click()
    expect(further.locator("[part=text]").first).to_be_visible()
    page.get_by_role("button", name="Hide less likely results").click()
    expect(page.locator("#w [part~=hit]")).to_have_count(len(answers))


def test_paragraphs_one_by_one_where_a_page_wants_that(show: Show) -> None:
    page = show(
        f'<paraglot-search id="w" query="{NIGHT}" group-by="none" heading-level="4" less-likely></paraglot-search>'
    )
    expect(page.get_by_role("heading", level=4)).to_have_count(10)
    assert len(set(titles(page))) < 10
    assert page.locator("#w [part=more-paragraphs]").count() == 0


def test_nothing_that_answers_is_said(show: Show) -> None:
    page = show('<paraglot-search id="w" query="xqzt"></paraglot-search>')
    expect(page.locator("#w").get_by_role("status")).to_have_text("Nothing here clearly answers this.")
    assert titles(page) == []
    expect(page.get_by_role("button", name="Show less likely results")).to_be_visible()


def test_related_articles_have_headings_and_no_percents(show: Show) -> None:
    page = show('<paraglot-similar id="w" article="reef-ja" languages="en,de" limit="2"></paraglot-similar>')
    expect(page.get_by_role("heading", name="On the same subject", level=2)).to_be_visible()
    expect(page.locator("#w [part~=hit]").get_by_role("heading", level=3)).to_have_count(2)
    assert "%" not in page.locator("#w [part=all]").inner_text()


@pytest.mark.parametrize("tag", ["de", "fa", "ja", "nn"])
def test_a_reader_is_addressed_in_their_language(show: Show, tag: str) -> None:
    texts = all_texts()["nb" if tag == "nn" else tag]
    page = show('<paraglot-search id="w" query="xqzt"></paraglot-search>', locale=tag)
    page.locator("html").evaluate("html => html.removeAttribute('lang')")
    page.locator("#w").evaluate("(own, tag) => own.setAttribute('lang', tag)", tag)
    expect(page.get_by_role("combobox", name=texts["anywhere"])).to_be_visible()
    expect(page.locator("#w").get_by_role("status")).to_have_text(texts["no_answer"])
    direction = "rtl" if tag == "fa" else "ltr"
    expect(page.locator("#w [part=all]")).to_have_attribute("dir", direction)


def test_a_page_that_is_not_allowed_tells_its_readers(browse: Open, paraglot: str, foreign: Blog) -> None:
    address = foreign.put(
        f'<script type="module" src="{paraglot}/widget.js"></script><paraglot-search id="w" lang="de"></paraglot-search>'
    )
    page = browse(foreign.origin, hosts=(urlsplit(paraglot).netloc,), refused=True, statuses=(403,)).new_page()
    page.goto(address)
    with page.expect_console_message(lambda message: message.type == "warning") as warned:
        page.get_by_role("combobox").fill(NIGHT)
    assert f"--allow-origin {foreign.origin}" in warned.value.text
    expect(page.get_by_role("status")).to_have_text(all_texts()["de"]["not_here"])
    expect(page.get_by_role("button", name=all_texts()["de"]["again"])).to_have_count(0)


def test_a_service_that_is_away_slow_or_busy_is_said_and_asked_again(show: Show, paraglot: str) -> None:
    page = show(f'<paraglot-search id="w" query="{REEF}"></paraglot-search>', refused=True, statuses=(429, 500))
    status, again = page.locator("#w").get_by_role("status"), page.get_by_role("button", name="Try again")
    answers = page.locator("#w [part~=hit]")
    expect(answers.first).to_be_visible()
    found = answers.count()

    def fulfil(status: int, body: object) -> None:
        page.unroute_all()
        page.route(f"{paraglot}/v1/search*", lambda route: route.fulfill(status=status, json=body, headers={"access-control-allow-origin": "*"}))  # fmt: skip

    held: list[Route] = []
    page.route(f"{paraglot}/v1/search*", lambda route: held.append(route))
    page.get_by_role("combobox").fill("slow")
    expect(status).to_have_text("Searching…")
    expect(answers).to_have_count(0)
    for code, body, text in (
        (429, {"code": "too_many_requests", "detail": "Wait 3 s."}, "There are too many searches at the moment."),
        (500, {"code": "internal_error", "detail": "Oops."}, "The service did not answer. Try again."),
    ):
        fulfil(code, body)
        page.get_by_role("combobox").fill(f"bread {code}")
        expect(status).to_contain_text(text)
        expect(again).to_be_visible()
    page.unroute_all()
    page.route(f"{paraglot}/**", lambda route: route.abort())
    page.get_by_role("combobox").fill(REEF)
    page.wait_for_function("told.filter(([name]) => name === 'paraglot-error').length === 3")
    expect(status).to_have_text("The service did not answer. Try again.")
    page.unroute_all()
    again.click()
    expect(answers).to_have_count(found)
    expect(again).to_be_hidden()


def test_a_service_that_never_was_there_is_said_in_the_reader_s_language(
    browse: Open, paraglot: str, site: Blog
) -> None:
    nowhere = "http://127.0.0.1:9"
    address = site.put(
        f'<script type="module" src="{paraglot}/widget.js"></script>'
        f'<paraglot-search endpoint="{nowhere}" query="reef" lang="uk"></paraglot-search>'
    )
    page = browse(site.origin, hosts=(urlsplit(paraglot).netloc, urlsplit(nowhere).netloc), refused=True).new_page()
    page.goto(address)
    expect(page.get_by_role("status")).to_have_text(all_texts()["uk"]["failed"])
    expect(page.get_by_role("status")).to_have_attribute("lang", "uk")


def test_ids_by_which_a_browser_would_climb_are_opened(tmp_path: Path, show: Show, site: Blog) -> None:
    index = index_of(tmp_path, [{"id": "./a/../b", "title": "Here", "language": "en", "text": "Bread is dear."}])
    with service(index, "--allow-origin", site.origin) as running:
        page = show(
            '<paraglot-search id="w" query="bread" less-likely></paraglot-search>', at=str(running.client.base_url)
        )
        page.locator("#w [part=link]").click()
        expect(page.locator("h1")).to_have_text("Here")
        page.close()  # before its service ends, or what it still loads is lost


def test_an_article_without_an_address_is_opened_in_the_service(show: Show, paraglot: str) -> None:
    page = show(
        '<paraglot-search id="w" query="counting by hand, counting by scanner" languages="en" limit="1" less-likely></paraglot-search>'
    )
    link = page.locator("#w [part=link]")
    expect(link).to_have_attribute("href", re.compile(f"^{re.escape(paraglot)}/article/ballots-machines-en#"))
    link.click()
    expect(page).to_have_url(re.compile("/article/ballots-machines-en#"))
    expect(page.locator("h1")).to_be_visible()
