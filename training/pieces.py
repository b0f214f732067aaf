"""Pieces for the added languages: one small Unigram model per language, joined with the base's vocabulary.

Kudo 2018, "Subword Regularization". The base's pieces keep their ids and scores; a piece that only an added language
has comes after them, with its score in that language's own model less `SHIFT`, so that it seldom cuts into the base's
languages.
"""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

from training.languages import ADDED

PER_LANGUAGE = 9_000
MOST_TEXTS = 50_000
SHIFT = 2.5
FIRST_NORMAL = 3  # unknown, begin and end come first in every model


def own_pieces(texts: Sequence[str], size: int, seed: int) -> dict[str, float]:
    """Piece → log-probability of a Unigram model of about ``size`` pieces learned from ``texts``."""
    chosen = list(texts)
    random.Random(seed).shuffle(chosen)
    written = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(chosen[:MOST_TEXTS]),
        model_writer=written,
        vocab_size=size,
        model_type="unigram",
        character_coverage=0.9999,
        normalization_rule_name="nmt_nfkc",
        hard_vocab_limit=False,
        num_threads=1,
        minloglevel=2,
    )
    model = SentencePieceProcessor(model_proto=written.getvalue())
    return {model.id_to_piece(i): model.get_score(i) for i in range(FIRST_NORMAL, model.get_piece_size())}


def added_pieces(
    texts: dict[str, list[str]], base: set[str], most: int, size: int = PER_LANGUAGE, seed: int = 0
) -> list[tuple[str, float]]:
    """At most ``most`` pieces that ``base`` does not have, with their scores in the joint vocabulary.

    Where the languages offer more, single characters come first, then the pieces that are likeliest in the language
    that uses them most: every language is cut at the same rarity.
    """
    scores: dict[str, float] = {}
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda language: own_pieces(texts[language], size, seed), ADDED)
        for own in found:
            for piece, score in own.items():
                if piece not in base:
                    scores[piece] = max(score, scores.get(piece, score))
    kept = sorted(scores, key=lambda piece: (len(piece) > 1, -scores[piece], piece))[:most]
    return [(piece, scores[piece] - SHIFT) for piece in kept]


def texts_by_language(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """The distinct texts of each added language, in order of first appearance."""
    found: dict[str, dict[str, None]] = {language: {} for language in ADDED}
    for language, text in pairs:
        found[language][text] = None
    return {language: list(texts) for language, texts in found.items()}
