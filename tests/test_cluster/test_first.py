"""The first generation of an index: nobody sees it before it is whole, whoever writes it and however often."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from paraglot.api.settings import load_settings
from paraglot.indexer.build import index_corpus
from paraglot.indexer.opensearch import articles, lock, making
from paraglot.indexer.opensearch.first import Run
from paraglot.indexer.opensearch.lock import writer_lock
from paraglot.search.engine.engine import open_index
from paraglot.search.errors import ClusterFailure, IndexDamaged, IndexMissing
from paraglot.search.opensearch import cluster as client
from paraglot.search.opensearch.connecting import connected
from paraglot.search.opensearch.schema import unserved
from paraglot.search.types.address import ClusterAddress
from tests.conftest import ARTICLES

pytestmark = pytest.mark.slow

Write = Callable[[list[dict[str, object]]], Path]


@pytest.fixture
def index(address: str, monkeypatch: pytest.MonkeyPatch) -> ClusterAddress:
    """Where there is none yet; each article is a commit."""
    monkeypatch.setattr(articles, "AT_ONCE", 1)
    place = load_settings({"index": address}, {}).index
    assert isinstance(place, ClusterAddress)
    return place


@pytest.fixture
def nodes(index: ClusterAddress) -> Iterator[client.Cluster]:
    with closing(connected(index)) as opened:
        yield opened


def unseen(index: ClusterAddress) -> bool:
    with pytest.raises(IndexMissing, match="is being made: it is served when all is in it"):
        open_index(index)
    return True


def test_a_first_run_that_was_cut_off_is_unseen_and_goes_on(
    index: ClusterAddress, nodes: client.Cluster, write_corpus: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write_corpus(ARTICLES)
    written, embedded = client.Cluster.bulk, making.embed
    commits: list[int] = []

    def cut(self: client.Cluster, lines: list[client.Json]) -> None:
        if len(commits) == 2:
            raise ClusterFailure("cut off")
        if commits:
            assert unseen(index)
        written(self, lines)
        commits.append(len(lines))

    with monkeypatch.context() as patch:
        patch.setattr(client.Cluster, "bulk", cut)
        with pytest.raises(ClusterFailure, match="cut off"):
            index_corpus(index, [corpus], "fake")
    assert unseen(index)
    [made] = nodes.names(f"{index.name}-*")
    assert nodes.condition(made)[2] == 0  # no copies of what is written

    texts: list[str] = []

    def noted(encoder: Any, rows: Any, sentences: bool) -> Any:
        texts.extend(row.text for row in rows)
        return embedded(encoder, rows, sentences)

    monkeypatch.setattr(making, "embed", noted)
    report = index_corpus(index, [corpus], "fake")
    assert (report.generation, report.articles, report.articles_added, report.articles_unchanged) == (3, 3, 1, 2)
    assert len(texts) == report.paragraphs_embedded == report.paragraphs_added < report.paragraphs
    assert (nodes.alias_target(index.name), nodes.alias_target(unserved(index.name))) == (made, None)
    assert nodes.condition(made)[2] == 1
    with open_index(index) as engine:
        assert engine.manifest.articles == 3


def test_of_runs_side_by_side_the_last_has_it_served(index: ClusterAddress, write_corpus: Write) -> None:
    with closing(connected(index)) as nodes:
        other = Run(nodes, index.name)
        report = index_corpus(index, [write_corpus(ARTICLES[:2])], "fake")
        assert (report.articles, report.warnings) == (2, [articles.OTHERS])
        assert unseen(index)
        assert not other.leave()
        assert index_corpus(index, [write_corpus(ARTICLES)], "fake").warnings == []
    with open_index(index) as engine:
        assert engine.manifest.articles == 3


def test_a_run_that_died_is_not_waited_for(
    index: ClusterAddress, nodes: client.Cluster, write_corpus: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(lock, "LEASE_S", -1.0)
        Run(nodes, index.name)._renewal.end()  # type: ignore[union-attr]
    assert index_corpus(index, [write_corpus(ARTICLES)], "fake").warnings == []
    with open_index(index) as engine:
        assert engine.manifest.articles == 3


def test_a_run_goes_on_in_what_is_served_meanwhile(
    index: ClusterAddress, nodes: client.Cluster, write_corpus: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    ahead = making.Maker.ahead
    monkeypatch.setattr(lock, "LEASE_S", 3600.0)  # it does not say meanwhile that it lives

    def served_meanwhile(self: making.Maker, paragraphs: Any) -> Any:
        made = ahead(self, paragraphs)
        if not begun:
            begun.append("before")
            nodes.put(lock.LOCKS, f"{unserved(index.name)}-runs", {"runs": {}})  # it is taken for dead
            assert index_corpus(index, [write_corpus(ARTICLES[:1])], "fake").warnings == []
        return made

    monkeypatch.setattr(making.Maker, "ahead", served_meanwhile)
    report = index_corpus(index, [write_corpus(ARTICLES)], "fake")
    assert (report.articles, report.articles_unchanged, report.warnings) == (3, 1, [])
    assert len(nodes.names(f"{index.name}-*")) == 1


def test_texts_are_embedded_while_others_may_write(
    index: ClusterAddress, nodes: client.Cluster, write_corpus: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded, times = making.embed, []

    def free(encoder: Any, rows: Any, sentences: bool) -> Any:
        with writer_lock(nodes, unserved(index.name)), writer_lock(nodes, index.name):
            times.append(len(rows))
        return embedded(encoder, rows, sentences)

    monkeypatch.setattr(making, "embed", free)
    index_corpus(index, [write_corpus(ARTICLES)], "fake")
    changed = [{**ARTICLES[0], "text": "Something else is said."}]
    assert index_corpus(index, [write_corpus(changed)]).paragraphs_embedded == 1
    assert len(times) == 4


def test_a_first_generation_that_is_not_whole_is_not_served(
    index: ClusterAddress, nodes: client.Cluster, write_corpus: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = client.Cluster.bulk
    monkeypatch.setattr(client.Cluster, "bulk", lambda self, lines: written(self, lines[2:]))
    with pytest.raises(IndexDamaged, match="is not whole"):
        index_corpus(index, [write_corpus(ARTICLES)], "fake")
    assert nodes.names(f"{index.name}-*") == []
