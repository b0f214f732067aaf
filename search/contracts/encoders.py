"""The contracts of encoders and rerankers. Each needs a fixture of the name of what it holds to its law."""

from __future__ import annotations

import numpy as np

from paraglot.search.encoders.protocols import Encoder, Reranker, SentenceEncoder
from paraglot.search.text.sentences import split_sentences

TEXTS = [
    "The council raised the tax on bread.",
    "",
    "Der Rat hat die Brotsteuer erhöht. " * 40,
    "市议会提高了面包税。",
    " \n\t",
    "\U0001f9ff\U0001f9ff \ud800 \x00 ￿",
    "Penguins sleep standing up.",
    "the tax on bread",
]
"""Empty, long, foreign and broken; the last asks what the first answers."""


class EncoderContract:
    """The law of `protocols.Encoder`. Needs the fixture ``encoder``."""

    def test_a_text_has_one_unit_vector(self, encoder: Encoder) -> None:
        for vectors in (encoder.encode_paragraphs(TEXTS), encoder.encode_query(TEXTS)):
            assert vectors.dtype == np.float32
            assert vectors.shape == (len(TEXTS), encoder.spec.dimension)
            np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)  # NaN would fail here

    def test_neither_order_nor_company_changes_a_vector(self, encoder: Encoder) -> None:
        whole = encoder.encode_paragraphs(TEXTS)
        alone = np.concatenate([encoder.encode_paragraphs([text]) for text in TEXTS])
        np.testing.assert_allclose(whole, alone, atol=1e-5, err_msg="a vector depends on its company")
        backwards = encoder.encode_paragraphs(TEXTS[::-1])[::-1]
        np.testing.assert_allclose(whole, backwards, atol=1e-5, err_msg="a vector depends on the order")

    def test_of_nothing_there_is_nothing(self, encoder: Encoder) -> None:
        assert encoder.encode_query([]).shape == encoder.encode_paragraphs([]).shape == (0, encoder.spec.dimension)
        assert encoder.encode_paragraphs([]).dtype == np.float32

    def test_what_is_done_is_told(self, encoder: Encoder) -> None:
        done: list[int] = []
        encoder.encode_paragraphs(TEXTS, done.append)
        assert sum(done) == len(TEXTS)

    def test_tokens_are_counted(self, encoder: Encoder) -> None:
        assert encoder.count_tokens(TEXTS[2]) > encoder.count_tokens(TEXTS[0]) > 0

    def test_it_knows_who_it_is(self, encoder: Encoder) -> None:
        assert encoder.spec == encoder.spec
        assert encoder.spec.fingerprint

    def test_a_query_is_nearer_to_its_answer_than_to_penguins(self, encoder: Encoder) -> None:
        [query], [answer, penguins] = encoder.encode_query(TEXTS[-1:]), encoder.encode_paragraphs([TEXTS[0], TEXTS[6]])
        assert query @ answer > query @ penguins


class SentenceEncoderContract:
    """The law of `protocols.SentenceEncoder`. Needs the fixtures ``sentences`` and ``encoder`` (often the
    same).
    """

    def test_paragraphs_are_the_encoders_own(self, encoder: Encoder, sentences: SentenceEncoder) -> None:
        spans, dimension = [split_sentences(text) for text in TEXTS], encoder.spec.dimension
        assert [len(own) for own in spans][:4] == [1, 0, 20, 1]
        paragraphs, parts = sentences.encode_sentences(TEXTS, [""] * len(TEXTS), spans)
        np.testing.assert_allclose(paragraphs, encoder.encode_paragraphs(TEXTS), atol=1e-5)
        assert [part.shape for part in parts] == [(len(own), dimension) for own in spans]
        for part in parts:
            assert part.dtype == np.float32
            np.testing.assert_allclose(np.linalg.norm(part, axis=1), 1, atol=1e-5)
        # One sentence alone is the paragraph.
        np.testing.assert_allclose(parts[0][0], paragraphs[0], atol=1e-5)

    def test_a_sentence_depends_on_its_own_text_alone(self, encoder: Encoder, sentences: SentenceEncoder) -> None:
        spans = [split_sentences(text) for text in TEXTS]
        paragraphs, parts = sentences.encode_sentences(TEXTS, [""] * len(TEXTS), spans)
        _, [alone] = sentences.encode_sentences(TEXTS[2:3], [""], spans[2:3])
        np.testing.assert_allclose(alone, parts[2], atol=1e-5, err_msg="a sentence depends on other paragraphs")
        titles = ["", "Penguins", "", "Penguins", "Tax", "", "", "Penguins"]
        done: list[int] = []
        titled, under = sentences.encode_sentences(TEXTS, titles, spans, done.append)
        assert sum(done) == len(TEXTS)
        for without, part in zip(parts, under, strict=True):
            np.testing.assert_allclose(without, part, atol=1e-5, err_msg="a sentence depends on the title")
        untitled = [place for place, title in enumerate(titles) if not title]
        np.testing.assert_allclose(titled[untitled], paragraphs[untitled], atol=1e-5)
        np.testing.assert_allclose(np.linalg.norm(titled, axis=1), 1, atol=1e-5)

    def test_of_no_texts_there_are_no_sentences(self, encoder: Encoder, sentences: SentenceEncoder) -> None:
        nothing, none = sentences.encode_sentences([], [], [])
        assert (nothing.shape, none) == ((0, encoder.spec.dimension), [])


class RerankerContract:
    """The law of `paraglot.search.encoders.protocols.Reranker`. Needs the fixture ``reranker``."""

    distinct = True
    """Whether it was trained, or counts words: False for a model of random weights."""

    def test_a_text_has_one_finite_score(self, reranker: Reranker) -> None:
        scores = reranker.scores(TEXTS[-1], TEXTS)
        assert scores.dtype == np.float32
        assert scores.shape == (len(TEXTS),)
        assert np.isfinite(scores).all()
        assert reranker.scores(TEXTS[-1], []).shape == (0,)

    def test_neither_order_nor_company_changes_a_score(self, reranker: Reranker) -> None:
        scores = reranker.scores(TEXTS[-1], TEXTS)
        alone = [reranker.scores(TEXTS[-1], [text])[0] for text in TEXTS]
        np.testing.assert_allclose(scores, alone, atol=1e-5, err_msg="a score depends on its company")
        backwards = reranker.scores(TEXTS[-1], TEXTS[::-1])[::-1]
        np.testing.assert_allclose(scores, backwards, atol=1e-5, err_msg="a score depends on the order")

    def test_the_answer_has_more_than_penguins(self, reranker: Reranker) -> None:
        scores = reranker.scores(TEXTS[-1], TEXTS)
        assert scores[0] > scores[6] or not self.distinct
