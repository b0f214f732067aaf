"""One run of a writer, from the lock to the commit: what every command that changes an index is made of."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from pyroaring import BitMap

from paraglot.indexer.corpus.assemble import READING, Assembled, assemble, fits_encoder
from paraglot.indexer.corpus.drafts import Draft
from paraglot.indexer.corpus.own_vectors import fitted
from paraglot.indexer.folder import commit
from paraglot.indexer.folder.base import read_base, unsound_parts
from paraglot.indexer.folder.column_parts import ColumnWriter, are_of_today
from paraglot.indexer.folder.embed import BATCH, Embedded, given_vectors
from paraglot.indexer.folder.lock import writer_lock
from paraglot.indexer.folder.marks_aside import MarksAside
from paraglot.indexer.folder.records import Counts, Records, StoreError, is_damage
from paraglot.indexer.folder.row_vectors import RowVectors
from paraglot.indexer.folder.stored_drafts import NewRow
from paraglot.indexer.folder.vector_cache import VectorCache, left_by_a_run
from paraglot.indexer.folder.vector_parts import SegmentChange
from paraglot.indexer.folder.word_workers import WordWorkers
from paraglot.indexer.run import Making, Progress, Report
from paraglot.search import disk
from paraglot.search.encoders.builtin.cores import one_thread_per_product
from paraglot.search.encoders.centred import CentredEncoder, chosen_texts, learned_means, learns_means
from paraglot.search.encoders.load import BUILTIN, load_encoder
from paraglot.search.encoders.means import is_centred, packed_means, uncentred
from paraglot.search.encoders.outside import outside_dimension
from paraglot.search.encoders.protocols import Encoder, SentenceEncoder
from paraglot.search.errors import DiskFailure, IndexDamaged, IndexMismatch, InvalidSettings, NotFound
from paraglot.search.folder.columns import Columns, open_columns
from paraglot.search.folder.dense import language_means, read_shared
from paraglot.search.folder.keyword.engines import AUTO, chosen
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.manifest import COLUMNS_SINCE, DAMAGED_REMEDY, REBUILD_REMEDY
from paraglot.search.folder.snapshot import last_commit

DEFAULT_MODEL = BUILTIN


class Write:
    """One write over an index whose lock is held."""

    def __init__(self, layout: IndexLayout, making: Making, progress: Progress | None) -> None:
        self.report = Report()
        self._layout = layout
        self._making = making
        self.progress = progress or (lambda *_: None)
        current = last_commit(layout)
        self.base = read_base(layout, current)
        self._engine = self._chosen_engine()
        self._unsound = unsound_parts(self.base, other_words=self._makes_other_words)
        self.outside = outside_dimension(self._model())
        if self.outside and making.sentences:
            raise InvalidSettings("An index whose vectors come from outside has none of sentences.", "Leave it out.")
        self._encoder: Encoder | None = None
        self._cache: VectorCache | None = None
        self._removed: list[int] = []
        self._mended = False
        self._written = self._to_write = 0
        commit.clear_debris(layout, current)
        self.records = Records(layout.store, current)
        self._aside = MarksAside()
        self._words = WordWorkers()
        self._target = layout.generation(self.records.target)
        if not making.anew:
            self.report.warnings += [f"{why} It is made anew from the store." for why in self._unsound.values()]
        try:
            self.records.begin()
            self._mend()
        except BaseException:
            self.records.close()
            self._aside.close()
            self._words.close()
            raise

    def put(self, draft: Draft, *, only_if_parted_anew: bool = False) -> bool:
        """Take an article into the write. Returns whether it came in place of a former version.

        ``only_if_parted_anew``: an article of the index, read again out of the store. Raises `UnfitVectors`.
        """
        if self.outside:
            draft = fitted(draft, self.outside)
        elif draft.vectors:
            draft = replace(draft, vectors=())
        input_hash = draft.input_hash(READING)
        is_unchanged = self.records.input_hash(draft.id) == input_hash and not only_if_parted_anew
        if is_unchanged and not self.lost_vectors:
            self.report.articles_unchanged += 1
            return True
        encoder = self.encoder()
        article = assemble(draft, fits_encoder(encoder.spec, encoder.count_tokens))
        if draft.vectors:
            self.vector_cache().put(*given_vectors(draft, article))
        if only_if_parted_anew and self.records.is_as_stored(draft, article):
            self.report.articles_unchanged += 1
            return True
        return self.take(draft, article, input_hash, anew=only_if_parted_anew)

    def take(self, draft: Draft, article: Assembled, input_hash: str, *, anew: bool = False) -> bool:
        """Take an article with its paragraphs into the write, as `put`; ``anew``: even if it was read from the same."""
        before = self.records.input_hash(draft.id)
        if before == input_hash and not anew:
            self.report.articles_unchanged += 1
            return True
        put = self.records.put(draft, article, input_hash)
        self.report.articles_added += before is None
        self.report.articles_changed += before is not None
        self.report.paragraphs_added += put.added
        self.report.paragraphs_removed += put.removed
        self._removed += put.rows
        self._words.begin(put.new)
        return before is not None

    def remove(self, article_id: str) -> None:
        """Remove one article. Raises `NotFound`."""
        if self.records.input_hash(article_id) is None:
            raise NotFound(f"There is no article {article_id!r}; nothing was deleted.")
        rows = self.records.remove(article_id)
        self.report.paragraphs_removed += len(rows)
        self._removed += rows
        self.report.articles_removed += 1

    def commit(self) -> None:
        """Make one generation of all that was put and removed; nothing is written where nothing changed."""
        report = self.report
        makes = self.makes_generation
        base = self.base[1] if self.base else None
        counted = (base.articles, base.languages) if base and not (self._making.anew or self._mended) else None
        counts = self.records.counts(counted) if makes or base is None else (base.articles, base.languages)
        report.articles, report.languages = counts[0], dict(counts[1])
        report.paragraphs = sum(report.languages.values())
        report.paragraphs_unchanged = report.paragraphs - report.paragraphs_added
        report.generation = base.generation if base else 0
        if not makes:
            if self.records.notes_changed:
                self.records.commit_notes()
            else:
                self.records.rollback()
            return
        self._learn_means()
        segments = self._segment_change()
        self._to_write = len(segments.added)
        with self.stage("embed"):
            self._embed(segments.added)
        with self.stage("write"):
            self._write(segments, counts)

    def encoder(self) -> Encoder:
        """The encoder of the generation to be made, loaded when the first article needs it."""
        if self._encoder is None:
            loaded = self._encoder = load_encoder(self._model())
            base_spec = self.base[1].encoder if self.base else None
            if self.base and self._keeps_means:
                self._encoder = CentredEncoder(self._encoder, language_means(self.base[0]))
            if base_spec and not self._making.anew and loaded.spec.fingerprint != uncentred(base_spec).fingerprint:
                other = f"the index was made with another version of the encoder {base_spec.name!r}."
                raise IndexMismatch(f"{self._layout.folder}: {other}", REBUILD_REMEDY)
        return self._encoder

    @property
    def _keeps_means(self) -> bool:
        """Whether the vectors to be made are less the means that those of the base are."""
        if self.base is None or "dense" in self._unsound or (self._making.anew and self._making.means is not None):
            return False
        return is_centred(self.base[1].encoder) and self._model() == self.base[1].encoder.name

    def _learn_means(self) -> None:
        """Where all vectors are made anew: take the means of their languages from them, if that is wanted."""
        encoder, means = self.encoder(), self._making.means
        base_spec = self.base[1].encoder if self.base and "dense" not in self._unsound else None
        same = base_spec is not None and uncentred(base_spec).fingerprint == encoder.spec.fingerprint
        if means is False or isinstance(encoder, CentredEncoder) or (same and means is None):
            return
        if learns_means(encoder):
            with self.stage("learn"):
                rows = self.records.read_rows(self.records.living_rows())
                texts = chosen_texts((row.language, row.text_hash, row.text) for row in rows)
                learned = learned_means(encoder, texts, means is True, partial(self.progress, "learn"))
                self._encoder = CentredEncoder(encoder, learned) if learned else encoder

    @property
    def makes_generation(self) -> bool:
        """Whether anything was put, removed or mended that the base has not so, or all is made anew."""
        report = self.report
        changed = report.articles_added + report.articles_changed + report.articles_removed
        return self._making.anew or self._mended or bool(self._unsound) or changed > 0

    @property
    def lost_vectors(self) -> bool:
        """Whether vectors from outside are damaged, so that unchanged articles must bring them again."""
        return self.outside is not None and "dense" in self._unsound

    @property
    def generation(self) -> int:
        """What `commit` leaves committed; 0: none."""
        return self._target.number if self.makes_generation else self.base[0].number if self.base else 0

    @property
    def sentences(self) -> bool:
        """Whether the generation to be made keeps the vectors of sentences."""
        if self._making.sentences is not None:
            return self._making.sentences
        if self.base and self._model() == self.base[1].encoder.name:
            return self.base[1].sentences
        return isinstance(self.encoder(), SentenceEncoder)

    def close(self) -> None:
        """Give the databases back; what was not committed is gone, but for what was embedded."""
        self.records.close()
        self._aside.close()
        self._words.close()
        if self._cache:
            self._cache.close()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure the seconds that a stage takes."""
        started = time.perf_counter()
        yield
        self.report.seconds[name] = round(time.perf_counter() - started, 3)

    def _mend(self) -> None:
        """Of several articles under one id, which earlier versions let in, keep the first."""
        doubled, removed = self.records.mend_doubled()
        self.report.paragraphs_removed += len(removed)
        self._removed += removed
        self._mended = bool(doubled or removed)
        if doubled:
            self.report.warnings.append(
                f"{len(doubled)} ids had more than one article, such as {doubled[0]!r}: the first of each is kept."
            )
        elif removed:
            self.report.warnings.append(f"Paragraphs of no article, removed: {len(removed)}.")

    def _chosen_engine(self) -> str:
        """The keyword engine of the generation to be made. Raises `InvalidSettings`."""
        if self.base and (self._making.keyword is None or not self._making.anew):
            return self.base[1].keyword_engine
        return chosen(self._making.keyword or AUTO)

    @property
    def _makes_other_words(self) -> bool:
        """Whether the words are made anew by another engine than the base's, which then need not be here."""
        return self.base is not None and self._making.anew and self._engine != self.base[1].keyword_engine

    def _model(self) -> str:
        return self._making.model or (self.base[1].encoder.name if self.base else DEFAULT_MODEL)

    def _segment_change(self) -> SegmentChange:
        """What becomes of the segments. Vectors that are damaged, of another encoder or without the sentences asked for
        are no base for others; those that rows of an index of format 5 share are read, and no file of it is linked.
        """
        base = self.base
        if base and self._making.anew:
            same = base[1].encoder.fingerprint == self.encoder().spec.fingerprint
            base = base if same and base[1].sentences == self.sentences else None
        if self._unsound.keys() & {"dense", "sentences"}:
            base = None
        columns, living = self._base_columns()
        encoder = self.encoder()
        self._vectors = RowVectors(self.records, base, living, self.encoder, self.vector_cache, self.sentences)
        linked = base if base and not read_shared(base[0]).size else None
        return SegmentChange(
            base=linked[0] if linked else None,
            base_parts=linked[1].dense_parts if linked else (),
            added=self.records.new_rows() if linked or not self.base else self.records.living_rows(),
            staying=living - BitMap(self._removed),
            embedded=self._embedded,
            write_columns=ColumnWriter(self.records, columns, encoder, self._aside).write,
            dimension=base[1].encoder.dimension if base else encoder.spec.dimension,
            sentences=self.sentences,
            linked_columns=not self._making.anew and columns is not None and are_of_today(columns),
            means=packed_means(encoder.means) if isinstance(encoder, CentredEncoder) else None,
        )

    def _base_columns(self) -> tuple[Columns | None, BitMap]:
        """The base's columns as far as they can be used, and its rows."""
        if self.base is None:
            return None, BitMap()
        generation, manifest = self.base
        if manifest.format >= COLUMNS_SINCE and "columns" not in self._unsound:
            columns = open_columns(generation, manifest.dense_parts)
            return columns, columns.live_rows
        return None, BitMap(self.records.base_rows())

    def _embed(self, rows: Sequence[int]) -> None:
        """See that the vectors of all ``rows`` are known."""
        done, progress = 0, partial(self.progress, "embed")
        for batch in self._batches(rows):
            left, encoded = self._vectors.embed(batch, done, len(rows), progress)
            self.report.paragraphs_resumed += left
            self.report.paragraphs_embedded += encoded
            done += len(batch)
            progress(done, len(rows))

    def _embedded(self, rows: Sequence[int]) -> Embedded:
        """What is to be stored of a batch of rows whose vectors are known."""
        batch = list(self.records.read_rows(rows, texts=False))
        self._written += len(rows)
        self.progress("vectors", self._written, self._to_write)
        return self._vectors.stored(batch)

    def vector_cache(self) -> VectorCache:
        """What is embedded, or came from outside, and is not committed yet."""
        if self._cache is None:
            spec = self.encoder().spec
            self._cache = VectorCache(self._layout.pending_vectors, spec.fingerprint, spec.dimension, self.sentences)
        return self._cache

    def _batches(self, rows: Sequence[int]) -> Iterator[list[NewRow]]:
        batches = (rows[first : first + BATCH] for first in range(0, len(rows), BATCH))
        return (list(self.records.read_rows(batch, texts=not self.outside)) for batch in batches)

    def _write(self, segments: SegmentChange, counts: Counts) -> None:
        anew = self._making.anew or "keyword" in self._unsound
        rows = self.records.living_rows() if anew else self.records.new_rows()
        words = self._words.of(rows, self.records.read_rows, partial(self.progress, "words"))
        keyword = commit.KeywordChange(
            base=self.base[0] if self.base and not anew else None,
            rows=rows,
            words=self._aside.kept(words),
            removed=() if anew else self._removed,
            engine=self._engine,
        )
        base_spec, spec = self.base[1].encoder if self.base else None, self.encoder().spec
        if base_spec and not self._making.anew and base_spec.fingerprint == spec.fingerprint:
            spec = base_spec
        self.records.commit()
        if self.base is None:
            commit.announce_first(self._layout, self._target.number)
        commit.write_generation(self._target, keyword, segments, spec, counts, self.base)
        commit.point_current(self._layout, self._target.number)
        self.report.generation, self.report.committed = self._target.number, True
        # Committed is committed: what cannot be cleaned away now is cleaned by the next writer.
        with suppress(OSError, StoreError):
            self.records.purge(commit.collect_garbage(self._layout, self._target.number))
            if self._cache:
                self._cache.clear()


@contextmanager
def writing(folder: Path, making: Making, progress: Progress | None = None, wait_s: float = 0) -> Iterator[Write]:
    """Hold the lock of an index and a write over it. Raises the errors that `paraglot.indexer.build.index_corpus`
    names. Numpy's matrix products run in one thread from then on, as those of an `Engine`. A folder that was made for
    this goes again where nothing is committed and nothing embedded."""
    layout = IndexLayout(folder)
    one_thread_per_product()
    is_new = not folder.exists()
    with disk_errors(layout):
        disk.make_folder(layout.generations)
        with writer_lock(layout.lock, wait_s):
            try:
                with closing(Write(layout, making, progress)) as write:
                    yield write
            except (Exception, KeyboardInterrupt):
                if is_new and not layout.current.exists() and not left_by_a_run(folder):
                    with suppress(OSError):
                        disk.remove_tree(folder)  # nobody would know what it is
                raise


@contextmanager
def disk_errors(layout: IndexLayout) -> Iterator[None]:
    """Name what the disk refuses, and what of the store is damaged."""
    try:
        yield
    except OSError as error:
        place = error.filename or layout.folder
        raise DiskFailure(f"{place}: {error.strerror or error}. {_WHOLE}", _DISK_REMEDY) from error
    except StoreError as error:
        if is_damage(error):
            raise IndexDamaged(f"{layout.store}: {error}.", DAMAGED_REMEDY) from error
        raise DiskFailure(f"{layout.store}: {error}. {_WHOLE}", _DISK_REMEDY) from error


_WHOLE = "The last commit is whole."
_DISK_REMEDY = "See that the folder can be written and that the disk has room, then try again."
