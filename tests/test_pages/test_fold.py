"""The page ends where answers end, and shows the less likely ones to whoever asks. Over HTTP, without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.test_api.test_access import client_of


@pytest.fixture
def client(small_index: Path) -> Iterator[TestClient]:
    with client_of(small_index) as opened:
        yield opened


def shown(client: TestClient, **asked: str) -> str:
    answer = client.get("/", params=asked)
    assert answer.status_code == 200
    return answer.text


HINT = "Try other words, search by meaning, or remove filters."


def titles(page: str) -> list[str]:
    return re.findall(r'<h2 id="title-\d+"[^>]*><a [^>]*>(.*?)</a>', page)


def test_results_end_where_answers_end_and_the_rest_follows_them(client: TestClient) -> None:
    ended = shown(client, q="bread tax")
    assert titles(ended) == ["The tax on bread"]
    assert "Results: 1<" in ended
    [less] = re.findall(r'<a href="([^"]*)">Show less likely results \(\d\)</a>', ended)
    assert less == "?q=bread+tax&amp;less_likely=1"
    opened = shown(client, q="bread tax", less_likely="1")
    assert titles(opened)[0] == "The tax on bread"
    assert len(titles(opened)) == 3
    assert "Hide less likely results" in opened
    assert len(re.findall('<article class="hit unlikely"', opened)) == 2
    assert len(re.findall('<strong class="doubt">less likely</strong>', opened)) == 2
    assert "semantic" not in opened.partition('<article class="hit unlikely"')[2].partition("<details")[0]
    assert '<time datetime="2024-05-31"><bdi>May 31, 2024</bdi></time>' in ended


def test_where_nothing_answers_it_is_said_and_the_rest_is_offered(client: TestClient) -> None:
    page = shown(client, q="zyxwvut")
    assert titles(page) == []
    assert "Nothing here clearly answers this." in page
    assert HINT not in page, "nothing of that is left to do"
    assert HINT in shown(client, q="zyxwvut", languages="en")
    assert re.search(r"Show less likely results \(\d\)", page)
    empty = shown(client, q="zyxwvut", mode="keyword")
    assert "Nothing found." in empty
    assert HINT in empty
    assert "less likely" not in empty


@pytest.mark.parametrize("sort", ["date:desc", "date:asc"])
def test_the_order_by_date_and_the_filters_count_what_answers(client: TestClient, sort: str) -> None:
    page = shown(client, q="bread tax", sort=sort)
    assert titles(page) == ["The tax on bread"]
    assert re.findall(r'name="languages" value="([^"]*)"', page) == ["en"]


def test_feed_and_table_are_of_what_is_shown(client: TestClient) -> None:
    page = shown(client, q="bread tax")
    assert 'href="export.csv?q=bread+tax&amp;min_relevance=0.5"' in page
    assert 'href="feed.rss?q=bread+tax"' in page
    opened = shown(client, q="bread tax", less_likely="1")
    assert 'href="export.csv?q=bread+tax&amp;min_relevance=0"' in opened
    assert 'href="feed.rss?q=bread+tax&amp;min_relevance=0"' in opened


def test_a_chip_has_the_title_of_the_article_that_is_searched(client: TestClient) -> None:
    for asked in ({"q": "bread tax"}, {}):
        page = shown(client, article="tax", **asked)
        assert re.findall(r'<li><a href="[^"]*"><bdi>(.*?)</bdi>', page) == ["The tax on bread"]
    nothing = shown(client, article="nowhere", q="bread tax")
    assert re.findall(r'<li><a href="[^"]*"><bdi>(.*?)</bdi>', nothing) == ["nowhere"]


def test_less_likely_is_one_or_nothing(client: TestClient) -> None:
    answer = client.get("/", params={"q": "bread", "less_likely": "yes"})
    assert answer.status_code == 422
    assert "less_likely must be 1 or left out, not &#39;yes&#39;." in answer.text
