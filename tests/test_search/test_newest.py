"""In the order of dates: all that matches, in every mode; by keyword, pages over all that matches."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from fastapi.testclient import TestClient

from paraglot.api.http.app import create_app
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.settings import Settings
from paraglot.indexer.build import index_corpus
from paraglot.search.engine.engine import Engine
from paraglot.search.types import Mode, SearchRequest

OTHERS = "shoe rope glass salt dairy clock lamp silk toy paper timber cement wool copper brewery bakery piano railway"
OLD, DAY_ONE = 300, date(2020, 1, 1)
NEWS = "A fire broke out on Friday in the warehouse behind the market, and smoke drifted over the harbour."
WEAK = "The railway has a timetable, too, and the museum of clocks is closed on Mondays in spring."


def _articles() -> list[dict[str, str]]:
    """300 old articles that name the harbour again and again, the newest that names it once, one without a date.

    And 120 on the ferry's timetable with a newer one that has the weaker word alone.
    """
    others, chance = OTHERS.split(), Random(0)  # no two are near copies, which would be told as one
    old = [
        {
            "id": f"old{n}",
            "text": "The harbour the harbour the harbour " + " ".join(chance.choices(others, k=12)) + ".",
            "date": str(DAY_ONE + timedelta(days=n)),
        }
        for n in range(OLD)
    ]
    tables = [
        {
            "id": f"table{n}",
            "text": f"The ferry has a timetable, ferry {' '.join(chance.choices(others, k=9))}.",
            "date": str(date(2019, 1, 1) + timedelta(days=n)),
        }
        for n in range(60)
    ]
    weaker = [
        {
            "id": f"weak{n}",
            "text": f"A timetable of {' '.join(chance.choices(others, k=9))}.",
            "date": f"2025-01-{n + 1:02}",
        }
        for n in range(30)
    ]
    return [
        *old,
        {"id": "newest", "text": NEWS, "date": "2026-11-27"},
        {"id": "undated", "text": "The harbour has no date."},
        *tables,
        *weaker,
        {"id": "latest", "text": WEAK, "date": "2026-11-28"},
    ]


def _index(folder: Path, articles: Sequence[dict[str, str]], encoder: str) -> Path:
    lines = [json.dumps({"language": "en", "title": "", **one}) for one in articles]
    (folder / "corpus.jsonl").write_text("\n".join(lines), "utf-8")
    index_corpus(folder / "index", [folder / "corpus.jsonl"], encoder)
    return folder / "index"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _index(tmp_path_factory.mktemp("newest"), _articles(), "fake")


@pytest.fixture(scope="module")
def engine(folder: Path) -> Iterator[Engine]:
    with Engine(folder) as opened:
        yield opened


def ids(engine: Engine, q: str, **fields: object) -> list[str]:
    """The articles of all pages, a hundred hits each."""
    found: list[str] = []
    while True:
        request = SearchRequest(q, limit=100, offset=len(found), explain=False, **fields)  # type: ignore[arg-type]
        page = [hit.article.id for hit in engine.search(request).hits]
        found += page
        if len(page) < 100:
            return found


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["hybrid", "keyword", "semantic"])
def test_the_newest_of_all_that_has_the_word_comes_first(engine: Engine, mode: Mode) -> None:
    by_date = [f"old{n}" for n in range(OLD)]
    assert ids(engine, "harbour", mode=mode, sort="date:desc") == ["newest", *by_date[::-1], "undated"]
    assert ids(engine, "harbour", mode=mode, sort="date:asc") == [*by_date, "newest", "undated"]
    response = engine.search(SearchRequest("harbour", mode=mode, sort="date:desc", facets=("language",)))
    assert (response.estimated_total_hits, response.warnings) == (OLD + 2, [])
    assert response.facets["language"].counts == {"en": OLD + 2}


@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
def test_what_has_one_weak_word_is_not_the_newest(engine: Engine, mode: Mode) -> None:
    assert ids(engine, "ferry timetable", mode=mode, sort="date:desc") == [f"table{n}" for n in reversed(range(60))]
    assert ids(engine, "timetable", mode=mode, sort="date:desc")[:2] == ["latest", "weak29"]


def test_pages_by_keyword_go_over_all_that_matches(engine: Engine) -> None:
    every = ids(engine, "harbour", mode="keyword")
    assert sorted(every) == sorted([*(f"old{n}" for n in range(OLD)), "newest", "undated"])
    response = engine.search(SearchRequest("harbour", mode="keyword", limit=1, offset=150, facets=("language",)))
    assert [hit.article.id for hit in response.hits] == [every[150]]
    assert response.estimated_total_hits == response.facets["language"].counts["en"] == OLD + 2
    assert len(ids(engine, "ferry timetable", mode="keyword")) == 60 + 30 + 1
    grouped = engine.search(SearchRequest("harbour", mode="keyword", group_by="article"))
    assert grouped.estimated_total_hits == OLD + 2
    assert set(ids(engine, "harbour", mode="keyword", min_relevance=0.5)) == set(every)
    assert set(every) > set(ids(engine, "harbour", mode="keyword", filter="date >= 2020-06-01")) > {"newest", "old299"}


def test_a_filter_narrows_before_anything_is_cut(engine: Engine) -> None:
    kept = {"sort": "date:desc", "filter": "date < 2020-02-01"}
    assert ids(engine, "harbour", **kept) == [f"old{n}" for n in reversed(range(31))]


def test_of_too_many_the_newest_are_put_in_order_with_a_warning(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paraglot.search.engine.legs.DATED", 20)
    response = engine.search(SearchRequest("harbour", sort="date:desc", limit=10))
    assert [hit.article.id for hit in response.hits] == ["newest", *(f"old{n}" for n in range(299, 290, -1))]
    assert response.warnings == ["More than 20 paragraphs have the words: the newest 20 of them were put in order."]
    monkeypatch.setattr("paraglot.search.engine.legs.REACH", 40)
    response = engine.search(SearchRequest("harbour", mode="keyword", limit=100))
    assert (len(response.hits), response.estimated_total_hits) == (40, OLD + 2)
    response = engine.search(SearchRequest("harbour", mode="keyword", sort="date:asc", limit=3))
    assert [hit.article.id for hit in response.hits] == ["old0", "old1", "old2"]


def test_near_copies_are_told_as_one_at_the_newest(tmp_path: Path) -> None:
    text = "The council of the old town raised the tax on bread, and the bakers protested loudly about it all day."
    articles = [{"id": f"copy{n}", "text": text, "date": f"2024-01-0{n}"} for n in (1, 2, 3)]
    with Engine(_index(tmp_path, articles, "fake")) as engine:
        [hit] = engine.search(SearchRequest("bread tax", sort="date:desc")).hits
    assert hit.article.id == "copy3"
    assert {one.article_id for one in hit.also_in} == {"copy1", "copy2"}


def test_a_feed_begins_with_the_newest_that_has_the_words(folder: Path) -> None:
    settings = Settings(index=folder)
    with TestClient(create_app(ObservedEngine(settings), settings), base_url="http://127.0.0.1") as client:
        for mode in ("hybrid", "keyword", "semantic"):
            items = client.get("/feed.json", params={"q": "harbour", "mode": mode}).json()["items"]
            assert [one["_paraglot"]["article_id"] for one in items[:2]] == ["newest", "old299"]
            rss = client.get("/feed.rss", params={"q": "harbour", "mode": mode}).text
            assert rss.index("newest~") < rss.index("old299~")
        # Who names a least relevance is given nothing less relevant, whatever its words.
        strict = client.get("/feed.json", params={"q": "harbour", "min_relevance": 0.999}).json()["items"]
        assert all(one["_paraglot"]["relevance"] >= 0.999 for one in strict)
        assert client.get("/feed.json", params={"q": "penguins"}).json()["items"] == []


@pytest.mark.slow
def test_the_newest_comes_first_by_the_built_in_encoder(tmp_path: Path) -> None:
    """Where nearly every paragraph names the harbour, chance is no measure, and the words still are."""
    with Engine(_index(tmp_path, _articles()[: OLD + 1], "builtin-fast")) as engine:
        for mode in ("hybrid", "keyword"):
            found = ids(engine, "harbour", mode=mode, sort="date:desc")
            assert (found[:2], len(found)) == (["newest", "old299"], OLD + 1)
