"""Damaged inputs of every format cost themselves alone: `benchmarks/mutations.py`, small."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pypdf")
pytest.importorskip("docx")

pytestmark = pytest.mark.slow  # PDF and Word load their libraries


def test_sound_samples_are_articles(tmp_path: Path) -> None:
    from benchmarks.mutation_samples import samples
    from indexer.corpus import read_corpus
    from indexer.drafts import Draft

    for name, content in samples().items():
        (tmp_path / name).write_bytes(content)
        assert any(isinstance(found, Draft) for found in read_corpus([tmp_path / name])), name


def test_no_damage_ends_in_anything_but_a_named_fault(tmp_path: Path) -> None:
    from benchmarks.mutations import campaign

    outcome = campaign(tmp_path, inputs=138, seed=1)
    assert outcome.crashes == []
    assert set(outcome.formats.values()) == {6}
    assert outcome.articles > 50 < outcome.skipped
