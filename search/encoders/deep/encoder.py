"""multilingual-e5-small, less what its vectors say of the language alone: 384 numbers. Start at `DeepEncoder`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.builtin.encoder import token_cuts
from paraglot.search.encoders.deep.reader import PARAGRAPH_PREFIX, QUERY_PREFIX, SPECIAL, DeepReader, Sums
from paraglot.search.encoders.means import LANGUAGE_MEANS, LanguageMeans, Means
from paraglot.search.encoders.protocols import Vectors, unit
from paraglot.search.text.sentences import Span


class DeepVectors(NamedTuple):
    """Unit vectors, ``float32[n, 384]``, and how likely each text is in a language that the fast encoder reads."""

    vectors: Vectors
    read_by_fast: NDArray[np.float32]


class DeepEncoder:
    """Unit vectors of queries and paragraphs, near for texts that mean the same, whatever their languages.

    A vector is the mean over the states of all tokens of its text, less the mean of its language. Safe to use from
    several threads. Raises `OSError`, `ValueError` or `KeyError` where ``folder`` does not hold what ``config`` tells
    of.
    """

    def __init__(self, folder: Path, config: dict[str, Any]) -> None:
        self._reader = DeepReader(folder)
        packed = (folder / LANGUAGE_MEANS).read_bytes()
        means = Means.read(packed, config["means"], config["biases"], config["scripts"])
        self._means = LanguageMeans(means, config["share"], config["fast_languages"])

    def encode_query(self, queries: Sequence[str]) -> DeepVectors:
        """The vectors of queries, in their order."""
        vectors = self._reader.vectors(queries, QUERY_PREFIX)
        likely = self._means.likelihoods(vectors, queries)
        return DeepVectors(unit(vectors - self._means.of_queries(likely)), self._means.read_by_fast(likely))

    def encode_paragraphs(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> DeepVectors:
        """The vectors of paragraphs, in their order; ``progress`` gets the number of texts just done."""
        return self._centred(self._reader.vectors(texts, PARAGRAPH_PREFIX, progress), texts)

    def encode_sentences(
        self,
        texts: Sequence[str],
        titles: Sequence[str],
        sentences: Sequence[Sequence[Span]],
        progress: Callable[[int], None] | None = None,
    ) -> tuple[DeepVectors, list[DeepVectors]]:
        """The vectors of paragraphs under their titles, and of the sentences of each, from one pass of its text.

        A title is read by itself, and its states join the sum of the paragraph. The language of a sentence is that of
        its paragraph.
        """
        pieces = self._reader.tokenizer.encode_with_ends([PARAGRAPH_PREFIX + text for text in texts])
        before = len(PARAGRAPH_PREFIX)
        cuts = [
            token_cuts([end - before for end in ends], own) for (_, ends), own in zip(pieces, sentences, strict=True)
        ]
        parts = self._reader.sums([ids for ids, _ in pieces], cuts, progress)
        firsts = np.cumsum([0, *(len(own) - 1 for own in cuts)])[:-1]
        whole = np.add.reduceat(parts, firsts, axis=0) if len(texts) else parts
        likely = self._means.likelihoods(unit(whole), texts)
        means, known = self._means.of_paragraphs(likely), self._means.read_by_fast(likely)
        sentence_vectors = []
        for row, (first, own) in enumerate(zip(firsts.tolist(), sentences, strict=True)):
            vectors = unit(unit(parts[first : first + len(own)]) - means[row])
            sentence_vectors.append(DeepVectors(vectors, np.repeat(known[row], len(own))))
        return self._centred(unit(whole + self._title_sums(titles)), texts), sentence_vectors

    def _centred(self, vectors: Vectors, texts: Sequence[str]) -> DeepVectors:
        likely = self._means.likelihoods(vectors, texts)
        return DeepVectors(unit(vectors - self._means.of_paragraphs(likely)), self._means.read_by_fast(likely))

    def count_tokens(self, text: str) -> int:
        """The number of pieces that ``text`` is cut into as a paragraph, prefix, begin and end included."""
        return len(self._reader.tokenizer.encode([PARAGRAPH_PREFIX + text])[0])

    def unknown_share(self, texts: Sequence[str]) -> Vectors:
        """``float32[n]``: the share of each text's pieces that are unknown, 0 to 1; a run of unknown characters is
        one.
        """
        pieces = [ids[1:-1] for ids in self._reader.tokenizer.encode(texts)]
        return np.array([own.count(SPECIAL.unknown) / max(len(own), 1) for own in pieces], np.float32)

    def _title_sums(self, titles: Sequence[str]) -> Sums:
        """The summed states of each title, zeros for an empty one; what stands over several texts is read once."""
        distinct = list(dict.fromkeys(filter(None, titles)))
        ids = self._reader.tokenizer.encode([PARAGRAPH_PREFIX + title for title in distinct])
        sums = self._reader.sums(ids, [[0, len(own)] for own in ids], None)
        place = {title: row for row, title in enumerate(distinct)}
        found = np.zeros((len(titles), sums.shape[1]), np.float32)
        for row, title in enumerate(titles):
            if title:
                found[row] = sums[place[title]]
        return found
