"""A snapshot: one generation, opened whole, that stays as it is however often the index changes beneath."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import IO, TypeVar

import numpy as np
import portalocker
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search import index as seam
from paraglot.search.encoders.chance import Chance
from paraglot.search.encoders.loaded import Encoders
from paraglot.search.encoders.means import is_centred
from paraglot.search.encoders.pieces import Pieces
from paraglot.search.encoders.protocols import Encoder, PieceEncoder
from paraglot.search.errors import DiskFailure, IndexDamaged, IndexMismatch, IndexMissing, ParaglotError
from paraglot.search.folder.columns import open_columns
from paraglot.search.folder.dense import NO_VECTORS, RESCORED, FaissIndex, language_means, open_dense
from paraglot.search.folder.gist import marks_of, pieces_of_rows
from paraglot.search.folder.keyword.keyword import KeywordIndex, no_keywords, open_keyword
from paraglot.search.folder.layout import Generation, IndexLayout
from paraglot.search.folder.manifest import (
    COLUMNS_SINCE,
    DAMAGED_REMEDY,
    REBUILD_REMEDY,
    IndexManifest,
    read_manifest,
)
from paraglot.search.folder.sentence_index import MappedSentences, open_sentences
from paraglot.search.folder.soundness import FileStamp, Part, lost_parts, stamps
from paraglot.search.folder.store.part import StorePart
from paraglot.search.folder.store.store import Store
from paraglot.search.lexicon.lexicon import Marks
from paraglot.search.parts.attributes import LANGUAGE
from paraglot.search.parts.lru_cache import LruCache
from paraglot.search.parts.reading import Reading
from paraglot.search.parts.sample import Sample
from paraglot.search.parts.sampling import sample_rows
from paraglot.search.query.filters import conditions, parse_filter

_T = TypeVar("_T")
_S = TypeVar("_S")

_TRIES = 10

KEPT_PARTS = 32
"""Filters of keys whose parts of a generation are kept at hand, the last ones used."""


@dataclass(frozen=True)
class Snapshot(Reading):
    """The stores of one generation. Its lease keeps the garbage collector away until `close`."""

    manifest: IndexManifest
    store: Store
    keyword: KeywordIndex
    dense: FaissIndex
    sentences: MappedSentences | None
    lease: IO[bytes]
    generation: Generation
    lost: Mapping[Part, ParaglotError] = field(default_factory=dict)
    """The parts that cannot be used, and why: each is empty here, and the rest answers without it."""
    rows: BitMap | None = None
    """Those of a part (`within`); None: all that the generation has."""
    encoders: Encoders = field(default_factory=Encoders)
    """Where this generation finds its encoder; shared with others that are open."""

    def encoder(self) -> Encoder:
        """The encoder that this generation was made with, loaded on first use.

        Raises `EncoderMissing`, or `IndexMismatch` where there is only another version of it.
        """
        spec = self.manifest.encoder
        means = partial(language_means, self.generation) if is_centred(spec) else None
        encoder = self.encoders.get(spec, means)
        if encoder.spec.fingerprint != spec.fingerprint:
            raise IndexMismatch(
                f"{self.generation.manifest}: the index was made with another version of the encoder {spec.name!r}.",
                REBUILD_REMEDY,
            )
        return encoder

    @property
    def exact(self) -> bool:
        """Whether `by_vector` leaves out nothing that is nearer than what it gives."""
        return self.dense.recall is None

    @property
    def identity(self) -> tuple[int, int]:
        """Of a generation, and not of another index's of the same number."""
        return self.manifest.generation, hash(self.manifest.files)

    def within(self, forced: str) -> Snapshot:
        """What the filter ``forced`` lets through, as if nothing else had ever been indexed: counts, statistics, all.

        Whoever is given it cannot ask beyond it. It is kept for further queries, and closed with the whole.
        """
        return self._parts.get(forced, self._part)

    def _part(self, forced: str) -> Snapshot:
        tree = parse_filter(forced)
        rows = self.store.attributes.rows(tree)
        store = StorePart(self.store, rows, any(condition.name == LANGUAGE for condition in conditions(tree)))
        counts = {count.language: count.paragraphs for count in store.attributes.languages()}
        languages = dict(sorted(counts.items()))
        articles = store.attributes.count_articles()
        manifest = replace(self.manifest, articles=articles, paragraphs=len(rows), languages=languages)
        keyword = self.keyword.within(rows, languages)
        dense = self.dense.within(rows)
        return replace(self, manifest=manifest, store=store, keyword=keyword, dense=dense, rows=rows)

    def chance(self, vector: NDArray[np.float32]) -> Chance:
        """The semantic scores that a query has with paragraphs drawn from the index."""
        return self.sample.chance(vector, self.manifest.encoder.name)

    def marks_of(self, rows: Sequence[int]) -> list[Marks]:
        """What each of ``rows`` says by the lexicon, under its heading and its article's title."""
        return marks_of(self, rows)

    def pieces_of(self, encoder: PieceEncoder, rows: Sequence[int]) -> list[Pieces]:
        """The pieces of each of ``rows``, by the encoder of the index."""
        return pieces_of_rows(self, encoder, rows)

    def without_keywords(self, why: ParaglotError) -> Snapshot:
        """The same without its keyword index, which is closed."""
        self.keyword.close()
        return replace(self, keyword=no_keywords(self.manifest.languages), lost={**self.lost, "keyword": why})

    @cached_property
    def _parts(self) -> LruCache[str, Snapshot]:
        return LruCache(KEPT_PARTS)

    @cached_property
    def sample(self) -> Sample:
        """Paragraphs that stand for what a query finds by chance: always the same of a generation."""
        self.need("dense")
        rows = sample_rows(self.store.columns.candidates(), self.dense.vectors)
        if not rows:
            return Sample([], np.zeros((0, 1), np.float32))
        records = self.sentences.records(rows) if self.sentences else []
        return Sample(self.store.languages(rows), self.dense.vectors(rows), records)

    def warm(self, former: seam.Snapshot | None = None) -> None:
        """Read beforehand what queries need; of a ``former`` generation, what its queries had read."""
        if not isinstance(former, Snapshot):
            self.warm_for_queries()
            return
        if "sample" in vars(former):
            self.warm_for_queries()
        for forced in former._parts:
            part = self.within(forced)
            if "dense" not in self.lost:
                _ = part.sample

    def warm_for_queries(self) -> None:
        """Read beforehand what every hybrid query needs."""
        self.keyword.warm()
        if "dense" not in self.lost:
            self.dense.warm()
            _ = self.sample

    def is_committed(self, layout: IndexLayout) -> bool:
        """Whether this is still what the index serves, and not another index's generation of the same number, nor one
        whose files were changed since.

        Raises `IndexMissing`, `IndexDamaged` or `DiskFailure`.
        """
        number = committed_number(layout)
        if number != self.manifest.generation:
            return False
        try:
            same = layout.generation(number).manifest.stat().st_ino == os.fstat(self.lease.fileno()).st_ino
            return same and stamps(self.generation, self.manifest) == self._stamps
        except FileNotFoundError:
            return False

    @cached_property
    def _stamps(self) -> list[FileStamp | None]:
        return stamps(self.generation, self.manifest)

    def close(self) -> None:
        """Give all files back."""
        self.keyword.close()
        self.store.close()
        self.lease.close()


def as_folder_snapshot(snapshot: seam.Snapshot) -> Snapshot:
    """The same with its stores at hand. Raises `TypeError` where it is of no folder."""
    if not isinstance(snapshot, Snapshot):
        raise TypeError(f"{type(snapshot).__name__} is no snapshot of a folder")
    return snapshot


def open_snapshot(layout: IndexLayout, encoders: Encoders | None = None, rescored: int = RESCORED) -> Snapshot:
    """Open the committed generation; ``encoders`` are those of its neighbours, ``rescored`` as `FaissIndex` has it.

    Raises `IndexMissing` where nothing was committed, `IndexDamaged` and `IndexMismatch` as the files deserve,
    `DiskFailure` where they cannot be read.
    """
    try:
        return _open_leased(layout, *lease_generation(layout), encoders, rescored)
    except OSError as error:
        raise _unreadable(layout, error) from error


@contextmanager
def open_store(layout: IndexLayout) -> Iterator[Store]:
    """The articles of the committed generation alone. Raises `IndexMissing` or `IndexDamaged`."""
    generation, lease = lease_generation(layout)
    with lease, closing(_store(layout, generation, served_manifest(layout, generation), {})) as store:
        yield store


def open_generation(layout: IndexLayout, number: int) -> Snapshot:
    """Open a generation that is held, or nobody else's, whether it is committed or not. Raises as `open_snapshot`."""
    generation = layout.generation(number)
    try:
        return _open_leased(layout, generation, generation.manifest.open("rb"))
    except FileNotFoundError:
        raise IndexDamaged(f"{generation.manifest}: the file is missing.", DAMAGED_REMEDY) from None
    except OSError as error:
        raise _unreadable(layout, error) from error


def committed_number(layout: IndexLayout) -> int:
    """The number of the committed generation. Raises `IndexMissing`, `IndexDamaged` or `DiskFailure`."""
    number = last_commit(layout)
    if number == 0:
        raise IndexMissing(
            f"There is no index in {layout.folder}.", f"Make one: paraglot index CORPUS --index {layout.folder}"
        )
    return number


def last_commit(layout: IndexLayout) -> int:
    """The number of the committed generation, 0 where nothing was ever committed.

    Raises `IndexDamaged` where CURRENT is damaged, or gone although there must have been one: a writer that takes such
    an index for a new one would clear it away. Raises `DiskFailure` where it cannot be read.
    """
    try:
        number = layout.current_number()
        lost = number == 0 and was_committed(layout)
        if lost:  # unless the first commit came about meanwhile
            number = layout.current_number()
            lost = number == 0
    except ValueError:
        number = -1
    except OSError as error:
        raise _unreadable(layout, error) from error
    if number < 0:
        raise IndexDamaged(f"{layout.current}: does not name a generation.", rollback_remedy(layout))
    if lost:
        raise IndexDamaged(f"{layout.current}: the file is missing.", rollback_remedy(layout))
    return number


def was_committed(layout: IndexLayout) -> bool:
    """Whether there must have been a CURRENT. A first commit that never came about leaves at most generation 1 behind,
    without a manifest or with the draft of CURRENT beside it.
    """
    if layout.generation_numbers()[-1:] > [1]:
        return True
    return layout.generation(1).manifest.exists() and not layout.current_draft.exists()


def served_manifest(layout: IndexLayout, generation: Generation) -> IndexManifest:
    """The manifest of the committed generation. Raises as `read_manifest` does."""
    try:
        return read_manifest(generation.manifest)
    except IndexDamaged as error:
        raise IndexDamaged(error.message, rollback_remedy(layout)) from error


def rollback_remedy(layout: IndexLayout) -> str:
    """What to do where it is not known any more what is served: go to the newest generation all of whose files are
    there. What is in them the rollback reads.
    """
    for number in reversed(layout.generation_numbers()):
        generation = layout.generation(number)
        with suppress(ParaglotError, OSError):
            manifest = read_manifest(generation.manifest)
            sizes = [stamp[2] if stamp else None for stamp in stamps(generation, manifest)]
            if sizes == [record.size_bytes for record in manifest.files]:
                return f"Serve a generation that is there: paraglot rollback --to {number} --index {layout.folder}"
    return DAMAGED_REMEDY


def _unreadable(layout: IndexLayout, error: OSError) -> DiskFailure:
    return DiskFailure(
        f"{error.filename or layout.folder}: {error.strerror or error}.",
        f"See that {layout.folder} is a folder whose files can be read.",
    )


def _open_leased(
    layout: IndexLayout,
    generation: Generation,
    lease: IO[bytes],
    encoders: Encoders | None = None,
    rescored: int = RESCORED,
) -> Snapshot:
    opened: list[Store | KeywordIndex] = []
    try:
        manifest = served_manifest(layout, generation)
        stamps_before = stamps(generation, manifest)
        lost = lost_parts(generation, manifest)
        numbers = manifest.dense_parts
        store = _store(layout, generation, manifest, lost)
        opened.append(store)
        keyword = _or_lost(
            lost,
            "keyword",
            lambda: open_keyword(generation, manifest.languages, manifest.keyword_engine),
            no_keywords(manifest.languages),
        )
        opened.append(keyword)
        dense = _or_lost(
            lost, "dense", lambda: open_dense(generation, numbers, store.columns.live_rows, rescored), NO_VECTORS
        )
        if "dense" in lost:
            lost.pop("sentences", None)  # they are nothing without the vectors
        sentences = None
        if manifest.sentences and "dense" not in lost:
            sentences = _or_lost(lost, "sentences", lambda: open_sentences(generation, numbers), None)
        snapshot = Snapshot(
            manifest, store, keyword, dense, sentences, lease, generation, lost, encoders=encoders or Encoders()
        )
        vars(snapshot)["_stamps"] = stamps_before
        return snapshot
    except BaseException:
        for resource in opened:
            resource.close()
        lease.close()
        raise


def _store(
    layout: IndexLayout, generation: Generation, manifest: IndexManifest, lost: dict[Part, ParaglotError]
) -> Store:
    columns = None
    if manifest.format >= COLUMNS_SINCE:
        columns = _or_lost(lost, "columns", lambda: open_columns(generation, manifest.dense_parts), None)
    return Store(layout.store, generation.number, columns)


def _or_lost(lost: dict[Part, ParaglotError], part: Part, make: Callable[[], _T], nothing: _S) -> _T | _S:
    """A part, or ``nothing`` in its place where it is lost or cannot be opened."""
    if part not in lost:
        try:
            return make()
        except IndexDamaged as error:
            lost[part] = error
    return nothing


def lease_generation(layout: IndexLayout) -> tuple[Generation, IO[bytes]]:
    """The committed generation with a shared lock on its manifest, held until the file is closed.

    A writer may commit and collect between our reading of CURRENT and our lock; then we simply look again.
    """
    for _ in range(_TRIES):
        generation = layout.generation(committed_number(layout))
        try:
            lease = generation.manifest.open("rb")
        except FileNotFoundError:
            continue
        try:
            portalocker.lock(lease, portalocker.LockFlags.SHARED | portalocker.LockFlags.NON_BLOCKING)
        except portalocker.LockException:
            lease.close()
            continue
        if generation.manifest.exists():
            return generation, lease
        lease.close()
    raise IndexDamaged(f"{generation.manifest}: the file is missing.", rollback_remedy(layout))
