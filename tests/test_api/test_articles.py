"""Articles without a query: listed, filtered, paged by a cursor, over HTTP, from Python and in process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from paraglot import ArticlesRequest, MemoryIndex, ParaglotError, open_index
from paraglot.api.http.app import create_app
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from paraglot.api.settings import Settings
from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.search.answer.listing import ORDERS
from paraglot.search.engine.engine import Engine
from paraglot.search.types import Article

TITLES = ["Zebra", "éclair", "Eel", "", "apple", "apple"]
DATES = ["2024", "2024-05-31", None, "2023-01-01", None, "2024-05-31"]
ARTICLES = [
    Article(f"a{number}", title, f"Text number {number}.", "de" if number % 2 else "en", date=date, source="Gazette")
    for number, (title, date) in enumerate(zip(TITLES, DATES, strict=True))
]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index that came to be by two commits, of which the second replaces an article."""
    import json

    folder = tmp_path_factory.mktemp("articles")
    corpus = folder / "corpus.jsonl"
    for first in ("Before.", ""):
        lines = [
            {
                "id": one.id,
                "title": one.title,
                "text": first or one.text,
                "language": one.language,
                "source": one.source,
            }
            | ({"date": one.date} if one.date else {})
            for one in (ARTICLES[:1] if first else ARTICLES)
        ]
        corpus.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
        index_corpus(folder / "index", [corpus], "fake")
    return folder / "index"


@pytest.fixture
def index(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "index"))


@pytest.fixture
def client(index: Path) -> Iterator[TestClient]:
    settings = Settings(index=index)
    with TestClient(create_app(ObservedEngine(settings), settings), base_url="http://127.0.0.1") as opened:
        yield opened


def listed(engine: Engine, **asked: object) -> list[str]:
    return [head.id for head in engine.articles(ArticlesRequest(**asked)).articles]  # type: ignore[arg-type]


IN_ORDER = {
    "date:desc": "a1 a5 a0 a3 a2 a4",  # 2024 begins before 2024-05-31; of one date by id; without a date last
    "date:asc": "a3 a0 a1 a5 a2 a4",
    "title:asc": "a3 a4 a5 a1 a2 a0",  # "a3" stands for no title; é as e: eclair, eel
    "title:desc": "a0 a2 a1 a4 a5 a3",
}


@pytest.mark.parametrize("sort", ORDERS)
def test_in_an_order_the_same_in_a_folder_and_in_memory(index: Path, sort: str) -> None:
    memory = MemoryIndex("fake")
    memory.put(*ARTICLES)
    for place in (index, memory):
        with open_index(place) as engine:
            assert listed(engine, sort=sort) == IN_ORDER[sort].split()


@pytest.mark.parametrize("sort", ORDERS)
def test_pages_follow_each_other_without_gap_or_overlap(client: TestClient, sort: str) -> None:
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        asked = {"sort": sort, "limit": "2"} | ({"cursor": cursor} if cursor else {})
        answer = client.get("/v1/articles", params=asked).json()
        found += [one["id"] for one in answer["articles"]]
        assert answer["total"] == 6
        cursor, pages = answer["next_cursor"], pages + 1
    assert (found, pages) == (IN_ORDER[sort].split(), 3)


def test_a_cursor_goes_on_where_it_stood_when_its_article_is_gone(index: Path) -> None:
    with open_index(index) as engine:
        first = engine.articles(ArticlesRequest(sort="title:asc", limit=2))
        delete_articles(index, ["a4"])
        engine.refresh()
        assert listed(engine, sort="title:asc", limit=2, cursor=first.next_cursor) == ["a5", "a1"]


def test_filters_and_facets(client: TestClient) -> None:
    asked = {"languages": "de", "filter": "date >= 2024", "facets": "source,language", "sort": "title:asc"}
    answer = client.get("/v1/articles", params=asked).json()
    assert [one["id"] for one in answer["articles"]] == ["a5", "a1"]
    assert (answer["total"], answer["next_cursor"]) == (2, None)
    assert answer["facet_distribution"] == {
        "source": {"counts": {"Gazette": 2}, "missing": 0},
        "language": {"counts": {"de": 2}, "missing": 0},
    }
    nowhere = client.get("/v1/articles", params={"filter": "colour = red"}).json()
    assert (nowhere["articles"], nowhere["warnings"]) == ([], ["No article has the attribute 'colour'."])


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "W10"}, "cursor"),
        ({"cursor": "é"}, "cursor"),
        ({"cursor": ""}, "cursor"),
        ({"sort": "relevance"}, "sort"),
        ({"limit": "0"}, "limit"),
        ({"filter": "date >"}, "filter"),
        ({"languages": "x_y"}, "languages"),
        ({"q": "bread"}, "q"),
    ],
)
def test_what_is_wrong_is_named(client: TestClient, asked: dict[str, str], field: str) -> None:
    answer = client.get("/v1/articles", params=asked)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"


def test_a_cursor_of_another_order_is_refused(client: TestClient) -> None:
    cursor = client.get("/v1/articles", params={"limit": 1}).json()["next_cursor"]
    answer = client.get("/v1/articles", params={"cursor": cursor, "sort": "title:asc"})
    assert answer.json()["detail"] == (
        "cursor must be the next_cursor of a page that is sorted by title:asc, as it was given."
    )
    with pytest.raises(ParaglotError):
        ArticlesRequest(cursor="WyJkYXRlOmRlc2MiLCBmYWxzZV0")


def test_a_keys_filter_holds(index: Path, client: TestClient) -> None:
    _, token = KeyFile(ServiceFolder(index).keys).create("search", filter="language = de")
    answer = client.get("/v1/articles", params={"facets": "language"}, headers={"x-api-key": token}).json()
    assert [one["id"] for one in answer["articles"]] == ["a1", "a5", "a3"]
    assert answer["total"] == 3
    assert answer["facet_distribution"]["language"]["counts"] == {"de": 3}
