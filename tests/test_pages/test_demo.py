"""The demo in docs/demo, as a site of another origin serves it, and the pictures of the guide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.blog import Blog, blog
from tests.browsers import Open
from tests.conftest import ROOT
from tests.pictures import demo
from tests.servers import service


@pytest.fixture(scope="module")
def site() -> Iterator[Blog]:
    with blog() as opened:
        yield opened


@pytest.mark.slow
def test_the_demo_embeds_both_and_is_clean(seeds_index: Path, site: Blog, browse: Open) -> None:
    with service(seeds_index, "--allow-origin", site.origin) as running:
        paraglot = str(running.client.base_url).rstrip("/")
        page = browse(site.origin, hosts=(urlsplit(paraglot).netloc,)).new_page()
        page.goto(demo(site, paraglot))
        expect(page.locator("paraglot-search li").first).to_be_visible()
        expect(page.locator("paraglot-similar li")).to_have_count(2)
        expect(page.locator("paraglot-similar [part=title]").first).to_have_text(
            "The underwater orchard of Koh Sila Thong"
        )
        assert Axe().run(page).response["violations"] == []


def test_the_guide_shows_each_picture_and_none_is_large() -> None:
    guide = (ROOT / "docs/embed.md").read_text("utf-8")
    shown = re.findall(r"!\[[^\]]+\]\(pictures/([a-z]+\.png)\)", guide)
    assert shown == ["page.png", "widget.png", "similar.png", "embed.png", "instantsearch.png"]
    for name in shown:
        picture = (ROOT / "docs/pictures" / name).read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert 5_000 < len(picture) < 100_000
