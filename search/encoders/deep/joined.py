"""The built-in encoder: the fast network's vector and the deep one's side by side. Start at `JoinedEncoder`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.builtin.encoder import BuiltinEncoder
from paraglot.search.encoders.deep import DEEP_FOLDER
from paraglot.search.encoders.deep.encoder import DeepEncoder, DeepVectors
from paraglot.search.encoders.deep.reader import PARAGRAPH_PREFIX, QUERY_PREFIX
from paraglot.search.encoders.protocols import Vectors, unit
from paraglot.search.errors import EncoderMissing
from paraglot.search.text.sentences import Span
from paraglot.search.types import EncoderSpec

FAST_MAP = "fast_map.bin"
"""``float16[512, 256]``: the principal components of the fast encoder's vectors."""


class JoinedEncoder:
    """The fast encoder and multilingual-e5-small in one unit vector of 640 numbers, for texts of any length.

    The cosine of two texts is ``fast_share`` of that of their fast vectors, in their 256 principal components, and
    the rest of that of their deep ones. What the soft match compares are the fast encoder's pieces. Safe to use from
    several threads. Raises `EncoderMissing` when ``folder`` does not hold the deep encoder, or the fast one is missing.
    """

    def __init__(self, folder: Path = DEEP_FOLDER) -> None:
        self._fast = BuiltinEncoder()
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            self._deep = DeepEncoder(folder, config)
            self._fast_share = np.float32(config["fast_share"])
            self._map = np.fromfile(folder / FAST_MAP, np.dtype("<f2")).astype(np.float32)
            self._map = self._map.reshape(self._fast.spec.dimension, -1)
            self._spec = EncoderSpec(
                name=config["name"],
                fingerprint=f"{config['fingerprint']} {self._fast.spec.fingerprint}",
                dimension=config["dimension"],
                query_prefix=QUERY_PREFIX,
                paragraph_prefix=PARAGRAPH_PREFIX,
                pooling="mean, less that of the language; beside the vector of builtin-fast",
                languages=tuple(config["languages"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise EncoderMissing(
                f"The built-in encoder cannot be read from {folder} ({problem}).", "Install paraglot again."
            ) from problem

    @property
    def spec(self) -> EncoderSpec:
        """Name "builtin", fingerprint of both networks' weights, 640 dimensions, the languages that it covers.

        The prefixes are those that the deep network reads; callers put none before a text.
        """
        return self._spec

    def encode_query(self, queries: Sequence[str]) -> Vectors:
        """``float32[n, 640]``, unit rows."""
        return self._joined(self._fast.encode_query(queries), self._deep.encode_query(queries))

    def encode_paragraphs(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """``float32[n, 640]``, unit rows in the order of ``texts``; ``progress`` gets the number of texts just done."""
        return self._joined(self._fast.encode_paragraphs(texts), self._deep.encode_paragraphs(texts, progress))

    def encode_sentences(
        self,
        texts: Sequence[str],
        titles: Sequence[str],
        sentences: Sequence[Sequence[Span]],
        progress: Callable[[int], None] | None = None,
    ) -> tuple[Vectors, list[Vectors]]:
        """As `protocols.SentenceEncoder`: one pass of either network gives paragraphs and sentences."""
        fast, fast_parts = self._fast.encode_sentences(texts, titles, sentences)
        deep, deep_parts = self._deep.encode_sentences(texts, titles, sentences, progress)
        parts = [self._joined(fast, deep) for fast, deep in zip(fast_parts, deep_parts, strict=True)]
        return self._joined(fast, deep), parts

    def count_tokens(self, text: str) -> int:
        """The length of ``text`` in the deep network's pieces, prefix, begin and end included."""
        return self._deep.count_tokens(text)

    @property
    def unknown_piece(self) -> None:
        """None: pieces are the fast encoder's, and the deep network reads more."""

    def unknown_share(self, texts: Sequence[str]) -> Vectors:
        """``float32[n]``: the share of each text's pieces that the deep network does not know, 0 to 1."""
        return self._deep.unknown_share(texts)

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text's pieces as the fast encoder cuts it, begin and end included."""
        return self._fast.token_ids(texts)

    def piece_cosines(self, ids: NDArray[np.integer], others: NDArray[np.integer]) -> NDArray[np.float32]:
        """``float32[n, others]``: as `BuiltinEncoder.piece_cosines`."""
        return self._fast.piece_cosines(ids, others)

    def piece_weights(self, ids: NDArray[np.integer]) -> NDArray[np.float64]:
        """``float64[n]``: as `BuiltinEncoder.piece_weights`."""
        return self._fast.piece_weights(ids)

    def _joined(self, fast: Vectors, deep: DeepVectors) -> Vectors:
        """Both halves, the fast one as much less as it does not read the text's language."""
        shares = self._fast_share * deep.read_by_fast[:, np.newaxis]
        return np.concatenate([unit(fast @ self._map) * np.sqrt(shares), deep.vectors * np.sqrt(1 - shares)], axis=1)
