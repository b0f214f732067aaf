"""The reader of ZIM files, on files that libzim's own writer makes."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pytest

from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Skipped

pytestmark = pytest.mark.slow

libzim_writer = pytest.importorskip("libzim.writer")

SENTENCE = "The council taxed the bread of every baker in the old town for a whole year."
PAGE = f"<html><head><title>x</title></head><body><h1>Bread</h1><p>{SENTENCE}</p><p>{SENTENCE} Again.</p></body></html>"
LONG = PAGE.replace("Again.", "Again and again. " * 100)


class Item(libzim_writer.Item):  # type: ignore[misc]
    """An entry of an archive."""

    def __init__(self, path: str, title: str, content: str, kind: str = "text/html") -> None:
        super().__init__()
        self._said = path, title, content, kind

    def get_path(self) -> str:
        return self._said[0]

    def get_title(self) -> str:
        return self._said[1]

    def get_mimetype(self) -> str:
        return self._said[3]

    def get_hints(self) -> dict[object, object]:
        return {}

    def get_contentprovider(self) -> object:
        return libzim_writer.StringProvider(self._said[2])


def archive(path: Path, items: list[Item], **said: str) -> Path:
    with libzim_writer.Creator(path).config_indexing(False, "eng") as creator:
        creator.set_mainpath("Bread")
        for item in items:
            creator.add_item(item)
        creator.add_redirection("Loaf", "Loaf", "Bread", {})
        for name, value in said.items():
            creator.add_metadata(name, value)
    return path


def read(path: Path) -> tuple[list[Draft], list[str]]:
    found = list(read_corpus([path]))
    drafts = [one for one in found if isinstance(one, Draft)]
    return drafts, [str(one) for one in found if isinstance(one, Skipped)]


@pytest.fixture
def wiki(tmp_path: Path) -> Path:
    items = [Item("Bread", "Bread", PAGE), Item("Tax/Old", "An old tax", PAGE.replace("baker", "miller"))]
    items += [Item("style.css", "", "p {}", "text/css"), Item("Nothing", "Nothing", "<html><body></body></html>")]
    said = {"Name": "wikipedia_en", "Title": "Wikipedia", "Language": "eng", "Date": "2024-05-31"}
    return archive(tmp_path / "wiki.zim", items, **said)


def test_pages_are_articles(wiki: Path) -> None:
    [bread, tax], skipped = read(wiki)
    assert (bread.id, bread.title, bread.language, bread.source) == ("wikipedia_en/Bread", "Bread", "en", "Wikipedia")
    assert bread.attributes == {"captured": "2024-05-31"}
    assert bread.blocks is not None
    assert [one.text for one in bread.blocks] == [SENTENCE, f"{SENTENCE} Again."]
    assert (tax.id, tax.title) == ("wikipedia_en/Tax/Old", "An old tax")
    assert skipped == [f"{wiki}!Nothing: line 1: the page has no main text"]


def test_without_a_name_and_with_two_languages(tmp_path: Path) -> None:
    german = PAGE.replace("<html>", '<html lang="de-AT">')
    path = archive(tmp_path / "some.zim", [Item("Bread", "Bread", german)], Language="deu,eng")
    [draft], skipped = read(path)
    assert (draft.id, draft.language, draft.source, skipped) == ("some.zim/Bread", "de-AT", None, [])


def test_compressed_it_is_the_same(wiki: Path) -> None:
    packed = wiki.with_name("wiki.zim.gz")
    packed.write_bytes(gzip.compress(wiki.read_bytes()))
    assert [one.id for one in read(packed)[0]] == ["wikipedia_en/Bread", "wikipedia_en/Tax/Old"]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_file_that_is_cut_short_is_named(wiki: Path, share: float) -> None:
    content = wiki.read_bytes()
    wiki.write_bytes(content[: int(share * len(content))])
    drafts, [skipped] = read(wiki)
    assert drafts == []
    assert skipped.startswith(f"{wiki}:1: damaged or cut short: ")


def test_a_file_without_pages_is_named(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zim", [Item("Bread", "Bread", "p {}", "text/css")])
    assert read(path) == ([], [f"{path}:1: the file holds no web page"])


def test_a_page_that_is_too_long_is_left_out_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paraglot.indexer.readers.web.zim.MAX_PAGE_BYTES", 1000)
    path = archive(tmp_path / "a.zim", [Item("Bread", "Bread", PAGE), Item("Long", "Long", LONG)])
    [bread], [skipped] = read(path)
    assert (bread.title, skipped) == ("Bread", f"{path}!Long: line 1: a page of more than 0 MB")


def test_a_bomb_ends_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paraglot.indexer.readers.unpacking.FREE_BYTES", 0)
    monkeypatch.setattr("paraglot.indexer.readers.unpacking.MAX_RATIO", 0.001)
    path = archive(tmp_path / "a.zim", [Item("Bread", "Bread", PAGE)])
    drafts, [skipped] = read(path)
    assert drafts == []
    assert skipped.endswith("taken for a bomb")


def test_without_the_library_it_says_what_to_install(wiki: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "libzim.reader", None)
    assert read(wiki) == ([], [f"{wiki}:1: needs libzim: pip install 'paraglot[zim]'"])
