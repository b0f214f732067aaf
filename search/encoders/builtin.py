"""The built-in multilingual encoder: no torch, no download. Start reading at `BuiltinEncoder`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.encoders import MODEL_FOLDER
from search.encoders.cores import on_all_cores, one_thread_per_product
from search.encoders.network import Network, Stretch
from search.encoders.table import TokenTable
from search.encoders.table_6bit import SixBitTable
from search.encoders.tokenizer import Tokenizer
from search.errors import EncoderMissing
from search.seams import Vectors
from search.types import EncoderSpec

BATCH_TOKENS = 1_000
"""Tokens that go through the network together: enough to keep the cores busy, few enough to stay in the cache."""

STRETCH_TOKENS = 2_048
REACH = 4
"""A text longer than `STRETCH_TOKENS` goes through in stretches, each with the tokens that its windows reach around it
(2 per convolution), so memory stays bounded and the vector is the same."""


class BuiltinEncoder:
    """Universal-sentence-encoder-multilingual in numpy: 16 languages, 512 dimensions, texts of any length.

    Loading maps the files and reads next to nothing, and sets numpy to one thread per matrix product for the whole
    process (see `one_thread_per_product`). Safe to use from several threads. Raises `EncoderMissing` when
    ``folder`` does not hold the encoder.
    """

    def __init__(self, folder: Path = MODEL_FOLDER) -> None:
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            self._table = _table(folder, config)
            self._tokenizer = Tokenizer(folder)
            self._network = Network(folder / "network.bin", config["network"], config.get("network_dtype", "float32"))
            self._spec = _spec(config)
        except (OSError, ValueError, KeyError) as problem:
            raise EncoderMissing(
                f"The built-in encoder cannot be read from {folder} ({problem}).", "Install rosetta-search again."
            ) from problem
        one_thread_per_product()

    @property
    def spec(self) -> EncoderSpec:
        """Name "builtin", the fingerprint of the weights, 512 dimensions, no limit of tokens, the 16 languages."""
        return self._spec

    def encode_query(self, queries: Sequence[str]) -> Vectors:
        """``float32[n, 512]``, unit rows. Queries and paragraphs are encoded alike."""
        return self.encode_paragraphs(queries)

    def encode_paragraphs(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """``float32[n, 512]``, unit rows in the order of ``texts``; ``progress`` gets the number of texts just done.

        A text without a word that the encoder knows, even an empty one, has a unit vector too.
        """
        vectors = np.empty((len(texts), self._spec.dimension), np.float32)
        ids = self._tokenizer.encode(texts)
        batches = list(_batches([len(tokens) for tokens in ids]))

        def encode(batch: list[int]) -> int:
            vectors[batch] = self._encode([ids[text] for text in batch])
            return len(batch)

        for done in on_all_cores(encode, batches):
            if progress is not None:
                progress(done)
        return vectors

    def count_tokens(self, text: str) -> int:
        """The number of pieces that ``text`` is cut into, begin and end included."""
        return len(self._tokenizer.encode([text])[0])

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text's pieces, begin and end included: what `table_rows` takes."""
        return self._tokenizer.encode(texts)

    def table_rows(self, ids: Sequence[int] | NDArray[np.int64]) -> Vectors:
        """``float32[n, 512]``: the token table's rows of ``ids``, as they are (not of unit length).

        Raises `IndexError` for an id that is not in the table.
        """
        return self._table.rows(np.asarray(ids, np.int64))

    def _encode(self, ids: Sequence[Sequence[int]]) -> Vectors:
        """One batch: look up, convolve and sum stretch by stretch, then the head for all texts."""
        parts = [
            self._sums([ids[stretch.text][stretch.start : stretch.end] for stretch in group], group)
            for group in _groups(ids)
        ]
        owners = [stretch.text for group in _groups(ids) for stretch in group]
        starts = np.flatnonzero(np.diff(owners, prepend=-1))
        sums = np.add.reduceat(np.concatenate(parts), starts, axis=0)
        return self._network.heads(sums, np.array([len(tokens) for tokens in ids], np.int64))

    def _sums(self, ids: Sequence[Sequence[int]], stretches: Sequence[Stretch]) -> NDArray[np.float32]:
        flat = np.fromiter((token for tokens in ids for token in tokens), np.int64)
        pieces, which = np.unique(flat, return_inverse=True)
        return self._network.sums(self._table.rows(pieces), which, stretches)


def _table(folder: Path, config: dict[str, Any]) -> TokenTable | SixBitTable:
    if "table" not in config:
        return SixBitTable(folder)
    if config["table"]["bits"] != 4:
        raise ValueError(f"a token table of {config['table']['bits']} bits a number")
    return TokenTable(folder, config["table"]["codebook"])


def _spec(config: dict[str, Any]) -> EncoderSpec:
    return EncoderSpec(
        name=config["name"],
        fingerprint=config["fingerprint"],
        dimension=config["dimension"],
        pooling="sum of n-gram features / sqrt(tokens)",
        languages=tuple(config["languages"]),
    )


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Texts in their order, up to `BATCH_TOKENS` a batch: neighbours are often of one language and share pieces."""
    batch: list[int] = []
    tokens = 0
    for text, length in enumerate(lengths):
        if batch and tokens + length > BATCH_TOKENS:
            yield batch
            batch, tokens = [], 0
        batch.append(text)
        tokens += length
    if batch:
        yield batch


def _groups(ids: Sequence[Sequence[int]]) -> Iterator[list[Stretch]]:
    """The stretches of a batch: all texts together, or the stretches of one long text, each by itself."""
    if len(ids) > 1 or len(ids[0]) <= STRETCH_TOKENS:
        yield [Stretch(text, 0, len(tokens), 0, len(tokens)) for text, tokens in enumerate(ids)]
        return
    length = len(ids[0])
    for first in range(0, length, STRETCH_TOKENS):
        last = min(first + STRETCH_TOKENS, length)
        yield [Stretch(0, max(first - REACH, 0), min(last + REACH, length), first, last)]
