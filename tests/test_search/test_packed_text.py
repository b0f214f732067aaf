"""Texts of paragraphs as their records keep them."""

from __future__ import annotations

import random
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraglot.indexer.build import index_corpus
from paraglot.indexer.care.verify import verify_index
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.store import packed_text as packing
from paraglot.search.folder.store.packed_text import LEAST_BYTES, packed_text, unpacked_text
from paraglot.search.folder.store.schema import PARAGRAPH_COLUMNS, record_checksum
from paraglot.search.types import SearchRequest

LONG = "The council raised the bread tax, and the bakers of the old town protested against the tax on their bread."


@given(st.text(max_size=300), st.integers(1, 50))
def test_every_text_is_what_it_was(text: str, times: int) -> None:
    kept = packed_text(text * times)
    assert unpacked_text(kept) == text * times
    assert len(kept if isinstance(kept, bytes) else kept.encode()) <= len((text * times).encode())


def test_short_ones_and_what_would_not_be_shorter_are_kept_as_they_are() -> None:
    assert packed_text("a" * (LEAST_BYTES - 1)) == "a" * (LEAST_BYTES - 1)
    assert len(packed_text("a" * LEAST_BYTES)) < 10
    noise = "".join(map(chr, random.Random(1).sample(range(0x800, 0xD800), 34)))
    assert packed_text(noise) == noise


@pytest.mark.parametrize("kept", [b"", b"\xff" * 20, packed_text(LONG)[:-1], b"\x03\x00more"])
def test_what_is_no_text_is_refused(kept: bytes) -> None:
    with pytest.raises(ValueError, match="a text"):
        unpacked_text(kept)


def test_no_more_is_inflated_than_a_text_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    deflate = zlib.compressobj(wbits=-13)
    bomb = deflate.compress(bytes(10_000_000)) + deflate.flush()
    monkeypatch.setattr(packing, "MOST_BYTES", 1_000_000)
    with pytest.raises(ValueError, match="ends where it should not"):
        unpacked_text(bomb)


def test_a_record_whose_text_cannot_be_inflated_is_damage_that_is_named(
    tmp_path: Path, write_corpus: Callable[[list[dict[str, object]]], Path]
) -> None:
    folder = tmp_path / "index"
    index_corpus(folder, [write_corpus([{"id": "tax", "text": LONG, "language": "en"}])], "fake")
    with closing(sqlite3.connect(IndexLayout(folder).store)) as connection, connection:
        connection.row_factory = sqlite3.Row
        record = dict(connection.execute("SELECT * FROM paragraph").fetchone())
        assert isinstance(record["text"], bytes)
        record["text"] = record["text"][:-3]
        checksum = record_checksum([record[name] for name in PARAGRAPH_COLUMNS])
        connection.execute("UPDATE paragraph SET text = ?, checksum = ?", [record["text"], checksum])
    assert any("a text" in fault for fault in verify_index(folder).faults)
    with Engine(folder) as engine, pytest.raises(IndexDamaged, match=r"paragraph 'tax~.*' cannot be read"):
        engine.search(SearchRequest("bread tax"))
