"""What the search page weighs on the wire, and what typing costs.

    python benchmarks/page_weight.py INDEX

Serves an index (that of the seeds: `paraglot index seeds`), opens views of the page in Chromium with an empty cache,
and types a sentence of 32 characters at 180 ms a key. Prints kilobytes of the bodies as they were sent, and requests.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime

from playwright.sync_api import Page, Response, expect, sync_playwright

VIEWS = ("/", "/?q=trains de nuit", "/?q=trains de nuit&less_likely=1", "/?browse=date:desc", "/article/reef-ja")
SENTENCE = "where do the night trains go now"
SERVE = "from paraglot.api.cli.main import main; main()"


def heard(page: Page) -> list[Response]:
    """The list that every further answer comes into."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    return answers


def kilobytes(answers: list[Response]) -> float:
    """Of their bodies, as they were sent."""
    return sum(one.request.sizes()["responseBodySize"] for one in answers) / 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index")
    command = [sys.executable, "-c", SERVE, "serve", "--port", "0", "--index", parser.parse_args().index]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as service,
        sync_playwright() as playwright,
    ):
        assert service.stdout is not None
        home = service.stdout.readline().split()[-1]
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--disable-gpu"])
        print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}")
        for view in VIEWS:
            page = browser.new_context(base_url=home).new_page()
            answers = heard(page)
            page.goto(view, wait_until="networkidle")
            print(f"{kilobytes(answers):6.1f} kB  {view}")
        page = browser.new_context(base_url=home).new_page()
        page.goto("/", wait_until="networkidle")
        answers = heard(page)
        page.locator("#q").press_sequentially(SENTENCE, delay=180)
        expect(page).to_have_title(re.compile(f"^{SENTENCE}"), timeout=60_000)
        page.wait_for_timeout(2_000)  # suggestions come on their own
        asked = [one for one in answers if "?q=" in one.url]
        print(f"{kilobytes(asked):6.1f} kB  {len(SENTENCE)} characters typed, requests: {len(asked)}")
        browser.close()
        service.terminate()


if __name__ == "__main__":
    main()
