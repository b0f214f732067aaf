"""The fake encoder, and the door."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from paraglot.search.contracts.encoders import EncoderContract, SentenceEncoderContract
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.encoders.load import installed_models, load_encoder
from paraglot.search.encoders.protocols import SentenceEncoder
from paraglot.search.encoders.separate import SeparateSentences


class TestContract(EncoderContract, SentenceEncoderContract):
    """Sentences in the same pass, and by a second one."""

    @pytest.fixture
    def encoder(self) -> FakeEncoder:
        return FakeEncoder()

    @pytest.fixture(params=[lambda: FakeEncoder(), lambda: SeparateSentences(FakeEncoder())], ids=["same", "second"])
    def sentences(self, request: pytest.FixtureRequest) -> SentenceEncoder:
        made: SentenceEncoder = request.param()
        return made


def test_a_title_pulls_its_paragraph() -> None:
    [plain, titled] = FakeEncoder().encode_sentences(["old bridge"] * 2, ["", "tax"], [[], []])[0]
    tax = FakeEncoder().encode_query(["tax"])[0]
    assert tax @ titled > tax @ plain + 0.3


def test_shared_words_are_what_counts() -> None:
    vectors = FakeEncoder().encode_paragraphs(
        ["the old bridge", "OLD  Bridge, the", "the old house", "une École", "ecole une"]
    )
    assert vectors[0] @ vectors[1] == pytest.approx(1)
    assert 0.3 < vectors[0] @ vectors[2] < 0.95
    assert vectors[3] @ vectors[4] == pytest.approx(1)
    assert abs(vectors[0] @ vectors[3]) < 0.4


def test_same_vector_in_every_process() -> None:
    script = "from paraglot.search.encoders.fake import FakeEncoder; print(*FakeEncoder().encode_query(['bread tax'])[0][:3])"
    seen = {
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
        ).stdout
        for seed in ("1", "2")
    }
    here = " ".join(str(number) for number in FakeEncoder().encode_query(["bread tax"])[0][:3])
    assert seen == {here + "\n"}


def test_door() -> None:
    assert load_encoder("fake").spec.name == "fake"
    assert load_encoder().spec.name == "builtin"


def test_the_builtin_ones_are_listed_first() -> None:
    whole, fast = installed_models()[:2]
    assert (whole.name, whole.dimension, fast.name, fast.dimension) == ("builtin", 640, "builtin-fast", 512)
    assert {"en", "ar", "zh"} <= set(whole.languages) & set(fast.languages)
    assert 60_000_000 < fast.size_bytes < 90_000_000 < whole.size_bytes < 170_000_000


def test_words_of_different_texts_do_not_mix() -> None:
    encoder = FakeEncoder()
    np.testing.assert_array_equal(encoder.encode_query(["a", "b"])[1], encoder.encode_query(["b"])[0])
