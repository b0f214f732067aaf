"""What becomes of an index on a cluster by one commit.

The documents of the new generation are written first, each with its number, and nobody reads them: a reader takes what
its manifest's generation has. Writing the manifest is the commit. The documents that are of it no more go afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from paraglot.indexer.opensearch.lock import WriterLock
from paraglot.indexer.opensearch.making import Ahead, Making, NewDocuments
from paraglot.indexer.opensearch.plan import Plan
from paraglot.indexer.run import Report
from paraglot.search.encoders.outside import outside_dimension
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.errors import ClusterFailure, IndexLocked, IndexMismatch, NotFound
from paraglot.search.opensearch.articles import ArticleDocument, read_documents
from paraglot.search.opensearch.cluster import Cluster, Json, if_unchanged
from paraglot.search.opensearch.manifest import ANEW, ClusterManifest
from paraglot.search.opensearch.point import Point, uncommitted
from paraglot.search.opensearch.schema import MANIFEST, WINDOW, mapping, settings
from paraglot.search.parts.articles import check_article, check_id, check_paragraphs
from paraglot.search.parts.own_vectors import check_vectors
from paraglot.search.text.analysis import ANALYZER
from paraglot.search.text.normal_form import id_form
from paraglot.search.types import Article, Paragraph

_AT_ONCE = 200
"""Documents that are written by one request."""


class ClusterChange:
    """What becomes of an index by one commit. Its lock is held."""

    def __init__(
        self, cluster: Cluster, name: str, making: Making, lock: WriterLock, alias: str = "", ahead: Ahead | None = None
    ) -> None:
        """``alias``: what stands for the index, where that is not its ``name``; ``ahead``: what was made of texts that
        are to be put."""
        self._cluster, self._name, self._making, self._lock = cluster, name, making, lock
        self._alias, self._ahead = alias or name, ahead
        self._put: dict[str, tuple[Article, list[Paragraph], Vectors | None]] = {}
        self._removed: set[str] = set()
        self._point = self._opened()
        self._outside = outside_dimension(self._point.manifest.encoder.name if self._point else making.model)
        self.report = Report()

    def put(self, article: Article, paragraphs: Sequence[Paragraph], vectors: Sequence[Sequence[float]] = ()) -> None:
        """Take in an article with these paragraphs, in order, in place of a former version of it. Raises
        `InvalidRequest`."""
        check_article(article)
        check_paragraphs(article, paragraphs)
        unit = check_vectors(article, len(paragraphs), vectors, self._outside)
        normalized, placed = as_stored(article, paragraphs)
        self._put[normalized.id] = normalized, placed, unit if self._outside else None

    def remove(self, article_id: str) -> None:
        """Remove one article. Raises `NotFound`, `InvalidRequest`."""
        check_id(article_id)
        id_ = id_form(article_id)
        is_stored = id_ not in self._removed and id_ in stored(self._point, [id_])
        if self._put.pop(id_, None) is None and not is_stored:
            raise NotFound(f"There is no article {article_id!r}; nothing was deleted.")
        if is_stored:
            self._removed.add(id_)

    def commit(self) -> int:
        """Make it what the index serves. Returns the generation: the one before where nothing changed."""
        base = self._point.manifest if self._point else None
        generation = base.generation if base else 0
        if not (self._put or self._removed):
            return generation
        attempt = self._lock.begin(base.attempt + 1 if base else self._next())
        plan = Plan(base, stored(self._point, [*self._put, *self._removed]), attempt)
        for id_ in self._removed:
            plan.remove(id_)
        for article, paragraphs, vectors in self._put.values():
            plan.put(article, paragraphs, vectors)
        self.report = plan.report
        if plan.changes:
            self._write(plan)
        self._put, self._removed = {}, set()
        return plan.generation if plan.changes else generation

    @property
    def manifest(self) -> ClusterManifest | None:
        """What was committed last; None: nothing."""
        return self._point.manifest if self._point else None

    def close(self) -> None:
        """Give the point in time back."""
        if self._point:
            self._point.close()

    def _write(self, plan: Plan) -> None:
        new = NewDocuments(plan, self._making, self._point, self._ahead)
        index = self._point.index if self._point else self._made(new.dimension, plan.attempt)
        for batch in new.batches(_AT_ONCE):
            self._cluster.bulk([line for id_, body in batch for line in ({"index": at(index, id_)}, body)])
        self._cluster.refresh(index)
        self._lock.check()
        manifest = plan.manifest(new.encoder.spec, new.sentences)
        self._install(index, manifest, plan.base)
        if self._point is None:
            self._cluster.alias({"add": {"index": index, "alias": self._alias}})
        else:
            self._point.close()
        with suppress(ClusterFailure):  # it is committed: the next writer clears away what is left
            self._clear(index, manifest)
        self._point = Point(self._cluster, self._alias)

    def _install(self, index: str, manifest: ClusterManifest, former: ClusterManifest | None) -> None:
        """Write the manifest in place of the ``former`` one. Raises `IndexLocked` where there is another by now."""
        document = self._cluster.get(index, MANIFEST)
        installed = None if document is None else document["_source"]["manifest"]["attempt"]
        as_known = {"op_type": "create"} if document is None else if_unchanged(document)
        body = {"manifest": manifest.to_json()}
        if installed != (former.attempt if former else None) or not self._cluster.put(
            index, MANIFEST, body, **as_known
        ):
            raise IndexLocked(f"Another process committed to the index {self._name!r} meanwhile.", "Try again.")

    def _clear(self, index: str, manifest: ClusterManifest) -> None:
        """Remove the documents that are of the generation no more."""
        if manifest.removed:
            self._delete(index, manifest.removed)
            self._install(index, replace(manifest, removed=()), manifest)

    def _delete(self, index: str, ids: Iterable[str]) -> None:
        lines = [{"delete": at(index, id_)} for id_ in ids]
        for first in range(0, len(lines), WINDOW):
            self._cluster.bulk(lines[first : first + WINDOW])
        self._cluster.refresh(index)

    def _opened(self) -> Point | None:
        """The generation to go on from, what a writer left behind that was cut off cleared away; None: there is none.

        Raises `IndexMismatch` for one of another analyzer.
        """
        index = self._cluster.alias_target(self._alias)
        if index is None:
            return None
        self._cluster.refresh(index)
        while True:
            point = Point(self._cluster, self._alias)
            if point.manifest.analyzer != ANALYZER:
                point.close()
                raise IndexMismatch(
                    f"The words of {index} are of the analyzer {point.manifest.analyzer}, this is {ANALYZER}.", ANEW
                )
            [answer] = point.search({"size": WINDOW, "query": uncommitted(point.manifest), "_source": False})
            left = [hit["_id"] for hit in answer["hits"]["hits"]]
            if not left and not point.manifest.removed:
                return point
            self._delete(index, left)
            self._clear(index, point.manifest)
            point.close()

    def _made(self, dimension: int, attempt: int) -> str:
        """A new index, in place of those whose first commit never came about."""
        for name in indexes_of(self._cluster, self._name):
            if self._cluster.get(name, MANIFEST) is None:
                self._cluster.drop(name)
        index = f"{self._name}-{attempt:06}"
        making = self._making
        body = {"settings": settings(making.shards, making.replicas), "mappings": mapping(dimension, making.vectors)}
        self._cluster.create(index, body)
        return index

    def _next(self) -> int:
        """A number that no index of the name has."""
        return max((number_in(index) for index in indexes_of(self._cluster, self._name)), default=0) + 1


def as_stored(article: Article, paragraphs: Sequence[Paragraph]) -> tuple[Article, list[Paragraph]]:
    """An article and its paragraphs with ids as they are stored."""
    id_ = id_form(article.id)
    normalized = [
        replace(paragraph, id=id_form(paragraph.id), article_id=id_, position=at)
        for at, paragraph in enumerate(paragraphs)
    ]
    return replace(article, id=id_), normalized


def stored(point: Point | None, ids: Sequence[str]) -> dict[str, ArticleDocument]:
    """Those of the articles ``ids`` that are stored, by id."""
    documents = read_documents(point, "article_id", ids) if point else ()
    return {document.stored.article.id: document for document in documents}


def indexes_of(cluster: Cluster, name: str) -> list[str]:
    """The indexes that a name stands for, or could."""
    pattern = re.compile(rf"{re.escape(name)}-\d{{6,}}")
    return [index for index in cluster.names(f"{name}-*") if pattern.fullmatch(index)]


def number_in(index: str) -> int:
    """The number of the attempt that made an index."""
    return int(index.rpartition("-")[2])


def at(index: str, id_: str) -> Json:
    """Where a line of several writes goes."""
    return {"_index": index, "_id": id_}
