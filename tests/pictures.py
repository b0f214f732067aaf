"""The pictures of docs/embed.md, each of a real page: python -m tests.pictures [INDEX of the seeds]"""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from paraglot.indexer.build import index_corpus
from tests.blog import Blog, blog
from tests.conftest import ROOT, SEEDS
from tests.node import package
from tests.servers import service

FOLDER = ROOT / "docs" / "pictures"
COLOURS = 64
"""Of a picture, so that it stays small."""

LIBRARY = ("instantsearch.js", "4.118.1")
INSTANTSEARCH = """
<div id="box"></div><div id="languages"></div><div id="hits"></div>
<script src="/instantsearch.js"></script>
<script type="module">
  import { searchClient } from "http://127.0.0.1:8000/instantsearch.js";
  const { searchBox, configure, refinementList, hits } = instantsearch.widgets;
  const search = instantsearch({
    indexName: "relevance", searchClient: searchClient({
      endpoint: "http://127.0.0.1:8000", fields: { min_relevance: 0.5, languages: ["en", "es", "ja"] },
    }),
    initialUiState: { relevance: { query: "coral reef" } },
  });
  search.addWidgets([
    configure({ hitsPerPage: 3 }), searchBox({ container: "#box" }),
    refinementList({ container: "#languages", attribute: "language", limit: 5 }),
    hits({ container: "#hits", templates: { item: (hit, { html, components }) => html`
      <strong>${hit.title}</strong> (${hit.language})<p>${components.Snippet({ hit, attribute: "text" })}</p>` } }),
  ]);
  search.start();
</script>
"""


def demo(site: Blog, paraglot: str) -> str:
    """Put the demo of docs/demo on a site, with the service where it is; gives its address."""
    for path in (ROOT / "docs" / "demo").iterdir():
        site.files[f"/{path.name}"] = path.read_text("utf-8").replace("http://127.0.0.1:8000", paraglot)
    site.policy = ""
    return f"{site.origin}/index.html"


def take(page: Page, name: str, selector: str = "") -> None:
    """Write one picture, of a part of the page or of what is seen of it."""
    taken = page.locator(selector).first.screenshot() if selector else page.screenshot()
    path = FOLDER / f"{name}.png"
    Image.open(io.BytesIO(taken)).convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes", file=sys.stderr)


def take_all(page: Page, site: Blog, paraglot: str) -> None:
    """All pictures, with a service over the seeds that lets the site embed it."""
    page.goto(f"{paraglot}/?q=visite+de+Loukachenko+%C3%A0+P%C3%A9kin&ui=en&languages=fr&languages=es&languages=ru")
    expect(page.locator(".hit").first).to_be_visible()
    take(page, "page")
    page.goto(demo(site, paraglot))
    expect(page.locator("paraglot-similar li")).to_have_count(2)
    expect(page.locator("paraglot-search li").first).to_be_visible()
    take(page, "widget", "paraglot-search")
    take(page, "similar", "paraglot-similar")
    page.goto(
        site.put(
            f'<iframe src="{paraglot}/embed?q=coral+reef&limit=2&lang=es&languages=en,es,ru" title="Buscar" width="700" height="500"></iframe>'
        )
    )
    expect(page.frame_locator("iframe").locator("li").first).to_be_visible()
    take(page, "embed", "iframe")
    page.goto(site.put(INSTANTSEARCH.replace("http://127.0.0.1:8000", paraglot)))
    expect(page.locator("#hits li")).to_have_count(3)
    take(page, "instantsearch", "main")


@contextmanager
def opened(given: str | None) -> Iterator[tuple[Page, Blog, str]]:
    """A browser's page, a site and the address of a service over the seeds, in the index that is given or a new one."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, blog() as site, sync_playwright() as playwright:
        index = Path(given) if given else Path(folder) / "index"
        if given is None:
            index_corpus(index, [SEEDS], "builtin-fast")
        files = package(Path(folder), *LIBRARY)
        site.files["/instantsearch.js"] = (files / "dist/instantsearch.production.min.js").read_text("utf-8")
        browser = playwright.chromium.launch(executable_path=path, args=["--disable-gpu"])
        with service(index, "--allow-origin", site.origin, PARAGLOT_TIMEOUT_S="100") as running:
            running.client.get("/readyz").raise_for_status()
            page = browser.new_page(viewport={"width": 960, "height": 720}, locale="en-GB")
            page.set_default_timeout(120_000)
            yield page, site, str(running.client.base_url).rstrip("/")
        browser.close()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    expect.set_options(timeout=120_000)
    with opened(next(iter(sys.argv[1:]), None)) as (page, site, paraglot):
        take_all(page, site, paraglot)
