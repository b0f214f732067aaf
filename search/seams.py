"""The seams: what a leg, an encoder and a fusion rule must do, as protocols.

One law for every ranking: best first, rows unique, higher is better, ties broken by the lower row, the same in every
process. The contract suites in ``tests/contracts.py`` hold every implementation to it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Literal, NamedTuple, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.query.query_terms import KeywordQuery
from paraglot.search.text.sentences import Span
from paraglot.search.types import EncoderSpec

Vectors: TypeAlias = NDArray[np.float32]
"""``float32[n, dim]``, one unit row per text."""

Ranking: TypeAlias = list[tuple[int, float]]
"""(row, score), best first."""

Allowed: TypeAlias = Collection[int] | BitMap | None
"""The rows that may be returned; None: every row."""


Field: TypeAlias = Literal["text", "title"]
"""Where a paragraph's words stand: in its text with its heading, or in its article's title."""


Choose: TypeAlias = Callable[[list[str]], Iterable[str]]
"""Those of some words that are wanted, in their order."""


class Encoder(Protocol):
    """Text to vectors. A pure function of its input: neither the order nor the company of texts changes a vector.

    (But for float rounding in batches: equal within 1e-5.)
    """

    @property
    def spec(self) -> EncoderSpec:
        """Who this encoder is; recorded in the manifest."""
        ...

    def encode_query(self, queries: Sequence[str]) -> Vectors:
        """``float32[n, dim]``, unit rows, one per query."""
        ...

    def encode_paragraphs(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """``float32[n, dim]``, unit rows, one per text; ``progress`` is called with the number of texts just done."""
        ...

    def count_tokens(self, text: str) -> int:
        """Length of ``text`` in the encoder's tokens as a paragraph, prefix and special tokens included."""
        ...


@runtime_checkable
class SentenceEncoder(Protocol):
    """An encoder that gives the vectors of a paragraph's sentences in the same pass, and reads it under its title."""

    def encode_sentences(
        self,
        texts: Sequence[str],
        titles: Sequence[str],
        sentences: Sequence[Sequence[Span]],
        progress: Callable[[int], None] | None = None,
    ) -> tuple[Vectors, list[Vectors]]:
        """The vectors of paragraphs, ``float32[n, dim]``, and of the sentences of each, ``float32[sentences, dim]``.

        Unit rows. ``titles`` has the title over each text ("": none, then its vector is that of `encode_paragraphs`);
        ``sentences`` the spans of its sentences, ascending and disjoint, maybe none. A sentence's vector may depend
        on the text around it, on nothing else.
        """
        ...


class PieceEncoder(Protocol):
    """An encoder's pieces by themselves: what a text is cut into, and the vector of each."""

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text's pieces in order, one for its begin before them and one for its end after them."""
        ...

    def piece_cosines(self, ids: NDArray[np.integer], others: NDArray[np.integer]) -> NDArray[np.float32]:
        """``float32[n, others]``: the cosine of the vector of each of ``ids`` with that of each of ``others``."""
        ...

    def piece_weights(self, ids: NDArray[np.integer]) -> NDArray[np.float64]:
        """``float64[n]``, not negative: how much each piece says, the more the rarer it is in the language."""
        ...


@runtime_checkable
class TokenEncoder(PieceEncoder, Protocol):
    """An encoder whose table of token vectors is at hand: it knows what it does not know, and words by themselves."""

    def unknown_share(self, texts: Sequence[str]) -> Vectors:
        """``float32[n]``: the share of each text's pieces that are unknown, 0 to 1."""
        ...


@runtime_checkable
class HasPieces(Protocol):
    """An encoder whose pieces can be compared within one language, if it has any."""

    @property
    def pieces(self) -> PieceEncoder | None:
        """None where the model has no table of pieces."""
        ...


class Reranker(Protocol):
    """Texts by what they say to a query, each read together with it. A pure function, as an `Encoder` is."""

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """``float32[n]``, finite, one per text, in their order: the higher, the better it answers; of any scale."""
        ...


class KeywordIndex(Protocol):
    """Paragraphs by the words in them: those of a generation, or of the part of it that a caller may see.

    Every statistic is of these paragraphs alone, so what asks nothing but this can tell nothing of others.
    """

    def search(self, query: KeywordQuery, limit: int, allowed: Allowed = None) -> Ranking:
        """The ``limit`` best rows by BM25."""
        ...

    def scores(self, query: KeywordQuery, rows: Sequence[int]) -> list[float]:
        """BM25 of each of ``rows``, in their order; 0.0 where no term occurs. Same values as `search` gives."""
        ...

    def coverage(self, query: KeywordQuery, rows: Sequence[int]) -> list[float]:
        """How much of the query each of ``rows`` has, 0 to 1: its share of the words, weighted by idf squared."""
        ...

    def covering(self, query: KeywordQuery, share: float, allowed: Allowed = None) -> list[int]:
        """The rows that cover at least ``share`` of what the best one covers, and anything at all; ascending."""
        ...

    def frequency(self, term: str) -> int:
        """How many paragraphs have a term in their text."""
        ...

    def rows_with(self, term: str, field: Field | None = None) -> list[int]:
        """The rows that have a term in a field (None: in either)."""
        ...

    def vocabulary(self, prefix: str, choose: Choose = list) -> list[str]:
        """The surface forms that begin with a prefix and that some paragraph has, in the order of their code points.

        ``choose`` is given all forms that there may be, and gives those that are wanted: only of these it is looked
        up whether a paragraph of the index has them.
        """
        ...


class DenseIndex(Protocol):
    """Paragraphs by the direction of their vectors."""

    def search(self, vector: NDArray[np.float32], limit: int, allowed: Allowed = None) -> Ranking:
        """The ``limit`` best rows by cosine with ``vector`` (``float32[dim]``, unit)."""
        ...

    def scores(self, vector: NDArray[np.float32], rows: Sequence[int]) -> list[float]:
        """Cosine of each of ``rows``, in their order."""
        ...


class BestSentence(NamedTuple):
    """The sentence of a paragraph that is nearest to a query: its cosine, and its span in the paragraph's text."""

    score: float
    start: int
    end: int


class SentenceIndex(Protocol):
    """The sentences of paragraphs, by the direction of their vectors."""

    def best(self, vector: NDArray[np.float32], rows: Sequence[int]) -> list[BestSentence | None]:
        """For each of ``rows`` the sentence with the highest cosine, the first of equals; None where it has none."""
        ...
