"""Paragraphs too short to stand alone join a neighbour; an article is the same beside whatever others it is read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from paraglot.indexer.corpus.assemble import assemble
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Block, Draft
from paraglot.indexer.corpus.paragraphs import join_short

SHARE = "Share this story on the networks of your choice."
OWN = "Paragraph number {} tells something that no other article of this paper tells in these words."


def test_an_article_is_the_same_alone_and_beside_others(tmp_path: Path) -> None:
    for n in range(12):
        (tmp_path / f"{n}.txt").write_text(f"Title {n}\n\n{OWN.format(n)}\n\n{SHARE}")
    together = {one.id: one for one in read_corpus([tmp_path]) if isinstance(one, Draft)}
    [alone] = read_corpus([tmp_path / "0.txt"])
    assert isinstance(alone, Draft)
    assert alone.input_hash("r") == together["0.txt"].input_hash("r")
    paragraphs = [assemble(one, lambda _: True).paragraphs for one in (alone, together["0.txt"])]
    assert paragraphs[0] == paragraphs[1]
    assert [one.text for one in paragraphs[0]] == [OWN.format(0), SHARE]


def blocks(*given: tuple[str, str]) -> list[Block]:
    made, at = [], 0
    for heading, text in given:
        made.append(Block(text, at, at + len(text), heading))
        at += len(text) + 2
    return made


LONG = "A paragraph that is long enough to stand by itself."


def test_short_paragraphs_join_a_neighbour_under_the_same_heading() -> None:
    joined = join_short(blocks(("", "Yes."), ("", LONG), ("", "No."), ("A", "Alone."), ("B", LONG)), lambda _: True)
    assert [(one.heading, one.text) for one in joined] == [("", f"Yes. {LONG} No."), ("A", "Alone."), ("B", LONG)]
    assert (joined[0].start, joined[0].end) == (0, 4 + 2 + len(LONG) + 2 + 3)


def test_short_paragraphs_do_not_join_to_more_than_fits() -> None:
    joined = join_short(blocks(("", "Yes."), ("", LONG)), lambda text: len(text) <= len(LONG))
    assert [one.text for one in joined] == ["Yes.", LONG]


def test_joined_paragraphs_keep_the_anchor_of_their_heading() -> None:
    under = [replace(one, anchor="why") for one in blocks(("Why", "Yes."), ("Why", LONG), ("Why", "No."))]
    [joined] = join_short(under, lambda _: True)
    assert (joined.text, joined.heading, joined.anchor) == (f"Yes. {LONG} No.", "Why", "why")
