"""What every implementation of a seam must do, as functions to call from the tests of each."""

from __future__ import annotations

import numpy as np

from paraglot.search.seams import Encoder, Reranker, SentenceEncoder
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


def check_encoder(encoder: Encoder) -> None:
    """Holds ``encoder`` to the law of `paraglot.search.seams.Encoder`, on texts that are empty, long, foreign and broken too."""
    spec = encoder.spec
    whole = encoder.encode_paragraphs(TEXTS)
    assert whole.dtype == np.float32
    assert whole.shape == (len(TEXTS), spec.dimension)
    np.testing.assert_allclose(np.linalg.norm(whole, axis=1), 1, atol=1e-5)  # NaN would fail here
    alone = np.concatenate([encoder.encode_paragraphs([text]) for text in TEXTS])
    np.testing.assert_allclose(whole, alone, atol=1e-5, err_msg="a vector depends on its company")
    backwards = encoder.encode_paragraphs(TEXTS[::-1])[::-1]
    np.testing.assert_allclose(whole, backwards, atol=1e-5, err_msg="a vector depends on the order")
    queries = encoder.encode_query(TEXTS)
    assert queries.shape == whole.shape
    assert queries.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(queries, axis=1), 1, atol=1e-5)
    assert encoder.encode_query([]).shape == encoder.encode_paragraphs([]).shape == (0, spec.dimension)
    assert encoder.encode_paragraphs([]).dtype == np.float32
    done: list[int] = []
    encoder.encode_paragraphs(TEXTS, done.append)
    assert sum(done) == len(TEXTS)
    assert encoder.count_tokens(TEXTS[2]) > encoder.count_tokens(TEXTS[0]) > 0
    assert encoder.spec == spec
    assert spec.fingerprint
    assert queries[-1] @ whole[0] > queries[-1] @ whole[-2], "a query is nearer to its answer than to penguins"


def check_sentence_encoder(encoder: Encoder, sentences: SentenceEncoder) -> None:
    """Holds ``sentences`` (often ``encoder`` itself) to the law of `paraglot.search.seams.SentenceEncoder`."""
    spans = [split_sentences(text) for text in TEXTS]
    assert [len(own) for own in spans][:4] == [1, 0, 20, 1]
    dimension = encoder.spec.dimension
    paragraphs, parts = sentences.encode_sentences(TEXTS, [""] * len(TEXTS), spans)
    np.testing.assert_allclose(paragraphs, encoder.encode_paragraphs(TEXTS), atol=1e-5)
    assert paragraphs.dtype == np.float32
    assert [part.shape for part in parts] == [(len(own), dimension) for own in spans]
    for part in parts:
        assert part.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(part, axis=1), 1, atol=1e-5)
    # One sentence alone is the paragraph.
    np.testing.assert_allclose(parts[0][0], paragraphs[0], atol=1e-5)
    _, [alone] = sentences.encode_sentences(TEXTS[2:3], [""], spans[2:3])
    np.testing.assert_allclose(alone, parts[2], atol=1e-5, err_msg="a sentence depends on other paragraphs")
    titles = ["", "Penguins", "", "Penguins", "Tax", "", "", "Penguins"]
    titled, under = sentences.encode_sentences(TEXTS, titles, spans)
    for without, part in zip(parts, under, strict=True):
        np.testing.assert_allclose(without, part, atol=1e-5, err_msg="a sentence depends on the title")
    untitled = [place for place, title in enumerate(titles) if not title]
    np.testing.assert_allclose(titled[untitled], paragraphs[untitled], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(titled, axis=1), 1, atol=1e-5)
    done: list[int] = []
    sentences.encode_sentences(TEXTS, titles, spans, done.append)
    assert sum(done) == len(TEXTS)
    nothing, none = sentences.encode_sentences([], [], [])
    assert (nothing.shape, none) == ((0, dimension), [])


def check_reranker(reranker: Reranker, distinct: bool = True) -> None:
    """Holds ``reranker`` to the law of `paraglot.search.seams.Reranker`; ``distinct``: one that was trained, or counts words."""
    scores = reranker.scores(TEXTS[-1], TEXTS)
    assert (scores.dtype, scores.shape) == (np.float32, (len(TEXTS),))
    assert np.isfinite(scores).all()
    alone = [reranker.scores(TEXTS[-1], [text])[0] for text in TEXTS]
    np.testing.assert_allclose(scores, alone, atol=1e-5, err_msg="a score depends on its company")
    backwards = reranker.scores(TEXTS[-1], TEXTS[::-1])[::-1]
    np.testing.assert_allclose(scores, backwards, atol=1e-5, err_msg="a score depends on the order")
    assert reranker.scores(TEXTS[-1], []).shape == (0,)
    if distinct:
        assert scores[0] > scores[-2], "the answer has more than penguins"
