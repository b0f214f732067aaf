"""A service keeps what its OpenAPI document says: `benchmarks/contract.py`, small."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers import service


@pytest.mark.slow
def test_every_answer_is_as_the_document_says(small_index: Path) -> None:
    from benchmarks.contract import campaign

    with service(small_index, "--statistics") as running:
        paths = running.client.get("/openapi.json").json()["paths"]
        result = campaign(str(running.client.base_url), 200, seed=0)
    assert result.failures == {}
    assert result.cases >= 200
    assert len(result.operations) == sum(len(operations) for operations in paths.values())
    assert {200, 202, 404, 422} <= set(result.statuses)
