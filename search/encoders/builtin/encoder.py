"""The built-in multilingual encoder: no torch, no download. Start reading at `BuiltinEncoder`."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.builtin import MODEL_FOLDER
from paraglot.search.encoders.builtin.cores import on_all_cores, one_thread_per_product
from paraglot.search.encoders.builtin.gloss import (
    Gloss,
    Glosses,
    Sums,
    check_glosses,
    gloss_of,
    glossed_language,
    weight_in,
)
from paraglot.search.encoders.builtin.network import Network, Stretch
from paraglot.search.encoders.builtin.table import TokenTable
from paraglot.search.encoders.builtin.tokenizer import UNKNOWN, Tokenizer
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.errors import EncoderMissing
from paraglot.search.lexicon.lexicon import LEXICON_VERSION
from paraglot.search.text.sentences import Span
from paraglot.search.types import EncoderSpec

BATCH_TOKENS = 1_000
"""Tokens that go through the network together: enough to keep the cores busy, few enough to stay in the cache."""

STRETCH_TOKENS = 2_048
REACH = 4
"""A text longer than `STRETCH_TOKENS` goes through in stretches, each with the tokens that its windows reach around it
(2 per convolution), so memory stays bounded and the vector is the same."""


class BuiltinEncoder:
    """Universal-sentence-encoder-multilingual, taught further languages, in numpy: 512 dimensions, texts of any length.

    A text in another language than English is read twice: as it stands, and word by word in English by the lexicon
    (``gloss=False`` leaves that out, to measure what it gives).

    Loading maps the files and reads next to nothing, and sets numpy to one thread per matrix product for the whole
    process (see `one_thread_per_product`). Safe to use from several threads. Raises `EncoderMissing` when
    ``folder`` does not hold the encoder.
    """

    def __init__(self, folder: Path = MODEL_FOLDER, *, gloss: bool = True) -> None:
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            self._table = TokenTable(folder, config["codebook"])
            self._tokenizer = Tokenizer(folder)
            self._network = Network(folder / "network.bin", config["network"])
            self._spec = _spec(config, gloss)
        except (OSError, ValueError, KeyError) as problem:
            raise EncoderMissing(
                f"The built-in encoder cannot be read from {folder} ({problem}).", "Install paraglot again."
            ) from problem
        self._glosses = Glosses(self._read_words, self._network.features) if gloss else None
        if gloss:
            check_glosses()
        one_thread_per_product()

    @property
    def spec(self) -> EncoderSpec:
        """Name "builtin-fast", fingerprint of the weights, 512 dimensions, no limit of tokens, the languages it
        covers.
        """
        return self._spec

    @property
    def unknown_piece(self) -> int:
        """What stands for a run of characters that no piece has."""
        return UNKNOWN

    def encode_query(self, queries: Sequence[str]) -> Vectors:
        """``float32[n, 512]``, unit rows. Queries and paragraphs are encoded alike."""
        return self.encode_paragraphs(queries)

    def encode_paragraphs(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """``float32[n, 512]``, unit rows in the order of ``texts``; ``progress`` gets the number of texts just done.

        A text without a word that the encoder knows, even an empty one, has a unit vector too.
        """
        ids = self._tokenizer.encode(texts)
        vectors = np.empty((len(texts), self._spec.dimension), np.float32)

        def encode(batch: list[int]) -> int:
            own = [ids[text] for text in batch]
            tags = [self._glossed_language(texts[text]) for text in batch]
            glosses = [gloss_of(texts[text], tag) for text, tag in zip(batch, tags, strict=True)]
            words = self._glosses.missing(glosses) if self._glosses else []
            of_words = self._word_ids(words)
            lengths = [len(tokens) for tokens in (*own, *of_words)]
            # A pass reads all weights, however few the tokens: the words of a question's gloss go with it.
            sums = self._sums([*own, *of_words], [(0, length) for length in lengths])
            if self._glosses:
                self._glosses.keep(words, sums[len(own) :], lengths[len(own) :])
            vectors[batch] = self._heads(sums[: len(own)], _array(lengths[: len(own)]), self._gloss_sums(glosses), tags)
            return len(batch)

        self._in_batches(encode, ids, progress)
        return vectors

    def encode_sentences(
        self,
        texts: Sequence[str],
        titles: Sequence[str],
        sentences: Sequence[Sequence[Span]],
        progress: Callable[[int], None] | None = None,
    ) -> tuple[Vectors, list[Vectors]]:
        """As `protocols.SentenceEncoder`: each text goes through the network once, and is summed three
        times.

        A title is computed once however many texts stand under it; its features join the sum of the paragraph.
        """
        pieces = self._tokenizer.encode_with_ends(texts)
        ids = [tokens for tokens, _ in pieces]
        cuts = [token_cuts(ends, own) for (_, ends), own in zip(pieces, sentences, strict=True)]
        above = self._title_sums(titles)
        paragraphs = np.empty((len(texts), self._spec.dimension), np.float32)
        parts: list[Vectors] = [np.empty((0, self._spec.dimension), np.float32)] * len(texts)

        def encode(batch: list[int]) -> int:
            sums = self._sums([ids[text] for text in batch], [cuts[text] for text in batch])
            firsts = np.cumsum([0] + [len(cuts[text]) - 1 for text in batch])
            lengths = [high - low for text in batch for low, high in pairwise(cuts[text])]
            tags = {text: self._glossed_language(texts[text]) for text in batch}
            said = [gloss_of(part, tags[text]) for text in batch for part in _parts(texts[text], sentences[text])]
            glosses = self._gloss_sums([*said, *(gloss_of(titles[text], tags[text]) for text in batch)])
            of_parts, of_titles = glosses.divided(len(said))
            spoken = [tags[text] for text in batch for _ in range(len(cuts[text]) - 1)]
            vectors = self._heads(sums, _array(lengths), of_parts, spoken)
            for text, first in zip(batch, firsts[:-1].tolist(), strict=True):
                parts[text] = vectors[first : first + len(sentences[text])].copy()
            whole = np.add.reduceat(sums, firsts[:-1], axis=0)
            counts = _array([len(ids[text]) for text in batch])
            for row, text in enumerate(batch):
                if titles[text]:
                    title_sum, length = above[titles[text]]
                    whole[row] += title_sum
                    counts[row] += length
            together = [np.add.reduceat(own, firsts[:-1], axis=0) for own in of_parts]
            whole_gloss = Sums(*(own + title for own, title in zip(together, of_titles, strict=True)))
            paragraphs[batch] = self._heads(whole, counts, whole_gloss, [tags[text] for text in batch])
            return len(batch)

        self._in_batches(encode, ids, progress)
        return paragraphs, parts

    def count_tokens(self, text: str) -> int:
        """The number of pieces that ``text`` is cut into, begin and end included."""
        return len(self._tokenizer.encode([text])[0])

    def unknown_share(self, texts: Sequence[str]) -> Vectors:
        """``float32[n]``: the share of each text's pieces that are unknown, 0 to 1; a run of unknown characters is one.

        Near 1 for a script that the encoder never met. A language it never met in a known script gets 0: whether the
        encoder covers that language is in ``spec.languages``.
        """
        pieces = [ids[1:-1] for ids in self._tokenizer.encode(texts)]
        return np.array([own.count(UNKNOWN) / max(len(own), 1) for own in pieces], np.float32)

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text's pieces, begin and end included: what `table_rows` takes."""
        return self._tokenizer.encode(texts)

    def table_rows(self, ids: Sequence[int] | NDArray[np.int64]) -> Vectors:
        """``float32[n, 512]``: the token table's rows of ``ids``, as they are (not of unit length).

        Raises `IndexError` for an id that is not in the table.
        """
        return self._table.rows(np.asarray(ids, np.int64))

    def piece_cosines(self, ids: NDArray[np.integer], others: NDArray[np.integer]) -> NDArray[np.float32]:
        """``float32[n, others]``: cosines of rows of the token table. Raises `IndexError` as `table_rows` does."""
        return self._table.cosines(ids, others)

    def piece_weights(self, ids: NDArray[np.integer]) -> NDArray[np.float64]:
        """``float64[n]``: the squared log-probability of each piece; 0 for the unknown one, which is every stranger."""
        weights = np.square(np.array(self._tokenizer.log_probabilities(ids.tolist()), np.float64))
        weights[np.asarray(ids) == UNKNOWN] = 0
        return weights

    def _glossed_language(self, text: str) -> str | None:
        return glossed_language(text) if self._glosses else None

    def _gloss_sums(self, glosses: Sequence[Gloss]) -> Sums:
        return self._glosses.sums(glosses) if self._glosses else Sums(*np.zeros((2, len(glosses), 1), np.float32))

    def _heads(
        self, sums: NDArray[np.float32], lengths: NDArray[np.int64], glosses: Sums, tags: Sequence[str | None]
    ) -> Vectors:
        """Unit rows of sums of so many tokens: each with its gloss, where it has one, added as its language's weight
        says.
        """
        said = np.flatnonzero(glosses.pieces)
        if not len(said):
            return self._network.heads(sums, lengths)
        features = np.concatenate([sums, glosses.features[said]])
        counts = np.concatenate([lengths.astype(np.float32), np.maximum(glosses.pieces[said], 1)])
        vectors, heads = np.split(self._network.heads(features, counts), [len(sums)])
        weights = np.array([weight_in(tags[row]) for row in said.tolist()], np.float32)[:, np.newaxis]
        mixed = vectors[said] + weights * heads
        vectors[said] = mixed / np.sqrt(np.einsum("ij,ij->i", mixed, mixed))[:, np.newaxis]
        return vectors

    def _read_words(self, words: Sequence[str]) -> tuple[NDArray[np.float32], list[int]]:
        """The features of words, each by itself, and the number of their pieces."""
        ids = self._word_ids(words)
        lengths = [len(own) for own in ids]
        return self._sums(ids, [(0, length) for length in lengths]), lengths

    def _word_ids(self, words: Sequence[str]) -> list[list[int]]:
        """The ids of each word's pieces, without begin and end."""
        return [own[1:-1] or own for own in self._tokenizer.encode(words)] if words else []

    def _in_batches(
        self, encode: Callable[[list[int]], int], ids: Sequence[Sequence[int]], progress: Callable[[int], None] | None
    ) -> None:
        for done in on_all_cores(encode, list(_batches([len(tokens) for tokens in ids]))):
            if progress is not None:
                progress(done)

    def _title_sums(self, titles: Sequence[str]) -> dict[str, tuple[NDArray[np.float32], int]]:
        """The summed features of every title that is not empty, and its tokens."""
        distinct = list(dict.fromkeys(filter(None, titles)))
        ids = self._tokenizer.encode(distinct)
        found: dict[str, tuple[NDArray[np.float32], int]] = {}

        def encode(batch: list[int]) -> int:
            sums = self._sums([ids[title] for title in batch], [(0, len(ids[title])) for title in batch])
            found.update((distinct[title], (own, len(ids[title]))) for title, own in zip(batch, sums, strict=True))
            return len(batch)

        self._in_batches(encode, ids, None)
        return found

    def _sums(self, ids: Sequence[Sequence[int]], cuts: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """One batch: the features of each text summed between its neighbouring cuts, the first 0, the last its end."""
        parts = []
        begins: list[bool] = []
        for group in _groups(ids, cuts):
            tokens = (token for stretch in group for token in ids[stretch.text][stretch.start : stretch.end])
            pieces, which = np.unique(np.fromiter(tokens, np.int64), return_inverse=True)
            parts.append(self._network.sums(self._table.rows(pieces), which, group))
            # Where a long text is divided, a sum may be in two parts: one that begins at no cut belongs to the last.
            begins += [low in cuts[stretch.text] for stretch in group for low in stretch.cuts[:-1]]
        return np.add.reduceat(np.concatenate(parts), np.flatnonzero(begins), axis=0)


def _spec(config: dict[str, Any], gloss: bool) -> EncoderSpec:
    return EncoderSpec(
        name=config["name"],
        fingerprint=config["fingerprint"] + (f" lexicon {LEXICON_VERSION}" if gloss else ""),
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


def _groups(ids: Sequence[Sequence[int]], cuts: Sequence[Sequence[int]]) -> Iterator[list[Stretch]]:
    """The stretches of a batch: all texts together, or the stretches of one long text, each by itself."""
    if len(ids) > 1 or len(ids[0]) <= STRETCH_TOKENS:
        yield [Stretch(text, 0, len(tokens), cuts[text]) for text, tokens in enumerate(ids)]
        return
    length = len(ids[0])
    for first in range(0, length, STRETCH_TOKENS):
        last = min(first + STRETCH_TOKENS, length)
        inside = [cut for cut in cuts[0] if first <= cut < last]
        outer = [] if first in inside else [first]
        yield [Stretch(0, max(first - REACH, 0), min(last + REACH, length), [*outer, *inside, last])]


def token_cuts(ends: Sequence[int], sentences: Sequence[Span]) -> list[int]:
    """Where the tokens of a text are cut into its sentences, begin and end included.

    ``ends`` are the last characters of its pieces, exclusive. A piece that reaches into a sentence belongs to it.
    """
    inner = [bisect_right(ends, start) + 1 for start, _ in sentences[1:]]
    return [0, *inner, len(ends) + 2]


def _parts(text: str, sentences: Sequence[Span]) -> list[str]:
    """The texts of the parts that `token_cuts` gives: the sentences, or the one part of a text without any."""
    return [text[start:end] for start, end in sentences] or [text]


def _array(lengths: Sequence[int]) -> NDArray[np.int64]:
    """Lengths for the head; a sentence of which no piece is left (controls only) counts as one token."""
    return np.maximum(np.asarray(lengths, np.int64), 1)
