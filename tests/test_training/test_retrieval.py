"""Queries and their paragraphs, from files small enough to redo by hand."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from training.retrieval import Clozes, Questions

WORDS: list[str] = []


class Words:
    """A text's pieces are its words."""

    def encode(self, texts: list[str], num_threads: int = 1) -> list[list[int]]:
        WORDS.extend(dict.fromkeys(word for text in texts for word in text.split() if word not in WORDS))
        return [[WORDS.index(word) for word in text.split()] for text in texts]


def written(ids: list[int]) -> str:
    return " ".join(WORDS[number] for number in ids)


def test_questions_come_with_their_own_paragraph_and_no_paragraph_twice(tmp_path: Path) -> None:
    lines = [f"ja\t - q{n}\tja\tp{n // 2}\n" for n in range(100)]
    (tmp_path / "qa_any.tsv.xz").write_bytes(lzma.compress("".join(lines).encode()))
    (tmp_path / "other.tsv.xz").write_bytes(lzma.compress(b"en\tx\tde\ty\n"))
    questions = Questions(tmp_path, Words())  # type: ignore[arg-type]
    assert len(questions) == 100
    asked = questions.draw(np.random.default_rng(0), 12)
    paragraphs = [written(ids) for ids in asked.paragraphs]
    assert 4 <= len(set(paragraphs)) == len(paragraphs) <= 12
    assert paragraphs == [f"p{int(written(ids)[1:]) // 2}" for ids in asked.queries]


@pytest.fixture
def clozes(tmp_path: Path) -> Clozes:
    """Forty rows in three languages: a query in one names its number, as every row of a paragraph does."""
    rows = [
        {language: f"{language} row {n:02} of a long document" for language in ("en", "de", "hi")} for n in range(40)
    ]
    text = "".join(json.dumps(row) + "\n" for row in [*rows, {"de": "kein Englisch"}])
    (tmp_path / "ms_iot.jsonl.xz").write_bytes(lzma.compress(text.encode()))
    (tmp_path / "wikidict_titles.jsonl.xz").write_bytes(lzma.compress(text.encode()))  # no documents
    return Clozes(tmp_path, Words())  # type: ignore[arg-type]


def test_a_cloze_asks_for_its_neighbours(clozes: Clozes) -> None:
    assert len(clozes) == 40
    asked_in, found_in, within = set(), set(), 0
    for seed in range(8):
        asked = clozes.draw(np.random.default_rng(seed), 10)
        assert len(asked.queries) == len(asked.paragraphs) == 10
        for query, paragraph in zip(map(written, asked.queries), map(written, asked.paragraphs), strict=True):
            if query.count(" ") < 6:
                continue  # it misses some pieces
            number = int(query.split()[2])
            around = [int(part[:2]) for part in paragraph.split(" row ")[1:]]
            assert around == [n for n in range(min(*around, number), max(*around, number) + 1) if n in around]
            assert set(range(min(around), max(around) + 1)) - set(around) <= {number}
            assert min(around) - 1 <= number <= max(around) + 1
            within += number in around
            asked_in.add(query[:2])
            found_in.add(paragraph[:2])
    assert asked_in == found_in == {"en", "de", "hi"}
    assert 0 < within < 60


def test_the_same_seed_draws_the_same(clozes: Clozes) -> None:
    assert clozes.draw(np.random.default_rng(3), 5) == clozes.draw(np.random.default_rng(3), 5)
