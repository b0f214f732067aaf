"""A commit on a cluster is all or nothing, whenever its writer is cut off; and who reads, reads one state."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from paraglot.indexer.opensearch import lock
from paraglot.indexer.opensearch.place import WritableCluster
from paraglot.search.contracts.index import ARTICLES, BAKERS, COUNCIL, paragraphs_of, put, raises
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.errors import GenerationGone, IndexLocked, IndexMissing, NotFound
from paraglot.search.index import Snapshot
from paraglot.search.opensearch import cluster as client
from paraglot.search.opensearch.schema import MANIFEST
from paraglot.search.types import Article
from tests.clusters import Cluster, fresh_index, nodes_of

pytestmark = pytest.mark.slow

TAX, STEUER, BREAD = ARTICLES


class Cut(Exception):
    """The writer is dead."""


class Cuttable(client.Cluster):
    """A cluster whose writer dies when its ``last`` writes of manifests are done; None: it lives."""

    last: int | None = None

    def put(self, index: str, id_: str, body: client.Json, **params: Any) -> client.Json | None:
        if id_ == MANIFEST and self.last is not None:
            if not self.last:
                raise Cut
            self.last -= 1
        return super().put(index, id_, body, **params)


@pytest.fixture
def nodes(cluster: Cluster) -> Iterator[Cuttable]:
    with nodes_of(cluster, Cuttable) as opened:
        yield opened


@pytest.fixture
def index(nodes: Cuttable) -> Iterator[WritableCluster]:
    with fresh_index(nodes) as made:
        yield made


def change(index: WritableCluster) -> None:
    """Steuer comes, one paragraph of the tax goes."""
    with index.change() as change:
        change.put(STEUER, paragraphs_of(STEUER))
        shorter = replace(TAX, text=COUNCIL)
        change.put(shorter, paragraphs_of(shorter))
        change.commit()


def before(snapshot: Snapshot) -> None:
    assert (snapshot.manifest.generation, snapshot.manifest.paragraphs) == (1, 2)
    assert snapshot.terms(["bread", "town", "steuer"]).text == {"bread": 1, "town": 1, "steuer": 0}
    assert snapshot.texts(snapshot.find(["tax"])[0]) == [COUNCIL, BAKERS]
    assert raises(NotFound, lambda: snapshot.article("steuer"))
    assert len(snapshot.by_vector(FakeEncoder().encode_query(["bread"])[0], 9, snapshot.select())) == 2
    assert [key.id for key in snapshot.articles(snapshot.select())] == ["tax"]


def after(snapshot: Snapshot) -> None:
    assert (snapshot.manifest.generation, snapshot.manifest.paragraphs) == (2, 4)
    assert snapshot.terms(["bread", "town", "steuer"]).text == {"bread": 2, "town": 0, "steuer": 1}
    assert snapshot.texts(snapshot.find(["tax"])[0]) == [COUNCIL]
    assert len(snapshot.by_vector(FakeEncoder().encode_query(["bread"])[0], 9, snapshot.select())) == 4
    assert sorted(key.id for key in snapshot.articles(snapshot.select())) == ["steuer", "tax"]


def seen(index: WritableCluster, state: Callable[[Snapshot], None]) -> None:
    """What was opened before a refresh of the cluster, and what is opened after it, is one state."""
    with closing(index.current()) as snapshot:
        state(snapshot)
    index.cluster.refresh(index.name)
    with closing(index.current()) as snapshot:
        state(snapshot)


def test_a_writer_that_dies_before_the_commit_has_changed_nothing(nodes: Cuttable, index: WritableCluster) -> None:
    put(index, TAX)
    nodes.last = 0
    with pytest.raises(Cut):
        change(index)
    nodes.last = None
    seen(index, before)
    with index.change() as nothing:
        assert nothing.commit() == 1
    with closing(index.current()) as snapshot:
        before(snapshot)
        assert snapshot.point.generation_filters == []  # nothing is left that would have to be kept out
    change(index)
    seen(index, after)


def test_a_writer_that_dies_after_the_commit_has_changed_all(nodes: Cuttable, index: WritableCluster) -> None:
    put(index, TAX)
    nodes.last = 1
    with pytest.raises(Cut):
        change(index)
    nodes.last = None
    seen(index, after)
    with index.change() as nothing:
        assert nothing.commit() == 2
    with closing(index.current()) as snapshot:
        after(snapshot)
        assert snapshot.manifest.removed == ()


def test_a_first_commit_that_was_cut_off_is_no_index(nodes: Cuttable, index: WritableCluster) -> None:
    assert raises(IndexMissing, index.current)
    nodes.last = 0
    with pytest.raises(Cut):
        put(index, TAX)
    nodes.last = None
    assert raises(IndexMissing, index.current)
    put(index, TAX)
    seen(index, before)
    assert nodes.names(f"{index.name}-*") == [f"{index.name}-000002"]


def test_a_point_that_the_cluster_lost_is_opened_again(nodes: Cuttable, index: WritableCluster) -> None:
    put(index, TAX)
    with closing(index.current()) as snapshot:
        snapshot.point.close()  # as after the death of a node
        before(snapshot)
        snapshot.point.close()
        change(index)
        with pytest.raises(GenerationGone, match="there is a newer one"):
            before(snapshot)


def test_what_only_another_head_has_is_not_embedded_again(
    index: WritableCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(index, TAX)
    with closing(index.current()) as snapshot:
        rows = snapshot.find(["tax"])[0]
        vectors = snapshot.vectors(rows)
    read: list[str] = []
    embedded = FakeEncoder.encode_paragraphs

    def noted(self: FakeEncoder, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        read.extend(texts)
        return embedded(self, texts, progress)

    monkeypatch.setattr(FakeEncoder, "encode_paragraphs", noted)
    put(index, replace(TAX, source="Bote", attributes={"pages": 4}))
    assert read == []
    with closing(index.current()) as snapshot:
        assert snapshot.find(["tax"])[0] == rows
        assert [own.tolist() for own in snapshot.vectors(rows) if own is not None] == [
            own.tolist() for own in vectors if own is not None
        ]
        assert {head.source for _, head in snapshot.paragraphs(rows)} == {"Bote"}
        selected = snapshot.select("pages = 4 AND NOT source = Gazette")
        assert snapshot.find(["tax"], selected) == [rows]


def test_a_lease_that_ran_out_is_taken_over(index: WritableCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """The slow writer writes its documents after all: nobody sees them, and its commit is refused."""
    put(index, TAX)
    monkeypatch.setattr(lock, "LEASE_S", -1.0)
    monkeypatch.setattr(lock.WriterLock, "_renew", lambda _: None)
    with index.change() as slow:
        slow.put(BREAD, paragraphs_of(BREAD))
        monkeypatch.setattr(slow._lock, "check", lambda: change(index))
        with pytest.raises(IndexLocked, match="committed"):
            slow.commit()
    monkeypatch.undo()
    seen(index, after)
    put(index, STEUER)  # which clears away
    seen(index, after)


def test_who_holds_a_lease_keeps_it(index: WritableCluster) -> None:
    with index.change():
        held = index.cluster.get(lock.LOCKS, index.name)
        assert held is not None
        assert held["_source"]["until"] > time.time()
        assert raises(IndexLocked, lambda: change(index))
    change(index)


def test_an_article_that_is_removed_and_put_again_is_a_new_one(index: WritableCluster) -> None:
    put(index, TAX)
    with closing(index.current()) as snapshot:
        rows = snapshot.find(["tax"])[0]
    with index.change() as change:
        change.remove("tax")
        assert raises(NotFound, lambda: change.remove("tax"))
        change.put(TAX, paragraphs_of(TAX))
        change.put(Article("brief", "", "There and gone.", "en"), paragraphs_of(Article("brief", "", "There.", "en")))
        change.remove("brief")
        assert change.commit() == 2
    with closing(index.current()) as snapshot:
        assert not set(snapshot.find(["tax"])[0]) & set(rows)
        assert (snapshot.manifest.articles, snapshot.manifest.paragraphs) == (1, 2)


def test_who_opens_an_index_while_it_changes_sees_one_state(index: WritableCluster) -> None:
    """Every commit changes one paragraph of each article, and the head of both."""

    def commit(version: int) -> None:
        with index.change() as change:
            for name in "abcdef":
                text = f"version v{version} of {name}.\n\nconstant part of {name}."
                article = Article(name, "Title", text, "en", attributes={"v": version})
                change.put(article, paragraphs_of(article))
            assert change.commit() == version

    def state(snapshot: Snapshot) -> tuple[set[str], int, dict[str, int], dict[str, int]]:
        rows = [row for row, _ in snapshot.by_vector(vector, 99, snapshot.select())]
        said = {text.split()[1] for text in snapshot.texts(rows) if text.startswith("version")}
        version = f"v{snapshot.manifest.generation}"
        facet = snapshot.facets(rows, ["v"])["v"].counts
        return said, len(rows), dict(snapshot.terms([version, "constant"]).text), dict(facet)

    def read() -> None:
        while not done.is_set():
            with closing(index.current()) as snapshot:
                number = snapshot.manifest.generation
                expected = {f"v{number}"}, 12, {f"v{number}": 6, "constant": 6}, {str(number): 12}
                wrong.extend([] if (found := state(snapshot)) == expected else [(number, found)])
                numbers.add(number)

    vector = FakeEncoder().encode_query(["version"])[0]
    wrong: list[object] = []
    numbers: set[int] = set()
    done = Event()
    commit(1)
    with ThreadPoolExecutor() as threads:
        readers = [threads.submit(read) for _ in range(2)]
        try:
            for version in range(2, 5):
                commit(version)
        finally:
            done.set()
        for reader in readers:
            reader.result()
    assert wrong == []
    assert numbers
