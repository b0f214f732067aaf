"""Titles of texts that mark none: nothing of the text is torn off or lost for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from paraglot.indexer.corpus.assemble import assemble
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft

WRAPPED = """The council of Oakmoor voted on Tuesday to keep the old weir on
the river, after three years of talks with anglers, millers and
the owners of the campsite downstream.

Engineers had warned that the structure, built in 1911, could
fail in a large flood.
"""
SENTENCE = "The council of Oakmoor voted on Tuesday to keep the old weir."
SECOND = "Engineers had warned that it could fail in a large flood, as one did in 1954 in the next valley."
LONG = "The council " + "and the millers of the valley " * 12 + "voted."


def read(folder: Path, text: str) -> tuple[Draft, list[str]]:
    (folder / "a.txt").write_text(text, "utf-8")
    [draft] = read_corpus([folder])
    assert isinstance(draft, Draft), draft
    return draft, [one.text for one in assemble(draft, lambda text: len(text) < 2000).paragraphs]


@pytest.mark.parametrize(
    ("text", "title", "paragraphs"),
    [
        (f"Weir stays\n\n{SENTENCE}", "Weir stays", [SENTENCE]),
        (f"Weir stays\n{SENTENCE}\n{SECOND}", "Weir stays", [SENTENCE, SECOND]),
        (f"Will the weir stay?\n{SENTENCE}", "Will the weir stay?", [SENTENCE]),
        (f"Firma Berg & Co.\n\n{SENTENCE}", "Firma Berg & Co.", [SENTENCE]),
        (SENTENCE, SENTENCE, [SENTENCE]),
        ("Weir stays", "Weir stays", ["Weir stays"]),
        (f"{SENTENCE}\n{SECOND}", SENTENCE, [SENTENCE, SECOND]),
        (f"{SENTENCE}\n\n{SECOND}", SENTENCE, [SENTENCE, SECOND]),
        (
            "川の堰は土曜日に再開した。\n市は来年も工事を続けるという。",
            "川の堰は土曜日に再開した。",
            ["川の堰は土曜日に再開した。 市は来年も工事を続けるという。"],
        ),
        (LONG, f"{LONG[:80].rsplit(' ', 1)[0]}…", [LONG]),
    ],
)
def test_titles(tmp_path: Path, text: str, title: str, paragraphs: list[str]) -> None:
    draft, found = read(tmp_path, text)
    assert (draft.title, found) == (title, paragraphs)


def test_a_hard_wrapped_sentence_is_not_torn(tmp_path: Path) -> None:
    draft, paragraphs = read(tmp_path, WRAPPED)
    first = " ".join(WRAPPED.split("\n\n")[0].split())
    assert (draft.title, paragraphs[0], len(paragraphs)) == (first, first, 2)


def test_wrapped_lines_of_wide_characters(tmp_path: Path) -> None:
    text = "镇议会周二投票决定保留河上的老堰此前与钓鱼者磨坊主\n和下游营地的业主进行了三年的谈判工程师曾警告说这座\n建筑可能在大洪水中倒塌。\n\n工程将于九月开始，持续到春天，议会表示步道仍然开放。"
    draft, paragraphs = read(tmp_path, text)
    assert draft.title.startswith("镇议会周二投票决定保留河上的老堰此前与钓鱼者磨坊主 和下游")
    assert len(paragraphs) == 2


def test_date_and_author_over_the_title(tmp_path: Path) -> None:
    draft, paragraphs = read(tmp_path, f"7 May 2024\nBy Ana Berg\n\nWeir stays\n\n{SENTENCE}\n")
    assert (draft.title, draft.date, draft.attributes) == ("Weir stays", "2024-05-07", {"author": "Ana Berg"})
    assert paragraphs == [SENTENCE]
    draft, paragraphs = read(tmp_path, f"1984\n\n{SENTENCE}\n\n{SECOND}\n")
    assert (draft.title, draft.date, paragraphs) == ("1984", None, [SENTENCE, SECOND])
