"""The indexer: from a corpus to a committed generation. Start reading at `index_corpus`.

One run is one commit. What did not change keeps its rows, its vectors and its files; a run that finds nothing new
writes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from indexer import commit
from indexer.assemble import READING, assemble, fits_encoder
from indexer.corpus import read_corpus
from indexer.drafts import Draft, Skipped
from indexer.embed import Embedded, embed, scattered, stored
from indexer.lock import writer_lock
from indexer.readers.inputs import Options
from indexer.records import NewRow, Records, StoreError, is_damage
from search import disk
from search.analysis import ANALYZER
from search.encoders.load import load_encoder
from search.errors import DiskFailure, IndexDamaged, IndexMismatch, NotFound
from search.keyword import open_keyword
from search.layout import Generation, IndexLayout
from search.manifest import DAMAGED_REMEDY, IndexManifest, check_files, read_manifest
from search.seams import Encoder, SentenceEncoder
from search.snapshot import committed_number, last_commit

Progress: TypeAlias = Callable[[str, int, int | None], None]
"""Called with the stage, how much of it is done, and how much there is (None: not known)."""


DEFAULT_MODEL = "builtin"


@dataclass(slots=True)
class Report:
    """What a run did. ``generation`` is the one served afterwards; ``committed`` says whether this run made it."""

    generation: int = 0
    committed: bool = False
    articles_added: int = 0
    articles_changed: int = 0
    articles_removed: int = 0
    articles_unchanged: int = 0
    paragraphs_added: int = 0
    paragraphs_removed: int = 0
    paragraphs_embedded: int = 0
    articles: int = 0
    paragraphs: int = 0
    languages: dict[str, int] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def index_corpus(
    folder: Path,
    corpus: Sequence[Path],
    model: str | None = None,
    progress: Progress | None = None,
    sentences: bool | None = None,
    options: Options = Options(),  # noqa: B008
) -> Report:
    """Add and replace the articles of ``corpus`` in the index in ``folder``, made if need be.

    ``model`` names the encoder of a new index, ``sentences`` says whether it keeps the vectors of sentences (None: if
    the encoder has them in the same pass); an index that is there keeps its own. Raises `IndexLocked`,
    `IndexMismatch`, `IndexDamaged`, `EncoderMissing`, `DiskFailure`; whatever is raised, the last commit is whole.
    """
    with _write(folder, model, sentences, progress) as write:
        with write.stage("read"):
            for found in read_corpus(corpus, options):
                write.put(found)
        write.commit()
        return write.report


def delete_articles(folder: Path, article_ids: Sequence[str]) -> Report:
    """Remove articles by id. Raises `NotFound` for the first id that the index does not have; then nothing changes."""
    committed_number(IndexLayout(folder))
    with _write(folder, None, None, None) as write:
        for article_id in dict.fromkeys(article_ids):
            write.remove(article_id)
        write.commit()
        return write.report


class _Write:
    """One run of a writer, from the lock to the commit."""

    def __init__(
        self, layout: IndexLayout, model: str | None, sentences: bool | None, progress: Progress | None
    ) -> None:
        self.report = Report()
        self._layout = layout
        self._progress = progress or (lambda *_: None)
        current = last_commit(layout)
        self._base = _base(layout, current)
        self._model = _model(layout, model, self._base)
        self._wants_sentences = sentences
        _check_sentences(layout, sentences, self._base)
        self._encoder: Encoder | None = None
        self._target = layout.generation(current + 1)
        self._removed: list[int] = []
        self._seen = 0
        commit.clear_debris(layout, current)
        self._records = Records(layout.store, current, current + 1)
        self._records.begin()

    def put(self, found: Draft | Skipped) -> None:
        """Take one reading into the write."""
        self._seen += 1
        self._progress("read", self._seen, None)
        if isinstance(found, Skipped):
            self.report.skipped.append(found)
            return
        input_hash = found.input_hash(READING)
        before = self._records.input_hash(found.id)
        if before == input_hash:
            self.report.articles_unchanged += 1
            return
        encoder = self._loaded()
        article = assemble(found, fits_encoder(encoder.spec, encoder.count_tokens))
        added, removed = self._records.put(found, article, input_hash)
        self.report.articles_added += before is None
        self.report.articles_changed += before is not None
        self.report.paragraphs_added += added
        self._removed += removed

    def remove(self, article_id: str) -> None:
        """Remove one article. Raises `NotFound`."""
        if self._records.input_hash(article_id) is None:
            raise NotFound(f"There is no article {article_id!r}; nothing was deleted.")
        self._removed += self._records.remove(article_id)
        self.report.articles_removed += 1

    def commit(self) -> None:
        """Make one generation of all that was put and removed; nothing is written where nothing changed."""
        report = self.report
        articles, languages = self._records.counts()
        report.articles, report.paragraphs, report.languages = articles, sum(languages.values()), languages
        report.paragraphs_removed = len(self._removed)
        report.generation = self._target.number - 1
        if not report.articles_added + report.articles_changed + report.articles_removed:
            self._records.rollback()
            return
        rows = list(self._records.new_rows())
        with self.stage("embed"):
            embedded = self._embedded(rows)
        with self.stage("write"):
            self._records.commit()
            encoder = self._base[1].encoder if self._base else self._loaded().spec
            commit.write_generation(
                self._target, self._base, rows, embedded, self._removed, encoder, (articles, languages)
            )
            commit.point_current(self._layout, self._target.number)
            report.generation, report.committed = self._target.number, True
            # Committed is committed: what cannot be cleaned away now is cleaned by the next writer.
            with suppress(OSError, StoreError):
                self._records.purge(commit.collect_garbage(self._layout, self._target.number))

    def close(self) -> None:
        """Give the database back; what was not committed is gone."""
        self._records.close()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure the seconds that a stage takes."""
        started = time.perf_counter()
        yield
        self.report.seconds[name] = round(time.perf_counter() - started, 3)

    def _embedded(self, rows: Sequence[NewRow]) -> Embedded:
        """What is stored of the new rows: a text that was embedded before is not embedded again.

        Where sentences are kept, a paragraph is read under its title, so another title makes another vector.
        """
        known = self._records.embedded_rows(same_title=self._sentences)
        fresh: dict[tuple[str, str], list[int]] = {}
        for place, row in enumerate(rows):
            if row.row not in known:
                fresh.setdefault((row.text_hash, row.title if self._sentences else ""), []).append(place)
        parts: list[tuple[Sequence[Sequence[int]], Embedded]] = []
        if known and self._base:
            kept = [place for place, row in enumerate(rows) if row.row in known]
            parts.append(([[place] for place in kept], stored(*self._base, [known[rows[place].row] for place in kept])))
        if fresh:
            done = 0

            def count(texts: int) -> None:
                nonlocal done
                done += texts
                self._progress("embed", done, len(fresh))

            encoded = embed(self._loaded(), [rows[own[0]] for own in fresh.values()], self._sentences, count)
            parts.append((list(fresh.values()), encoded))
        self.report.paragraphs_embedded = len(fresh)
        dimension = self._base[1].encoder.dimension if self._base else self._loaded().spec.dimension
        return scattered(len(rows), dimension, self._sentences, parts)

    @property
    def _sentences(self) -> bool:
        """Whether the index keeps the vectors of sentences."""
        if self._base:
            return self._base[1].sentences
        if self._wants_sentences is None:
            return isinstance(self._loaded(), SentenceEncoder)
        return self._wants_sentences

    def _loaded(self) -> Encoder:
        """The encoder, loaded when the first article needs it."""
        if self._encoder is None:
            encoder = load_encoder(self._model)
            if self._base and encoder.spec.fingerprint != self._base[1].encoder.fingerprint:
                raise IndexMismatch(
                    f"{self._layout.folder}: the index was made with another version of the encoder {self._model!r}.",
                    "Index the corpus again into a new folder: rosetta index CORPUS --index NEW_FOLDER",
                )
            self._encoder = encoder
        return self._encoder


@contextmanager
def _write(folder: Path, model: str | None, sentences: bool | None, progress: Progress | None) -> Iterator[_Write]:
    layout = IndexLayout(folder)
    try:
        disk.make_folder(layout.generations)
        with writer_lock(layout.lock):
            write = _Write(layout, model, sentences, progress)
            try:
                yield write
            finally:
                write.close()
    except OSError as error:
        raise DiskFailure(f"{error.filename or folder}: {error.strerror or error}. {_WHOLE}", _DISK_REMEDY) from error
    except StoreError as error:
        if is_damage(error):
            raise IndexDamaged(f"{layout.store}: {error}.", DAMAGED_REMEDY) from error
        raise DiskFailure(f"{layout.store}: {error}. {_WHOLE}", _DISK_REMEDY) from error


_WHOLE = "The last commit is whole."
_DISK_REMEDY = "See that the folder can be written and that the disk has room, then try again."


def _base(layout: IndexLayout, current: int) -> tuple[Generation, IndexManifest] | None:
    if current == 0:
        return None
    generation = layout.generation(current)
    manifest = read_manifest(generation.manifest)
    check_files(generation, manifest)
    open_keyword(generation).close()
    if not layout.store.exists():
        raise IndexDamaged(f"{layout.store}: the file is missing.", DAMAGED_REMEDY)
    if manifest.analyzer != ANALYZER:
        raise IndexMismatch(
            f"{layout.folder}: made with the analyzer {manifest.analyzer}, this is {ANALYZER}.",
            "Index the corpus again into a new folder: rosetta index CORPUS --index NEW_FOLDER",
        )
    return generation, manifest


def _model(layout: IndexLayout, wanted: str | None, base: tuple[Generation, IndexManifest] | None) -> str:
    if base is None:
        return wanted or DEFAULT_MODEL
    own = base[1].encoder.name
    if wanted not in (None, own):
        raise IndexMismatch(
            f"{layout.folder}: the index was made with the encoder {own!r}, not {wanted!r}.",
            "Leave --model out, or name a new folder: rosetta index CORPUS --index NEW_FOLDER",
        )
    return own


def _check_sentences(layout: IndexLayout, wanted: bool | None, base: tuple[Generation, IndexManifest] | None) -> None:
    if base is None or wanted in (None, base[1].sentences):
        return
    has = "with" if base[1].sentences else "without"
    raise IndexMismatch(
        f"{layout.folder}: the index was made {has} the vectors of sentences.",
        "Leave --sentences and --no-sentences out, or name a new folder: rosetta index CORPUS --index NEW_FOLDER",
    )
