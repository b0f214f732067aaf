"""What the search page may weigh, that nothing on it jumps, and that axe-core finds no fault in any of its states."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response, expect

from tests.browsers import Open

pytestmark = pytest.mark.slow

NIGHT = "trains de nuit"
SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => {
  for (const one of list.getEntries()) window.shifts.push(one.value);
}).observe({type: "layout-shift", buffered: true});
"""


def test_axe_finds_nothing_in_any_state(browse: Open) -> None:
    """What the page can show, in the light and the dark, in forced colours, from the right, on phones; of hits a few,
    since axe looks at each element.
    """
    faults, states = {}, []

    def check(state: str, page: Page) -> None:
        states.append(state)
        found = Axe().run(page)
        if found.violations_count:
            faults[state] = found.generate_report()

    def results(state: str, page: Page, address: str = f"/?q={NIGHT}") -> None:
        page.goto(address)
        expect(page.locator(".hit").first).to_be_visible()
        check(state, page)
        for kind in (".why", ".context", ".more"):
            page.locator(f"{kind} summary").first.click()
        page.locator("mark.aligned:visible").first.focus()
        check(f"{state}, opened", page)

    page = browse(statuses=(404, 422)).new_page()
    for state, address in (
        ("empty", "/"),
        ("no results", "/?q=qqqqq&mode=keyword&languages=de"),
        ("nothing sure", "/?q=zyxwvut"),
        ("error", "/?q=bread&page=x&languages=de"),
        ("list", "/?browse=date:desc&limit=3"),
        ("article", "/article/reef-ja"),
        ("no article", "/article/nowhere"),
    ):
        page.goto(address)
        check(state, page)
    results("results", page)
    results("less likely", page, f"/?less_likely=1&limit=3&q={NIGHT}")
    second = f"/?less_likely=1&limit=3&q={NIGHT}&page=2&since=2023-01-01&until=2026-01-01"
    page.goto(second)
    expect(page.locator(".hit").first).to_be_visible()
    check("filtered, second page", page)
    results("dark", browse(color_scheme="dark").new_page())
    results("forced colours", browse(forced_colors="active").new_page())
    results("Arabic, dark", browse(locale="ar", color_scheme="dark").new_page())
    phone = browse(viewport={"width": 320, "height": 740}, is_mobile=True, has_touch=True).new_page()
    results("phone", phone)
    phone.goto(f"/?q={NIGHT}&languages=fr#filters")
    expect(phone.locator("#filters")).to_be_visible()
    check("phone, filters", phone)
    assert faults == {}
    assert len(states) >= 10


@pytest.mark.parametrize("address", ["/", f"/?q={NIGHT}"])
def test_the_first_view_is_light_and_is_kept_no_longer_than_it_says(browse: Open, address: str) -> None:
    page = browse().new_page()
    loaded: list[Response] = []
    page.on("response", lambda response: loaded.append(response))
    page.goto(address, wait_until="networkidle")
    sizes = {one.url: len(one.body()) for one in loaded}  # before compression
    scripts = sum(size for url, size in sizes.items() if url.endswith(".js"))
    assert 3_000 < scripts < 60_000
    assert sum(sizes.values()) < 100_000, sizes
    assert {one.headers["cache-control"] for one in loaded} <= {"no-cache", "private, no-cache", "public, max-age=600"}


def test_nothing_jumps_when_results_come(browse: Open) -> None:
    for viewport in ({"width": 1280, "height": 800}, {"width": 360, "height": 740}):
        context = browse(viewport=viewport)
        context.add_init_script(SHIFTS)
        page = context.new_page()
        page.goto("/")
        page.locator("#q").press_sequentially(NIGHT)
        expect(page.locator(".hit").first).to_be_visible()
        page.locator("#q").fill("bread")
        expect(page).to_have_title("bread – Search articles")
        page.get_by_label("words", exact=True).check()
        expect(page.locator(".hit mark.semantic")).to_have_count(0)
        page.wait_for_timeout(200)
        assert sum(page.evaluate("window.shifts")) < 0.01


def test_a_phone_shows_no_line_beyond_its_edge(browse: Open) -> None:
    page = browse(viewport={"width": 320, "height": 640}).new_page()
    page.goto(f"/?less_likely=1&q={NIGHT}")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.locator(".to-filters a").click()
    expect(page.get_by_role("heading", name="Filters")).to_be_in_viewport()


def test_the_policy_allows_files_of_the_service_alone(browse: Open) -> None:
    page = browse().new_page()
    answer = page.goto(f"/?q={NIGHT}&languages=fr")
    assert answer
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert page.locator("script:not([src]), style, [style]").count() == 0
    for link in page.locator("link[href], script[src], .paging a").all():
        target = link.evaluate("link => link.href || link.src")
        assert page.request.get(target).ok, target
