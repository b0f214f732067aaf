"""Folders of a site: the addresses of its pages and of the headings in them, and what its author keeps back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from paraglot import Article, MemoryIndex, SearchRequest, open_index
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft
from paraglot.indexer.readers.inputs import Options
from paraglot.search.memory.index import divided
from tests.commands import paraglot

BASE = "https://example.org/docs"
INSTALL = "Run the installer with the option that your system needs."
CLOSE = "Stop it with the key that it told you at its start."
CONFIG = "Every setting of the program stands in one file, which is read first."
FILES = {
    "guide/setup.md": f"# Setup\n\n## Install it {{#install}}\n\n{INSTALL}\n\n## Close the service\n\n{CLOSE}\n\n"
    f"## Close the service\n\nA second time, with the same words in its heading.\n",
    "guide/index.md": "# Guide\n\nWhere everybody begins who has not been here.\n",
    "own.md": "---\ntitle: Own\nurl: /posts/own/\n---\nIts address stands in its front matter.\n",
    "guide/p3.html": f'<html lang=en><title>Third</title><main><h1>Third</h1><section id="config"><h2>Configuration</h2>'
    f"<p>{CONFIG}</p></section></main>",
    "said.html": '<html lang=en><title>Said</title><link rel=canonical href="https://other.example/a"><main>'
    "<p>A page that says where it lies itself.</p></main>",
}
KEPT_BACK = {
    "draft.md": "---\ntitle: Layoffs\ndraft: true\n---\nThe layoffs are announced on Monday.\n",
    "unpublished.md": "---\ntitle: Layoffs\npublished: false\n---\nThe layoffs are announced on Monday.\n",
    "status.md": "Title: Layoffs\nStatus: draft\n\nThe layoffs are announced on Monday.\n",
    "hidden.html": '<html lang=en><title>Layoffs</title><meta name="ROBOTS" content="NoIndex, follow"><main>'
    "<p>The layoffs are announced on Monday.</p></main>",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    return folder


def read(folder: Path, options: Options) -> dict[str, Draft]:
    found = list(read_corpus([folder], options))
    drafts = [one for one in found if isinstance(one, Draft)]
    assert len(drafts) == len(found)
    return {one.id: one for one in drafts}


def test_the_pages_of_a_folder_lie_under_its_address(tmp_path: Path) -> None:
    found = read(write(tmp_path, FILES), Options(base_url=BASE))
    assert {id_: one.url for id_, one in found.items()} == {
        "guide/setup.md": f"{BASE}/guide/setup/",
        "guide/index.md": f"{BASE}/guide/",
        "own.md": "https://example.org/posts/own/",
        "guide/p3.html": f"{BASE}/guide/p3.html",
        "said.html": "https://other.example/a",
    }
    assert read(tmp_path, Options())["guide/p3.html"].url is None


def test_headings_keep_their_names(tmp_path: Path) -> None:
    found = read(write(tmp_path, FILES), Options())
    assert [one.anchor for one in found["guide/setup.md"].blocks or ()] == [
        "install",
        "close-the-service",
        "close-the-service-1",
    ]
    assert next(one.heading for one in found["guide/setup.md"].blocks or ()) == "Install it"
    [only] = found["guide/p3.html"].blocks or ()
    assert (only.heading, only.anchor) == ("Configuration", "config")


@pytest.mark.parametrize(
    "tail", ["", "<h2 id=stop>Stop</h2><p>To stop it press Ctrl-C.</p>", "<footer>Imprint</footer>"]
)
def test_a_heading_over_the_first_paragraph_keeps_its_name_where_nothing_marks_the_article(
    tmp_path: Path, tail: str
) -> None:
    start = "To start the service, run widget serve in the folder of the index and wait until it says ready."
    page = f"<title>Guide</title><body><h1>Guide</h1><h2 id=install>Install</h2><h3>By hand</h3><p>{start}</p>{tail}"
    first, *_ = read(write(tmp_path, {"a.html": page}), Options())["a.html"].blocks or ()
    assert (first.text, first.heading, first.anchor) == (start, "Install / By hand", "install")


def test_a_citation_leads_to_the_heading_and_an_export_keeps_it(tmp_path: Path) -> None:
    write(tmp_path / "site", FILES)
    first, second = tmp_path / "first", tmp_path / "second"
    assert paraglot("index", tmp_path / "site", "--index", first, "--model", "fake", "--base-url", BASE).returncode == 0
    again = paraglot("index", tmp_path / "site", "--index", first, "--base-url", BASE)
    assert "Nothing changed" in again.stdout
    (tmp_path / "export.jsonl").write_text(paraglot("export", "--index", first).stdout, "utf-8")
    assert paraglot("index", tmp_path / "export.jsonl", "--index", second, "--model", "fake").returncode == 0
    for index in (first, second):
        with open_index(index) as engine:
            for query, address in (
                (CLOSE, f"{BASE}/guide/setup/#close-the-service"),
                (CONFIG, f"{BASE}/guide/p3.html#config"),
            ):
                hit = engine.search(SearchRequest(query)).hits[0]
                assert (hit.paragraph.text, (hit.citation.url or "").partition(":~:")[0]) == (query, address)
    with open_index(first) as engine, engine.view("id = 'guide/setup.md'") as view:
        _, paragraphs = view.article("guide/setup.md")
        assert [one.anchor for one in paragraphs][:2] == ["install", "close-the-service"]


def test_an_index_in_memory_keeps_them_too() -> None:
    index = MemoryIndex("fake")
    article = Article("a", "A", "One.\n\nTwo.", "en", url="https://example.org/a")
    with index.change() as change:
        change.put(article, [replace(one, anchor="n" * one.position) for one in divided(article)])
        change.commit()
    with open_index(index) as engine:
        assert [one.anchor for one in engine.view().__enter__().article("a")[1]] == ["", "n"]
        assert engine.search(SearchRequest("Two")).hits[0].citation.url == "https://example.org/a#n:~:text=Two."


@pytest.mark.parametrize("name", KEPT_BACK)
def test_what_is_kept_back_is_left_out_and_named(tmp_path: Path, name: str) -> None:
    write(tmp_path / "site", {name: KEPT_BACK[name]})
    done = paraglot("index", tmp_path / "site", "--dry-run", "--verbose")
    assert done.returncode == 0
    assert "0 articles" in done.stdout
    assert "Left out: drafts and pages that ask not to be found (1); " in done.stdout
    assert f"{name}:1: drafts and pages" in done.stderr
    told = paraglot("index", tmp_path / "site", "--dry-run", "--drafts", "--json")
    assert json.loads(told.stdout)["articles"] == 1


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    done = paraglot("index", tmp_path, "--base-url", "example.org", "--dry-run")
    assert (done.returncode, done.stderr) == (
        2,
        "paraglot: --base-url must be as https://example.org/docs/ is, not 'example.org'.\n",
    )
