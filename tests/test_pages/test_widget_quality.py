"""What the components may weigh, and that axe-core finds no fault in any of their states, however a page is seen."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from paraglot.api.pages.texts import all_texts
from tests.blog import Blog
from tests.browsers import Show
from tests.test_api.test_access import client_of
from tests.test_pages.test_widget import NIGHT, clean

NOWHERE = "http://127.0.0.1:9"
HIT, AGAIN = "[part~=hit]", "[part~=again]:visible"
STATES = {
    '<paraglot-search id="empty"></paraglot-search>': (HIT, 0, ""),
    f'<paraglot-search id="results" query="{NIGHT}" facets="language, source, date" orders limit="1"></paraglot-search>': (
        HIT,
        1,
        "",
    ),
    f'<paraglot-search id="unfolded" query="{NIGHT}" limit="2" less-likely></paraglot-search>': (HIT, 2, ""),
    '<paraglot-search id="folded" query="xqzt"></paraglot-search>': (HIT, 0, "no_answer"),
    '<paraglot-search id="nothing" query="xqzt" mode="keyword"></paraglot-search>': (HIT, 0, "nothing"),
    '<paraglot-search id="wrong" query="reef" limit="0"></paraglot-search>': (HIT, 0, "not_here"),
    f'<paraglot-search id="away" query="reef" endpoint="{NOWHERE}"></paraglot-search>': (AGAIN, 1, "failed"),
    '<paraglot-search id="modal" dialog></paraglot-search>': ("dialog", 1, ""),
    '<paraglot-similar id="like" article="reef-ja" limit="2"></paraglot-similar>': (HIT, 2, ""),
}
"""Each with what of it is there when it is, how often, and the text of its status."""

SEEN: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
    "from the right": {"locale": "ar"},
    "320 px": {"viewport": {"width": 320, "height": 640}},
}


def test_it_weighs_at_most_12_kb(small_index: Path) -> None:
    with client_of(small_index) as client:
        answer = client.get("/widget.js", headers={"accept-encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip"
        assert 5_000 < int(answer.headers["content-length"]) <= 12_000
        assert not re.search(r"/[*/] ", answer.text), "who runs it reads no comments"
        for tag in ("ar", "bn", "de"):
            told = client.get("/widget.json", params={"lang": tag})
            assert len(gzip.compress(told.content, 5)) < 1_500
            assert told.headers["access-control-allow-origin"] == "*"


@pytest.mark.slow
@pytest.mark.parametrize("seen", SEEN)
def test_axe_finds_nothing_in_any_state(show: Show, site: Blog, seen: str) -> None:
    site.files["/blog.css"] = ":root { color-scheme: light dark; }"
    tag = SEEN[seen].get("locale", "en")
    head = '<link rel="stylesheet" href="/blog.css">'
    page = show("", head=head, hosts=("127.0.0.1:9",), refused=True, statuses=(422,), **SEEN[seen])
    texts = all_texts()[tag]
    for state, (shown, count, text) in STATES.items():  # one after the other: a service has few places for searches
        page.evaluate("([main, html]) => main.insertAdjacentHTML('beforeend', html)", [page.locator("main").element_handle(), state.replace(" id=", f' lang="{tag}" id=')])  # fmt: skip
        own = page.locator("main > :last-child")
        expect(own.locator(shown)).to_have_count(count)
        if text:
            expect(own.get_by_role("status")).to_have_text(texts[text])
    page.locator("#results [part=filters] > summary").click()
    expect(page.locator("#results fieldset").first).to_be_visible()
    clean(page)
    page.locator("#modal [part~=open]").click()
    page.keyboard.type("the un")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("option").first).to_be_visible()
    expect(dialog.get_by_role("status")).not_to_be_empty()
    page.keyboard.press("ArrowDown")
    clean(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
