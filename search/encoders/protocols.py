"""The seams beside the index: what an encoder and a reranker must do, as protocols.

`paraglot.search.contracts.encoders` holds every implementation to them; the index itself is `paraglot.search.index`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from paraglot.search.text.sentences import Span
from paraglot.search.types import EncoderSpec

Vectors: TypeAlias = NDArray[np.float32]
"""``float32[n, dim]``, one unit row per text."""

Ranking: TypeAlias = list[tuple[int, float]]
"""(row, score), best first."""


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

    @property
    def unknown_piece(self) -> int | None:
        """The piece of `unknown_share`; None where that cuts texts otherwise than `token_ids`."""
        ...

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


def unit(vectors: NDArray[np.float32]) -> Vectors:
    """Rows at unit length; one without direction (a text of unknown words in a static model) gets the first axis."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, np.newaxis]
    flat = ~(lengths[:, 0] > 1e-12)
    lengths[flat] = 1
    found: Vectors = vectors / lengths
    found[flat] = np.eye(1, vectors.shape[1], dtype=np.float32)
    return found
