"""The page, the frame and the components of one collection of several, all from below its name, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.blog import Blog
from tests.browsers import Open, Show
from tests.servers import two_collections

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory, site: Blog) -> Iterator[str]:
    """The address of the second of two collections, which the site may embed."""
    with two_collections(tmp_path_factory.mktemp("collections"), site.origin) as address:
        yield f"{address}/v1/collections/docs"


def test_its_page_searches_while_a_query_is_typed_and_opens_its_articles(docs: str, browse: Open) -> None:
    page = browse(docs).new_page()
    page.goto(f"{docs}/?less_likely=1")
    page.locator("#q").press_sequentially("bread")
    expect(page).to_have_url(re.compile("/v1/collections/docs/.*q=bread"))
    expect(page.locator(".hit h2 a")).to_have_text(["Of docs"])
    page.locator(".hit h2 a").click()
    expect(page.locator("h1")).to_have_text("Of docs")
    page.locator(".back a").first.click()
    expect(page.locator("#q")).to_have_value("bread")


def test_its_frame_and_components_show_what_it_has(docs: str, show: Show) -> None:
    page = show(
        f"""<paraglot-search id="own" query="bread" less-likely></paraglot-search>
        <paraglot-search id="named" endpoint="{docs}" query="bread" less-likely></paraglot-search>
        <iframe src="{docs}/embed?q=bread&less_likely=1" title="Search" width="640" height="480"></iframe>""",
        at=docs,
    )
    for place in (page.locator("#own"), page.locator("#named"), page.frame_locator("iframe")):
        expect(place.locator("[part=title]")).to_have_text(["Of docs"])
