"""CSV of many dialects and with faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from paraglot.api.cli.reading import reading_options
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.readers.inputs import Options
from paraglot.indexer.readers.tables.csv_rows import UNCLOSED, Dialect


def read(path: Path, content: str | bytes, options: Options = Options()) -> tuple[list[Draft], list[str]]:  # noqa: B008
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = list(read_corpus([path], options))
    drafts = [one for one in found if isinstance(one, Draft)]
    return drafts, [f"{one.place.line}: {one.reason}" for one in found if isinstance(one, Skipped)]


TWO = "a;Apples;Apples are red.\nb;Pears;Pears are green.\n"


@pytest.mark.parametrize(
    "content",
    [
        f"id;title;text\n{TWO}",
        f"sep=;\r\nid;title;text\r\n{TWO}",
        f"\ufeffsep=;\nid;title;text\n{TWO}",
        f"\ufeffID; Title ; Text\n{TWO}",
        f"id;ti\u00adtle;\u200btext\n{TWO}",
        f"id;title;text\n{TWO}\x1a",
        f"id;title;text\n{TWO}\x1a\r\n",
        f"Export of 2024-06-03\n\nid;title;text\n{TWO}",
        f"Made, with, commas\nid;title;text\n{TWO}",
        f"id,title,text\n{TWO}",
        f'id;"ti­tle";"text";"a long\nname; of three\nlines"\n{TWO}'.replace(".\n", ".;\n"),
        f'Export\n"id";"title";"text"\n{TWO}',
        f"id;title;text\n{TWO}".replace("\n", "\r"),
        f"id;title;text\n{TWO}".replace(";", "\t"),
        f"id;title;text\n{TWO}".replace(";", "|"),
        f"id;title;text\n{TWO}".replace(";", "^"),
        f'"id";"title";"text"\n{TWO}',
        f'id;title;"text"\n{TWO}'.replace("a;Apples;Apples are red.", '"a";"Apples" ; "Apples are red."'),
        f"id;title;text;;\n{TWO}".replace("\n", ";;\n"),
        f"id;title;text\n{TWO}".encode("utf-16"),
    ],
)
def test_two_rows_in_any_dialect(tmp_path: Path, content: str | bytes) -> None:
    drafts, skipped = read(tmp_path / "a.csv", content)
    assert [(draft.id, draft.title.strip(), draft.text) for draft in drafts] == [
        ("a", "Apples", "Apples are red."),
        ("b", "Pears", "Pears are green."),
    ]
    assert skipped == []


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (r'"The curator said \"nothing was stolen\", and went."', 'The curator said "nothing was stolen", and went.'),
        ('"The curator said ""nothing was stolen"", and went."', 'The curator said "nothing was stolen", and went.'),
        ('"The curator said "nothing was stolen" and went."', 'The curator said "nothing was stolen" and went.'),
        ('A 15" screen', 'A 15" screen'),
        ('"One paragraph, with ""quotes"".\n\nAnother, with, commas."', 'One paragraph, with "quotes".\n\nAnother, with, commas.'),
        (r'"C:\dir\"', "C:\\dir\\"),
        ('"First\nline, of, text\nlast"', "First\nline, of, text\nlast"),
    ],
)  # fmt: skip
def test_quotes(tmp_path: Path, written: str, read_as: str) -> None:
    drafts, skipped = read(tmp_path / "a.csv", f"id,title,text\na,T,{written}\nb,T,The next row.\n")
    assert ([draft.text for draft in drafts], skipped) == ([read_as, "The next row."], [])


def rows(number: int, quoted: bool, ids: str = "p{}") -> list[str]:
    quote = '"' if quoted else ""
    made = (f"{quote}Row {one} is about apples and pears.{quote}" for one in range(1, number + 1))
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return [f"{ids.format(one, letters[one])},Row {one},{text}" for one, text in enumerate(made, start=1)]


@pytest.mark.parametrize("quoted", [True, False])
@pytest.mark.parametrize("ids", ["p{0}", "{0}", "https://v.example/{0}", "{1}"])
@pytest.mark.parametrize("at", [3, 39, 40])
def test_an_unclosed_quote_costs_its_row_alone(tmp_path: Path, quoted: bool, ids: str, at: int) -> None:
    lines = rows(40, quoted, ids)
    head, _, text = lines[at - 1].rpartition(",")
    lines[at - 1] = f'{head},"{text.strip(chr(34))}'
    drafts, skipped = read(tmp_path / "a.csv", "\n".join(["id,title,text", *lines]))
    assert [draft.title for draft in drafts] == [f"Row {number}" for number in range(1, 41) if number != at]
    assert skipped == [f"{at + 1}: {UNCLOSED}"]


def test_two_unclosed_quotes_and_a_long_text_between(tmp_path: Path) -> None:
    lines = rows(12, quoted=True)
    lines[2] = lines[2][:-1]
    lines[5] = 'p6,Row 6,"A text\n\nof several lines, with a comma.\nAnd a last one."'
    lines[8] = lines[8][:-1]
    drafts, skipped = read(tmp_path / "a.csv", "\n".join(["id,title,text", *lines]))
    assert [draft.id for draft in drafts] == [f"p{number}" for number in range(1, 13) if number not in (3, 9)]
    assert skipped == [f"4: {UNCLOSED}", f"13: {UNCLOSED}"]


def test_lists_and_numbers(tmp_path: Path) -> None:
    options = reading_options(["tags=keywords:list", "year=jahr:number", "open=open:boolean", "title=dc:title"], None)
    content = (
        "id;dc:title;text;keywords;jahr;open\n"
        "a;A;One.;red, green;2024;yes\nb;B;Two.;;1.234,5;no\nc;C;Three.;['x'];soon;perhaps\n"
    )
    drafts, skipped = read(tmp_path / "a.csv", content, options)
    assert [dict(draft.attributes) for draft in drafts] == [
        {"tags": ["red", "green"], "year": 2024, "open": True},
        {"year": 1234.5, "open": False},
        {"tags": ["['x']"], "year": "soon", "open": "perhaps"},
    ]
    assert ([draft.title for draft in drafts], skipped) == (["A", "B", "C"], [])
    [draft], _ = read(tmp_path / "a.jsonl", '{"id": "a", "text": "One.", "keywords": "x|y", "jahr": "1,000"}', options)
    assert draft.attributes == {"tags": ["x", "y"], "year": 1000}
    assert options.remarks.warned() == [
        "A mark of numbers in year may part thousands or decimals: 1,000 was read as 1000; "
        "without marks between thousands there is no doubt."
    ]


def test_rows_with_unclosed_quotes_are_looked_at_a_few_times_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = 0
    real = Dialect.cells

    def counted(self: Dialect, text: str, inside: bool = False) -> tuple[list[str], bool, bool]:
        nonlocal looked
        looked += 1
        return real(self, text, inside)

    monkeypatch.setattr(Dialect, "cells", counted)
    drafts, skipped = read(tmp_path / "a.csv", "id,text\n" + "".join(f'{one},a\n{one}b,"c\n' for one in range(500)))
    assert len(drafts) == len(skipped) == 500
    assert looked <= 4 * 500 + 200  # and some, to learn the dialect from the first lines


def test_a_row_says_why_it_is_no_article_whichever_column_holds_the_text(tmp_path: Path) -> None:
    assert read(tmp_path / "a.csv", "id,text,summary\n1,,\n2,,A short one.\n3\n")[1] == [
        "2: the article has no text",
        "4: the article has no text",
    ]
    _, [said] = read(tmp_path / "a.csv", "id,content,note\n1,,x\n")
    assert (
        said
        == "2: the article has no text: if one of its fields (note) holds it, call that text (of files: --field text=note)"
    )


def test_a_header_that_comes_again_is_no_article(tmp_path: Path) -> None:
    options = Options()
    drafts, skipped = read(tmp_path / "a.csv", f"id;title;text\n{TWO}id;title;text\nc;Plums;Plums are blue.\n", options)
    assert ([draft.id for draft in drafts], skipped) == (["a", "b", "c"], [])
    assert options.remarks.counts() == {"repeated headers": 1}
