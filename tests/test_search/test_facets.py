"""Facets, sort and pages, over any articles: counts add up, pages are disjoint and their union is the one long page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paraglot.indexer.build import index_corpus
from paraglot.search.engine.engine import Engine
from paraglot.search.query.filters import parse_filter
from paraglot.search.types import MODES, SORTS, Facet, SearchRequest

COLOURS = ["red", "green", None]
DATES = ["2024-01-01", "2023", "2024-05-31T12:00:00Z", None]
FILTERS = ["", "colour = red", "NOT colour = red", "date >= 2024", "stars IN [1, 2] OR language = de", "stars EXISTS"]


def article(number: int) -> dict[str, object]:
    fields = {
        "id": f"a{number:02}",
        "title": "Bread",
        "paragraphs": [f"Bread {word} {number}." for word in ("old", "new", "tax")[: 1 + number % 3]],
        "language": ["en", "de", "zh-TW"][number % 3],
        "date": DATES[number % 4],
        "colour": COLOURS[number % 3],
        "stars": number % 5 if number % 5 else None,
        "tags": ["all", "even"][: 2 - number % 2],
        "fresh": number > 20,
    }
    return {name: value for name, value in fields.items() if value is not None}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("facets")
    (folder / "corpus.jsonl").write_text("\n".join(json.dumps(article(number)) for number in range(40)), "utf-8")
    index_corpus(folder / "index", [folder / "corpus.jsonl"], "fake")
    with Engine(folder / "index") as engine:
        yield engine


requests = st.fixed_dictionaries(
    {
        "q": st.sampled_from(["bread", "new tax", "bread 7", "rain"]),
        "mode": st.sampled_from(MODES),
        "sort": st.sampled_from(SORTS),
        "filter": st.sampled_from(FILTERS),
        "languages": st.sampled_from([(), ("en",), ("de", "zh")]),
    }
)


@pytest.mark.slow
@given(requests, st.integers(7, 100))
@settings(max_examples=15)
def test_pages_are_disjoint_and_their_union_is_the_long_page(
    opened: Engine, fields: dict[str, object], size: int
) -> None:
    whole = opened.search(SearchRequest(**fields, limit=100))  # type: ignore[arg-type]
    total = whole.estimated_total_hits
    rows = [row for at in range(0, max(total, 1), 100) for row, _ in opened.rank(SearchRequest(**fields, limit=100, offset=at))]  # type: ignore[arg-type]  # fmt: skip
    assert len(set(rows)) == len(rows) == total
    assert [hit.paragraph.row for hit in whole.hits] == rows[:100]
    paged = []
    for at in range(0, max(total, 1), size):
        page = opened.rank(SearchRequest(**fields, limit=size, offset=at))  # type: ignore[arg-type]
        assert len(page) == min(size, total - at)
        paged += [row for row, _ in page]
    assert paged == rows


@given(requests)
@settings(max_examples=15)
def test_facet_counts_and_the_missing_sum_to_the_candidates(opened: Engine, fields: dict[str, object]) -> None:
    names = ("colour", "stars", "language", "date", "fresh", "id", "nobody")
    response = opened.search(SearchRequest(**fields, facets=names))  # type: ignore[arg-type]
    for name in names:
        facet = response.facets[name]
        assert sum(facet.counts.values()) + facet.missing == response.estimated_total_hits
        assert list(facet.counts.values()) == sorted(facet.counts.values(), reverse=True)
    assert response.facets["nobody"] == Facet({}, response.estimated_total_hits)


@given(requests)
@settings(max_examples=15)
def test_filters_and_facets_agree(opened: Engine, fields: dict[str, object]) -> None:
    """Every candidate is one that the filter lets through; counting a value is filtering by it.

    By date, what matches is told beside the best that the filter lets through.
    """
    response = opened.search(SearchRequest(**fields, facets=("stars",), limit=100))  # type: ignore[arg-type]
    for hit in response.hits:
        number = int(hit.article.id[1:])
        assert hit.paragraph.language == article(number)["language"]
        if fields["filter"] == "colour = red":
            assert article(number)["colour"] == "red"
    everything = fields["mode"] == "semantic" and not fields["languages"] and fields["sort"] == "relevance"
    if everything:  # then every row let through is a candidate
        for value, count in response.facets["stars"].counts.items():
            narrowed = f"({fields['filter'] or 'id EXISTS'}) AND stars = {value}"
            found = opened.search(SearchRequest(**fields | {"filter": narrowed}))  # type: ignore[arg-type]
            assert found.estimated_total_hits == count


def test_many_values_count_one_paragraph_each(opened: Engine) -> None:
    response = opened.search(
        SearchRequest("bread", mode="keyword", facets=("tags", "fresh"), filter="id IN [a20, a21]")
    )
    # a20 has 3 paragraphs and both tags, a21 has 1 and one tag.
    assert response.facets["tags"] == Facet({"all": 4, "even": 3}, 0)
    assert response.facets["fresh"] == Facet({"false": 3, "true": 1}, 0)


@pytest.mark.parametrize(("sort", "ids"), [("date:desc", "abdce"), ("date:asc", "cbdae")])
def test_sort_by_date_keeps_ties_in_order_and_puts_the_undated_last(tmp_path: Path, sort: str, ids: str) -> None:
    dates = {"a": "2024-05-31", "b": "2024", "c": "2023", "d": "2024-01-01T00:00:00Z", "e": None}
    words = {"a": "bread, rain", "b": "bread bread bread", "c": "bread", "d": "bread and rain", "e": "bread and wind"}
    lines = [json.dumps({"id": one, "text": words[one], "language": "en"} | ({"date": dates[one]} if dates[one] else {})) for one in "edcba"]  # fmt: skip
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines), "utf-8")
    index_corpus(tmp_path / "index", [tmp_path / "corpus.jsonl"], "fake")
    with Engine(tmp_path / "index") as engine:
        response = engine.search(SearchRequest("bread", mode="semantic", sort=sort))  # type: ignore[arg-type]
    assert "".join(hit.article.id for hit in response.hits) == ids


def test_a_forced_filter_is_in_every_read(opened: Engine) -> None:
    forced = "colour = red"
    rows = {hit.paragraph.row for hit in opened.search(SearchRequest("bread", limit=100), forced).hits}
    with opened.view() as everything, opened.view(forced) as view:
        assert rows == set(everything.snapshot.store.attributes.rows(parse_filter(forced)))
        assert set(view.snapshot.select("id EXISTS OR NOT id EXISTS").rows) == rows
