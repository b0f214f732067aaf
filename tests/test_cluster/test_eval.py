"""Judged queries are measured over an index on a cluster, which is kept for the next time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import paraglot

pytestmark = pytest.mark.slow


def test_a_judged_set_is_measured_on_a_cluster(address: str, tmp_path: Path) -> None:
    corpus, queries, qrels = tmp_path / "corpus.jsonl", tmp_path / "queries.jsonl", tmp_path / "qrels.tsv"
    texts = {"a": "The council raised the bread tax.", "b": "The ferry sails in winter."}
    corpus.write_text(
        "".join(json.dumps({"_id": id_, "title": "", "text": text}) + "\n" for id_, text in texts.items())
    )
    queries.write_text(json.dumps({"_id": "q", "text": "bread tax"}) + "\n")
    qrels.write_text("query-id\tcorpus-id\tscore\nq\ta\t1\n")
    given = ["--corpus", corpus, "--queries", queries, "--qrels", qrels, "--model", "fake", "--mode", "keyword"]
    done = paraglot("eval", *given, "--index", address, "--json")
    assert done.returncode == 0, done.stderr
    status = json.loads(paraglot("status", "--index", address, "--json").stdout)
    assert (status["articles"], status["paragraphs"]) == (2, 2)
    [value] = [own["groups"]["all"]["value"] for own in _measured(json.loads(done.stdout))]
    assert value == 1.0


def _measured(found: object) -> list[dict[str, dict[str, dict[str, float]]]]:
    """What is told of nDCG@10, wherever it stands."""
    if not isinstance(found, dict):
        return []
    return [own for name, value in found.items() for own in ([value] if name == "nDCG@10" else _measured(value))]
