"""What is hostile or broken costs its own input, named; `changes` follows what is replaced."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path
from threading import Event

import pytest

from paraglot.indexer.care.watch import changes
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.readers import plaintext

TEXT = "Title of it\n\nThe council raised the bread tax of the old town."


def read(path: Path) -> tuple[list[str], list[str]]:
    found = list(read_corpus([path]))
    return [one.id for one in found if isinstance(one, Draft)], [str(one) for one in found if isinstance(one, Skipped)]


def test_links_that_lead_back_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "one").symlink_to("other")
    (tmp_path / "other").symlink_to("one")
    ids, skipped = read(tmp_path)
    assert ids == ["a.txt"]
    assert [Path(one.split(":")[0]).name for one in skipped] == ["loop", "one", "other"]
    assert all("back to itself" in one for one in skipped)


def test_a_fault_of_a_reader_costs_its_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> tuple[str, str | None]:
        raise AttributeError("no such thing") if "bad" in text else ValueError("other")

    (tmp_path / "a.txt").write_text(f"{TEXT} bad")
    (tmp_path / "b.md").write_text(f"# {TEXT}")
    monkeypatch.setattr(plaintext, "take_source", fail)
    assert read(tmp_path) == (["b.md"], [f"{tmp_path / 'a.txt'}:1: cannot be read: AttributeError: no such thing"])


def test_a_tar_that_claims_a_terabyte_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("big.txt")
    info.size = 10**12
    (tmp_path / "a.tar").write_bytes(info.tobuf(tarfile.GNU_FORMAT) + b"x" * 20_000)
    _, [said] = read(tmp_path)
    assert "claims 1000000000000 bytes" in said


def test_a_page_of_many_attributes_is_refused(tmp_path: Path) -> None:
    attributes = " ".join(f"a{number}=1" for number in range(80_000))
    (tmp_path / "a.html").write_text(f"<html><body><p {attributes}>A text of some length.</p></body></html>")
    assert read(tmp_path) == ([], [f"{tmp_path / 'a.html'}:1: an element of more than 5000 attributes"])


def test_what_is_replaced_is_followed(tmp_path: Path) -> None:
    path, stop = tmp_path / "one.txt", Event()
    path.write_text(TEXT)
    bursts = changes([path], stop)
    next(bursts)
    for number in range(2):  # as editors save: another file takes its place
        (tmp_path / "new").write_text(f"{TEXT} {number}")
        os.replace(tmp_path / "new", path)  # noqa: PTH105
        next(bursts)
    path.unlink()
    next(bursts)
    path.write_text(TEXT)
    next(bursts)
    stop.set()
    assert list(bursts) == []
