"""What the means of languages, learned from the texts themselves, give an encoder that lies by language first.

    PYTHONPATH=. python benchmarks/language_means.py EVALUATION [--model NAME] [--every N]

``EVALUATION`` holds ``xquad/`` (BEIR layout, ``.xz``). Without ``--model``: multilingual-e5-small as it was published,
whose layers the default encoder has. By paragraph vector alone, before and after: nDCG@10 in the question's language
and across languages, and the share of a question's translations among the first 20 of one pool of all languages.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from encoder_quality import Judged, read_xquad, same_and_across

from paraglot.search.encoders.centred import CentredEncoder, chosen_texts, learned_means, told_by_language
from paraglot.search.encoders.deep import DEEP_FOLDER
from paraglot.search.encoders.deep.reader import PARAGRAPH_PREFIX, QUERY_PREFIX, DeepReader
from paraglot.search.encoders.deep.table import WIDTH
from paraglot.search.encoders.load import load_encoder
from paraglot.search.encoders.protocols import Encoder, Vectors
from paraglot.search.types import EncoderSpec

Line = dict[str, Any]


class AsPublished:
    """multilingual-e5-small by our layers, nothing taken from its vectors."""

    spec = EncoderSpec("multilingual-e5-small", "as published", WIDTH)

    def __init__(self) -> None:
        self._reader = DeepReader(DEEP_FOLDER)

    def encode_query(self, queries: Sequence[str]) -> Vectors:
        """Unit rows."""
        return self._reader.vectors(queries, QUERY_PREFIX)

    def encode_paragraphs(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Unit rows."""
        return self._reader.vectors(texts, PARAGRAPH_PREFIX, progress)

    def count_tokens(self, text: str) -> int:
        """Those of its tokenizer."""
        return len(self._reader.tokenizer.encode([text])[0])


class LruCache:
    """An encoder that reads each text once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder, self.spec = encoder, encoder.spec
        self._queries: dict[str, Vectors] = {}
        self._paragraphs: dict[str, Vectors] = {}
        self.count_tokens = encoder.count_tokens

    def encode_query(self, queries: Sequence[str]) -> Vectors:
        """Unit rows."""
        return _all(self._queries, self._encoder.encode_query, queries)

    def encode_paragraphs(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Unit rows; nothing is told of the progress."""
        del progress
        return _all(self._paragraphs, self._encoder.encode_paragraphs, texts)


def _all(kept: dict[str, Vectors], encode: Callable[[Sequence[str]], Vectors], texts: Sequence[str]) -> Vectors:
    missing = sorted({*texts} - {*kept})
    kept.update(zip(missing, encode(missing) if missing else (), strict=True))
    return np.stack([kept[text] for text in texts])


def measured(encoder: Encoder, judged: Judged) -> str:
    """A line of the three numbers."""
    scores = encoder.encode_query([one["text"] for one in judged.queries])
    scores = scores @ encoder.encode_paragraphs([one["text"] for one in judged.corpus]).T
    same, across = same_and_across(judged.matrix(scores), judged.columns)
    return f"same language {same:.3f}, across {across:.3f}, one pool {judged.pool(scores):.3f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("--model")
    parser.add_argument("--every", type=int, default=12, help="every Nth question, in all its languages")
    given = parser.parse_args()
    judged = read_xquad(given.evaluation / "xquad", given.every)
    encoder = LruCache(load_encoder(given.model) if given.model else AsPublished())
    texts = chosen_texts(
        (one["lang"], hashlib.sha256(one["text"].encode()).hexdigest(), one["text"]) for one in judged.corpus
    )
    told = told_by_language([encoder.encode_paragraphs(own) for own in texts.values()])
    print(
        f"{encoder.spec.name}: {len(judged.queries)} questions, {len(judged.corpus)} paragraphs, {len(texts)} languages"
    )
    print(f"language tells {told:.3f} of the variance of paragraphs")
    print("as it is:          ", measured(encoder, judged))
    means = learned_means(encoder, texts, always=True)
    if means:
        print("less learned means:", measured(CentredEncoder(encoder, means), judged))


if __name__ == "__main__":
    main()
