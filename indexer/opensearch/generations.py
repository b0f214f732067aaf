"""An index made anew beside the one that is served, which then takes its place in one step; and the way back.

What is served is an alias. A rebuild holds the lock of the index and writes an index of its own out of the articles of
the served one, looks it through, and only then is the alias moved. One that was cut off goes on: an article whose
document is there has all its paragraphs, which are written before it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import TypeVar

import numpy as np

from paraglot.indexer.opensearch.care import faults_of
from paraglot.indexer.opensearch.change import at, indexes_of, number_in
from paraglot.indexer.opensearch.lock import WriterLock, writer_lock
from paraglot.indexer.opensearch.making import Making, NewDocuments
from paraglot.indexer.opensearch.place import as_set
from paraglot.indexer.opensearch.plan import NewParagraph, Plan
from paraglot.indexer.run import Progress, Report
from paraglot.search.encoders.load import load_encoder
from paraglot.search.encoders.protocols import Encoder
from paraglot.search.errors import IndexDamaged, IndexLocked, IndexMissing, NotFound
from paraglot.search.opensearch.articles import ArticleDocument, read_all
from paraglot.search.opensearch.cluster import Cluster
from paraglot.search.opensearch.connecting import connected
from paraglot.search.opensearch.manifest import ClusterManifest, read_manifest
from paraglot.search.opensearch.point import Point, columns, paragraph_query
from paraglot.search.opensearch.schema import MANIFEST, mapping, settings
from paraglot.search.opensearch.scope import packed
from paraglot.search.opensearch.words import number_of
from paraglot.search.text.analysis import ANALYZER
from paraglot.search.types import EncoderSpec
from paraglot.search.types.address import ClusterAddress

AT_ONCE = 200
"""Articles that are made anew at once."""

SHARD_PARAGRAPHS = 3_000_000
LEAST_SHARDS = 3
"""The rule by which a rebuild divides an index: docs/scaling.md."""

SMOKE = 20
"""Paragraphs that a new index is tried with."""

_PAUSE_S = 0.5
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class KeptIndex:
    """An index of the cluster that the name stands for, or could; ``number`` is that of its generation."""

    number: int
    created: str
    articles: int
    paragraphs: int
    served: bool
    index: str


def shards_for(paragraphs: int) -> int:
    """How many shards an index of so many paragraphs has.

    >>> shards_for(1000), shards_for(30_000_001)
    (3, 11)
    """
    return max(LEAST_SHARDS, -(-paragraphs // SHARD_PARAGRAPHS))


def rebuild_on_cluster(address: ClusterAddress, model: str | None, progress: Progress, wait_s: float) -> Report:
    """Make the index anew out of its articles, with the analyzer of today and the encoder ``model`` (None: its own, and
    its vectors are kept). Raises `IndexMissing`, `IndexLocked`, `IndexDamaged`, `EncoderMissing`, `ClusterFailure`.
    """
    cluster = connected(address)
    with waited(lambda: writer_lock(cluster, address.name), wait_s) as lock:
        with closing(Point(cluster, address.name)) as point:
            rebuild = _Rebuild(point, address.name, load_encoder(model or point.manifest.encoder.name), lock)
            rebuild.write(progress)
            rebuild.commit()
        _forget(cluster, address.name, {point.index, rebuild.index})
        return rebuild.report


def kept_on_cluster(address: ClusterAddress) -> list[KeptIndex]:
    """What the name stands for and what it could be moved to, by generation. Raises `ClusterFailure`."""
    cluster = connected(address)
    served = cluster.alias_target(address.name)
    generations = []
    for index in indexes_of(cluster, address.name):
        document = cluster.get(index, MANIFEST)
        if document is not None:
            manifest = read_manifest(index, document["_source"]["manifest"])
            generations.append(
                KeptIndex(
                    manifest.generation,
                    manifest.created,
                    manifest.articles,
                    manifest.paragraphs,
                    index == served,
                    index,
                )
            )
    return sorted(generations, key=lambda item: item.number)


def roll_back_on_cluster(address: ClusterAddress, to: int | None, wait_s: float) -> KeptIndex:
    """Have the name stand for the index of generation ``to`` (None: of the one before). Raises `NotFound`,
    `IndexMissing`, `IndexLocked`, `ClusterFailure`.
    """
    cluster = connected(address)
    with waited(lambda: writer_lock(cluster, address.name), wait_s):
        generations = kept_on_cluster(address)
        served = next((generation for generation in generations if generation.served), None)
        if served is None:
            raise IndexMissing(f"There is no index at {address}.", "Make one: paraglot index CORPUS")
        not_served = [generation for generation in generations if not generation.served]
        chosen = [other for other in not_served if (other.number < served.number if to is None else other.number == to)]
        if not chosen:
            sought = "before it" if to is None else str(to)
            numbers = ", ".join(str(generation.number) for generation in generations)
            raise NotFound(f"{address}: there is no generation {sought}; there are: {numbers}. Rebuilds make them.")
        _serve(cluster, address.name, chosen[-1].index, served.index)
        return replace(chosen[-1], served=True)


@contextmanager
def waited(opened: Callable[[], AbstractContextManager[_T]], wait_s: float) -> Iterator[_T]:
    """What a lock opens, tried again until the time is up. Raises `IndexLocked`."""
    end = time.monotonic() + wait_s
    while True:
        manager = opened()
        try:
            value = manager.__enter__()
            break
        except IndexLocked:
            if time.monotonic() >= end:
                raise
            time.sleep(_PAUSE_S)
    try:
        yield value
    finally:
        manager.__exit__(None, None, None)


class _Rebuild:
    """One index on its way: its number, its name, and what was made of it before."""

    def __init__(self, point: Point, name: str, encoder: Encoder, lock: WriterLock) -> None:
        self.report = Report()
        self._point, self._name, self._lock, self._encoder = point, name, lock, encoder
        self._cluster = point.cluster
        manifest = point.manifest
        self._known = encoder.spec.fingerprint == manifest.encoder.fingerprint
        self._made_of = [point.index, manifest.generation, encoder.spec.fingerprint, ANALYZER]
        self.index = self._begun() or self._made(lock.begin(manifest.attempt + 1))
        self._attempt = number_in(self.index)
        self._sentences = False

    def write(self, progress: Progress) -> None:
        """Write what is not there yet."""
        self._cluster.refresh(self.index)
        article_ids = self._cluster.values(self.index, "article_id", {"term": {"kind": "article"}})
        total, done = self._point.manifest.paragraphs, 0
        articles = read_all(self._point)
        while batch := list(islice(articles, AT_ONCE)):
            new = self._documents([article for article in batch if article.stored.article.id not in article_ids])
            for documents in new.batches(AT_ONCE):
                self._cluster.bulk([line for id_, body in documents for line in ({"index": at(self.index, id_)}, body)])
            self._sentences = new.sentences
            done += sum(len(article.documents) for article in batch)
            progress("rebuild", done, total)
        self._cluster.refresh(self.index)

    def commit(self) -> None:
        """Look it through, and have the name stand for it. Raises `IndexDamaged`."""
        former = self._point.manifest
        self._lock.check()
        manifest = replace(
            former,
            generation=former.generation + 1,
            created=datetime.now(UTC).isoformat(timespec="microseconds"),
            encoder=self._encoder.spec,
            analyzer=ANALYZER,
            sentences=self._sentences,
            attempt=self._attempt,
            given_up=(),
            removed=(),
        )
        self._cluster.put(self.index, MANIFEST, {"manifest": manifest.to_json()})
        with closing(Point(self._cluster, self.index)) as point:
            if faults := [*faults_of(point), *not_found(point)]:
                self._cluster.drop(self.index)
                raise IndexDamaged(f"{self.index} is not whole: {faults[0]}.", "It was removed: rebuild again.")
        self._cluster.copy(self.index, as_set()[1])  # of a whole, which is far less work than to write each twice
        self._lock.check()
        _serve(self._cluster, self._name, self.index, self._point.index)
        self._tell(manifest)

    def _documents(self, articles: list[ArticleDocument]) -> NewDocuments:
        plan = Plan(None, {}, self._attempt)
        for document in articles:
            stored, article = document.stored, document.stored.article
            ids = tuple(f"p{paragraph.row}-{self._attempt}" for paragraph in stored.paragraphs)
            vectors = document.vectors if self._known else ""
            id_ = f"a{number_of(article.id):016x}-{self._attempt}"
            plan.articles.append(ArticleDocument(id_, stored, ids, vectors))
            plan.paragraphs += [
                NewParagraph(id_, article, paragraph, self._known)
                for id_, paragraph in zip(ids, stored.paragraphs, strict=True)
            ]
        self.report.paragraphs_embedded += 0 if self._known else len(plan.paragraphs)
        return NewDocuments(plan, Making(self._encoder_of, 0, 0), self._point)

    def _encoder_of(self, _: EncoderSpec | None) -> Encoder:
        return self._encoder

    def _begun(self) -> str | None:
        """An index that a rebuild of the same began and did not end."""
        for index in indexes_of(self._cluster, self._name):
            if self._cluster.meta(index).get("made_of") == self._made_of and self._cluster.get(index, MANIFEST) is None:
                return index
        return None

    def _made(self, attempt: int) -> str:
        index = f"{self._name}-{attempt:06}"
        shards, _, vectors = as_set()
        shards = shards or shards_for(self._point.manifest.paragraphs)
        mapped = {**mapping(self._encoder.spec.dimension, vectors), "_meta": {"made_of": self._made_of}}
        self._cluster.create(index, {"settings": settings(shards, 0), "mappings": mapped})
        return index

    def _tell(self, manifest: ClusterManifest) -> None:
        report = self.report
        report.generation, report.committed = manifest.generation, True
        report.articles, report.paragraphs = manifest.articles, manifest.paragraphs
        report.languages, report.articles_unchanged = dict(manifest.languages), manifest.articles
        report.paragraphs_unchanged = manifest.paragraphs


def not_found(point: Point) -> Iterator[str]:
    """Of some paragraphs those that are not found by what their documents say of them."""
    body = {"size": SMOKE, "query": paragraph_query([]), **columns(columns=["terms"], packed=["direction"])}
    for hit in point.search(body)[0]["hits"]["hits"]:
        [row], direction = hit["fields"]["row"], np.frombuffer(packed(hit, "direction"), np.float32)
        this_paragraph = paragraph_query([{"term": {"row": row}}])
        by_vector = {"knn": {"vector": {"vector": direction.tolist(), "k": 1, "filter": this_paragraph}}}
        by_words = [
            paragraph_query([{"term": {"row": row}}, {"term": {"text": form}}])
            for form in hit["fields"].get("terms", [])[:1]
        ]
        queries = [by_vector, *by_words] if direction.any() else by_words
        answers = point.search(*({"size": 1, "_source": False, "query": query} for query in queries))
        if not all(answer["hits"]["hits"] for answer in answers):
            yield f"the paragraph of row {row} is not found by its own words and vector"


def _serve(cluster: Cluster, name: str, index: str, former: str) -> None:
    """Have a name stand for another index, in one step."""
    cluster.alias({"remove": {"index": former, "alias": name}}, {"add": {"index": index, "alias": name}})


def _forget(cluster: Cluster, name: str, kept: set[str]) -> None:
    """Remove the indexes of a name but these: those of earlier generations, and what was begun of others."""
    for index in set(indexes_of(cluster, name)) - kept:
        cluster.drop(index)
