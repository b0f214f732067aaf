"""Reading a corpus: encodings, JSON lines, and everything that must be named and skipped without losing a neighbour."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from paraglot.indexer.build import index_corpus
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.detect import detect_paragraphs
from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.corpus.language_names import language_tag

NO_TEXT = "not a text: binary, damaged UTF-8, or in an encoding that cannot be told"
RUSSIAN = "Новый мост\n\n" + "Городской совет решил построить новый мост через реку, и жители рады этому. " * 5


def read(path: Path) -> tuple[list[Draft], list[str]]:
    found = list(read_corpus([path]))
    skipped = [f"{one.place.path.name}:{one.place.line}: {one.reason}" for one in found if isinstance(one, Skipped)]
    return [one for one in found if isinstance(one, Draft)], skipped


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
def test_plain_text_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes((RUSSIAN + "\n\nИсточник: ТАСС").encode(encoding))
    [draft], skipped = read(tmp_path)
    assert (draft.id, draft.title, draft.source, skipped) == ("a.txt", "Новый мост", "ТАСС", [])
    assert draft.text.startswith("Городской совет решил построить новый мост через реку")


def test_a_western_encoding_comes_before_one_that_fits_as_well(tmp_path: Path) -> None:
    """Central European code pages read Swedish as cleanly, with ``ĺ`` in place of ``å``."""
    text = "På biblioteket\n\n" + "Där kan man låna en människa, för att få höra hur någon annan har det. " * 5
    (tmp_path / "a.txt").write_bytes(text.encode("latin-1"))
    [draft], _ = read(tmp_path)
    assert draft.title == "På biblioteket"


@pytest.mark.parametrize("shift", [0, 1])
def test_the_sample_of_a_large_text_ends_with_a_line(tmp_path: Path, shift: int) -> None:
    text = "x" * shift + "新桥\n\n" + "市议会决定在河上建一座新桥，居民们对此感到高兴。\n\n" * 2000
    (tmp_path / "a.txt").write_bytes(text.encode("gb18030"))
    [draft], skipped = read(tmp_path)
    assert (draft.title, skipped) == ("x" * shift + "新桥", [])


def test_control_characters_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A\x1b[31m title\x9b31m\n\nBody \x9b2J.\n\nSource: S\x85", "utf-8")
    [draft], _ = read(tmp_path)
    assert (draft.title, draft.text, draft.source) == ("A title", "Body .", "S")


def test_a_sign_that_steers_nothing_costs_no_letter(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A title\n\nHe said \x9bHello\x9b twice.", "utf-8")
    [draft], _ = read(tmp_path)
    assert draft.text == "He said  Hello  twice."


def test_names_with_joiners_and_wide_spaces_are_printable(tmp_path: Path) -> None:
    for name in ("بی\u200cزبان.txt", "日本\u3000東京.txt"):
        (tmp_path / name).write_text("Title\n\nA paragraph.")
    drafts, skipped = read(tmp_path)
    assert {draft.id for draft in drafts} == {"بی\u200cزبان.txt", "日本\u3000東京.txt"}
    assert skipped == []


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "good.txt").write_text("Title\n\nA paragraph.")
    scan = os.scandir

    def refuse(folder: str) -> object:
        if Path(folder).name == "closed":
            raise PermissionError(13, "Permission denied", folder)
        return scan(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    drafts, skipped = read(tmp_path)
    assert [draft.id for draft in drafts] == ["good.txt"]
    assert skipped == ["closed:1: the folder cannot be read: Permission denied"]


def test_a_long_first_line_is_no_title(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("word " * 100 + "\n\nSecond paragraph.")
    [draft], _ = read(tmp_path)
    assert draft.title.endswith("word…")
    assert draft.text.startswith("word word")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", "the file is empty"),
        ("a.txt", b" \n\n", "the file is empty"),
        ("a.txt", b"Source: Gazette\n", "there is a source but no text before it"),
        ("a.txt", bytes(range(256)) * 20, NO_TEXT),
        ("a.jsonl", b"\n", "the file is empty"),
        ("a.pdf", b"%PDF-1.4", "damaged: PdfStreamError: Stream has ended unexpectedly"),
    ],
)
def test_bad_files_are_named(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert read(tmp_path) == ([], [f"{name}:1: {reason}"])


NESTED: object = "deep"
for _ in range(50):
    NESTED = [NESTED]


NO_TEXT_IN = "the article has no text: if one of its fields ({}) holds it, call that text (of files: --field text={})"


def line(**fields: object) -> bytes:
    return json.dumps({"id": "x", "title": "T", "text": "Body.", **fields}).encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"id": "x",', "not JSON: Expecting property name enclosed in double quotes (column 12)"),
        (b"[1]", "not a JSON object"),
        (b'{"id": "\xff"}', "not UTF-8 (byte 9 of the line)"),
        (line(text=" "), "the article has no text"),
        (b'{"id": "x", "body_of_it": "x"}', NO_TEXT_IN.format("body_of_it", "body_of_it")),
        (line(title=[]), None),
        (line(paragraphs=["a"]), None),
        (line(language="german!"), None),
        (line(date="yesterday"), None),
        (line(score=float("nan")), None),
        (line()[:-1] + b', "score": 1e999}', None),
        (line(tags=NESTED), None),
        (line(text="\ud800"), None),
    ],
)
def test_bad_lines_are_named_and_their_neighbours_read(tmp_path: Path, content: bytes, reason: str | None) -> None:
    good = b'{"id": "%s", "title": "", "text": "Good."}'
    (tmp_path / "a.jsonl").write_bytes(b"\n".join([good % b"1", b"", content, good % b"2"]))
    drafts, skipped = read(tmp_path)
    if reason is None:
        assert [draft.id for draft in drafts] == ["1", "x", "2"]
    else:
        assert [draft.id for draft in drafts] == ["1", "2"]
        assert skipped == [f"a.jsonl:3: {reason}"]


def test_what_a_json_line_holds(tmp_path: Path) -> None:
    fields = {"id": 7, "title": " A  b ", "language": "PT_br", "date": "2024-05", "source": "S", "tags": ["x"]}
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + line(**fields))
    [draft], _ = read(tmp_path)
    assert (draft.id, draft.title, draft.language, draft.date, draft.source) == ("7", "A b", "pt-BR", "2024-05", "S")
    assert draft.attributes == {"tags": ["x"]}
    assert [language_tag(tag) for tag in ("iw", "zh_hant_tw", "EN")] == ["he", "zh-Hant-TW", "en"]


@pytest.mark.slow
def test_the_nasty_folder(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "binary.txt").write_bytes(bytes(range(256)) * 100)
    (corpus / "empty.txt").write_bytes(b"")
    for name in ("huge.jsonl", "huge.txt"):
        with (corpus / name).open("wb") as file:
            for _ in range(200):
                file.write(b"x" * 1_000_000)
            file.write(b"\n" + line(id="after the huge line"))
    (corpus / "lines.jsonl").write_bytes(b"\n".join([line(id="one"), b"{", b'{"id": "\xff"}', line(id="one")]))
    (corpus / "good.txt").write_text("Title\n\nA good paragraph about bread.")
    (corpus / ".hidden.txt").write_text("no")
    report = index_corpus(tmp_path / "index", [corpus, tmp_path / "gone"], "fake")
    named = [f"{one.place.path.name}:{one.place.line}: {one.reason}" for one in report.skipped]
    assert named == [
        f"binary.txt:1: {NO_TEXT}",
        "empty.txt:1: the file is empty",
        "huge.jsonl:1: the line is longer than 10 MB",
        "huge.txt:1: the line is longer than 10 MB",
        "lines.jsonl:2: not JSON: Expecting property name enclosed in double quotes (column 2)",
        "lines.jsonl:3: not UTF-8 (byte 9 of the line)",
        f"lines.jsonl:4: a second use of the id 'one', first used at {corpus / 'lines.jsonl'}:1",
        "gone:1: there is no such file or folder",
    ]
    assert report.articles == 3


def test_languages_of_an_article_with_two() -> None:
    french = "Le conseil municipal a décidé hier soir de construire un nouveau pont sur la rivière."
    german = "Der Stadtrat hat gestern Abend beschlossen, eine neue Brücke über den Fluss zu bauen."
    assert detect_paragraphs([french, german, french]) == ["fr", "de", "fr"]
    assert detect_paragraphs([french, "OK"]) == ["fr", "fr"]
    assert detect_paragraphs(["12"]) == ["und"]


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ("id,text\n1,The mill stands.\n", ["1"]),
        ('"id";"title";"body"\r\n7;T;The mill stands.\r\n', ["7"]),
        ("title\ttext\nT\tThe mill stands.\n", ["nameless#2"]),
        ("id, text and more\n\nThe mill stands, as ever.\n", ["nameless"]),
        ("A title, a text\n\nThe mill stands, as ever.\n", ["nameless"]),
    ],
)
def test_a_table_without_a_name_is_told_by_its_header(tmp_path: Path, written: str, ids: list[str]) -> None:
    (tmp_path / "nameless").write_text(written)
    drafts, skipped = read(tmp_path)
    assert ([draft.id for draft in drafts], skipped) == (ids, [])
