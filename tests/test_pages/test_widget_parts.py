"""What the components offer beside results: suggestions, filters, a dialog, the address, properties, colours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from paraglot.api.pages.texts import all_texts
from tests.blog import Blog
from tests.browsers import Show
from tests.servers import two_collections
from tests.test_pages.test_widget import NIGHT, clean

pytestmark = pytest.mark.slow

SENTENCE = "where do the night trains go now"


def asked_for(page: Page, part: str = "/v1/") -> list[str]:
    """The addresses that the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if part in request.url else None)
    return asked


def test_a_sentence_costs_few_requests_however_slowly_it_is_typed(show: Show) -> None:
    assert len(SENTENCE) == 32
    page = show('<paraglot-search id="w"></paraglot-search>')
    field = page.get_by_role("combobox")
    page.clock.install(time=0)
    page.clock.pause_at(1_000)
    asked = asked_for(page)
    for pause_ms in (100, 500, 1000, 1400):
        field.fill("")
        page.clock.run_for(4_000)
        asked.clear()
        for letter in SENTENCE:
            page.keyboard.type(letter)
            page.clock.run_for(pause_ms)
        with page.expect_response(lambda response: "/v1/search" in response.url and "now" in response.url):
            page.clock.run_for(2_000)
        assert 2 <= len(asked) <= 6, (pause_ms, asked)


def test_suggestions_are_chosen_by_arrows_or_the_mouse(show: Show) -> None:
    page = show(
        '<paraglot-search id="w" less-likely></paraglot-search><paraglot-search suggestions="off"></paraglot-search>'
    )
    field, options = page.locator("#w input[type=search]"), page.locator("#w").get_by_role("option")
    field.press_sequentially("the u")
    expect(options.first).to_be_visible()
    first = options.first.inner_text()
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    field.press_sequentially("n")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "suggestion-0")
    page.keyboard.press("Enter")
    expect(field).to_have_value(first)
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#w [part~=hit]").first).to_be_visible()
    field.fill("the u")
    options.first.click()
    expect(field).to_be_focused()
    expect(field).not_to_have_value("the u")
    asked = asked_for(page, "/v1/suggest")
    other = page.locator("paraglot-search:not([id]) input[type=search]")
    other.press_sequentially("the u")
    expect(page.locator("paraglot-search:not([id])").get_by_role("status")).not_to_be_empty()
    assert asked == []


def test_filters_by_attributes_count_what_else_there_is(show: Show) -> None:
    page = show(
        f'<paraglot-search id="w" query="{NIGHT}" less-likely facets="language, source=Paper, date" limit="100"></paraglot-search>'
    )
    own = page.locator("#w")
    own.get_by_text("Filters", exact=True).click()
    expect(own.locator("legend")).to_have_text(["Language", "Paper", "Year"])
    status = own.get_by_role("status")
    every = status.inner_text()
    french = own.get_by_role("checkbox", name=re.compile("^French"))
    counted = own.locator("label", has_text="French").inner_text()
    own.locator("summary", has_text=re.compile(r"^More \(\d+\)")).first.click()
    german = own.get_by_role("checkbox", name=re.compile("^German"))
    before = own.locator("label", has_text="German").inner_text()
    french.check()
    expect(own.get_by_text("Filters (1)")).to_be_visible()
    expect(own.locator("[part~=hit]").first).to_be_visible()
    assert set(own.locator("[part~=hit] [part=language]").all_inner_texts()) == {"French"}
    expect(french).to_be_focused()
    assert own.locator("label", has_text="French").inner_text() == counted
    assert own.locator("label", has_text="German").inner_text() == before, (
        "what else there is, as if nothing were chosen"
    )
    german.check()
    expect(own.get_by_text("Filters (2)")).to_be_visible()
    expect(own.locator("[part=language]", has_text="German").first).to_be_visible()
    own.get_by_role("button", name="Remove all filters").click()
    expect(status).to_have_text(every)
    assert own.get_by_role("checkbox", checked=True).count() == 0
    year = own.locator("fieldset", has_text="Year").locator("input").first
    chosen = year.input_value()
    year.check()
    expect(own.get_by_text("Filters (1)")).to_be_visible()
    assert all(chosen in date for date in own.locator("[part=date]").all_inner_texts())


def test_readers_choose_the_order(show: Show) -> None:
    page = show(f'<paraglot-search id="w" query="{NIGHT}" less-likely orders lang="de"></paraglot-search>')
    own = page.locator("#w")
    order = own.get_by_role("combobox", name="Reihenfolge")
    expect(own.locator("[part~=hit]").first).to_be_visible()
    expect(order).to_have_value("relevance")
    order.focus()
    with page.expect_response(re.compile("/v1/search")) as answered:
        order.select_option(label="neueste zuerst")
    dates = [hit["article"]["date"] for hit in answered.value.json()["hits"]]
    known = [date for date in dates if date]
    assert dates == [*sorted(known, reverse=True), *[None] * (len(dates) - len(known))]
    assert len(set(known)) > 1
    titles = [hit["article"]["title"] for hit in answered.value.json()["hits"]]
    expect(own.locator("[part=title]")).to_have_text(titles)
    expect(order).to_be_focused()
    page.evaluate("document.querySelector('#w').query = ''")
    expect(order).to_be_hidden()
    page.evaluate("document.querySelector('#w').query = 'coral'; document.querySelector('#w').sort = 'date:asc'")
    expect(order).to_have_value("date:asc")
    page.evaluate("document.querySelector('#w').orders = false")
    expect(order).to_be_hidden()


def test_a_page_s_filter_holds_beside_what_is_chosen(show: Show) -> None:
    page = show(
        f'<paraglot-search id="w" query="{NIGHT}" less-likely filter="language = fr OR language = de" facets="language"></paraglot-search>'
    )
    own = page.locator("#w")
    own.get_by_text("Filters", exact=True).click()
    expect(own.get_by_role("checkbox")).to_have_count(2)
    own.get_by_role("checkbox", name=re.compile("^German")).check()
    expect(own.locator("[part=language]", has_text="French")).to_have_count(0)
    expect(own.locator("[part=language]", has_text="German").first).to_be_visible()
    expect(own.get_by_role("checkbox")).to_have_count(2)


def test_a_dialog_by_ctrl_k_and_by_its_button(show: Show) -> None:
    page = show(
        '<paraglot-search dialog id="own" less-likely limit="2"></paraglot-search>'
        '<paraglot-search dialog><span slot="open">Other</span></paraglot-search>'
    )
    dialog = page.get_by_role("dialog")
    opener = page.get_by_role("button", name="Search Ctrl K")
    expect(opener).to_be_visible()
    page.keyboard.press("Control+k")
    expect(dialog).to_have_count(1)
    expect(page.locator("#own input[type=search]")).to_be_focused()
    page.keyboard.type(NIGHT)
    expect(dialog.locator("[part~=hit]")).to_have_count(2)
    dialog.get_by_role("link").first.click()
    expect(dialog).to_have_count(0)
    assert page.evaluate("told.at(-1)") == ["paraglot-select", "own"]
    opener.click()
    expect(dialog.get_by_role("combobox", name="Search in any language")).to_be_focused()
    expect(dialog.locator("[part~=hit]")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
    page.locator("#own").evaluate("own => own.open()")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    page.locator("#own").evaluate("own => { own.dialog = false; }")
    expect(page.locator("#own input[type=search]")).to_be_visible()
    expect(opener).to_have_count(0)


def test_the_way_back_leads_to_the_query(show: Show) -> None:
    page = show('<paraglot-search id="w" address="q" query="reef" less-likely></paraglot-search>')
    field = page.locator("#w input[type=search]")
    expect(field).to_have_value("reef")
    expect(page).to_have_url(re.compile(r"\?q=reef$"))
    field.fill("maratona")
    expect(page).to_have_url(re.compile(r"\?q=maratona$"))
    expect(page.locator("#w [part~=hit]").first).to_be_visible()
    page.evaluate("location.assign('/told.js')")
    page.wait_for_url("**/told.js")
    page.go_back()
    expect(field).to_have_value("maratona")
    expect(page.locator("#w [part~=hit]").first).to_be_visible()
    field.fill("")
    expect(page).to_have_url(re.compile("/index.html$"))


def test_attributes_are_properties_and_may_change(show: Show) -> None:
    early = """<script>
      const early = document.createElement("paraglot-search");
      Object.assign(early, { id: "w", query: "reef", lessLikely: true, limit: 2, languages: "en" });
      document.querySelector("main").append(early);
    </script>"""
    page = show(early)
    hits, field = page.locator("#w [part~=hit]"), page.locator("#w input[type=search]")
    expect(hits).to_have_count(2)
    expect(field).to_have_value("reef")
    for change, count in (("own.limit = 3", 3), ("own.setAttribute('limit', 1)", 1)):
        page.locator("#w").evaluate(f"own => {{ {change} }}")
        expect(hits).to_have_count(count)
    assert page.evaluate("[early.query, early.limit, early.mode, early.lessLikely]") == ["reef", "1", "", ""]
    page.evaluate("early.query = 'night train'")
    expect(field).to_have_value("night train")
    page.evaluate("early.lang = 'de'")
    expect(page.get_by_role("combobox", name=all_texts()["de"]["anywhere"])).to_be_visible()
    page.evaluate("early.headingLevel = 3")
    expect(page.locator("#w h3")).to_have_count(1)
    page.evaluate("early.query = null")
    expect(hits).to_have_count(0)


def test_colours_come_in_pairs_and_ink_is_read_on_any_ground(show: Show, site: Blog) -> None:
    site.files["/blog.css"] = """
        :root { color-scheme: light dark; }
        #w { --paraglot-semantic: #cfc; --paraglot-keyword: rgb(1, 2, 3); --paraglot-keyword-dark: rgb(201, 202, 203); }
    """
    page = show(
        """<paraglot-search id="w" query="coral reef" languages="en" limit="1">
             <template><h2 data-field="title"></h2><p data-field="text"></p></template></paraglot-search>
           <paraglot-search id="plain" query="coral reef" languages="en" limit="1"></paraglot-search>""",
        head='<link rel="stylesheet" href="/blog.css">',
    )
    word, sentence = (page.locator(f"#w mark.{kind}").first for kind in ("keyword", "semantic:not(.keyword)"))
    expect(word).to_have_css("background-color", "rgb(1, 2, 3)")
    expect(sentence).to_have_css("background-color", "rgb(204, 255, 204)")
    clean(page)
    page.emulate_media(color_scheme="dark")
    expect(word).to_have_css("background-color", "rgb(201, 202, 203)")
    expect(sentence).to_have_css("background-color", "rgb(204, 255, 204)")
    clean(page)
    page.emulate_media(forced_colors="active")
    own = page.locator("#plain mark")
    lines = own.evaluate_all("marks => marks.map(mark => [mark.className, getComputedStyle(mark).textDecorationStyle])")
    assert {tuple(line) for line in lines} >= {("keyword semantic", "solid"), ("semantic", "dotted")}


def test_a_collection_is_named(tmp_path: Path, show: Show, site: Blog) -> None:
    with two_collections(tmp_path, site.origin) as at:
        page = show(
            """<paraglot-search id="w" query="bread" collection="docs" less-likely></paraglot-search>
            <paraglot-search id="default" query="bread" less-likely></paraglot-search>""",
            at=at,
        )
        expect(page.locator("#w [part=title]")).to_have_text(["Of docs"])
        expect(page.locator("#default [part=title]")).to_have_text(["Of news"])
        page.locator("#w [part=link]").click()
        expect(page).to_have_url(re.compile("/v1/collections/docs/article/docs#"))
        expect(page.locator("h1")).to_have_text("Of docs")
        page.close()  # before its service ends, or what it still loads is lost
