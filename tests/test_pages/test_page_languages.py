"""The page in languages of its readers, in a real browser: direction, errors, and nothing that axe-core finds."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from paraglot.api.pages.texts import all_texts
from tests.browsers import Open

pytestmark = pytest.mark.slow

NIGHT = "/?less_likely=1&q=trains de nuit en Europe"


@pytest.mark.parametrize(("tag", "direction"), [("fa", "rtl"), ("he", "rtl"), ("ur", "rtl"), ("bn", "ltr")])
def test_a_reader_is_addressed_in_their_language(browse: Open, tag: str, direction: str) -> None:
    texts = all_texts()[tag]
    page = browse(statuses=(422,), locale=tag, viewport={"width": 320, "height": 640}).new_page()
    page.goto(NIGHT)
    expect(page.locator("html")).to_have_attribute("dir", direction)
    expect(page.locator(".why summary").first).to_contain_text(texts["why"])
    page.locator("footer summary").click()
    expect(page.get_by_role("link", name=texts["name"], exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.goto("/?q=bread&page=5000")
    expect(page.get_by_role("alert")).to_contain_text(texts["no_such_page"])
    page.goto(f"{NIGHT}&page=60")
    expect(page.get_by_role("heading", name=texts["no_such_page"])).to_be_visible()


def test_a_quotation_is_copied_without_the_notes_at_its_words(browse: Open) -> None:
    page = browse().new_page()
    page.goto(NIGHT)
    word = page.locator("mark.aligned:visible").first
    word.hover()
    expect(word.locator(".tip")).to_be_visible()
    copied = page.evaluate(
        "text => { getSelection().selectAllChildren(text); return getSelection().toString(); }",
        page.locator(".text", has=page.locator("mark.aligned")).first.element_handle(),
    )
    assert copied.strip()
    assert "stands for" not in copied
