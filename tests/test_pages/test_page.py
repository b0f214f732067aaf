"""The search page in a real browser: typing, filters, links, the keyboard, languages, and without scripts."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browsers import Open

pytestmark = pytest.mark.slow

NIGHT = "trains de nuit"


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def texts(page: Page) -> Locator:
    return page.locator("#results .hit > .text")


def languages(page: Page) -> list[str]:
    found: list[str] = texts(page).evaluate_all("texts => texts.map(text => text.lang)")
    return found


def typed(page: Page, query: str, *, less_likely: bool = False) -> None:
    """Typed into the page; ``less_likely``: where what hardly answers is shown, too, as tests of more pages need it."""
    page.goto("/?less_likely=1" if less_likely else "/")
    page.locator("#q").press_sequentially(query)
    expect(page).to_have_title(re.compile(f"^{re.escape(query)} – "))


def to_the_first_hit(page: Page) -> None:
    """Down, past the suggestions that there may be."""
    for _ in range(8):
        page.keyboard.press("ArrowDown")
        if page.evaluate("document.activeElement.id") == "hit-1":
            return
    raise AssertionError("no way to the hits")


def test_a_french_query_finds_german_and_chinese_paragraphs_while_it_is_typed(browse: Open) -> None:
    page = browse(locale="fr-FR").new_page()
    typed(page, NIGHT)
    assert page.locator("html").get_attribute("lang") == "fr"
    expect(page.get_by_role("status")).to_have_text(re.compile(r"Résultats : \d+"))
    assert {"fr", "de"} <= set(languages(page))
    assert asked(page) == {"q": [NIGHT]}
    german = page.locator("#results .hit", has=page.locator(".text[lang=de]")).first
    expect(german.locator(".text mark.semantic").first).to_be_visible()
    other = browse(locale="fr-FR").new_page()
    typed(other, "Loukachenko à Pékin")
    assert {"fr", "zh"} <= set(languages(other))


def test_suggestions_are_chosen_by_arrows_and_by_pointer(browse: Open) -> None:
    page = browse().new_page()
    page.goto("/")
    while not page.request.get("/v1/suggest?q=loukach").json()["complete"]:
        page.wait_for_timeout(200)
    box, options = page.locator("#q"), page.locator("#suggestions li")
    box.press_sequentially("loukach")
    title = "Loukachenko de retour à Pékin, neuf mois après sa dernière visite"
    expect(options.filter(has_text=title)).to_be_visible()
    expect(box).to_have_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "true")
    place = options.all_inner_texts().index(title)
    for _ in range(place + 1):
        page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == f"suggestion-{place}"
    expect(options.nth(place)).to_have_attribute("aria-selected", "true")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("Enter")
    expect(page.locator("#suggestions")).to_be_hidden()
    assert box.input_value() == title
    expect(page.locator(".hit h2").first).to_have_text(title)
    box.fill("loukach")
    options.filter(has_text=title).click()
    expect(page).to_have_url(re.compile("neuf"))
    box.fill("loukach")
    expect(options.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#suggestions")).to_be_hidden()
    assert box.input_value() == "loukach", "Escape closes the list and leaves what was typed"


def test_an_older_answer_never_replaces_a_newer_one(browse: Open) -> None:
    page = browse().new_page()
    page.goto("/")
    held = []
    page.route(re.compile(r"/\?q=bread$"), lambda route: held.append(route))
    with page.expect_request(re.compile(r"/\?q=bread$")):
        page.locator("#q").fill("bread")
    page.locator("#q").fill(NIGHT)
    expect(texts(page).first).to_be_visible()
    assert held[0].request.failure == "net::ERR_ABORTED"
    expect(page).to_have_title(re.compile(f"^{NIGHT}"))


def test_typing_waits_for_a_pause(browse: Open) -> None:
    page = browse().new_page()
    page.goto("/")
    searches: list[str] = []
    page.on("request", lambda request: searches.append(request.url) if "/?q=" in request.url else None)
    page.evaluate(
        "text => { const box = document.getElementById('q');"
        " for (let end = 1; end <= text.length; end++)"
        " { box.value = text.slice(0, end); box.dispatchEvent(new InputEvent('input', {bubbles: true})); } }",
        NIGHT,
    )
    expect(texts(page).first).to_be_visible()
    assert [parse_qs(urlsplit(url).query)["q"] for url in searches] == [[NIGHT]]


def test_filters_narrow_and_widen_the_results(browse: Open) -> None:
    page = browse().new_page()
    typed(page, NIGHT, less_likely=True)
    german = page.get_by_label("German", exact=False)
    german.check()
    expect(page).to_have_url(re.compile("languages=de"))
    expect(page.locator("#results .hit > .text:not([lang=de])")).to_have_count(0)
    assert set(languages(page)) == {"de"}
    assert page.evaluate("document.activeElement.name") == "languages", "the filter that was chosen keeps the focus"
    page.get_by_label("French", exact=False).check()
    expect(page.locator("#results .hit > .text[lang=fr]").first).to_be_visible()
    assert set(languages(page)) == {"de", "fr"}, "what is not chosen is offered still"
    page.get_by_role("link", name="Remove all filters").click()
    expect(page.locator("#results .hit > .text:not([lang=de], [lang=fr])").first).to_be_visible()
    page.get_by_label("Until").fill("2023-12-31")
    expect(page).to_have_url(re.compile("until=2023-12-31"))
    expect(page.locator("#results .head").filter(has_text=re.compile("202[4-9]"))).to_have_count(0)
    assert "2023" in page.locator("#results .head").first.inner_text()


def test_modes_are_switched(browse: Open) -> None:
    page = browse().new_page()
    typed(page, NIGHT)
    page.get_by_label("words", exact=True).check()
    expect(page).to_have_url(re.compile("mode=keyword"))
    expect(page.locator("mark.semantic")).to_have_count(1)  # the legend's
    page.go_back()
    expect(page.get_by_label("words and meaning")).to_be_checked()
    expect(page.locator(".hit mark.semantic").first).to_be_visible()


def test_why_a_hit_is_there_and_which_words_stand_for_which(browse: Open) -> None:
    page = browse().new_page()
    typed(page, f"{NIGHT} en Europe")
    hit = page.locator(".hit", has=page.locator(".text[lang=de]")).first
    hit.get_by_text("Why this hit").click()
    why = hit.locator(".why")
    expect(why.get_by_text("Relevance")).to_be_visible()
    expect(why.locator("dd").first).to_have_text(re.compile(r"^\d+ %$"))
    expect(why).to_contain_text(re.compile("nuit ↔ nachts?", re.IGNORECASE))
    word = hit.locator("mark.aligned", has_text=re.compile("nacht", re.IGNORECASE)).first
    tip = word.locator(".tip")
    expect(tip).to_be_hidden()
    word.hover()
    expect(tip).to_be_visible()
    expect(tip).to_have_text("stands for “nuit”")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    word.focus()
    expect(tip).to_be_visible()


def test_a_hit_shows_its_article_and_the_same_story_in_other_languages(browse: Open) -> None:
    page = browse().new_page()
    typed(page, "amitié Xi Loukachenko")
    hit = page.locator(".hit", has=page.locator(".text[lang=fr]")).first
    hit.get_by_text("In its article").click()
    beside = hit.locator(".context p")
    expect(beside).to_have_count(3)
    expect(beside.nth(1)).to_have_class("here")
    assert beside.nth(0).inner_text() != beside.nth(2).inner_text()
    hit.get_by_text("More of this article").click()
    expect(hit.locator(".more .text").first).to_be_visible()
    other = hit.locator(".also a[lang=es]")
    title = other.inner_text()
    other.click()
    expect(page.locator("h1")).to_have_text(title)
    page.go_back()
    hit.get_by_role("link", name="Only this article").click()
    expect(page.locator(".hit h2")).to_have_count(1)
    expect(page.get_by_label("Only this article")).to_be_checked()
    page.get_by_label("Only this article").uncheck()
    expect(page.locator(".hit").nth(1)).to_be_visible()


def test_pages_and_the_link_to_a_search(browse: Open) -> None:
    context = browse(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    typed(page, NIGHT, less_likely=True)
    first = texts(page).all_inner_texts()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("status")).to_contain_text("Page 2")
    second = texts(page).all_inner_texts()
    assert len(first) == len(second) == 10
    assert not set(first) & set(second)
    page.get_by_role("link", name="Link to this search").click()
    expect(page.get_by_role("status")).to_have_text("The link was copied.")
    shared = page.evaluate("navigator.clipboard.readText()")
    other = context.new_page()
    other.goto(shared)
    assert texts(other).all_inner_texts() == second
    page.go_back()
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^Results: \d+$"))
    assert texts(page).all_inner_texts() == first


def test_arrow_keys_alone(browse: Open) -> None:
    page = browse().new_page()
    typed(page, NIGHT, less_likely=True)
    press = page.keyboard.press
    to_the_first_hit(page)
    press("ArrowDown")
    press("ArrowRight")
    expect(page.locator("#hit-2 .why")).to_have_attribute("open", "")
    press("ArrowLeft")
    expect(page.locator("#hit-2 .why")).not_to_have_attribute("open", "")
    for _ in range(9):
        press("ArrowDown")
    assert page.evaluate("document.activeElement.rel") == "next"
    press("Enter")
    expect(page.locator("#hit-11")).to_be_focused()
    press("ArrowUp")
    expect(page.locator("#q")).to_be_focused()


def test_arabic_is_laid_out_from_the_right(browse: Open) -> None:
    page = browse(locale="ar-EG").new_page()
    typed(page, "pénurie de médicaments dans les pharmacies")
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    main, aside = page.locator("main").bounding_box(), page.locator("#filters").bounding_box()
    assert main
    assert aside
    assert aside["x"] < main["x"], "the filters are at the left"
    directions = texts(page).evaluate_all("all => all.map(one => [one.lang, getComputedStyle(one).direction])")
    assert {direction for lang, direction in directions if lang in ("ar", "he", "fa")} == {"rtl"}
    assert {direction for lang, direction in directions if lang in ("en", "zh", "fr")} == {"ltr"}
    to_the_first_hit(page)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#hit-1 .why")).to_have_attribute("open", "")


def test_without_scripts_the_server_renders_it_all(browse: Open) -> None:
    page = browse(java_script_enabled=False, locale="de-DE").new_page()
    page.goto("/")
    page.locator("#q").fill(NIGHT)
    page.get_by_role("button", name="Suchen").click()
    expect(page.get_by_role("status")).to_have_text(re.compile(r"Treffer: \d+"))
    page.get_by_role("link", name="Weniger wahrscheinliche Treffer zeigen").click()
    first = texts(page).all_inner_texts()
    page.get_by_role("link", name="Weiter").click()
    expect(page.get_by_role("status")).to_contain_text("Seite 2")
    assert not set(first) & set(texts(page).all_inner_texts())
    page.get_by_label("Französisch").check()
    page.get_by_role("button", name="Anwenden").click()
    assert set(page.locator(".hit > .text[lang]").all_inner_texts()) == set(
        page.locator(".hit > .text[lang=fr]").all_inner_texts()
    )
    page.get_by_text("Warum dieser Treffer").first.click()
    expect(page.locator("#hit-1 .why dl")).to_be_visible()
    page.locator("footer summary").click()
    page.get_by_role("link", name="日本語").click()
    assert page.locator("html").get_attribute("lang") == "ja"
    assert page.locator("#q").input_value() == NIGHT
    assert asked(page)["languages"] == ["fr"]


def test_nothing_found_and_a_wrong_filter_are_said(browse: Open) -> None:
    page = browse(statuses=(422,)).new_page()
    page.goto("/?q=qqqqq&mode=keyword")
    expect(page.get_by_role("heading", name="Nothing found.")).to_be_visible()
    page.goto("/?q=bread&since=yesterday")
    expect(page.get_by_role("alert")).to_contain_text("since must be a date such as 2024-05-31")
    page.get_by_role("link", name="Remove all filters").first.click()
    expect(texts(page).first).to_be_visible()


def test_a_service_that_is_gone_is_said_and_why(browse: Open) -> None:
    page = browse(statuses=(429,)).new_page()
    typed(page, NIGHT)
    page.route(re.compile(r"/\?q="), lambda route: route.fulfill(status=200, body="no page of ours"))
    page.locator("#q").fill("bread")
    expect(page.get_by_role("alert")).to_contain_text("The service did not answer.")
    refusal = {"code": "too_many_requests", "detail": "Too many requests; wait 3 s."}
    page.route(re.compile(r"/\?q="), lambda route: route.fulfill(status=429, json=refusal))
    page.locator("#q").fill("loaf")
    expect(page.get_by_role("alert")).to_contain_text("There are too many searches at the moment.")
    expect(texts(page)).to_have_count(0)


def test_a_date_is_typed(browse: Open) -> None:
    page = browse(locale="en-US").new_page()
    page.goto(f"/?q={NIGHT}")
    expect(texts(page).first).to_be_visible()
    page.locator("#since").focus()
    page.keyboard.type("01012025", delay=300)
    expect(page).to_have_url(re.compile("since=2025-01-01"))
    expect(page.locator("#filters").get_by_role("link", name="Remove all filters")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "since"
    assert page.locator("#since").input_value() == "2025-01-01"
    years = [page.locator(name).get_attribute("max") for name in ("#since", "#until")]
    assert years == ["9999-12-31"] * 2  # else a filled field takes years of six digits, which no filter can be made of


def test_a_sentence_that_is_typed_costs_few_requests(browse: Open) -> None:
    page = browse().new_page()
    page.clock.install(time=0)
    page.goto("/")
    expect(page.locator("#q")).to_be_focused()
    asked_for: list[str] = []
    page.on("request", lambda request: asked_for.append(request.url))
    page.clock.pause_at(60_000)
    for letter in "where do the night trains go now":
        page.keyboard.type(letter)
        page.clock.run_for(200)
    page.clock.resume()
    expect(page).to_have_title(re.compile("^where do the night trains go now – "))
    page.wait_for_timeout(500)
    assert 1 <= len(asked_for) <= 6, asked_for


def test_a_slow_answer_takes_the_old_results_away_and_a_failed_one_says_so(browse: Open) -> None:
    page = browse(statuses=(500,)).new_page()
    page.goto(f"/?q={NIGHT}")
    expect(texts(page).first).to_be_visible()
    page.route(re.compile(r"/\?q=slow"), lambda route: None)
    page.locator("#q").fill("slow")
    expect(page.get_by_role("status")).to_have_text("Searching…")
    expect(texts(page)).to_have_count(0)
    page.route(re.compile(r"/\?q=broken"), lambda route: route.fulfill(status=500, body="oops"))
    page.locator("#q").fill("broken")
    expect(page.get_by_role("alert")).to_contain_text("The service did not answer.")
    expect(texts(page)).to_have_count(0)
    page.unroute(re.compile(r"/\?q=broken"))
    page.get_by_role("link", name="Try again").click()
    expect(page).to_have_title(re.compile("^broken – "))


def test_a_first_visitor_is_told_what_is_inside(browse: Open) -> None:
    page = browse(locale="de-DE").new_page()
    page.goto("/")
    inside = page.locator(".inside")
    expect(inside).to_contain_text("87")
    expect(inside.get_by_role("link", name="Deutsch")).to_have_count(1)
    expect(page.locator(".examples li")).to_have_count(4)
    expect(page.locator(".examples a").first).to_have_attribute("lang", "de")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.locator(".examples a").first.click()
    expect(texts(page).first).to_be_visible()
    page.locator(".hit").first.focus()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.locator(".hit").first.focus()
    page.keyboard.press("Control+k")
    expect(page.locator("#q")).to_be_focused()


def test_chips_tell_what_is_on_and_take_it_off(browse: Open) -> None:
    page = browse(viewport={"width": 360, "height": 740}).new_page()
    page.goto(f"/?less_likely=1&q={NIGHT}&languages=fr&languages=de&since=2020-01-31")
    chips = page.locator("#chips a")
    expect(chips).to_have_text([re.compile("French"), re.compile("German"), re.compile("≥ January 31, 2020")])
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    expect(page.locator(".to-results a")).to_have_text(re.compile(r"Show results: \d+"))
    chips.first.click()
    expect(chips).to_have_count(2)
    assert asked(page)["languages"] == ["de"]


def test_what_is_printed_is_the_answer(browse: Open) -> None:
    page = browse().new_page()
    page.goto(f"/?q={NIGHT}&languages=fr")
    page.emulate_media(media="print")
    for gone in (".box button", ".options", "#filters", ".paging", ".fold"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.get_by_label("What to look for")).to_be_visible()
    expect(page.locator("#chips")).to_contain_text("French")
    expect(page.locator("#chips [aria-hidden]")).to_be_hidden()
    expect(texts(page).first).to_be_visible()
    printed = "links => links.map(one => [one.getAttribute('href'), getComputedStyle(one, '::after').content])"
    addresses = page.locator("#results .hit h2 a").evaluate_all(printed)
    assert addresses
    assert all((text != "none") == href.startswith("http") for href, text in addresses)
    page.goto("/?q=Lukashenko vuelve a China&languages=es")
    [(href, text), *_] = page.locator("#results .hit h2 a").evaluate_all(printed)
    assert ":~:text=" in href
    assert text == '" <https://example.org/es/lukashenko-pekin>"'
