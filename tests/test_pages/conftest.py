"""Real Chromium over a real service. Whatever a test does, no page may ask another host, fail or break its policy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, expect, sync_playwright

from tests.browsers import Open, watched
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
