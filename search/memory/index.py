"""An index in memory: reader and writer, no files. Start at `MemoryIndex`."""

from __future__ import annotations

import hashlib
import re
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np

from paraglot.search.encoders.centred import CentredEncoder, chosen_texts, learned_means, learns_means
from paraglot.search.encoders.load import load_encoder
from paraglot.search.encoders.outside import outside_dimension
from paraglot.search.encoders.protocols import Encoder, SentenceEncoder
from paraglot.search.encoders.separate import SeparateSentences
from paraglot.search.errors import IndexLocked, NotFound
from paraglot.search.index import Snapshot
from paraglot.search.memory.keywords import MemoryKeywords, ParagraphTerms
from paraglot.search.memory.snapshot import MemoryManifest, MemorySnapshot
from paraglot.search.memory.texts import MemoryStore, StoredArticle
from paraglot.search.memory.vectors import MemorySentences, MemoryVectors, Vector
from paraglot.search.parts.articles import check_article, check_id, check_paragraphs
from paraglot.search.parts.own_vectors import check_vectors
from paraglot.search.parts.successors import successors
from paraglot.search.text.analysis import ANALYZER
from paraglot.search.text.normal_form import id_form
from paraglot.search.text.sentences import Span, split_sentences
from paraglot.search.types import Article, Paragraph


@dataclass(frozen=True, slots=True)
class Contents:
    """All that one generation is made of. Never changes."""

    generation: int = 0
    articles: Mapping[str, StoredArticle] = field(default_factory=dict)
    terms: Mapping[int, ParagraphTerms] = field(default_factory=dict)
    vectors: Mapping[int, Vector] = field(default_factory=dict)
    sentences: Mapping[int, Sequence[tuple[Span, Vector]]] = field(default_factory=dict)
    next_row: int = 1


class MemoryIndex:
    """An index that lives as long as its process. Safe to share between threads.

    >>> index = MemoryIndex("fake")
    >>> index.put(Article("tax", "The tax", "The council raised the bread tax.", "en"))
    1
    >>> [paragraph.text for paragraph, _ in index.current().paragraphs([1])]
    ['The council raised the bread tax.']
    """

    def __init__(self, encoder: Encoder | str = "builtin") -> None:
        """``encoder``: what makes its vectors, or the name of one, which is loaded when it is first needed."""
        self._given = encoder
        self._writing = threading.Lock()
        self._loading = threading.Lock()
        self._contents = Contents()
        self._current: MemorySnapshot | None = None

    def encoder(self) -> Encoder:
        """The encoder, loaded on first use. Raises `EncoderMissing`."""
        with self._loading:
            if isinstance(self._given, str):
                self._given = load_encoder(self._given)
            return self._given

    def current(self) -> MemorySnapshot:
        """The generation committed last; before the first commit one of nothing."""
        snapshot, contents = self._current, self._contents
        if snapshot is None or snapshot.manifest.generation != contents.generation:
            snapshot = self._current = self._snapshot(contents)
        return snapshot

    rules = None
    """There is no file for any."""

    def keep(self, served: Collection[Snapshot]) -> None:
        """There is one encoder, which stays."""

    def is_current(self, snapshot: Snapshot) -> bool:
        """Whether a snapshot is what the index serves."""
        return snapshot.manifest.generation == self._contents.generation

    def put(self, *articles: Article, vectors: Mapping[str, Sequence[Sequence[float]]] | None = None) -> int:
        """Add or replace articles in one commit, divided at blank lines. Returns the generation.

        ``vectors``: by the id of their article those of its paragraphs, for an index whose vectors come from outside.
        Raises `InvalidRequest` for what is no article (`paraglot.search.parts.articles`); then nothing changes.
        """
        with self.change() as change:
            for article in articles:
                change.put(article, divided(article), (vectors or {}).get(article.id, ()))
            return change.commit()

    @contextmanager
    def change(self) -> Iterator[MemoryChange]:
        """One change; what is not committed when the block ends is dropped. Raises `IndexLocked` beside another."""
        if not self._writing.acquire(blocking=False):
            raise IndexLocked("Another change of this index in memory is under way.", "Try again when it has ended.")
        try:
            yield MemoryChange(self)
        finally:
            self._writing.release()

    def install(self, contents: Contents, encoder: Encoder) -> None:
        """Serve these contents from now on: one assignment, so nobody ever sees a part of them.

        ``encoder`` is who made their vectors. It changes with the first commit alone, before which there are none.
        """
        self._given = encoder
        self._contents = contents

    @property
    def contents(self) -> Contents:
        """What the generation committed last is made of."""
        return self._contents

    def _snapshot(self, contents: Contents) -> MemorySnapshot:
        return MemorySnapshot(
            self._manifest(contents),
            MemoryStore(contents.articles),
            MemoryKeywords(contents.terms),
            MemoryVectors(contents.vectors),
            MemorySentences(contents.sentences),
            self.encoder,
        )

    def _manifest(self, contents: Contents) -> MemoryManifest:
        paragraphs = [paragraph for stored in contents.articles.values() for paragraph in stored.paragraphs]
        languages = Counter(paragraph.language for paragraph in paragraphs)
        return MemoryManifest(
            contents.generation,
            datetime.now(UTC).isoformat(timespec="seconds"),
            self.encoder().spec,
            ANALYZER,
            len(contents.articles),
            len(paragraphs),
            dict(sorted(languages.items(), key=lambda item: (-item[1], item[0]))),
            isinstance(self.encoder(), SentenceEncoder),
        )


class MemoryChange:
    """What becomes of an index by one commit."""

    def __init__(self, index: MemoryIndex) -> None:
        self._index = index
        self._base = index.contents
        self._articles = dict(self._base.articles)
        self._given: dict[int, Vector] = {}
        self._next_row = self._base.next_row

    def put(self, article: Article, paragraphs: Sequence[Paragraph], vectors: Sequence[Sequence[float]] = ()) -> None:
        """Take in an article with these paragraphs, in order, in place of a former version of it.

        A paragraph whose id, heading, title and language are as before keeps its row; the rows given are not read.
        Raises `InvalidRequest`.
        """
        check_article(article)
        check_paragraphs(article, paragraphs)
        dimension = outside_dimension(self._index.encoder().spec.name)
        own_vectors = check_vectors(article, len(paragraphs), vectors, dimension)
        id_ = id_form(article.id)
        before = self._articles.get(id_)
        former_paragraphs = before.paragraphs if before else ()
        row_of = {identity(before.article, known): known.row for known in former_paragraphs} if before else {}
        placed = []
        for position, given in enumerate(paragraphs):
            paragraph = replace(given, id=id_form(given.id))
            row = row_of.get(identity(article, paragraph))
            if row is None or (dimension and not np.array_equal(self._vector(row), own_vectors[position])):
                row, self._next_row = self._next_row, self._next_row + 1
            if dimension:
                self._given[row] = own_vectors[position]
            placed.append(replace(paragraph, row=row, article_id=id_, position=position))
        ids = [paragraph.id for paragraph in placed]
        former = dict(before.former) if before else {}
        former |= successors([known.id for known in former_paragraphs], ids)
        former = {id_before: successor for id_before, successor in former.items() if id_before not in ids}
        self._articles[id_] = StoredArticle(replace(article, id=id_), tuple(placed), former)

    def remove(self, article_id: str) -> None:
        """Remove one article. Raises `NotFound`, `InvalidRequest`."""
        check_id(article_id)
        if self._articles.pop(id_form(article_id), None) is None:
            raise NotFound(f"There is no article {article_id!r}; nothing was deleted.")

    def commit(self) -> int:
        """Have the index serve all of it. Returns the generation, the same as before where nothing changed."""
        base = self._base
        if self._articles == base.articles:
            return base.generation
        stored = {
            paragraph.row: (article.article, paragraph)
            for article in self._articles.values()
            for paragraph in article.paragraphs
        }
        fresh = {row: paragraph for row, paragraph in stored.items() if row not in base.terms}
        encoder = self._encoder(fresh)
        vectors, sentences = self._embed(fresh, encoder)
        terms = {
            row: ParagraphTerms.of(article.title, paragraph.heading, paragraph.text, paragraph.language)
            for row, (article, paragraph) in fresh.items()
        }
        self._base = Contents(
            base.generation + 1,
            self._articles,
            {row: {**base.terms, **terms}[row] for row in stored},
            {row: {**base.vectors, **vectors}[row] for row in stored},
            {row: {**base.sentences, **sentences}[row] for row in stored},
            self._next_row,
        )
        self._articles = dict(self._articles)
        self._index.install(self._base, encoder)
        return self._base.generation

    def _vector(self, row: int) -> Vector:
        """The vector of a row that came from outside."""
        return self._given[row] if row in self._given else self._base.vectors[row]

    def _encoder(self, fresh: Mapping[int, tuple[Article, Paragraph]]) -> Encoder:
        """The encoder of the index. The first commit has the means of the languages learned from it, if that helps."""
        encoder = self._index.encoder()
        if self._base.generation or not learns_means(encoder):
            return encoder
        texts = [
            (paragraph.language, hashlib.sha256(paragraph.text.encode()).hexdigest(), paragraph.text)
            for _, paragraph in fresh.values()
        ]
        learned = learned_means(encoder, chosen_texts(texts))
        return CentredEncoder(encoder, learned) if learned else encoder

    def _embed(
        self, fresh: Mapping[int, tuple[Article, Paragraph]], encoder: Encoder
    ) -> tuple[dict[int, Vector], dict[int, list[tuple[Span, Vector]]]]:
        """The vectors of new paragraphs, and the spans and vectors of their sentences where the encoder has them."""
        if outside_dimension(encoder.spec.name):
            return {row: self._given[row] for row in fresh}, {row: [] for row in fresh}
        texts = [paragraph.text for _, paragraph in fresh.values()]
        spans = [split_sentences(text) if isinstance(encoder, SentenceEncoder) else [] for text in texts]
        embedder = encoder if isinstance(encoder, SentenceEncoder) else SeparateSentences(encoder)
        vectors, parts = embedder.encode_sentences(texts, [article.title for article, _ in fresh.values()], spans)
        sentences = [list(zip(*of_text, strict=True)) for of_text in zip(spans, parts, strict=True)]
        return dict(zip(fresh, vectors, strict=True)), dict(zip(fresh, sentences, strict=True))


def divided(article: Article) -> list[Paragraph]:
    """The paragraphs of an article that stand between blank lines, in its language, with ids made of their texts.

    Raises `InvalidRequest` for what is no article.
    """
    check_article(article)
    paragraphs: list[Paragraph] = []
    used: Counter[str] = Counter()
    for match in re.finditer(r"\S(?:.|\n(?!\s*\n))*", article.text):
        text = match.group().rstrip()
        short = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
        used[short] += 1
        id_ = f"{article.id}~{short}" + (f".{used[short]}" if used[short] > 1 else "")
        start = match.start()
        span = start, start + len(text)
        paragraphs.append(Paragraph(-1, id_, article.id, len(paragraphs), text, article.language, "", *span))
    return paragraphs


def identity(article: Article, paragraph: Paragraph) -> tuple[str, str, str, str]:
    """What a paragraph keeps its row by."""
    return paragraph.id, paragraph.heading, article.title, paragraph.language
