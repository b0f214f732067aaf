"""`--reranker` at every door that has it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from paraglot.search.encoders.fake_reranker import FakeReranker
from tests.commands import paraglot, process
from tests.servers import service

QUERY = "Bäcker der"


def expected(hits: Sequence[dict[str, object]]) -> list[float]:
    """The fake's scores of the texts of hits."""
    return FakeReranker().scores(QUERY, [str(hit["text"]) for hit in hits]).tolist()


@pytest.mark.slow
def test_service_with_and_without(small_index: Path) -> None:
    with service(small_index) as running:
        before = running.client.get("/v1/search", params={"q": QUERY, "explain": "true"})
    with service(small_index, "--reranker", "fake") as running:
        after = running.client.get("/v1/search", params={"q": QUERY, "explain": "true"})
        short = running.client.get("/v1/search", params={"q": QUERY})
    assert all(hit["explain"]["rerank"] is None for hit in before.json()["hits"])
    answer = after.json()
    told = [hit["explain"]["rerank"] for hit in answer["hits"]]
    assert [one["score"] for one in told] == expected(answer["hits"]) == sorted(expected(answer["hits"]), reverse=True)
    assert told[0] == {"rank": 1, "score": 1.0}
    assert answer["hits"][0]["text"] == "Die Bäcker der Altstadt protestierten laut."
    assert ("rerank" in before.json()["timings_ms"], "rerank" in answer["timings_ms"]) == (False, True)
    assert short.json()["hits"][0]["explain"] is None
    assert before.headers["etag"] != after.headers["etag"], "what was kept of answers before is not taken for these"


@pytest.mark.slow
def test_command_line(small_index: Path) -> None:
    arguments = ("search", QUERY, "--index", small_index, "--group-by", "none")
    shown = paraglot(*arguments, "--long", "--reranker", "fake")
    assert "· reranker (no. 1): score 1.00" in shown.stdout
    hits = json.loads(paraglot(*arguments, "--json", "--explain", PARAGLOT_RERANKER="fake").stdout)["hits"]
    assert [hit["explain"]["rerank"]["score"] for hit in hits] == expected(hits)
    assert "reranker" not in paraglot(*arguments, "--long").stdout


@pytest.mark.slow
@pytest.mark.parametrize("command", [("search", "bread"), ("serve", "--port", "0"), ("serve", "--workers", "2")])
def test_what_cannot_be_loaded_ends_the_command(small_index: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    failed = process(*command, "--index", small_index, "--reranker", tmp_path / "nowhere")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert (
        failed.stderr == f"paraglot: There is no folder {tmp_path / 'nowhere'}. Give the folder of a cross-encoder.\n"
    )


def test_measured(tmp_path: Path) -> None:
    """The right text is the longest, which nothing but the reranker looks for."""
    pytest.importorskip("ir_measures", reason="the extra eval is missing")
    from paraglot.api.evaluation.judged import read_judged
    from paraglot.api.evaluation.measure import build_index, measure

    class ByLength:
        def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
            return np.array([len(text) for text in texts], np.float32)

    texts = {"a": "bread tax", "b": "bread tax council raised", "c": "penguins sleep standing on the old town's wall"}
    files = [tmp_path / name for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv")]
    files[0].write_text("".join(json.dumps({"id": id_, "text": text}) + "\n" for id_, text in texts.items()))
    files[1].write_text('{"id": "q", "text": "bread tax"}\n')
    files[2].write_text("query-id\tcorpus-id\tscore\nq\tc\t1\n")
    judged = read_judged(*files)
    build_index(judged, tmp_path / "index", "fake", None)
    before = measure(judged, tmp_path / "index", ("hybrid",))
    after = measure(judged, tmp_path / "index", ("hybrid", "semantic"), reranker=ByLength())
    place = after.measures.index("recall@1")
    [found] = after.values.values()
    assert found[0, :, place, 0].tolist() == [1.0, 0.0]
    assert next(iter(before.values.values()))[0, 0, place, 0] == 0.0
