"""No reader and no commit of one article reads the store through: statements are counted, and their plans looked at."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from paraglot.indexer.build import index_corpus
from paraglot.indexer.folder import records
from paraglot.search.engine.engine import Engine
from paraglot.search.folder import columns
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.store import store
from paraglot.search.suggest.book import PhraseBook
from paraglot.search.types import SearchRequest

REQUEST = SearchRequest("bread tax", limit=5, filter="tags = odd AND date >= 2024", facets=("tags",), languages=("en",))


OPENING = {"PRAGMA trusted_schema = OFF", "SELECT 1 FROM article LIMIT 1"}


def articles(count: int) -> list[dict[str, object]]:
    return [
        {"id": str(one), "title": f"Number {one}", "paragraphs": [f"Bread number {one}.", f"Tax of {one} bakers."]}
        | {"language": "en", "date": f"2024-05-{one % 28 + 1:02}", "tags": ["odd" if one % 2 else "even"]}
        for one in range(count)
    ]


def write(folder: Path, some: list[dict[str, object]]) -> None:
    corpus = folder.with_suffix(".jsonl")
    corpus.write_text("".join(json.dumps(one) + "\n" for one in some))
    index_corpus(folder, [corpus], "fake")


@contextmanager
def traced(patch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements, values and all, that readers and writers run."""
    seen: list[str] = []
    opened, connect = store.open_read_only, sqlite3.connect

    def reader(path: Path) -> sqlite3.Connection:
        connection = opened(path)
        connection.set_trace_callback(seen.append)
        return connection

    def writer(*given: object, **named: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*given, **named)  # type: ignore[call-overload]
        connection.set_trace_callback(seen.append)
        return connection

    with patch.context() as patched:
        patched.setattr(store, "open_read_only", reader)
        patched.setattr(records.sqlite3, "connect", writer)
        yield seen


def scans(folder: Path, statements: list[str]) -> set[str]:
    """The statements that read a table of articles or paragraphs from one end to the other.

    Counting is none: it passes over an index of a dozen bytes a record (a million of them takes 5 ms).
    """
    found = set()
    with closing(sqlite3.connect(IndexLayout(folder).store)) as connection:
        connection.execute("CREATE TEMP TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID")
        for one in statements:
            if one.startswith(("SELECT", "UPDATE", "DELETE", "INSERT")) and "embedded" not in one:
                steps = [record[3] for record in connection.execute(f"EXPLAIN QUERY PLAN {one}")]
                plan = [
                    step for step in steps if not step.endswith("USING COVERING INDEX " + step.split()[1] + "_by_added")
                ]
                if any(step.startswith(("SCAN article", "SCAN paragraph", "SCAN old", "SCAN new")) for step in plan):
                    found.add(one)
    return found


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Indexes of 80 and of 240 articles."""
    made = [tmp_path_factory.mktemp("rows") / "index" for _ in range(2)]
    for folder, count in zip(made, (80, 240), strict=True):
        write(folder, articles(count))
    return made


def test_opening_asking_and_refreshing_read_what_they_show(
    folders: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []
    for folder in folders:
        with traced(monkeypatch) as statements, Engine(folder) as engine:
            engine.warm()
            assert set(statements) == OPENING
            assert engine.search(REQUEST).hits
            with engine.view() as view:
                view.languages()
            asked = len(statements)
            write(folder, [{"id": "more", "text": "More bread.", "language": "en"}])
            before = len(statements)
            assert engine.refresh()
            assert engine.search(REQUEST).hits
            counted.append((asked, len(statements) - before))
        assert scans(folder, [one for one in statements if one not in OPENING]) == set()
    assert counted[0] == counted[1]


def test_a_commit_of_one_article_looks_at_its_rows_alone(folders: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    counted = []
    for folder in folders:
        with traced(monkeypatch) as statements:
            write(folder, [articles(3)[2] | {"paragraphs": ["Bread number 2.", "Another tax."]}])
        assert scans(folder, statements) == set()
        counted.append(len(statements))
    assert counted[0] == counted[1]


def test_a_refresh_opens_the_columns_of_what_is_new(folders: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    mapped: list[Path] = []
    real: Callable[[Path], object] = columns.map_arrays
    with Engine(folders[1]) as engine:
        monkeypatch.setattr(columns, "map_arrays", lambda path: mapped.append(path) or real(path))
        write(folders[1], [{"id": "last", "text": "The last bread.", "language": "en"}])
        mapped.clear()
        assert engine.refresh()
        assert len(mapped) == 1
        assert engine.search(SearchRequest("last bread", limit=1)).hits[0].article.id == "last"


def test_the_book_reads_the_texts_of_new_rows(folders: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    real = store.Store.texts
    book = PhraseBook()
    with Engine(folders[0]) as engine:
        with engine.snapshot() as snapshot:
            assert book.update(snapshot.store)
        write(folders[0], [{"id": "new", "text": "Nothing else has this text.", "language": "en"}])
        engine.refresh()
        monkeypatch.setattr(store.Store, "texts", lambda self, rows: read.extend(rows) or real(self, rows))
        with engine.snapshot() as snapshot:
            fresh = snapshot.store.rows_of("new")
            assert book.update(snapshot.store)
    assert fresh[0] in read
    assert len(read) <= 3  # and the example of a title that is new
