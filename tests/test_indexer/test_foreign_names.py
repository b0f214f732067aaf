"""Fields that are named in the language of those who keep the table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.corpus.foreign_names import FOREIGN_NAMES, OURS
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.inputs import Options

SENTENCE = "The old house stood at the end of the street."


def read(path: Path, text: str) -> tuple[list[Draft], list[str], list[str]]:
    """Drafts, reasons of what was skipped, and what is said beside them."""
    path.write_text(text)
    remarks = Remarks()
    found = list(read_corpus([path], Options(remarks=remarks)))
    skipped = [one.reason for one in found if isinstance(one, Skipped)]
    return [one for one in found if isinstance(one, Draft)], skipped, remarks.warned()


@pytest.mark.parametrize(
    ("title", "text", "date"),
    [
        ("titulo", "texto", "fecha"),
        ("Título", "Conteúdo", "Data"),
        ("Titel", "Inhalt", "Datum"),
        ("Titre", "Contenu", "Date de publication"),
        ("标题", "正文", "日期"),
        ("見出し", "本文", "日付"),
        ("제목", "내용", "날짜"),
        ("Заголовок", "ТЕКСТ", "Дата"),
        ("Τίτλος", "Κείμενο", "Ημερομηνία"),
        ("العنوان", "النص", "التاريخ"),
        ("शीर्षक", "पाठ", "दिनांक"),
        ("Tiêu đề", "Nội dung", "Ngày"),
        ("Názov", "Obsah", "Dátum"),
        ("Başlık", "Metin", "Tarih"),
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a", "a.jsonl", "a.md"])
def test_they_are_ours(tmp_path: Path, name: str, title: str, text: str, date: str) -> None:
    cells = {title: "Old house", text: SENTENCE, date: "2023-10-02", "Autor": "Ana"}
    if name == "a.jsonl":
        written = json.dumps(cells)
    elif name == "a.md":
        fields = "".join(f'"{one}": "{value}"\n' for one, value in cells.items() if one != text)
        written = f"---\n{fields}---\n\n{SENTENCE}\n"
    else:
        written = f"{';'.join(cells)}\n{';'.join(cells.values())}\n"
    [draft], skipped, said = read(tmp_path / name, written)
    assert (draft.title, draft.text, draft.date, skipped) == ("Old house", SENTENCE, "2023-10-02", [])
    assert [value for one, value in draft.attributes.items() if one.lower() == "autor"] == ["Ana"]
    assert "Fields were taken for ours by their names: " in said[-1]
    assert f"{title.lower()} for title" in said[-1].lower()


def test_ours_go_before_and_nothing_is_said(tmp_path: Path) -> None:
    given = {"id": "1", "title": "Ours", "titulo": "Theirs", "text": SENTENCE, "texto": "x", "data": "no date"}
    [draft], _, said = read(tmp_path / "a.jsonl", json.dumps(given))
    assert (draft.title, draft.text, draft.date, said) == ("Ours", SENTENCE, None, [])
    assert draft.attributes == {"titulo": "Theirs", "texto": "x", "data": "no date"}


def test_what_does_not_say_it_is_an_attribute(tmp_path: Path) -> None:
    given = {"id": "1", "text": SENTENCE, "adresse": "Gasse 3", "fecha": "pronto", "sprache": "laut"}
    [draft], _, said = read(tmp_path / "a.json", json.dumps([given]))
    assert (draft.url, draft.date, draft.language, said) == (None, None, None, [])
    assert draft.attributes == {"adresse": "Gasse 3", "fecha": "pronto", "sprache": "laut"}


def test_a_title_goes_before_the_name_of_a_section(tmp_path: Path) -> None:
    [draft], _, _ = read(tmp_path / "a.csv", f"Rubrik,Titel,Inhalt\nLokales,Haus,{SENTENCE}\n")
    assert (draft.title, draft.attributes) == ("Haus", {"rubrik": "Lokales"})


def test_articles_in_what_wraps_them(tmp_path: Path) -> None:
    drafts, _, _ = read(tmp_path / "a.json", json.dumps({"inhalt": [{"titel": "Haus", "inhalt": SENTENCE}]}))
    assert [(one.title, one.text) for one in drafts] == [("Haus", SENTENCE)]


def test_a_header_below_other_lines_and_one_of_summaries(tmp_path: Path) -> None:
    [draft], _, _ = read(tmp_path / "a.csv", f"Export 2023\n\nFecha\tTexto\n2023-10-02\t{SENTENCE}\n")
    assert (draft.text, draft.date) == (SENTENCE, "2023-10-02")
    [draft], _, _ = read(tmp_path / "b.csv", f"name,description\nHouse,{SENTENCE}\n")
    assert draft.text == SENTENCE


def test_no_known_column_is_refused_with_the_likeliest(tmp_path: Path) -> None:
    _, [reason], _ = read(tmp_path / "a.csv", f"name,Comment of ours,when\nHouse,{SENTENCE},2023\n")
    assert reason == (
        "no column is named text: map one with --field 'text=Comment of ours' (the columns are name, Comment of ours, when)"
    )


def test_our_own_names_are_no_foreign_ones() -> None:
    """Else every article with them took the way of those that have others, which costs half as much again."""
    assert FOREIGN_NAMES.isdisjoint(OURS)
