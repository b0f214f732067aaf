"""Damaged inputs of every format cost themselves alone: `benchmarks/mutations.py`, small."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pypdf")
pytest.importorskip("docx")

pytestmark = pytest.mark.slow  # PDF and Word load their libraries


def test_sound_samples_are_articles(tmp_path: Path) -> None:
    from benchmarks.mutation_samples import samples
    from paraglot.indexer.corpus.corpus import read_corpus
    from paraglot.indexer.corpus.drafts import Draft

    for name, content in samples().items():
        (tmp_path / name).write_bytes(content)
        assert any(isinstance(found, Draft) for found in read_corpus([tmp_path / name])), name


def test_no_damage_ends_in_anything_but_a_named_fault(tmp_path: Path) -> None:
    from benchmarks.mutation_samples import dense
    from benchmarks.mutations import campaign

    outcome = campaign(tmp_path, inputs=144, seed=1, dense_bytes=600)
    assert outcome.crashes == []
    assert set(outcome.formats.values()) == {6, 1}
    assert outcome.inputs == 144 + len(dense(600))
    assert outcome.articles > 50 < outcome.skipped


def test_a_page_without_its_address_costs_itself_alone(tmp_path: Path) -> None:
    from benchmarks.mutation_samples import samples
    from paraglot.indexer.corpus.corpus import read_corpus
    from paraglot.indexer.corpus.drafts import Draft

    path = tmp_path / "a.warc"
    path.write_bytes(samples()["a.warc"].replace(b"WARC-Target-URI: http://a.org/0", b"WARC-Nothing: 0"))
    skipped, draft = read_corpus([path])
    assert str(skipped) == f"{path}:1: a record without its address (WARC-Target-URI)"
    assert isinstance(draft, Draft)
    assert draft.id == "http://a.org/1"


def test_a_record_that_is_longer_than_it_says_is_told_as_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from benchmarks.mutation_samples import samples
    from paraglot.indexer.corpus.corpus import read_corpus
    from paraglot.indexer.readers.inputs import Options

    options = Options()
    path = tmp_path / "a.warc"
    path.write_bytes(samples()["a.warc"].replace(b"</article>", b"</article><p>And more than it says."))
    assert len(list(read_corpus([path], options))) == 2
    assert options.remarks.warned() == [
        f"{path}:1: 2 records are longer than they say (Content-Length): cut as they say"
    ]
    assert capsys.readouterr().err == ""
