"""The page as its readers and its operators set it up: a sheet on phones, a histogram of dates, a name, signs, weight."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect
from starlette.testclient import TestClient

from paraglot.api.http.app import create_app
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.pages.brand import PAPERS
from paraglot.api.pages.timeline import timeline
from paraglot.api.settings import Settings, load_settings
from paraglot.indexer.build import index_corpus
from paraglot.search.errors import InvalidSettings
from tests.browsers import Open
from tests.servers import ROOT, service

NIGHT = "trains de nuit"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
BUDGET = 80_000
"""Bytes of a first view, compressed, in all."""


@pytest.mark.slow
def test_filters_are_a_sheet_on_phones(browse: Open) -> None:
    page = browse(**PHONE).new_page()
    page.goto("/?q=le retour des trains de nuit")
    sheet = page.locator("#filters")
    expect(sheet).to_be_hidden()
    assert box(page, ".hit")["y"] < 340, "the first hit stands well within the first screen"
    page.locator(".to-filters a").tap()
    expect(sheet).to_be_visible()
    assert box(page, "#filters")["y"] + box(page, "#filters")["height"] == pytest.approx(844, abs=1)
    page.get_by_label("German", exact=False).check()
    expect(page.locator(".to-results a")).to_have_text("Show results: 1")
    expect(sheet).to_be_visible()
    page.locator(".to-results a").tap()
    expect(sheet).to_be_hidden()
    expect(page.locator(".hit > .text[lang=de]")).to_have_count(1)
    page.locator(".to-filters a").tap()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).first.bounding_box()
    assert found
    return dict(found)  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_histogram_narrows_to_its_bars(browse: Open) -> None:
    page = browse().new_page()
    page.goto("/?browse=date:desc")
    bars = page.locator(".timeline a")
    told = [bar.get_attribute("aria-label") or "" for bar in bars.all()]
    label, count = max((one.rsplit(": ", 1) for one in told), key=lambda pair: int(pair[1]))
    page.get_by_role("link", name=f"{label}: {count}", exact=True).click()
    expect(page.get_by_role("status")).to_have_text(f"Articles: {count}")
    expect(page).to_have_url(re.compile(r"since=\d{4}-\d\d-\d\d&until=\d{4}-\d\d-\d\d"))
    assert page.locator("#since").input_value() in page.url
    expect(page.locator("#chips a")).to_have_count(2)


def test_bars_are_months_or_as_few_years_as_fit() -> None:
    assert timeline({"2024-05-31": 2}, "en") == []
    assert timeline({}, "en") == []
    years = timeline({"2010": 1, "2024-05": 3, "spring": 9}, "de")
    assert [(bar.label, bar.count) for bar in years if bar.count] == [("2010", 1), ("2024", 3)]
    assert len(years) == 15
    centuries = timeline({"1066": 1, "2024": 1}, "en")
    assert (centuries[0].label, centuries[-1].until, len(centuries)) == ("1050–1099", "2049-12-31", 20)
    end = timeline({"2024-01": 1, "9999-12-31": 1}, "en")
    assert end[-1].until == "9999-12-31"


@pytest.mark.slow
def test_typing_asks_for_what_changes_alone(browse: Open) -> None:
    page = browse().new_page()
    page.goto("/")
    with page.expect_response(re.compile(r"/\?q=")) as asked:
        page.locator("#q").fill(NIGHT)
    expect(page.locator(".hit").first).to_be_visible()
    assert asked.value.headers["content-type"] == "application/json"
    assert set(asked.value.json()) == {"title", "status", "chips", "results", "filters"}
    whole = page.request.get(f"/?q={NIGHT}").text()
    assert "<html" not in asked.value.text()
    assert len(asked.value.text()) < len(whole)
    page.locator("footer summary").click()
    page.get_by_role("link", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("#q")).to_have_value(NIGHT)


@pytest.mark.slow
def test_a_list_has_one_order_and_results_another(browse: Open) -> None:
    page = browse().new_page()
    page.goto("/?browse=title:asc")
    orders = page.locator("select:visible")
    expect(orders).to_have_count(1)
    expect(orders).to_have_value("title:asc")
    page.locator("#q").fill(NIGHT)
    expect(page.locator(".hit").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"/\?q=trains\+de\+nuit$"))
    expect(orders).to_have_count(1)
    expect(orders).to_have_value("relevance")


@pytest.mark.slow
@pytest.mark.parametrize("address", ["/", f"/?less_likely=1&q={NIGHT}", "/?browse=date:desc"])
def test_the_first_view_is_within_its_budget(browse: Open, address: str) -> None:
    page = browse().new_page()
    loaded: list[Response] = []
    page.on("response", lambda response: loaded.append(response))
    page.goto(address, wait_until="networkidle")
    sizes = {one.url: one.request.sizes()["responseBodySize"] for one in loaded}
    assert {one.headers.get("content-encoding") for one in loaded if one.url.endswith("page.js")} <= {
        "gzip",
        "zstd",
        "br",
    }
    assert 10_000 < sum(sizes.values()) <= BUDGET, sizes


@pytest.mark.slow
def test_the_page_has_the_name_the_sign_and_the_colours_that_are_set(small_index: Path, tmp_path: Path) -> None:
    sign = tmp_path / "sign.svg"
    sign.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')
    given = {"index": small_index, "page_title": "The Gazette", "page_logo": sign, "page_colours": "#7a1f2b,#ffb3b8"}
    settings = load_settings(given, {})
    with TestClient(create_app(ObservedEngine(settings), settings), base_url="http://127.0.0.1") as client:
        for address, home in (("/?q=bread", ""), ("/article/tax", "../")):
            page = client.get(address).text
            assert " – The Gazette</title>" in page
            assert f'<img class="logo" src="{home}logo" alt=""> The Gazette</a>' in page
            assert f'<link rel="stylesheet" href="{home}brand.css">' in page
            assert f'<link rel="icon" href="{home}logo">' in page
        assert "--accent: #7a1f2b" in client.get("/brand.css").text
        assert "<ShortName>The Gazette</ShortName>" in client.get("/opensearch.xml").text
        for address in ("/logo", "/favicon.ico"):
            answer = client.get(address)
            assert (answer.headers["content-type"], answer.text) == ("image/svg+xml", sign.read_text())


@pytest.mark.slow
def test_of_a_long_paragraph_the_place_that_answers_is_shown(
    write_corpus: Callable[[list[dict[str, object]]], Path], tmp_path: Path
) -> None:
    text = f"Still{', and nothing of it' * 40}, the bread tax was raised{', and so on' * 70}."
    index_corpus(tmp_path / "i", [write_corpus([{"id": "long", "paragraphs": [text], "language": "en"}])], "fake")
    settings = Settings(index=tmp_path / "i")
    with TestClient(create_app(ObservedEngine(settings), settings), base_url="http://127.0.0.1") as client:
        page = client.get("/", params={"q": "bread tax", "mode": "keyword", "less_likely": "1"}).text
        [shown] = re.findall(r'<p class="text"[^>]*>(.*?)</p>', page)
        plain = re.sub(r"<[^>]*>", "", shown)
        assert len(plain) == 1_002
        assert (plain[0], plain[-1]) == ("…", "…")
        assert "the bread tax was raised, and so on" in plain
        assert '<mark class="keyword' in shown
        assert text in client.get("/article/long").text


@pytest.mark.slow
def test_without_them_it_has_its_own(small_index: Path) -> None:
    settings = Settings(index=small_index)
    with TestClient(create_app(ObservedEngine(settings), settings), base_url="http://127.0.0.1") as client:
        page = client.get("/").text
        assert "brand.css" not in page
        assert 'class="logo"' not in page
        assert [client.get(one).status_code for one in ("/brand.css", "/logo")] == [404, 404]
        assert client.get("/favicon.ico").text == (ROOT / "api/pages/static/icon.svg").read_text()
        robots = client.get("/robots.txt")
        assert robots.headers["content-type"].startswith("text/plain")
        assert robots.text.splitlines() == ["User-agent: *", "Allow: /article/", "Allow: /$", "Disallow: /"]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("page_colours", "#ffff00,#ffb3b8", r"#ffff00 on #ffffff has a contrast of 1.1, 4.5 is the least"),
        ("page_colours", "red", r"must be two colours, for light and dark, such as #7a1f2b,#ffb3b8"),
        ("page_logo", "sign.pdf", r"must be a picture \(.svg, .png"),
        ("page_logo", "nowhere.svg", r"must be a file that is there"),
        ("page_title", " ", r"must be a text"),
    ],
)
def test_what_cannot_be_shown_is_refused(name: str, value: str, told: str) -> None:
    with pytest.raises(InvalidSettings, match=told):
        load_settings({name: value}, {})


def test_all_modules_are_asked_for_at_once() -> None:
    """None waits for another that names it."""
    pages = ROOT / "api/pages"
    named, waiting = set[str](), ["static/page.js"]
    while waiting:
        path = pages / waiting.pop()
        found = (
            re.findall(r'^import .* from "([^"]+)";$', path.read_text("utf-8"), re.MULTILINE) if path.exists() else []
        )
        new = {str(Path("static", one)).replace("static/../", "") for one in found} - named
        named |= new
        waiting += new
    preloaded = re.search(r"for module in \((.*)\)", (pages / "templates/page.html").read_text("utf-8"))
    assert preloaded
    assert set(re.findall(r'"([^"]+)"', preloaded[1])) == named


def test_the_papers_are_those_of_the_style() -> None:
    style = (ROOT / "api/pages/static/page.css").read_text()
    found = re.findall(r"--paper: (#[0-9a-f]+)", style)
    assert [one if len(one) == 7 else "#" + "".join(2 * digit for digit in one[1:]) for one in found] == list(PAPERS)


@pytest.mark.slow
def test_set_colours_are_those_of_links_in_the_light_and_in_the_dark(browse: Open, seeds_index: Path) -> None:
    with service(seeds_index, PARAGLOT_PAGE_COLOURS="#7a1f2b,#ffb3b8") as running:
        for scheme, colour in (("light", "rgb(122, 31, 43)"), ("dark", "rgb(255, 179, 184)")):
            page = browse(str(running.client.base_url), color_scheme=scheme).new_page()
            page.goto("/")
            expect(page.locator(".examples a").first).to_have_css("color", colour)
            page.close()  # before its service ends, or what it still loads is lost


@pytest.mark.slow
def test_the_filters_are_two_tabs_away(browse: Open) -> None:
    page = browse().new_page()
    page.goto("/?q=coral+reef")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#filters') !== null")


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height", "most"), [(390, 844, 844 / 3), (1280, 900, 250)])
def test_the_first_hit_begins_high_on_the_page(browse: Open, width: int, height: int, most: float) -> None:
    page = browse(viewport={"width": width, "height": height}).new_page()
    page.goto("/?q=coral+reef")
    box = page.locator(".hit").first.bounding_box()
    assert box is not None
    assert box["y"] < most


@pytest.mark.slow
def test_a_phone_is_told_of_no_keyboard(browse: Open) -> None:
    page = browse(viewport={"width": 390, "height": 844}).new_page()
    page.goto("/")
    expect(page.locator(".examples")).to_be_visible()
    expect(page.locator(".keyboard")).to_be_hidden()


@pytest.mark.slow
def test_words_from_the_right_stand_where_lines_begin(browse: Open) -> None:
    page = browse().new_page()
    page.goto("/?q=ماراثون&languages=ar&ui=en")
    page.locator("details.why summary").first.click()
    term = page.locator("details.why dd:has(bdi)").first
    line, word = term.bounding_box(), term.locator("bdi").first.bounding_box()
    assert line is not None
    assert word is not None
    assert word["x"] == pytest.approx(line["x"], abs=1)
