"""One generation of an index in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search import index as seam
from paraglot.search.encoders.chance import USUAL, Chance
from paraglot.search.encoders.pieces import Pieces, pieces_of
from paraglot.search.encoders.protocols import Encoder, PieceEncoder
from paraglot.search.errors import ParaglotError
from paraglot.search.index import Part
from paraglot.search.lexicon.lexicon import Marks, open_lexicon
from paraglot.search.memory.keywords import MemoryKeywords
from paraglot.search.memory.texts import MemoryStore
from paraglot.search.memory.vectors import MemorySentences, MemoryVectors
from paraglot.search.parts.evidence import semantic_scores
from paraglot.search.parts.reading import Reading
from paraglot.search.parts.sampling import sample_rows
from paraglot.search.query.filters import conditions, parse_filter
from paraglot.search.types import EncoderSpec


@dataclass(frozen=True, slots=True)
class MemoryManifest:
    """What a generation in memory is made of."""

    generation: int
    created: str
    encoder: EncoderSpec
    analyzer: str
    articles: int
    paragraphs: int
    languages: Mapping[str, int]
    sentences: bool
    keyword_engine: str = "memory"
    format: int = 0


@dataclass(frozen=True)
class MemorySnapshot(Reading):
    """`paraglot.search.index.Snapshot` of dictionaries. Never changes."""

    manifest: MemoryManifest
    store: MemoryStore
    keyword: MemoryKeywords
    dense: MemoryVectors
    sentences: MemorySentences
    load: Callable[[], Encoder]
    lost: Mapping[Part, ParaglotError] = field(default_factory=dict)
    rows: BitMap | None = None

    def encoder(self) -> Encoder:
        """The encoder of the index. Raises `EncoderMissing`."""
        return self.load()

    @property
    def identity(self) -> tuple[int, int]:
        """Of a generation, and not of another index's of the same number."""
        return self.manifest.generation, hash(self.load)

    def within(self, forced: str) -> MemorySnapshot:
        """What the filter ``forced`` lets through, as if nothing else had ever been indexed."""
        tree = parse_filter(forced)
        rows = set(self.store.attributes.rows(tree))
        store = self.store.within(rows, any(condition.name == "language" for condition in conditions(tree)))
        counts = {count.language: count.paragraphs for count in store.attributes.languages()}
        manifest = replace(self.manifest, articles=len(store.articles), paragraphs=len(rows), languages=counts)
        keyword, dense = self.keyword.within(rows), self.dense.within(rows)
        return replace(self, manifest=manifest, store=store, keyword=keyword, dense=dense)

    def chance(self, vector: NDArray[np.float32]) -> Chance:
        """The semantic scores that a query has with paragraphs drawn from the index."""
        rows = sample_rows(self.store.candidates(), self.dense.vectors)
        vectors = self.dense.vectors(rows)
        scores, usual = semantic_scores(vector, rows, vectors, self.sentences)[0], USUAL.get(self.manifest.encoder.name)
        return Chance(scores, self.store.languages(rows), usual)

    def marks_of(self, rows: Sequence[int]) -> list[Marks]:
        """What each of ``rows`` says by the lexicon, under its heading and its article's title."""
        lexicon = open_lexicon()
        return [
            lexicon.marks(f"{article.title}\n{paragraph.heading}\n{paragraph.text}", paragraph.language)
            for paragraph, article in self.paragraphs(rows)
        ]

    def pieces_of(self, encoder: PieceEncoder, rows: Sequence[int]) -> list[Pieces]:
        """The pieces of each of ``rows``."""
        return pieces_of(encoder, self.texts(rows))

    def warm(self, former: seam.Snapshot | None = None) -> None:
        """Nothing has to be read beforehand."""

    def close(self) -> None:
        """There is nothing to give back."""
