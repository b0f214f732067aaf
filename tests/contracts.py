"""What every implementation of a seam must do, as functions to call from the tests of each."""

from __future__ import annotations

import numpy as np

from search.seams import Encoder

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
    """Holds ``encoder`` to the law of `search.seams.Encoder`, on texts that are empty, long, foreign and broken too."""
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
