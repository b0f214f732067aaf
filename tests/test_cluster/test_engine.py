"""A cluster answers as a folder does: the same hits with the same scores, from the engine down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.opensearch.place import WritableCluster
from paraglot.indexer.place import WritableFolder
from paraglot.search.answer.listing import ArticlesRequest
from paraglot.search.contracts.index import ARTICLES, paragraphs_of
from paraglot.search.engine.engine import Engine
from paraglot.search.index import WritableIndex
from paraglot.search.opensearch import cluster as client
from paraglot.search.opensearch.snapshot import ClusterSnapshot
from paraglot.search.suggest.types import SuggestRequest
from paraglot.search.types import Article, SearchRequest
from paraglot.search.types.address import ClusterAddress
from tests.clusters import Cluster, fresh_index, nodes_of

pytestmark = pytest.mark.slow

MORE = (
    Article("ferry", "The ferry", "The ferry sails in winter.\n\nBread is sold on board.", "en", None, "2023-02-01"),
    Article("pain", "Le pain", "Le conseil augmente la taxe.\n\nLe pain est cher.", "fr", None, "2024", "Gazette"),
    Article("хлеб", "Налог на хлеб", "Совет повысил налог.\n\nПекари против.", "ru", attributes={"pages": 7.5}),
    Article("copy", "The ferry again", "The ferry sails in winter.", "en", None, "2025-01-01", "Bote", {"free": True}),
    Article("names", "Johnson", "Yesterday Johnson spoke in Minsk.", "en", attributes={"tags": ["town"], "pages": 3}),
)

REQUESTS: dict[str, SearchRequest] = {
    "hybrid": SearchRequest("bread tax", limit=20),
    "keyword": SearchRequest("bread tax", mode="keyword", facets=("language", "tags", "pages", "free", "source")),
    "semantic": SearchRequest("bread tax", mode="semantic", facets=("date",)),
    "explain": SearchRequest("the bakers of the old town", explain=True, context=1),
    "filter": SearchRequest("bread", filter="date >= 2024 AND NOT source = Bote OR pages > 7 OR free = true"),
    "period": SearchRequest("bread", filter="date = 2024 OR date < 2023-03 AND id != tax OR pages IN [3, 4]"),
    "languages": SearchRequest("Brot", languages=("de", "zh"), mode="hybrid"),
    "page": SearchRequest("bread tax town", limit=2, offset=2),
    "group": SearchRequest("bread tax town", group_by="article"),
    "newest": SearchRequest("bread tax", sort="date:desc"),
    "oldest": SearchRequest("bread tax", sort="date:asc", mode="keyword"),
    "phrase": SearchRequest('"old town" OR "la taxe"'),
    "excluded": SearchRequest("bread -council", explain=True),
    "prefix": SearchRequest("prot* title:tax"),
    "source": SearchRequest("bread source:gazette"),
    "mistyped": SearchRequest("councli bakres"),
    "sound": SearchRequest("Джонсон"),
    "unknown": SearchRequest("bread", filter="tgas = x", languages=("fi",), facets=("nothing",)),
    "recent": SearchRequest("bread", recency_weight=0.5, prefer_languages=("de",)),
    "diverse": SearchRequest("ferry winter", diversity=0.5, min_relevance=0.1),
    "copies": SearchRequest("The ferry sails in winter."),
    "unheard": SearchRequest("xylophone quux", mode="keyword"),
    "nothing": SearchRequest("bread", filter="id = nobody"),
}


@pytest.fixture(scope="module")
def nodes(cluster: Cluster) -> Iterator[client.Cluster]:
    with nodes_of(cluster, client.Cluster) as opened:
        yield opened


@pytest.fixture(scope="module")
def engines(nodes: client.Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    folder = WritableFolder(tmp_path_factory.mktemp("index"), "fake")
    with fresh_index(nodes) as elsewhere:
        for index in (folder, elsewhere):
            fill(index)
        with Engine(folder) as embedded, Engine(elsewhere) as clustered:
            yield embedded, clustered


def fill(index: WritableIndex) -> None:
    with index.change() as change:
        for article in (*ARTICLES, *MORE):
            change.put(article, paragraphs_of(article))
        change.commit()


def said(engine: Engine, name: str, forced: str | None) -> tuple[dict[str, Any], list[float]]:
    """An answer without its times, and the numbers in it."""
    response = engine.search(REQUESTS[name], forced)
    fields = ("languages", "tokens", "did_you_mean", "estimated_total_hits", "confidence", "facets", "less_likely")
    of_hits = ("paragraph", "article", "highlights", "matched_terms", "sounds_like", "also_in", "context")
    return {
        "hits": [tuple(getattr(hit, name) for name in of_hits) for hit in response.hits],
        "more": [[more.paragraph.id for more in hit.more] for hit in response.hits],
        "warnings": list(response.warnings),
        **{name: getattr(response, name) for name in fields},
    }, [number for hit in response.hits for number in (hit.score, hit.relevance)]


@pytest.mark.parametrize(
    ("name", "forced"),
    [
        *((name, None) for name in REQUESTS),
        *((name, "NOT tags = money") for name in ("hybrid", "mistyped", "prefix", "newest", "keyword")),
        *((name, "language != de") for name in ("explain", "languages", "group", "keyword", "unknown")),
    ],
)
def test_answers_are_those_of_a_folder(engines: tuple[Engine, Engine], name: str, forced: str | None) -> None:
    expected, numbers = said(engines[0], name, forced)
    found, others = said(engines[1], name, forced)
    assert found == expected
    # A folder keeps the lengths of texts, and with them their mean, within two in a hundred.
    assert others == pytest.approx(numbers, abs=0.02, rel=0.03)


def test_suggestions_are_those_of_a_folder(engines: tuple[Engine, Engine]) -> None:
    for typed in ("the fer", "the tax", "brea"):
        first, second = (
            [(one.text, one.kind) for one in engine.suggest(SuggestRequest(typed)).suggestions] for engine in engines
        )
        assert first == second
        assert first


def test_an_engine_follows_commits(nodes: client.Cluster) -> None:
    index = WritableCluster(nodes, f"test-{uuid4().hex[:12]}", "fake")
    fill(index)
    with Engine(index) as engine:
        with index.change() as change:
            change.remove("ferry")
            change.put(replace(MORE[3], source="Gazette"), paragraphs_of(MORE[3]))
            change.commit()
        assert engine.search("ferry").hits[0].article.id == "ferry"
        assert engine.refresh()
        hit = engine.search("ferry").hits[0]
        assert (hit.article.id, hit.article.source) == ("copy", "Gazette")
        assert not engine.refresh()
    nodes.drop(f"{index.name}-*")


def test_an_engine_whose_generation_is_gone_answers_from_the_newest(nodes: client.Cluster) -> None:
    with fresh_index(nodes) as index:
        fill(index)
        with Engine(index) as engine:
            asked: list[Callable[[], object]] = [
                lambda: engine.search("ferry").generation,
                lambda: engine.similar("The ferry.").generation,
                lambda: engine.articles(ArticlesRequest()).generation,
                lambda: engine.suggest("fer").generation,
                lambda: engine.read(lambda view: (view.article("copy"), view.manifest.generation)[1]),
                lambda: engine.search_all(["ferry"])[0].generation,
            ]
            for generation, ask in enumerate(asked, start=2):
                with engine.snapshot() as snapshot:
                    assert isinstance(snapshot, ClusterSnapshot)
                    snapshot.point.close()  # as after the death of a node
                with index.change() as change:
                    change.put(replace(MORE[3], source=f"Gazette {generation}"), paragraphs_of(MORE[3]))
                    change.commit()
                assert ask() == generation


def test_an_engine_goes_on_where_its_index_was_rebuilt_twice(nodes: client.Cluster) -> None:
    with fresh_index(nodes) as index:
        fill(index)
        address = ClusterAddress(tuple(host.removeprefix("http://") for host in nodes.hosts), index.name)
        with Engine(index) as engine:
            hits = engine.search("ferry").hits
            for _ in range(2):
                rebuild_index(address)
            assert [hit.paragraph.id for hit in engine.search("ferry").hits] == [hit.paragraph.id for hit in hits]
            assert engine.manifest.generation == 3
