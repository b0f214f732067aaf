"""Paragraphs that stand in an index more than once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from typer.testing import CliRunner

from paraglot.api.cli.main import app
from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.indexer.care.duplicates import find_duplicates

STORY = " ".join(f"word{number}" for number in range(60))
OTHER = " ".join(f"other{number}" for number in range(60))


def test_copies_to_the_letter_and_near_ones(tmp_path: Path, write_corpus: Callable[..., Path]) -> None:
    # 58 runs of three words; a word more at the end makes one more: 58 of 59 are in both. Another word in the middle
    # of every ten changes 18 of them: 40 of 76.
    varied = " ".join(f"new{place}" if place % 10 == 5 else word for place, word in enumerate(STORY.split()))
    texts = {"a": STORY, "b": OTHER, "c": STORY, "d": f"{STORY} more", "e": varied, "f": STORY}
    index = tmp_path / "index"
    index_corpus(index, [write_corpus([{"id": one, "paragraphs": [text]} for one, text in texts.items()])], "fake")
    found = find_duplicates(index)
    assert [[one.partition("~")[0] for one in group] for group in found.exact] == [["a", "c", "f"]]
    assert [[one.partition("~")[0] for one in group] for group in found.near] == [["a", "d"]]
    delete_articles(index, ["c", "d", "f"])
    shown = CliRunner().invoke(app, ["status", "--duplicates", "--json", "--index", str(index)])
    assert json.loads(shown.stdout)["duplicates"] == {"exact": [], "near": []}
    index_corpus(index, [write_corpus([{"id": "g", "paragraphs": [OTHER]}])], "fake")
    shown = CliRunner().invoke(app, ["status", "--duplicates", "--index", str(index)])
    assert "exact duplicates: 1 group\n  b~" in shown.stdout
