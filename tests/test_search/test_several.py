"""Several searches of one request: what they ask is encoded in one call."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.engine.engine import Engine
from paraglot.search.types import SearchRequest


def test_several_searches_are_encoded_in_one_call(small_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []
    encode = FakeEncoder.encode_query

    def counted(encoder: FakeEncoder, queries: Sequence[str]) -> Vectors:
        calls.append(list(queries))
        return encode(encoder, queries)

    asked = ["bread tax", SearchRequest("old town", mode="keyword"), SearchRequest("Altstadt", limit=1), "bread tax"]
    with Engine(small_index, FakeEncoder()) as engine:
        each = [engine.search(one) for one in asked]
        monkeypatch.setattr(FakeEncoder, "encode_query", counted)
        found = engine.search_all(asked)
    assert [one.hits for one in found] == [one.hits for one in each]
    assert calls == [["bread tax", "Altstadt"]]
