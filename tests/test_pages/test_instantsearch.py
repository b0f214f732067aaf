"""The adapter for InstantSearch with the real package from npm, in a real browser and a page of another origin."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from paraglot.indexer.build import index_corpus
from paraglot.indexer.readers.inputs import Options
from tests.blog import Blog, blog
from tests.browsers import Open
from tests.node import package
from tests.servers import service

pytestmark = pytest.mark.slow

TITLE = "<img src=x onerror=alert(1)>"
ARTICLES = [
    {"id": f"{language}{number}", "title": TITLE, "language": language, "source": source, "date": f"20{number + 10}-01-01",
     "text": f"{TITLE} The {'tax' if number % 2 else 'price'} of bread rose to {number} in the year 20{number + 10}."}
    for language, source, numbers in (("en", "Gazette", range(7)), ("de", 'Der "Bote"', range(10, 14)), ("fr", "Gazette", range(20, 22)))
    for number in numbers
]  # fmt: skip
BODY = """
<div id="box"></div><div id="stats"></div><div id="languages"></div><div id="sources"></div><div id="sort"></div>
<div id="hits"></div><div id="pages"></div>
<script src="/instantsearch.js"></script>
<script type="module">
  import { searchClient } from "PARAGLOT/instantsearch.js";
  const { searchBox, stats, configure, refinementList, hits, pagination, sortBy } = instantsearch.widgets;
  const search = instantsearch({ indexName: "relevance", searchClient: searchClient({ endpoint: "PARAGLOT", fields: FIELDS }) });
  search.addWidgets([
    configure({ hitsPerPage: 5 }),
    searchBox({ container: "#box" }), stats({ container: "#stats" }), pagination({ container: "#pages" }),
    refinementList({ container: "#languages", attribute: "language" }),
    refinementList({ container: "#sources", attribute: "source", searchable: true }),
    sortBy({ container: "#sort", items: [{ label: "Best", value: "relevance" }, { label: "New", value: "date:desc" }] }),
    hits({ container: "#hits", templates: { item: (hit, { html, components }) => html`
      <b>${hit.title}</b> <i>${hit.language}</i> <time>${hit.date}</time>
      <p>${components.Highlight({ hit, attribute: "text" })}</p>` } }),
  ]);
  search.start();
</script>
"""


@pytest.fixture(scope="module")
def site() -> Iterator[Blog]:
    with blog() as opened:
        yield opened


@pytest.fixture(scope="module")
def paraglot(tmp_path_factory: pytest.TempPathFactory, site: Blog) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("instantsearch")
    files = package(folder, "instantsearch.js", "4.118.1")
    site.files["/instantsearch.js"] = (files / "dist/instantsearch.production.min.js").read_text("utf-8")
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, ARTICLES)), "utf-8")
    index_corpus(folder / "index", [folder / "corpus.jsonl"], "fake", options=Options(text="plain"))
    with service(folder / "index", "--allow-origin", site.origin) as running:
        yield str(running.client.base_url).rstrip("/")


def test_its_widgets_search_refine_sort_and_page(browse: Open, site: Blog, paraglot: str) -> None:
    body = BODY.replace("PARAGLOT", paraglot).replace("FIELDS", "{}")
    page = browse(site.origin, hosts=(urlsplit(paraglot).netloc,)).new_page()
    page.goto(site.put(body))
    items, languages = page.locator("#hits li"), page.locator("#hits i")
    expect(page.locator("#stats")).to_have_text(re.compile("0 results|No results", re.IGNORECASE))
    page.get_by_role("searchbox").first.fill("bread")
    expect(items).to_have_count(5)
    expect(page.locator("#stats")).to_have_text(re.compile("^13 results"))
    assert page.locator("#hits b").all_inner_texts() == [TITLE] * 5, "shown as text"
    assert set(page.locator("#hits mark").all_inner_texts()) == {"bread"}
    expect(page.locator("#languages label")).to_have_text(
        [re.compile("en *7"), re.compile("de *4"), re.compile("fr *2")]
    )

    page.locator("#sources").get_by_role("searchbox").fill("bot")
    expect(page.locator("#sources label")).to_have_text([re.compile('Der "Bote" *4')])
    page.locator("#sources").get_by_text('Der "Bote"').click()
    expect(page.locator("#stats")).to_have_text(re.compile("^4 results"))
    expect(languages).to_have_text(["de"] * 4)
    page.locator("#sources").get_by_text('Der "Bote"').click()

    page.locator("#languages").get_by_text("fr").click()
    expect(languages).to_have_text(["fr"] * 2)
    page.locator("#languages").get_by_text("de").click()
    expect(page.locator("#stats")).to_have_text(re.compile("^6 results"))
    expect(page.locator("#languages label")).to_contain_text(["de", "fr", "en"])
    page.locator("#sort select").select_option("date:desc")
    expect(page.locator("#hits time").first).to_have_text("2031-01-01")
    page.get_by_role("link", name="Page 2", exact=True).click()
    expect(page.locator("#hits time")).to_have_text(["2020-01-01"])


def test_what_the_page_always_asks_for_holds(browse: Open, site: Blog, paraglot: str) -> None:
    body = BODY.replace("PARAGLOT", paraglot).replace("FIELDS", '{ filter: "source = Gazette", mode: "keyword" }')
    page = browse(site.origin, hosts=(urlsplit(paraglot).netloc,)).new_page()
    page.goto(site.put(body))
    page.get_by_role("searchbox").first.fill("tax")
    expect(page.locator("#stats")).to_have_text(re.compile("^4 results"))
    page.locator("#languages").get_by_text("fr").click()
    expect(page.locator("#hits i")).to_have_text(["fr"])
