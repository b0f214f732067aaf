"""What stands around a paragraph is the same on a cluster as in memory, and what is seen of an article counts alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest

from paraglot.indexer.opensearch.place import WritableCluster
from paraglot.search.contracts.index import put
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.index import Snapshot, WritableIndex
from paraglot.search.memory.index import MemoryIndex
from paraglot.search.opensearch import cluster as client
from paraglot.search.opensearch.schema import place_of
from paraglot.search.types import Article, Paragraph
from tests.clusters import Cluster, fresh_index, nodes_of

pytestmark = pytest.mark.slow

TEXTS = [f"Paragraph {number} tells of bread, taxes and town {number}." for number in range(12)]


@pytest.fixture
def index(cluster: Cluster) -> Iterator[WritableCluster]:
    with nodes_of(cluster, client.Cluster) as nodes, fresh_index(nodes) as made:
        yield made


def write(index: WritableIndex, texts: list[str]) -> None:
    """One article whose every third paragraph is in German, and a short one beside it."""
    article = Article("long", "Long", "\n\n".join(texts), "en")
    paragraphs, at = [], 0
    for position, text in enumerate(texts):
        language = "de" if position % 3 == 2 else "en"
        id_ = f"long~{position:012x}"
        paragraphs.append(Paragraph(-1, id_, "long", position, text, language, "", at, at + len(text)))
        at += len(text) + 2
    with index.change() as change:
        change.put(article, paragraphs)
        change.commit()


def told(snapshot: Snapshot) -> dict[str, list[str]]:
    """The texts around each paragraph."""
    rows = list(snapshot.all_texts().rows())
    texts = dict(zip(rows, snapshot.texts(rows), strict=True))
    found = {}
    for row, around in zip(rows, snapshot.around(rows), strict=True):
        assert around is not None
        own = [beside.row for beside in around.paragraphs]
        vectors = [vector for vector in snapshot.vectors(own) if vector is not None]
        np.testing.assert_allclose(around.vectors, vectors, atol=1e-3)
        found[texts[row]] = [texts[other] for other in own]
    return found


@pytest.mark.parametrize("forced", [None, "language = en", "language = de", "language = en AND tags = none"])
def test_as_in_memory(index: WritableCluster, forced: str | None) -> None:
    memory = MemoryIndex(FakeEncoder())
    for one in (memory, index):
        write(one, TEXTS)
        put(one, Article("short", "Short", "Bread alone.", "en"))
        write(one, [TEXTS[0], "A new one.", *TEXTS[1:]])  # all further ones stand at another place now
    with closing(memory.current()) as one, closing(index.current()) as other:
        parts = [snapshot.within(forced) if forced else snapshot for snapshot in (one, other)]
        expected, found = map(told, parts)
    assert found == expected
    if forced is None:
        assert found["Bread alone."] == ["Bread alone."]
        assert found[TEXTS[0]] == [TEXTS[0], "A new one.", *TEXTS[1:4]]
        assert found[TEXTS[6]] == TEXTS[2:11]


def test_nothing_is_told_of_a_document_without_a_place(index: WritableCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    write(index, TEXTS)
    monkeypatch.setattr("paraglot.search.opensearch.surroundings.place_of", lambda *_: place_of("another", 0))
    with closing(index.current()) as snapshot:
        rows = list(snapshot.all_texts().rows())
        assert snapshot.around(rows) == [None] * len(rows)
