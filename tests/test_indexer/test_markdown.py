"""Markdown as its dialects write it: front matter of every kind, and words without the signs that are no CommonMark."""

from __future__ import annotations

from pathlib import Path

import pytest

from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft

TEXT = "The council decided on Monday to build a new bridge."


def read(tmp_path: Path, text: str) -> Draft:
    path = tmp_path / "a.md"
    path.write_text(text)
    [found] = read_corpus([path])
    assert isinstance(found, Draft), str(found)
    return found


@pytest.mark.parametrize(
    "above",
    [
        "---\ntitle: Bridge\ndate: 2023-10-02\n---",
        "---yaml\ntitle: Bridge\ndate: 2023-10-02\n---",
        '+++\ntitle = "Bridge"\ndate = 2023-10-02\n+++',
        '---toml\ntitle = "Bridge"\ndate = 2023-10-02\n---',
        '{\n  "title": "Bridge",\n  "date": "2023-10-02"\n}\n',
        ';;;\n{"title": "Bridge", "date": "2023-10-02"}\n;;;',
        '---json\n{"title": "Bridge", "date": "2023-10-02"}\n---',
        "Title: Bridge\nDate: 2023-10-02\nAuthor: Ana\n",
    ],
)
def test_front_matter_of_every_kind(tmp_path: Path, above: str) -> None:
    draft = read(tmp_path, f"{above}\n{TEXT}\n")
    assert (draft.title, draft.date, draft.text) == ("Bridge", "2023-10-02", TEXT)


@pytest.mark.parametrize("above", ["{{< note >}}", "{not json}", "{"])
def test_a_brace_alone_is_no_front_matter(tmp_path: Path, above: str) -> None:
    assert read(tmp_path, f"{above}\n\n{TEXT}\n").text.endswith(TEXT)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (f"{TEXT}[^1]\n\n[^1]: By eleven votes.", [TEXT, "By eleven votes."]),
        ("Mill\n: A house that grinds.\n: A machine.", ["Mill A house that grinds. A machine."]),
        ("- [ ] Oil the gate\n- [x] Mend the weir", ["Oil the gate Mend the weir"]),
        ("> [!NOTE]\n> The road is closed.", ["The road is closed."]),
        (":::warning\nThe road is closed.\n:::", ["The road is closed."]),
        ("A ~~lost~~ ==marked== H~2~O and x^2^.", ["A lost marked H2O and x2."]),
        ('{{< figure src="x" >}}\n\nThe mill. {#id .c}', ["The mill."]),
        ("```\na[^1] == b\n```\n\nThe mill[^2].", ["a[^1] == b", "The mill."]),
        ("a == b and c == d, 5 ~ 6", ["a == b and c == d, 5 ~ 6"]),
    ],
)
def test_signs_of_dialects_are_no_words(tmp_path: Path, written: str, read_as: list[str]) -> None:
    draft = read(tmp_path, f"# T\n\n{written}\n")
    assert " ".join(one.text for one in draft.blocks or ()) == " ".join(read_as)
