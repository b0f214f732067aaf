"""The word map: how alike texts are while it learns, that it learns, and what it leaves on disk."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from paraglot.search.encoders.builtin.table import WORD_MAP
from training.retrieval import Asked

# PyTorch takes seconds to import, which every process that shares the tests would spend: it is imported by tests.

Ids = NDArray[np.int32]


def ids(*numbers: int) -> Ids:
    return np.array(numbers, np.int32)


def test_texts_are_as_alike_as_their_nearest_pieces() -> None:
    import torch

    from training.word_map import THRESHOLD, alikeness

    rows = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    found = alikeness(rows, torch.tensor([1.0, 3.0, 1.0]), [ids(0, 1), ids(2)], [ids(0), ids(1, 2)])
    expected = [
        [(1 * (1 - THRESHOLD) + 0) / 4, (1 * (0.6 - THRESHOLD) + 3 * (1 - THRESHOLD)) / 4],
        [0.6 - THRESHOLD, 1 - THRESHOLD],
    ]
    assert found.numpy() == pytest.approx(np.array(expected), abs=1e-6)


class _Twins:
    """Piece n is translated by piece n + 40, whose row has the same first half and another second half."""

    def draw(self, rng: np.random.Generator, count: int = 8) -> tuple[list[Ids], list[Ids]]:
        chosen = rng.choice(40, count, replace=False)
        return [ids(one) for one in chosen], [ids(one + 40) for one in chosen]


class _NoClozes:
    def draw(self, rng: np.random.Generator, count: int) -> Asked:
        one, other = _Twins().draw(rng)
        return Asked([own.tolist() for own in one], [own.tolist() for own in other])


@pytest.mark.slow
def test_it_learns_which_directions_translate(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from training import word_map
    from training.word_map import learn

    monkeypatch.setattr(word_map, "STEPS", 300)
    monkeypatch.setattr(word_map, "RATE", 0.02)
    monkeypatch.setattr(word_map, "DIMENSION", 16)
    draw = np.random.default_rng(1)
    meaning, noise = draw.normal(size=(40, 8)), draw.normal(size=(80, 8))
    table = np.hstack([np.vstack([meaning, meaning]), 2 * noise]).astype(np.float32)
    rows = torch.nn.functional.normalize(torch.from_numpy(table), dim=1)
    turning = learn(rows, torch.ones(80), _Twins(), _NoClozes(), seed=0)
    again = learn(rows, torch.ones(80), _Twins(), _NoClozes(), seed=0)
    assert turning.tobytes() == again.tobytes()

    def right(turned: np.ndarray) -> float:
        unit = turned / np.linalg.norm(turned, axis=1)[:, None]
        return float(((unit[:40] @ unit[40:].T).argmax(axis=1) == np.arange(40)).mean())

    assert right(rows.numpy()) < 0.6
    assert right(rows.numpy() @ turning) > 0.9


def test_the_map_is_written_with_its_checksum(tmp_path: Path) -> None:
    from training.word_map import write

    (tmp_path / "config.json").write_text(json.dumps({"fingerprint": "f", "files": {"x": "1"}}), encoding="utf-8")
    write(tmp_path, np.ones((512, 3), np.float32))
    content = (tmp_path / WORD_MAP).read_bytes()
    assert np.frombuffer(content, "<f2").reshape(512, 3).min() == 1
    config = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    assert config == {"fingerprint": "f", "files": {WORD_MAP: hashlib.sha256(content).hexdigest(), "x": "1"}}
