"""What is read becomes articles of an index on a cluster: a commit for every so many of them.

A run that is cut off leaves what it committed, and the next one goes on from there: an article that is stored as it is
read is not embedded or written again. Several runs over parts of a corpus take turns, commit by commit.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from paraglot.indexer.corpus.assemble import Assembled, assemble, fits_encoder
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.corpus.own_vectors import UnfitVectors, fitted, unit_of
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.opensearch.change import ClusterChange, as_stored, stored
from paraglot.indexer.opensearch.first import Run, serve_when_last
from paraglot.indexer.opensearch.generations import waited
from paraglot.indexer.opensearch.making import Ahead, Maker
from paraglot.indexer.opensearch.place import SHARDS, WritableCluster, as_set
from paraglot.indexer.opensearch.plan import Plan
from paraglot.indexer.readers.inputs import Options
from paraglot.indexer.run import Making, Progress, Report
from paraglot.search.encoders.load import BUILTIN, load_encoder
from paraglot.search.encoders.outside import outside_dimension
from paraglot.search.encoders.protocols import Encoder, SentenceEncoder
from paraglot.search.errors import ClusterFailure, IndexMismatch, IndexMissing, InvalidSettings, NotFound
from paraglot.search.opensearch.connecting import connected
from paraglot.search.opensearch.index import ClusterIndex
from paraglot.search.opensearch.manifest import ClusterManifest
from paraglot.search.opensearch.point import Point
from paraglot.search.opensearch.schema import unserved
from paraglot.search.types import Article, Paragraph
from paraglot.search.types.address import ClusterAddress

AT_ONCE = 1_000
"""Articles of one commit at most."""

LETTERS_AT_ONCE = 2_000_000
"""Letters of their texts from which on a commit takes in no more: what is made of them is held in memory."""


def index_on_cluster(
    address: ClusterAddress,
    corpus: Sequence[Path],
    making: Making,
    progress: Progress,
    options: Options,
    wait_s: float,
    listener: Callable[[str], None] | None,
) -> Report:
    """Add and replace the articles of ``corpus``, as `paraglot.indexer.build.index_corpus` does in a folder."""
    remarks, started = Remarks(listener), time.perf_counter()
    with closing(_Run(address, making, wait_s)) as run:
        report, batch = run.report, _Batch()
        for count, result in enumerate(read_corpus(corpus, replace(options, remarks=remarks)), start=1):
            progress("read", count, None)
            if isinstance(result, Skipped):
                report.skip(result)
                continue
            if result.vectors and not run.outside:
                remarks.leave_out("vectors: the index makes its own", result.place, result.title)
            try:
                batch.add(run.fitted(result))
            except UnfitVectors as error:
                report.skip(Skipped(result.place, str(error)))
            if batch.is_full:
                run.put(batch.drafts)
                progress("committed", report.articles, None)
                batch = _Batch()
        run.put(batch.drafts)
        run.serve()
    report.left_out, report.seconds = remarks.counts(), {"write": round(time.perf_counter() - started, 3)}
    report.warnings += remarks.warned()
    return report


def write_on_cluster(
    address: ClusterAddress, making: Making, drafts: Sequence[Draft], removed: Sequence[str], wait_s: float
) -> Report:
    """Put articles, in an index made if need be, and remove those of ``gone`` that are there. Raises `UnfitVectors`."""
    with closing(_Run(address, making, wait_s)) as run:
        for at in range(0, len(drafts), AT_ONCE):
            run.put([run.fitted(draft) for draft in drafts[at : at + AT_ONCE]])
        run.serve()
        if removed:
            with run.change() as change:
                for article_id in removed:
                    with suppress(NotFound):
                        change.remove(article_id)
        return run.report


def delete_on_cluster(address: ClusterAddress, article_ids: Iterable[str], wait_s: float) -> Report:
    """Remove articles by id. Raises `NotFound` for the first that the index does not have; then nothing changes."""
    run = _Run(address, Making(), wait_s, there=True)
    with run.change() as change:
        for article_id in article_ids:
            change.remove(article_id)
    return run.report


def apply_on_cluster(address: ClusterAddress, changes: Mapping[str, Draft | None]) -> tuple[Report, frozenset[str]]:
    """Put articles and remove those whose draft is None, in one commit, as `paraglot.indexer.build.apply_changes`.

    Raises `UnfitVectors`.
    """
    run = _Run(address, Making(), 0, there=True)
    absent = set()
    with run.change() as change:
        for article_id, draft in changes.items():
            if draft is not None:
                run.take(change, run.fitted(draft))
                continue
            try:
                change.remove(article_id)
            except NotFound:
                absent.add(article_id)
    return run.report, frozenset(absent)


class _Batch:
    """What is taken in by one commit."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self._letters = 0

    def add(self, draft: Draft) -> None:
        """Take in an article."""
        self.drafts.append(draft)
        self._letters += len(draft.text)

    @property
    def is_full(self) -> bool:
        """Whether it is to be committed before more is read."""
        return len(self.drafts) == AT_ONCE or self._letters >= LETTERS_AT_ONCE


class _Run:
    """Commits into one index, and what they did."""

    def __init__(self, address: ClusterAddress, making: Making, wait_s: float, *, there: bool = False) -> None:
        """``there``: the index must be. Raises `IndexMissing`, `IndexMismatch`, `InvalidSettings`."""
        self.report = Report()
        self._cluster, self._name, self._wait_s = connected(address), address.name, wait_s
        shards, self._replicas, vectors = as_set()
        shape = (shards or SHARDS, self._replicas, vectors)
        self._index = WritableCluster(self._cluster, address.name, making.model, None, *shape)
        self._first = not there and self._cluster.alias_target(address.name) is None
        with self._point(there) as point:
            before = point.manifest if point else None
        if before:
            _check_made_alike(address, before, making)
            self._counted(before)
        elif making.sentences is not None:
            raise InvalidSettings("--sentences and --no-sentences are for an index in a folder: leave them out.")
        name = before.encoder.name if before else making.model or BUILTIN
        self.outside = outside_dimension(name)
        self._encoder: Encoder = load_encoder(name)
        self._fits = fits_encoder(self._encoder.spec, self._encoder.count_tokens)
        self._maker = Maker(self._encoder, before.sentences if before else isinstance(self._encoder, SentenceEncoder))
        self._run = Run(self._cluster, self._name) if self._first else None

    def put(self, batch: Sequence[Draft]) -> None:
        """Take in articles, in one commit; what takes long is made of them before others are kept from writing."""
        if not batch:
            return
        articles = [(*as_stored(*self._article(draft)), draft) for draft in batch]
        with waited(partial(self._index.change, self._ahead(articles), first=self._first), self._wait_s) as change:
            for article, paragraphs, draft in articles:
                change.put(article, paragraphs, draft.vectors)
            self._commit(change)

    def take(self, change: ClusterChange, draft: Draft) -> None:
        """Take an article into a change."""
        change.put(*self._article(draft), draft.vectors)

    def fitted(self, draft: Draft) -> Draft:
        """An article with those vectors that the index takes. Raises `UnfitVectors`."""
        return fitted(draft, self.outside) if self.outside else replace(draft, vectors=())

    @contextmanager
    def change(self) -> Iterator[ClusterChange]:
        """One change, committed at its end; another writer is waited for."""
        with waited(self._index.change, self._wait_s) as change:
            yield change
            self._commit(change)

    def serve(self) -> None:
        """Have the name stand for a first generation, unless others go on with it."""
        if self._run and not serve_when_last(self._cluster, self._name, self._run, self._replicas, self._wait_s):
            self.report.warnings.append(OTHERS)

    def close(self) -> None:
        """Let other runs know that this one has ended, however it did."""
        if self._run:
            with suppress(ClusterFailure):
                self._run.leave()

    def _commit(self, change: ClusterChange) -> None:
        before = self.report.generation
        self.report.generation = change.commit()
        self.report.committed |= self.report.generation != before
        self._count(change.report)
        if change.manifest:
            self._counted(change.manifest)

    def _ahead(self, articles: Sequence[tuple[Article, list[Paragraph], Draft]]) -> Ahead:
        """What becomes of those texts that the index does not know by now."""
        with self._point(there=False) as point:
            plan = Plan(point.manifest if point else None, stored(point, [article.id for article, *_ in articles]), 0)
        for article, paragraphs, draft in articles:
            plan.put(article, paragraphs, unit_of(draft) if self.outside else None)
        return self._maker.ahead(plan.paragraphs)

    def _article(self, draft: Draft) -> tuple[Article, list[Paragraph]]:
        return _article(draft, assemble(draft, self._fits))

    @contextmanager
    def _point(self, there: bool) -> Iterator[Point | None]:
        """The generation of now, served or not; None where there is none, unless it must be ``there``."""
        with ExitStack() as stack:
            point: Point | None = None
            try:
                point = self._index.current().point
            except IndexMissing:
                if there:
                    raise
                with suppress(IndexMissing):
                    point = ClusterIndex(self._cluster, unserved(self._name)).current().point
            if point:
                stack.callback(point.close)
            yield point

    def _counted(self, manifest: ClusterManifest) -> None:
        report = self.report
        report.generation, report.articles = manifest.generation, manifest.articles
        report.paragraphs, report.languages = manifest.paragraphs, dict(manifest.languages)
        report.paragraphs_unchanged = report.paragraphs - report.paragraphs_added

    def _count(self, done: Report) -> None:
        """Add what one commit did."""
        for name in _COUNTS:
            setattr(self.report, name, getattr(self.report, name) + getattr(done, name))


OTHERS = "Other runs are writing the index: it is served when the last of them has ended."

_COUNTS = (
    "articles_added",
    "articles_changed",
    "articles_unchanged",
    "articles_removed",
    "paragraphs_added",
    "paragraphs_embedded",
    "paragraphs_removed",
)
"""What a report says of one commit."""


def _check_made_alike(address: ClusterAddress, manifest: ClusterManifest, making: Making) -> None:
    if making.model not in (None, manifest.encoder.name):
        raise IndexMismatch(
            f"{address}: the index was made with the encoder {manifest.encoder.name!r}, not {making.model!r}.",
            f"Leave --model out, name a new index, or change the encoder: paraglot rebuild --model {making.model}",
        )
    if making.sentences not in (None, manifest.sentences):
        has = "with" if manifest.sentences else "without"
        raise IndexMismatch(f"{address}: the index was made {has} the vectors of sentences.", "Leave it out.")


def _article(draft: Draft, assembled: Assembled) -> tuple[Article, list[Paragraph]]:
    head = (draft.url, draft.date, draft.source, draft.attributes)
    article = Article(draft.id, draft.title, draft.text, assembled.language, *head)
    anchors: list[tuple[int, str]] = [(int(start), str(name)) for start, name in draft.marks().get("anchors", [])]
    paragraphs = [
        Paragraph(
            -1,
            new.id,
            draft.id,
            position,
            new.text,
            new.language,
            new.heading,
            new.start,
            new.end,
            _anchor(anchors, new.start),
        )
        for position, new in enumerate(assembled.paragraphs)
    ]
    return article, paragraphs


def _anchor(anchors: Sequence[tuple[int, str]], start: int) -> str:
    """The anchor that holds at a place in the text."""
    at = bisect_right(anchors, start, key=lambda anchor: anchor[0])
    return anchors[at - 1][1] if at else ""
