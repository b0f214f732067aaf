"""What a filter lets through on a cluster is what it lets through in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from uuid import uuid4

import numpy as np
import pytest

from paraglot.indexer.opensearch.place import WritableCluster
from paraglot.search.contracts.index import paragraphs_of
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.index import Like, Snapshot, WritableIndex
from paraglot.search.memory.index import MemoryIndex
from paraglot.search.opensearch import cluster as client
from paraglot.search.query.query_terms import KeywordQuery
from paraglot.search.types import Article
from tests.clusters import Cluster

pytestmark = pytest.mark.slow

LONG = "long " * 2_000

VALUES: tuple[dict[str, object], ...] = (
    {"n": -1.5, "a.b": "x", "free": True},
    {"n": 0, "a": {"b": ["y", 7]}, "free": False},
    {"n": -0.0, "when": "2024-05-31T12:00:00Z", "free": "true"},
    {"n": 3, "when": "2024-05-31", "text": LONG},
    {"n": 1e300, "when": "2024", "text": LONG + "!"},
    {"n": 10**400, "when": "2025-01-01", "text": 'say "hi" * ?'},
    {"n": "3", "when": "soon", "text": "Mu\u0308ller"},
    {"n": [2, "2"], "text": ["", "true"], "Größe": 1},
    {},
)

FILTERS = (
    "n = 3",
    "n = '3'",
    "n != 3",
    "n < 0",
    "n <= 0",
    "n > -2 AND n < 3",
    "n >= 3",
    "n > 1e299",
    "n IN [0, 2, '3']",
    "n NOT IN [0, 2]",
    "n EXISTS",
    "a.b = x OR a.b = 7",
    "a EXISTS",
    "free = true",
    "free = 'true'",
    "free = false OR text = true",
    "when = 2024-05-31",
    "when >= 2024-05-31",
    "when < 2024-06",
    "when > 2024-05",
    "when = 2024",
    "when <= 2024-05-31T12:00:00Z",
    "text = 'say \"hi\" * ?'",
    "text = Müller",
    "text = ''",
    "Größe = 1",
    "date = 2024 OR date > 2030",
    "date < 2024-02",
    "language = de",
    "language = DE-at",
    "NOT language = de AND NOT (n EXISTS OR when EXISTS)",
    "id = Müller OR id IN [a0, a1] OR source = 'The Gazette' OR url EXISTS",
)


def fill(index: WritableIndex) -> None:
    with index.change() as change:
        for at, values in enumerate(VALUES):
            id_ = "Mu\u0308ller" if at == 6 else f"a{at}"
            date = (None, "2024", "2024-01-31", "2031-05-05T00:00:00+05:00")[at % 4]
            language = ("en", "de", "de-AT")[at % 3]
            source = "The Gazette" if at % 2 else None
            article = Article(id_, f"T{at}", f"Paragraph {at}.", language, None, date, source, values)  # type: ignore[arg-type]
            change.put(article, paragraphs_of(article))
        change.commit()


@pytest.fixture(scope="module")
def elsewhere(cluster: Cluster) -> Iterator[Snapshot]:
    nodes = client.Cluster(cluster.urls, {"timeout": 120})
    index = WritableCluster(nodes, f"test-{uuid4().hex[:12]}", "fake")
    fill(index)
    with closing(index.current()) as snapshot:
        yield snapshot
    nodes.drop(f"{index.name}-*")
    nodes.close()


@pytest.fixture(scope="module")
def here() -> Snapshot:
    index = MemoryIndex(FakeEncoder())
    fill(index)
    return index.current()


def selected(snapshot: Snapshot, filter_: str, vector: np.ndarray[tuple[int], np.dtype[np.float32]]) -> set[str]:
    rows = [row for row, _ in snapshot.by_vector(vector, 99, snapshot.select(filter_))]
    return set(snapshot.texts(rows))


def test_every_filter_lets_through_the_same(here: Snapshot, elsewhere: Snapshot) -> None:
    vector = FakeEncoder().encode_query(["paragraph"])[0]
    for filter_ in FILTERS:
        expected = selected(here, filter_, vector)
        assert selected(elsewhere, filter_, vector) == expected, filter_
        part, alone = elsewhere.within(filter_), here.within(filter_)
        assert part.manifest.paragraphs == alone.manifest.paragraphs == len(expected), filter_


def test_facets_and_articles_are_the_same(here: Snapshot, elsewhere: Snapshot) -> None:
    rows = list(range(1, len(VALUES) + 1))
    names = ["n", "a.b", "free", "when", "Größe", "date", "language", "id", "nothing"]
    assert elsewhere.facets(rows, names) == here.facets(rows, names)
    for id_ in ("a0", "a4", "Müller"):
        assert elsewhere.article(id_) == here.article(id_)


def test_what_is_very_long_is_found_all_the_same(cluster: Cluster) -> None:
    name, value, source, word = "n" * 3_000, "𝔘" * 8_000, "Gazette " * 9_000, "w" * 3_000
    article = Article("long", word, f"{word} is a word.", "en", None, None, source, {name: value})
    paragraph = replace(paragraphs_of(article)[0], id="long~" + "p" * 40_000)
    nodes = client.Cluster(cluster.urls, {"timeout": 120})
    index = WritableCluster(nodes, f"test-{uuid4().hex[:12]}", "fake")
    with index.change() as change:
        change.put(article, [paragraph])
        change.commit()
    with closing(index.current()) as snapshot:
        assert snapshot.article("long")[0] == article
        assert snapshot.paragraph(paragraph.id)[0].id == paragraph.id
        assert snapshot.find([paragraph.id, "long"]) == [[1], [1]]
        assert snapshot.unknown(f"{name} EXISTS") == []
        assert snapshot.within(f"{name} EXISTS").manifest.paragraphs == 1
        assert snapshot.terms([word, "is"]).text == {word: 1, "is": 1}
        assert [row for row, _ in snapshot.by_words(KeywordQuery.of_terms([word]), 9, snapshot.select())] == [1]
        assert snapshot.words_like([Like("prefix", "w" * 2_000, 9)]) == [[]]
        assert snapshot.facets([1], [name])[name].missing == 0
    nodes.drop(f"{index.name}-*")
    nodes.close()
