"""Words that the end of a line divides, in plain texts and in text fields."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft
from paraglot.indexer.corpus.line_ends import whole_words

SCANNED = "On Wedn-\nesday last the new bridge over the ri-\nver Wey was opened, before a nume-\nrous company."
WHOLE = "On Wednesday\nlast the new bridge over the river\nWey was opened, before a numerous\ncompany."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SCANNED, WHOLE),
        ("Le gouver-\nnement a décidé de fermer les écoles.", "Le gouvernement\na décidé de fermer les écoles."),
        ("Пожаръ продол-\n жался шесть дней.", "Пожаръ продолжался\nшесть дней."),
        ("The bishop came be-\nfore.\nThe mayor left.", "The bishop came before.\nThe mayor left."),
    ],
)
def test_a_divided_word_is_whole_on_the_line_that_it_begins_on(text: str, expected: str) -> None:
    assert whole_words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He was a well-\nknown man in the village.", "He was a well-known\nman in the village."),
        ("Quand est-\nil venu à la maison avec les enfants ?", "Quand est-il\nvenu à la maison avec les enfants ?"),
        ("The years 1914-\n1918 were hard.", "The years 1914-1918\nwere hard."),
        ("Die U-\nBahn fährt heute nicht.", "Die U-Bahn\nfährt heute nicht."),
    ],
)
def test_a_hyphen_of_the_words_own_stays(text: str, expected: str) -> None:
    assert whole_words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Die Vor-\nund Nachteile des Vorschlags sind bekannt.",
        "It is two-\nor threefold in the end.",
        "a list\n- one\n- two",
        "He came --\nand went.",
        "He came -\nand went.",
        "In the win-\n\nter it came.",
        "The name is read_one-\nline in the code.",
    ],
)
def test_what_is_no_divided_word_stays(text: str) -> None:
    assert whole_words(text) == text


def test_texts_and_text_fields_are_read_alike(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"The new bridge\n\n{SCANNED}")
    (tmp_path / "b.jsonl").write_text(json.dumps({"id": "b", "title": "The new bridge", "text": SCANNED}))
    drafts = [one for one in read_corpus([tmp_path]) if isinstance(one, Draft)]
    assert [(one.id, one.text) for one in drafts] == [("a.txt", WHOLE), ("b", WHOLE)]
