"""The administration in a browser: the key stays in the tab and goes as a header, forms take their answer in place."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from tests.browsers import Open
from tests.servers import service

pytestmark = pytest.mark.slow


@pytest.fixture
def guarded(tmp_path: Path, pristine_index: Path) -> Iterator[tuple[str, str]]:
    """The address of a service with keys, and one of scope admin."""
    index = Path(shutil.copytree(pristine_index, tmp_path / "index"))
    token = KeyFile(ServiceFolder(index).keys).create("admin", name="first")[1]
    with service(index, "--statistics") as running:
        yield str(running.client.base_url), token


def test_a_key_opens_the_page_for_this_tab_and_forms_answer_in_place(guarded: tuple[str, str], browse: Open) -> None:
    address, token = guarded
    page = browse(address, statuses=(401, 422)).new_page()
    page.goto("/admin")
    expect(page.get_by_role("heading", name="A key of scope admin is needed")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("textbox", name="Key").fill("paraglot_00000000_wrong")
    page.get_by_role("button", name="Use this key").click()
    expect(page.get_by_text("This key is unknown, revoked or expired.")).to_be_visible()
    page.get_by_role("textbox", name="Key").fill(token)
    page.get_by_role("button", name="Use this key").click()
    expect(page.get_by_role("heading", name="Pinned results")).to_be_visible()
    assert token not in page.url
    assert Axe().run(page).response["violations"] == []

    form = page.get_by_role("form", name="Add synonyms")
    form.get_by_label("Words, one a line").fill("loaf\nbread")
    form.get_by_role("button", name="Add").click()
    expect(page.get_by_role("status")).to_have_text("loaf has synonyms now.")
    expect(page.locator("#outcome")).to_be_focused()
    page.get_by_role("button", name="Remove loaf").click()
    expect(page.get_by_role("status")).to_have_text("Removed.")
    form.get_by_label("Words, one a line").fill("loaf")
    form.get_by_role("button", name="Add").click()
    expect(page.get_by_role("alert")).to_contain_text("words must have 2 to 100 entries")

    page.reload()
    expect(page.get_by_role("heading", name="Pinned results")).to_be_visible()
    made = page.get_by_role("form", name="Make a key")
    made.get_by_label("Name").fill("second")
    made.get_by_role("button", name="Make").click()
    expect(page.locator("#token")).to_contain_text("paraglot_")
    expect(page.get_by_role("cell", name="second")).to_be_visible()


WORDS_IN_PARTS = """cells => cells.flatMap(cell => [...cell.textContent.matchAll(/\\p{L}+/gu)].filter(found => {
  const range = document.createRange();
  range.setStart(cell.firstChild, found.index);
  range.setEnd(cell.firstChild, found.index + found[0].length);
  return range.getClientRects().length > 1;
}).map(found => found[0]))"""
"""Of cells with nothing but text, the words that are broken over lines."""


def test_on_a_phone_words_of_tables_are_whole_and_times_are_read(
    tmp_path: Path, pristine_index: Path, browse: Open
) -> None:
    index = Path(shutil.copytree(pristine_index, tmp_path / "index"))
    with service(index, "--statistics") as running:
        running.client.put("/v1/articles/new?wait=30", json={"text": "Yeast.", "language": "en"}).raise_for_status()
        running.client.get("/v1/search", params={"q": "yeast"}).raise_for_status()
        page = browse(str(running.client.base_url), viewport={"width": 320, "height": 640}).new_page()
        page.goto("/admin")
        assert page.locator("th").evaluate_all(WORDS_IN_PARTS) == []
        expect(page.get_by_role("cell", name="succeeded")).to_be_visible()
        assert page.get_by_role("cell", name="succeeded").evaluate_all(WORDS_IN_PARTS) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        expect(page.locator("#tasks ~ table time")).to_have_text(re.compile(r"^\w{3} \d+, \d{4}, \d\d:\d\d UTC$"))
        assert Axe().run(page).response["violations"] == []
        page.close()


def test_without_keys_the_forms_work_without_scripts(tmp_path: Path, pristine_index: Path, browse: Open) -> None:
    index = Path(shutil.copytree(pristine_index, tmp_path / "index"))
    with service(index) as running:
        page = browse(str(running.client.base_url), java_script_enabled=False).new_page()
        page.goto("/admin")
        form = page.get_by_role("form", name="Pin results")
        form.get_by_label("Queries, one a line").fill("opening hours")
        form.get_by_label("Ids of articles or paragraphs").fill("tax")
        form.get_by_role("button", name="Pin").click()
        expect(page.get_by_role("status")).to_have_text("Results are pinned for opening hours.")
        assert page.url.endswith("/admin")
        page.close()  # before its service ends, or what it still loads is lost
