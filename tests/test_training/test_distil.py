"""The stages of the training, on problems whose answers are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sentencepiece import SentencePieceProcessor

from paraglot.search.encoders.builtin import MODEL_FOLDER
from paraglot.search.encoders.builtin.encoder import BuiltinEncoder
from paraglot.search.encoders.builtin.tokenizer import sentencepiece_model as sentencepiece_proto
from training import sentencepiece_model
from training.export import read_network
from training.start import first_vectors

TEXTS = ["Was sagte Xi über die Freundschaft?", "hello world", "ประเทศไทย", ""]


@pytest.mark.slow
def test_an_extended_model_keeps_its_own_ids() -> None:
    model = sentencepiece_proto(MODEL_FOLDER)
    before = SentencePieceProcessor(model_proto=model)
    after = SentencePieceProcessor(
        model_proto=sentencepiece_model.extended(model, [("▁qqxxqq", -9.0), ("zzyyzz" * 40, -5.5)])
    )
    size = before.get_piece_size()
    assert after.get_piece_size() == size + 2
    assert after.encode("hello qqxxqq") == [*before.encode("hello"), size]
    assert after.id_to_piece(size + 1) == "zzyyzz" * 40
    assert after.get_score(size + 1) == -5.5
    assert after.encode(TEXTS) == before.encode(TEXTS)


def test_first_vectors_solve_what_can_be_solved() -> None:
    base = np.eye(3, 4, dtype=np.float32)
    # Id 3 alone means what id 0 means; 3 and 4 together what 1 and 2 mean together: 4 is b1 + b2 - b0.
    vectors = first_vectors([[3], [3, 4]] * 50, [[0], [1, 2]] * 50, base, 2)
    np.testing.assert_allclose(vectors, [[1, 0, 0, 0], [-1, 1, 1, 0]], atol=0.02)
    with pytest.raises(ValueError, match="id 3 is not among the 3"):
        first_vectors([[3]], [[3]], base, 1)


@pytest.mark.slow
class TestWithTorch:
    def test_torch_gives_the_same_vectors(self) -> None:
        import torch

        from training.network import TorchNetwork

        encoder = BuiltinEncoder(gloss=False)
        ids = encoder.token_ids(TEXTS)
        tokens = torch.from_numpy(encoder.table_rows([one for text in ids for one in text]))
        vectors = TorchNetwork(read_network(MODEL_FOLDER)).encode(tokens, [len(text) for text in ids]).numpy()
        np.testing.assert_allclose(vectors, encoder.encode_query(TEXTS), atol=1e-5)

    def test_pieces_learn_what_their_translations_mean_and_go_on_after_a_stop(self, tmp_path: Path) -> None:
        from training.distil import Distillation, Lessons
        from training.network import TorchNetwork
        from training.teachers import text_vectors

        encoder = BuiltinEncoder()
        base = encoder.table_rows(np.arange(20_000))
        words = np.random.default_rng(0).choice(np.arange(5_000, 20_000), (8, 2), replace=False)
        targets = text_vectors(TorchNetwork(read_network(MODEL_FOLDER)), base, words.tolist())
        # 8 texts of two added pieces each, in four lengths so that no class of lengths is empty.
        ids = [
            np.tile([20_000 + 2 * n, 20_001 + 2 * n], size).astype(np.int32) for size in (1, 4, 8, 16) for n in range(8)
        ]
        lessons = Lessons(ids, np.tile(np.arange(8), 4), np.ones(32))

        def fresh() -> Distillation:
            return Distillation(TorchNetwork(read_network(MODEL_FOLDER)), base, np.zeros((16, 512), np.float32))

        losses: list[float] = []
        whole = fresh()
        whole.train(lessons, targets, 60, lambda _, loss: losses.append(loss) or True)
        assert np.mean(losses[-10:]) < 0.7 * np.mean(losses[:10])

        stopped = fresh()
        stopped.train(lessons, targets, 60, lambda step, _: step < 25)
        stopped.save(tmp_path / "state.npz")
        resumed = fresh()
        resumed.load(tmp_path / "state.npz")
        assert resumed.step == 25
        resumed.train(lessons, targets, 60, lambda _, __: True)
        np.testing.assert_allclose(resumed.added, whole.added, atol=1e-5)

    def test_a_whole_model_learns_which_paragraph_is_asked_for_and_goes_on_after_a_stop(self, tmp_path: Path) -> None:
        from training.retrieval import Asked
        from training.unfreeze import Share, Unfreezing, retrieval

        table = BuiltinEncoder().table_rows(np.arange(2_000))
        words = np.random.default_rng(0).choice(np.arange(100, 2_000), (16, 6), replace=False).tolist()

        class Asking:
            """Eight queries that share no piece with their paragraphs."""

            def draw(self, rng: np.random.Generator, count: int) -> Asked:
                chosen = rng.permutation(8)
                return Asked([words[n] for n in chosen], [words[n + 8] for n in chosen])

        shares = {"cloze": Share(retrieval(Asking()), 1.0)}

        def fresh() -> Unfreezing:
            return Unfreezing(read_network(MODEL_FOLDER), table.copy())

        losses: list[float] = []
        whole = fresh()
        whole.train(shares, 24, lambda _, __, loss: losses.append(loss) or True)
        assert losses[0] > 1.5
        assert losses[-1] < 0.8 * losses[0]
        assert not np.array_equal(whole.network["d0"], read_network(MODEL_FOLDER)["d0"])
        np.testing.assert_allclose(whole.network["project"].mean(axis=-1), 0, atol=1e-6)  # as the encoder relies on
        np.testing.assert_array_equal(whole.rows[3:100], table[3:100])  # what no text held has not moved

        stopped = fresh()
        stopped.train(shares, 24, lambda step, _, __: step < 10)
        stopped.save(tmp_path / "unfrozen.pt")
        resumed = fresh()
        resumed.load(tmp_path / "unfrozen.pt")
        assert resumed.step == 10
        resumed.train(shares, 24, lambda *_: True)
        np.testing.assert_allclose(resumed.rows, whole.rows, atol=1e-5)
        np.testing.assert_allclose(resumed.network["d0"], whole.network["d0"], atol=1e-5)
