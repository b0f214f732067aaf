"""Real Chromium over a real service. Whatever a test does, no page may ask another host, fail or break its policy."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests.blog import Blog, blog
from tests.browsers import Open, Show, watched
from tests.servers import service

expect.set_options(timeout=20_000)  # a busy machine is no fault of a page


@pytest.fixture(scope="session")
def seeds_service(seeds_index: Path) -> Iterator[str]:
    """The address of a service over the seeds, in all their languages."""
    with service(seeds_index) as running:
        running.client.get("/readyz").raise_for_status()
        yield str(running.client.base_url)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A browser; for this folder, since Playwright's event loop is in the way of those of other tests."""
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        try:
            browser = playwright.chromium.launch(executable_path=path, args=["--disable-gpu"])
        except Error as error:
            if "REQUIRE_BROWSER" in os.environ or "CI" in os.environ:
                raise
            pytest.skip(f"No Chromium: put it on PATH or name it in CHROMIUM ({error.message.splitlines()[0]})")
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium: Browser, seeds_service: str) -> Iterator[Open]:
    """Opens contexts at the service over the seeds, or at ``base_url``; what `watched` takes can be said."""
    with ExitStack() as held:

        def opened(base_url: str = seeds_service, **options: object) -> BrowserContext:
            return held.enter_context(watched(chromium, base_url, **options))  # type: ignore[arg-type]

        yield opened


@pytest.fixture(scope="session")
def site() -> Iterator[Blog]:
    with blog() as opened:
        yield opened


@pytest.fixture(scope="session")
def paraglot(seeds_index: Path, site: Blog) -> Iterator[str]:
    with service(seeds_index, "--allow-origin", site.origin, PARAGLOT_ADDRESS_RATE="unlimited") as running:
        running.client.get("/readyz").raise_for_status()
        while not running.client.get("/v1/suggest", params={"q": "the"}).json()["complete"]:
            time.sleep(0.1)  # suggestions are made when first asked for
        yield str(running.client.base_url).rstrip("/")


@pytest.fixture
def show(browse: Open, site: Blog, paraglot: str) -> Show:
    """Opens a page of the site with the components and a body; ``told`` in it collects their events."""

    def shown(
        body: str, policy: str = "", head: str = "", at: str = "", hosts: tuple[str, ...] = (), **options: object
    ) -> Page:
        service_at = at or paraglot
        site.files["/told.js"] = """
            window.told = [];
            for (const name of ["paraglot-results", "paraglot-select", "paraglot-error"])
              addEventListener(name, (event) => { told.push([name, event.target.id]); if (event.target.id === "own") event.preventDefault(); });
        """
        scripts = f'<script src="/told.js"></script><script type="module" src="{service_at}/widget.js"></script>'
        address = site.put(body, policy=policy, head=head + scripts)
        page = browse(site.origin, hosts=(urlsplit(service_at).netloc, *hosts), **options).new_page()
        page.goto(address)
        return page

    return shown
