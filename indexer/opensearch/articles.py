"""What is read becomes articles of an index on a cluster: a commit for every so many of them.

A run that is cut off leaves what it committed, and the next one goes on from there: an article that is stored as it is
read is not embedded or written again. Several runs over parts of a corpus take turns, commit by commit.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from paraglot.indexer.corpus.assemble import Assembled, assemble, fits_encoder
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.opensearch.change import ClusterChange
from paraglot.indexer.opensearch.generations import waited
from paraglot.indexer.opensearch.place import SHARDS, WritableCluster, as_set
from paraglot.indexer.opensearch.plan import Done
from paraglot.indexer.readers.inputs import Options
from paraglot.indexer.run import Making, Progress, Report
from paraglot.search.encoders.load import BUILTIN, load_encoder
from paraglot.search.encoders.outside import outside_dimension
from paraglot.search.encoders.protocols import Encoder
from paraglot.search.errors import IndexMismatch, IndexMissing, InvalidSettings, NotFound
from paraglot.search.opensearch.connecting import connected
from paraglot.search.opensearch.manifest import ClusterManifest
from paraglot.search.types import Article, Paragraph
from paraglot.search.types.address import ClusterAddress

AT_ONCE = 1_000
"""Articles of one commit."""


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
    run = _Run(address, making, wait_s)
    report, remarks = run.report, Remarks(listener)
    batch: list[Draft] = []
    started = time.perf_counter()
    for seen, found in enumerate(read_corpus(corpus, replace(options, remarks=remarks)), start=1):
        progress("read", seen, None)
        if isinstance(found, Skipped):
            report.skip(found)
            continue
        if found.vectors:
            remarks.leave_out("vectors: the index makes its own", found.place, found.title)
        batch.append(replace(found, vectors=()))
        if len(batch) == AT_ONCE:
            run.put(batch)
            progress("committed", report.articles, None)
            batch = []
    run.put(batch)
    report.left_out, report.seconds = remarks.counts(), {"write": round(time.perf_counter() - started, 3)}
    report.warnings += remarks.warned()
    return report


def delete_on_cluster(address: ClusterAddress, article_ids: Iterable[str], wait_s: float) -> Report:
    """Remove articles by id. Raises `NotFound` for the first that the index does not have; then nothing changes."""
    run = _Run(address, Making(), wait_s, there=True)
    with run.change() as change:
        for article_id in article_ids:
            change.remove(article_id)
    return run.report


def apply_on_cluster(address: ClusterAddress, changes: Mapping[str, Draft | None]) -> tuple[Report, frozenset[str]]:
    """Put articles and remove those whose draft is None, in one commit, as `paraglot.indexer.build.apply_changes`."""
    run = _Run(address, Making(), 0, there=True)
    absent = set()
    with run.change() as change:
        for article_id, draft in changes.items():
            if draft is not None:
                run.take(change, draft)
                continue
            try:
                change.remove(article_id)
            except NotFound:
                absent.add(article_id)
    return run.report, frozenset(absent)


class _Run:
    """Commits into one index, and what they did."""

    def __init__(self, address: ClusterAddress, making: Making, wait_s: float, *, there: bool = False) -> None:
        """``there``: the index must be. Raises `IndexMissing`, `IndexMismatch`, `InvalidSettings`."""
        self.report = Report()
        cluster = connected(address)
        self._wait_s = wait_s
        shards, replicas, vectors = as_set()
        made = (shards or SHARDS, replicas, vectors)
        self._index = WritableCluster(cluster, address.name, making.model, None, *made)
        before = self._manifest(there)
        if before:
            _check_made_alike(address, before, making)
            self._counted(before)
        elif making.sentences is not None:
            raise InvalidSettings("--sentences and --no-sentences are for an index in a folder: leave them out.")
        name = before.encoder.name if before else making.model or BUILTIN
        if outside_dimension(name):
            raise InvalidSettings(f"{address}: an index with vectors from outside lies in a folder.")
        self._encoder: Encoder = load_encoder(name)
        self._fits = fits_encoder(self._encoder.spec, self._encoder.count_tokens)

    def put(self, batch: Sequence[Draft]) -> None:
        """Take in articles, in one commit."""
        if batch:
            with self.change() as change:
                for draft in batch:
                    self.take(change, draft)

    def take(self, change: ClusterChange, draft: Draft) -> None:
        """Take an article into a change."""
        article, paragraphs = _article(draft, assemble(draft, self._fits))
        change.put(article, paragraphs)

    @contextmanager
    def change(self) -> Iterator[ClusterChange]:
        """One change, committed at its end; another writer is waited for."""
        with waited(self._index.change, self._wait_s) as change:
            before = self.report.generation
            yield change
            self.report.generation = change.commit()
            self.report.committed |= self.report.generation != before
            self._count(change.done)
            if change.manifest:
                self._counted(change.manifest)

    def _manifest(self, there: bool) -> ClusterManifest | None:
        try:
            with closing(self._index.current()) as snapshot:
                return snapshot.point.manifest
        except IndexMissing:
            if there:
                raise
            return None

    def _counted(self, manifest: ClusterManifest) -> None:
        report = self.report
        report.generation, report.articles = manifest.generation, manifest.articles
        report.paragraphs, report.languages = manifest.paragraphs, dict(manifest.languages)
        report.paragraphs_unchanged = report.paragraphs - report.paragraphs_added

    def _count(self, done: Done) -> None:
        """Add what one commit did."""
        report = self.report
        report.articles_added += done.added
        report.articles_changed += done.changed
        report.articles_unchanged += done.unchanged
        report.articles_removed += done.removed
        report.paragraphs_added += done.paragraphs_added
        report.paragraphs_embedded += done.paragraphs_added
        report.paragraphs_removed += done.paragraphs_removed


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
            own.id,
            draft.id,
            position,
            own.text,
            own.language,
            own.heading,
            own.start,
            own.end,
            _anchor(anchors, own.start),
        )
        for position, own in enumerate(assembled.paragraphs)
    ]
    return article, paragraphs


def _anchor(anchors: Sequence[tuple[int, str]], start: int) -> str:
    """The anchor that holds at a place in the text."""
    at = bisect_right(anchors, start, key=lambda one: one[0])
    return anchors[at - 1][1] if at else ""
