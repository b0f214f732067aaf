"""Texts that were set or fast_scan in pages: page numbers and running heads are none of their words."""

from __future__ import annotations

from pathlib import Path

import pytest

from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.inputs import Options

PAGES = [
    "The river ran high in that spring, and the millers\nof the lower town kept watch at night, for the\nold bridge was weak.",
    "It had been built by the monks, who took a toll\nfrom every cart that went over it, and gave the\nmoney to the poor of",
    "the parish. When the water fell the carpenters\ncame and looked at the piers, which were of oak,\nand found them sound.",
    "So the bridge stood for another hundred years, and\nnobody spoke of the spring in which all of them\nhad feared for it.",
]
WORDS = " ".join(" ".join(PAGES).split())


def read(path: Path, text: str) -> tuple[str, dict[str, int]]:
    """The words of the one article below a title, and what was left out."""
    path.write_text(f"Of mills and bridges\n\n{text}")
    remarks = Remarks()
    [draft] = read_corpus([path], Options(remarks=remarks))
    assert isinstance(draft, Draft)
    return " ".join(draft.text.split()), remarks.counts()


@pytest.mark.parametrize("number", ["{}", "- {} -", "[{}]", "Page {}", "Seite {}", "{} / 90", "第{}页", "— {} —"])
def test_numbers_at_the_feet_of_pages(tmp_path: Path, number: str) -> None:
    pages = [f"{page}\n\n{number.format(at)}" for at, page in enumerate(PAGES, start=12)]
    assert read(tmp_path / "a.txt", "\f".join(pages)) == (WORDS, {"page numbers": 4})


@pytest.mark.parametrize("heads", [("THE MILLERS OF WEY",), ("THE MILLERS OF WEY", "A HISTORY OF THE TOWN")])
def test_heads_with_and_without_numbers(tmp_path: Path, heads: tuple[str, ...]) -> None:
    pages = PAGES * 2
    numbered = [f"{at}   {heads[at % len(heads)]}\n\n{page}" for at, page in enumerate(pages, start=12)]
    assert read(tmp_path / "a.txt", "\f".join(["", *numbered])) == (f"{WORDS} {WORDS}", {"running heads": 8})
    above = [f"{heads[at % len(heads)]}\n{at}\n{page}" for at, page in enumerate(pages, start=12)]
    expected = {"running heads": 8, "page numbers": 8}
    assert read(tmp_path / "a.txt", "\f".join(["", *above])) == (f"{WORDS} {WORDS}", expected)


def test_pages_that_numbers_alone_tell_apart(tmp_path: Path) -> None:
    long = [f"{page}\n{other}" for page, other in zip(PAGES, PAGES[::-1], strict=True)]
    text = "\n".join(f"{page}\n\n{at}\n\nTHE MILLERS OF WEY\n" for at, page in enumerate(long, start=12))
    words, left_out = read(tmp_path / "a.txt", text)
    assert words == " ".join(" ".join(long).split())
    assert left_out == {"page numbers": 4, "running heads": 4}


def test_what_a_page_divides_is_one_paragraph(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\f".join(f"{page}\n{at}\n" for at, page in enumerate(PAGES, start=2)))
    [draft] = read_corpus([tmp_path / "a.txt"])
    assert isinstance(draft, Draft)
    assert "to the poor of\nthe parish." in draft.text
    assert "was weak.\n\nIt had" in draft.text


@pytest.mark.parametrize(
    "text",
    [
        "Chapter 1\n\n"
        + "\n".join(PAGES)
        + "\n\nChapter 2\n\n"
        + "\n".join(PAGES)
        + "\n\nChapter 3\n\n"
        + "\n".join(PAGES),
        "Winners\n\n1\nAnna Berg of the lower town.\n2\nBen Carr of the mill.\n3\nCleo Dorn of the bridge.",
        "Years\n\n" + "\n".join([*PAGES, "1999", *PAGES, "2004", *PAGES, "1987", *PAGES]),
        "One page\n\n" + PAGES[0] + "\n\n7\f" + PAGES[1],
    ],
    ids=["chapters", "list", "years", "two pages"],
)
def test_other_numbers_stay(tmp_path: Path, text: str) -> None:
    words, left_out = read(tmp_path / "a.txt", text)
    assert left_out == {}
    assert words == " ".join(text.split())
