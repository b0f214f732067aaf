"""Which word of a query stands for which word of a text, in any two languages: the explanation of a hit by meaning.

A word's vector is what the encoder makes of it as a text of its own; a word counts where its most telling piece is rare
enough (`TokenEncoder.piece_weights`), which leaves out most articles and pronouns in every language, and where it is no
stop word of its own. A query's word is aligned with the nearest word of the text, if they are alike enough and no other
word of the query is nearer to it; names of different things are never each other's. Of Han, Kana and Hangul the words
are overlapping pairs of characters; neighbours aligned with one word are joined, and single syllables left out. Those
of Thai, Lao, Khmer and Burmese are told by `unspaced`.
benchmarks/alignment.py measures it. (By the token table alone, the soft match's own nearest pieces, a third was found.)
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, zip_longest
from operator import attrgetter

import numpy as np
import regex
from numpy.typing import NDArray

from paraglot.search.answer.unspaced import is_unspaced, unspaced_words
from paraglot.search.deadline import check
from paraglot.search.encoders.protocols import Encoder, TokenEncoder
from paraglot.search.lexicon.english_names import english_names
from paraglot.search.text.analysis import Token, analyze, bare_term, folded_stop_words
from paraglot.search.text.languages import primary
from paraglot.search.types import Alignment

ALIKE = 0.6
"""The least cosine of two words that are aligned."""

TELLING = 70.0
"""The least weight of a word's most telling piece."""

_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}ー]")
_HANGUL = regex.compile(r"\p{Hangul}")

_KEPT_WORDS, _TOGETHER = 20_000, 128
"""Words whose vectors are kept, and words that are encoded together."""


class Aligner:
    """Aligns by one encoder, and keeps the vectors of words that it met. Safe to share between threads."""

    def __init__(self, encoder: Encoder, pieces: TokenEncoder) -> None:
        self.pieces = pieces
        self._encoder = encoder
        self._vectors: dict[str, NDArray[np.float32] | None] = {}

    def align(self, query: str, texts: Sequence[str], languages: Sequence[str] = ()) -> list[list[Alignment]]:
        """The aligned words of ``query`` with each text, in the order of the query; each of them at most once.

        ``languages``: the query's and each text's, so that their stop words are left out.
        """
        tags = [tag for _, tag in zip_longest((query, *texts), languages, fillvalue="")]
        tokens = [_content(text, tag) for text, tag in zip((query, *texts), tags, strict=True)]
        words = [
            [text[token.start : token.end] for token in of_text]
            for text, of_text in zip((query, *texts), tokens, strict=True)
        ]
        vectors = self._vectors_of({word for of_text in words for word in of_text})
        telling = {word: vector for word, vector in vectors.items() if vector is not None}
        place = {word: at for at, word in enumerate(telling)}
        query_tokens, *text_tokens = [
            [(token, place[word]) for token, word in zip(*pair, strict=True) if word in place]
            for pair in zip(tokens, words, strict=True)
        ]
        if not query_tokens:
            return [[] for _ in texts]
        every = np.stack(list(telling.values()))
        cosines = every[[at for _, at in query_tokens]] @ every.T
        aligned = [
            _aligned(
                [token for token, _ in query_tokens],
                [token for token, _ in of_text],
                cosines[:, [at for _, at in of_text]],
            )
            for of_text in text_tokens
        ]
        return [
            [
                pair
                for pair in pairs
                if not _syllables(query, text, pair) and not _other_names(query, tags[0], text, tag, pair)
            ]
            for pairs, text, tag in zip(aligned, texts, tags[1:], strict=True)
        ]

    def _vectors_of(self, words: set[str]) -> dict[str, NDArray[np.float32] | None]:
        """The unit vector of each word; None where it tells nothing."""
        known = self._vectors
        at_hand = {word: known[word] for word in words if word in known}
        missing = sorted(words - at_hand.keys())
        weights = self._weights(missing)
        telling = [word for word, weight in zip(missing, weights, strict=True) if weight >= TELLING]
        fresh: dict[str, NDArray[np.float32] | None] = dict.fromkeys(missing)
        for first in range(0, len(telling), _TOGETHER):
            check()
            batch = telling[first : first + _TOGETHER]
            fresh.update(zip(batch, self._encoder.encode_query(batch), strict=True))
        if len(known) + len(fresh) > _KEPT_WORDS:
            known = self._vectors = {}
        known.update(fresh)
        return at_hand | fresh

    def _weights(self, words: Sequence[str]) -> list[float]:
        ids = [pieces[1:-1] for pieces in self.pieces.token_ids(words)]
        return [float(self.pieces.piece_weights(np.array(inner)).max()) if inner else 0.0 for inner in ids]


def _content(text: str, tag: str) -> list[Token]:
    """The words of a text in a language ("": unknown) that are no stop words of it."""
    silent = folded_stop_words(primary(tag))
    spaced = (token for token in analyze(text) if not is_unspaced(token.term))
    words = sorted(chain(spaced, unspaced_words(text)), key=attrgetter("start"))
    return [token for token in words if bare_term(token.term) not in silent]


def _syllables(query: str, text: str, pair: Alignment) -> bool:
    """Whether what is aligned are syllables, not words: a single kana on a side, or a single Hangul letter on both."""
    sides = query[pair.query_start : pair.query_end], text[pair.start : pair.end]
    return any(map(_KANA.fullmatch, sides)) or all(map(_HANGUL.fullmatch, sides))


def _other_names(query: str, asked: str, text: str, told: str, pair: Alignment) -> bool:
    """Whether each side is a name, in its language, and they name different things: Belarus is not Minsk."""
    name = english_names(query[pair.query_start : pair.query_end], primary(asked))
    other = english_names(text[pair.start : pair.end], primary(told))
    return bool(name and other) and set(name).isdisjoint(other)


def _aligned(
    query_tokens: Sequence[Token], text_tokens: Sequence[Token], cosines: NDArray[np.float32]
) -> list[Alignment]:
    """For each word of the query its nearest, where it is nearest to that one, too; neighbours joined.

    ``cosines``: ``float32[query_tokens, text_tokens]``.
    """
    if not text_tokens:
        return []
    rivals = cosines.max(axis=0)
    alignments: list[Alignment] = []
    for word, nearness in zip(query_tokens, cosines, strict=True):
        at = int(nearness.argmax())
        if nearness[at] < ALIKE or nearness[at] < rivals[at] - 1e-6:
            continue
        token = text_tokens[at]
        pair = Alignment(word.start, word.end, token.start, token.end, round(float(nearness[at]), 4))
        if alignments and _touch(alignments[-1], pair):
            pair = _joined(alignments.pop(), pair)
        alignments.append(pair)
    return alignments


def _touch(last: Alignment, pair: Alignment) -> bool:
    """Whether two overlapping pairs of characters are aligned with one stretch of the text."""
    return pair.query_start < last.query_end and pair.start <= last.end and last.start <= pair.end


def _joined(last: Alignment, pair: Alignment) -> Alignment:
    start, end = min(last.start, pair.start), max(last.end, pair.end)
    return Alignment(last.query_start, pair.query_end, start, end, max(last.similarity, pair.similarity))
