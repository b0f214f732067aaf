"""Another's encoder less what its vectors say of the language alone, as far as a corpus shows it.

Vectors of many multilingual models lie by language first: whatever is asked, texts in the query's own language are
nearest. The means of the languages are learned once from the paragraphs of a corpus, and belong to its index from then
on (docs/decisions/0117-means-of-any-encoder.md). The built-in encoders bring theirs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from paraglot.search.encoders.means import (
    MARK,
    LanguageMeans,
    Means,
    discriminants,
    packed_means,
    read_means,
    scripts_of,
)
from paraglot.search.encoders.outside import outside_dimension
from paraglot.search.encoders.pieces import piece_encoder
from paraglot.search.encoders.protocols import Encoder, PieceEncoder, SentenceEncoder, TokenEncoder, Vectors, unit
from paraglot.search.text.sentences import split_sentences
from paraglot.search.types import EncoderSpec

LEAST, MOST = 30, 64
"""Paragraphs from which on the mean of a language can be told, and those that are read for it."""

QUERY_CHARACTERS = 120
"""How much of a paragraph's first sentence stands for a query."""

LANGUAGES_TELL = 0.1
"""How much of the variance of vectors must lie between languages, so that the means are learned unasked."""

SHARE = 0.7
"""How much of a mean is taken away."""


class CentredEncoder:
    """An encoder whose vectors are less the mean of their language, which they tell themselves. Safe to share between
    threads as the one that it rests on.
    """

    def __init__(self, encoder: Encoder, means: Means) -> None:
        """Raises `ValueError` where the means are of vectors of another dimension."""
        if means.of_queries.shape[1] != encoder.spec.dimension:
            raise ValueError(f"means of {means.of_queries.shape[1]} dimensions, vectors of {encoder.spec.dimension}")
        self.means, self._encoder = means, encoder
        self._means = LanguageMeans(means, SHARE)
        self._spec = replace(encoder.spec, fingerprint=f"{encoder.spec.fingerprint}{MARK}{_digest(means)}")

    @property
    def spec(self) -> EncoderSpec:
        """The other's, its fingerprint followed by that of the means."""
        return self._spec

    @property
    def pieces(self) -> PieceEncoder | None:
        """The other's."""
        return piece_encoder(self._encoder)

    def encode_query(self, queries: Sequence[str]) -> Vectors:
        """``float32[n, dim]``, unit rows, one per query."""
        vectors = self._encoder.encode_query(queries)
        return unit(vectors - self._means.of_queries(self._means.likelihoods(vectors, queries)))

    def encode_paragraphs(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """``float32[n, dim]``, unit rows, one per text; ``progress`` gets the number of texts just done."""
        vectors = self._encoder.encode_paragraphs(texts, progress)
        return unit(vectors - self._means.of_paragraphs(self._means.likelihoods(vectors, texts)))

    def count_tokens(self, text: str) -> int:
        """The other's."""
        return self._encoder.count_tokens(text)


def learns_means(encoder: Encoder) -> bool:
    """Whether means can be of use to an encoder: not to those that see to it themselves, or that encode nothing."""
    itself = isinstance(encoder, SentenceEncoder | TokenEncoder)
    return not itself and outside_dimension(encoder.spec.name) is None


def chosen_texts(
    paragraphs: Iterable[tuple[str, str, str]], least: int = LEAST, most: int = MOST
) -> dict[str, list[str]]:
    """What the means of a corpus are learned from, by language: ``most`` texts of each that has ``least`` different
    ones.

    ``paragraphs``: the language, the hash and the text of each. Which ones are chosen depends on the texts alone.
    """
    found: dict[str, dict[str, str]] = {}
    for language, text_hash, text in paragraphs:
        own = found.setdefault(language, {})
        own[text_hash] = text
        if len(own) >= 2 * most:
            found[language] = _first(own, most)
    return {tag: list(_first(own, most).values()) for tag, own in found.items() if len(own) >= least and tag != "und"}


def _first(texts: Mapping[str, str], most: int) -> dict[str, str]:
    return dict(sorted(texts.items())[:most])


def learned_means(
    encoder: Encoder,
    texts: Mapping[str, Sequence[str]],
    always: bool = False,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Means | None:
    """The means of the languages of ``texts``, which are `chosen_texts`.

    None where there are fewer than two, or where so little of how vectors differ is told by their language that the
    means would help nobody (`LANGUAGES_TELL`); with ``always`` they are learned then, too. ``progress`` is told how
    many languages were read, and of how many.
    """
    languages = sorted(texts)
    if len(languages) < 2:
        return None
    paragraphs = []
    for done, language in enumerate(languages, start=1):
        paragraphs.append(encoder.encode_paragraphs(texts[language]))
        progress(done, len(languages))
    if not always and told_by_language(paragraphs) < LANGUAGES_TELL:
        return None
    queries = [encoder.encode_query([_as_query(text) for text in texts[language]]) for language in languages]
    of_paragraphs, of_queries = (np.stack([own.mean(axis=0) for own in kind]) for kind in (paragraphs, queries))
    spread = np.concatenate([own - own.mean(axis=0) for own in (*paragraphs, *queries)])
    directions, biases = discriminants((of_paragraphs + of_queries) / 2, spread)
    scripts = scripts_of({language: texts[language] for language in languages})
    means = Means(tuple(languages), directions, biases, of_paragraphs, of_queries, scripts)
    return read_means(packed_means(means))  # as rounded as every reader has them


def told_by_language(vectors: Sequence[Vectors]) -> float:
    """How much of the variance of unit vectors lies between their languages, 0 to 1.

    ``vectors``: those of each language. An estimate without bias: what the means of few vectors differ by chance is
    taken off (the method of moments of a one-way analysis of variance).
    """
    means = np.stack([own.mean(axis=0) for own in vectors]).astype(np.float64)
    within = np.array([own.var(axis=0, ddof=1).sum() for own in vectors], np.float64)
    sizes = np.array([len(own) for own in vectors])
    between = float(means.var(axis=0, ddof=1).sum() - (within / sizes).mean())
    return max(between, 0.0) / (max(between, 0.0) + float(within.mean()) or 1.0)


def _digest(means: Means) -> str:
    return hashlib.sha256(packed_means(means)).hexdigest()[:16]


def _as_query(text: str) -> str:
    [(start, end), *_] = split_sentences(text) or [(0, len(text))]
    return text[start:end][:QUERY_CHARACTERS]
