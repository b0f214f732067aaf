"""Soft BM25: its arithmetic over a table of three directions, and what it finds with the built-in one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from paraglot.search.encoders.builtin.encoder import BuiltinEncoder
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.encoders.pieces import QueryPieces, pieces_of, unknown_share
from paraglot.search.encoders.protocols import TokenEncoder
from paraglot.search.ranking.soft_match import THRESHOLD, soft_scores


class Table:
    """Letters as pieces: a and b a right angle apart, c between them; weights 1, 3 and 1."""

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        return [[9, *("abc".index(letter) for letter in text), 9] for text in texts]

    def piece_cosines(self, ids: NDArray[np.integer], others: NDArray[np.integer]) -> NDArray[np.float32]:
        directions = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
        return directions[ids] @ directions[others].T

    def piece_weights(self, ids: NDArray[np.integer]) -> NDArray[np.float64]:
        return np.array([1.0, 3.0, 1.0])[ids]


def test_the_arithmetic() -> None:
    # Lengths 1, 2, 3 around their mean 2: saturation of one occurrence 2.2 / (1 + 1.2 · (0.25 + 0.75 · length / 2)).
    one, two = 2.2 / (1 + 1.2 * 0.625), 1.0
    twice_of_three = 4.4 / (2 + 1.2 * 1.375)
    scores = soft_scores(QueryPieces(Table(), "ab"), pieces_of(Table(), ["a", "bc", "aac"]))
    assert scores == pytest.approx(
        [
            (1 * (1 - THRESHOLD) * one + 3 * 0.0) / 4,
            (1 * (0.6 - THRESHOLD) * two + 3 * (1 - THRESHOLD) * two) / 4,
            (1 * (1 - THRESHOLD) * twice_of_three + 3 * (0.8 - THRESHOLD) * 2.2 / (1 + 1.2 * 1.375)) / 4,
        ],
        rel=1e-5,
    )


def test_several_texts_are_matched_as_one() -> None:
    query, texts = QueryPieces(Table(), "ab"), ["a", "bc", "aac", ""]
    joined = soft_scores(query, pieces_of(Table(), ["abc", "aacbc", "aac"]))
    groups = soft_scores(query, pieces_of(Table(), texts), groups=[[0, 1], [2, 1, 3], [2]])
    assert groups.tolist() == joined.tolist()
    assert joined.min() > 0


def test_pieces_are_compared_once() -> None:
    compared: list[list[int]] = []

    class Watched(Table):
        def piece_cosines(self, ids: NDArray[np.integer], others: NDArray[np.integer]) -> NDArray[np.float32]:
            compared.append(others.tolist())
            return super().piece_cosines(ids, others)

    query = QueryPieces(Watched(), "ab")
    for asked in ([0, 2], [0, 1, 2], [1], []):
        found = query.cosines(np.array(asked, np.intp))
        np.testing.assert_array_equal(found, Table().piece_cosines(query.ids, np.array(asked, np.intp)))
    assert compared == [[0, 2], [1], [], []]


def test_nothing_matches_nothing() -> None:
    assert soft_scores(QueryPieces(Table(), "ab"), []).tolist() == []
    assert soft_scores(QueryPieces(Table(), ""), pieces_of(Table(), ["a"])).tolist() == [0.0]
    assert soft_scores(QueryPieces(Table(), "a"), pieces_of(Table(), ["", "a"]))[0] == 0.0


def test_words_of_another_language_are_near() -> None:
    texts = ["Das Parlament senkte gestern die Steuern.", "Der Hund schläft im Garten.", "议会昨天降低了税收。"]
    encoder = BuiltinEncoder()
    german, dog, chinese = soft_scores(QueryPieces(encoder, "the parliament cut taxes"), pieces_of(encoder, texts))
    assert min(german, chinese) > 1.5 * dog


def test_what_the_encoder_does_not_know_matches_nothing() -> None:
    encoder = BuiltinEncoder()
    pieces = pieces_of(encoder, texts := ["ꙮꙮ", "bread ꙮ bread", ""])
    assert unknown_share(pieces, encoder.unknown_piece).tolist() == encoder.unknown_share(texts).tolist()
    assert encoder.unknown_share(["ꙮꙮ"])[0] == 0.5  # and the piece for a word's begin, which says next to nothing
    assert soft_scores(QueryPieces(encoder, "ꙮꙮ bread"), pieces_of(encoder, ["ꙮꙮ"]))[0] < 0.1


def test_only_an_encoder_with_a_table_has_it() -> None:
    assert isinstance(BuiltinEncoder(), TokenEncoder)
    assert not isinstance(FakeEncoder(), TokenEncoder)
