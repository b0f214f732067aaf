"""Names of files, of members of archives and of articles become ids that can be seen, typed and are the same again."""

from __future__ import annotations

import gzip
import io
import json
import os
import unicodedata
import zipfile
from pathlib import Path

import pytest

from paraglot.indexer.build import index_corpus
from paraglot.indexer.care.export import export_articles
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Place
from paraglot.indexer.corpus.names import readable_name
from paraglot.indexer.readers.inputs import Options
from paraglot.search.engine.engine import Engine

SENTENCE = "The council decided on Monday to build a new bridge over the river near the old mill."
TEXT = f"Title\n\n{SENTENCE}"


def read(path: Path, options: Options | None = None) -> tuple[list[str], list[str]]:
    found = list(read_corpus([path], options or Options()))
    ids = [one.id for one in found if isinstance(one, Draft)]
    return ids, [str(one).removeprefix(f"{path}").lstrip("/") for one in found if not isinstance(one, Draft)]


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("100% sure.txt", "100% sure.txt"),
        ("soft\u00adhyphen.txt", "softhyphen.txt"),
        ("zero\u200bwidth\u2060 \ufeffname.txt", "zerowidth name.txt"),
        ("עברית \u200fסימן\u061c.txt", "עברית סימן.txt"),
        ("right\u202eto\u2066left\u2069.txt", "righttoleft.txt"),
        ("new\nline\ttab\u2028.txt", "new line tab .txt"),
        ("Screenshot at 1.02\u202fPM.txt", "Screenshot at 1.02 PM.txt"),
        ("می\u200cخواهم.txt", "می\u200cخواهم.txt"),
        ("👩\u200d🚀 ❤\ufe0f.txt", "👩\u200d🚀 ❤\ufe0f.txt"),
        ("colon\uf022.txt", "colon%EF%80%A2.txt"),
        ("latin\udce9.txt", "latiné.txt"),
        ("école/\udcedek\udcec.txt", None),
        ("\udcff\udcfe\udc80.bin", None),
    ],
)
def test_a_name_becomes_an_id_that_can_be_printed(name: str, id_: str | None) -> None:
    shown = readable_name(name)
    assert id_ is None or shown == id_
    assert readable_name(shown) == shown
    shown.encode()


def test_bytes_of_other_encodings_are_letters() -> None:
    names = {
        "новости.txt": "cp1251",
        "記事.txt": "cp932",
        "新闻.txt": "gbk",
        "Größe.txt": "cp1252",
        "뉴스.txt": "cp949",
    }
    for name, encoding in names.items():
        assert readable_name(os.fsdecode(name.encode(encoding))) == name


def test_odd_names_are_read_indexed_fetched_and_removed(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    deep = corpus / ("deep" * 30) / ("deep" * 30) / ("deep" * 30) / ("deep" * 30)
    deep.mkdir(parents=True)
    (deep / f"{'long' * 30}.txt").write_text(TEXT)
    (corpus / unicodedata.normalize("NFD", "école.txt")).write_text(TEXT)
    for name in (b"latin\xe9.txt", b"new\nline.txt", "soft\u00adhyphen.txt".encode(), b"\xe2\x80\x8b"):
        Path(os.fsdecode(bytes(corpus) + b"/" + name)).write_text(TEXT)
    Path(os.fsdecode(bytes(corpus) + b"/\xfcnread.7z")).write_text(TEXT)
    index = tmp_path / "index"
    [skipped] = index_corpus(index, [corpus], model="fake").skipped
    assert str(skipped).endswith("/\\udcfcnread.7z:1: a 7z archive is not read: unpack it first")
    ids, _ = read(corpus)
    assert {"école.txt", "latiné.txt", "new line.txt", "softhyphen.txt"} < set(ids)
    assert max(map(len, ids)) <= 500
    with Engine(index) as engine, engine.view() as view:
        assert all(view.article(one)[0].text.endswith(SENTENCE) for one in ids)
    for path in corpus.iterdir():
        if path.is_file() and path.suffix != ".7z":
            path.unlink()
    index_corpus(index, [corpus], model="fake", prune=True)
    left = {one["id"] for one in export_articles(index)}
    assert left == {one for one in ids if len(one) > 100}


def test_ids_that_are_given_are_cleaned_and_bounded_alike(tmp_path: Path) -> None:
    given = ["a\u00adb", "x" * 600, "tab\there", "e\u0301"]
    lines = [json.dumps({"id": one, "text": SENTENCE}) for one in given]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    ids, skipped = read(tmp_path)
    assert (ids[0], ids[2], ids[3], skipped) == ("ab", "tab here", "é", [])
    assert len(ids[1]) == 493


def test_messages_stay_on_a_line_and_steer_no_terminal() -> None:
    assert str(Place(Path("a\nb\x1b[31m.txt"), 3)) == "a\\nb\\x1b[31m.txt:3"
    assert str(Place(Path("é.zip"), member="a\r.txt")) == "é.zip!a\\r.txt: line 1"


def zipped(encoding: str, *names: str) -> bytes:
    """A zip as programs for DOS and Windows write it: names in an encoding of which nothing is said."""
    marks = {name: f"{'x' * (len(name.encode(encoding)) - 3)}{number:03}" for number, name in enumerate(names)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for mark in marks.values():
            archive.writestr(mark, TEXT)
    content = packed.getvalue()
    for name, mark in marks.items():
        content = content.replace(mark.encode(), name.encode(encoding))
    return content


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp866", ["новости.txt", "Протокол заседания.txt"]),
        ("cp932", ["記事.txt", "表示の問題.txt"]),
        ("gbk", ["新闻.txt", "报道\\十月.txt"]),
        ("big5", ["新聞報導.txt"]),
        ("cp949", ["뉴스.txt"]),
        ("cp437", ["Übersicht.txt", "été à la plage.txt"]),
        ("cp852", ["příběh.txt"]),
        ("cp862", ["חדשות.txt"]),
        ("cp1251", ["новости дня.txt"]),
        ("utf-8", ["новости.txt", "記事.txt", "école.txt"]),
    ],
)
def test_names_in_zips_without_a_mark(tmp_path: Path, encoding: str, names: list[str]) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(encoding, *names))
    assert read(tmp_path) == ([f"a.zip!{name}".replace("\\", "/") for name in names], [])


def test_what_stands_behind_compressed_data_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(TEXT.encode()) + b"garbage behind")
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(b"Title\n\n") + gzip.compress(SENTENCE.encode()) + b"\0" * 512)
    (tmp_path / "c.txt.gz").write_bytes(gzip.compress(TEXT.encode())[:-12])
    options = Options()
    assert read(tmp_path, options) == (
        ["a.txt", "b.txt"],
        ["c.txt.gz:1: damaged or cut short: the compressed data end too soon"],
    )
    [warning] = options.remarks.warned()
    assert warning.endswith("a.txt.gz:1: bytes behind the end of the compressed data, which are not read")


def of_zip(*members: str, first: bytes = b"") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        if first:
            archive.writestr("mimetype", first)
        for name in members:
            archive.writestr(name, f"<html><body><p>{SENTENCE}</p></body></html>")
    return packed.getvalue()


OFFICE = ("[Content_Types].xml", "_rels/.rels")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100
UNREAD = {
    "a.7z": (b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive is not read: unpack it first"),
    "nosuffix": (b"Rar!\x1a\x07\x01\0", "a RAR archive is not read: unpack it first"),
    "a.epub": (
        of_zip("OEBPS/ch1.xhtml", "OEBPS/c.opf", first=b"application/epub+zip"),
        "an EPUB book is not read: convert it to HTML, Markdown or plain text",
    ),
    "b.odt": (
        of_zip("content.xml", first=b"application/vnd.oasis.opendocument.text"),
        "an OpenDocument text is not read: save it as .docx, HTML or plain text",
    ),
    "c.xlsx": (
        of_zip(*OFFICE, "xl/workbook.xml"),
        "an Excel workbook is not read: save each of its sheets as CSV",
    ),
    "d.pptx": (of_zip(*OFFICE, "ppt/slides/1.xml"), "a PowerPoint presentation is not read: save it as PDF"),
    "e.rtf": (b"{\\rtf1\\ansi Body.}", "a document in RTF is not read: save it as .docx, HTML or plain text"),
    "f.doc": (
        OLE + "WordDocument".encode("utf-16-le"),
        "a Word document of the old kind is not read: save it as .docx, HTML or plain text",
    ),
    "g.xls": (OLE, "an Excel workbook is not read: save each of its sheets as CSV"),
    "h.docx": (
        OLE + "EncryptedPackage".encode("utf-16-le"),
        "an Office document that a password locks is not read: save it without the password",
    ),
    "i.rst": (
        b"Title\n=====\n\nBody.",
        "reStructuredText is not read: convert it to HTML, Markdown or plain text, "
        "or read it as it stands with --format text",
    ),
    "j.opml": (b"<opml version='2.0'><head/><body/></opml>", "a list of feeds (OPML) is not read"),
    "k.xml": (b"<?xml version='1.0'?><TEI><head/><p>Body.</p></TEI>", "a text in TEI is not read"),
    "l.xml": (b"<?xml version='1.0'?><orders><p>x</p></orders>", "(its outermost element is orders)"),
    "l1.mrc": (
        b"00714cam a2200205 a 4500001001300000",
        "a file of catalogue records (MARC) is not read: convert them to Dublin",
    ),
    "l2.dat": (b"00714cam a2200205 a 4500001001300000", "a file of catalogue records (MARC) is not read"),
    "l3.xml": (
        b"<?xml version='1.0'?><marc:collection xmlns:marc='http://www.loc.gov/MARC21/slim'/>",
        "a file of catalogue records (MARC) is not read",
    ),
    "l4.xml": (
        b"<?xml version='1.0'?><mods xmlns='http://www.loc.gov/mods/v3'/>",
        "a file of catalogue records (MODS)",
    ),
    "l5.xml": (
        b"<?xml version='1.0'?><alto><Layout/></alto>",
        "a page whose letters were recognised (ALTO) is not read",
    ),
    "m.ipynb": (b'{"cells": [], "nbformat": 4}', "a notebook of Jupyter is not read"),
    "n.jpg": (b"\xff\xd8\xff\xe0", "a picture is not read: have its letters recognised (OCR) and index the text"),
    "o.eml": (b"From: a@b.example\n\n<html><body>x</body></html>", "an e-mail is not read"),
    "p.txt.bak": (TEXT.encode(), "a copy that a program left behind is not read"),
    **{
        name: (TEXT.encode(), "a copy that a program left behind is not read")
        for name in ("p.txt~", "#p.txt#", "p.txt___jb_tmp___", "~$p.docx", "p.html~", "~syncthing~p.txt.tmp")
    },
}


def test_what_is_known_and_not_read_is_said_once_a_file(tmp_path: Path) -> None:
    for name, (content, _) in UNREAD.items():
        (tmp_path / name).write_bytes(content)
    ids, skipped = read(tmp_path)
    assert (ids, len(skipped)) == ([], len(UNREAD))
    said = {one.partition(":1: ")[0]: one.partition(":1: ")[2] for one in skipped}
    for name, (_, reason) in UNREAD.items():
        assert reason in said[name]


def test_a_folder_named_word_in_a_zip_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(of_zip("word/a.html", "password/b.html"))
    assert read(tmp_path) == (["a.zip!word/a.html", "a.zip!password/b.html"], [])


def test_a_locked_zip_is_said_once(tmp_path: Path) -> None:
    content = bytearray(of_zip("a.html", "b.html", "c.html"))
    at = 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        content[at + 8] |= 1
        at += 4
    (tmp_path / "a.zip").write_bytes(bytes(content))
    assert read(tmp_path) == ([], ["a.zip:1: 3 files in it are locked with a password: unpack it first"])


def test_a_format_that_is_said_reads_what_is_text(tmp_path: Path) -> None:
    (tmp_path / "i.rst").write_text(TEXT)
    assert read(tmp_path, Options(format="text")) == (["i.rst"], [])


def test_a_zip_that_ends_inside_another_is_damaged(tmp_path: Path) -> None:
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("inner.zip", of_zip("a.txt"))
        archive.writestr("b.txt", TEXT)
    (tmp_path / "a.zip").write_bytes(outer.getvalue()[:-60])
    (tmp_path / "b.zip").write_bytes(of_zip())
    drafts, reasons = read(tmp_path)
    assert (drafts, len(reasons)) == ([], 2)
    assert "damaged or cut short: the list of its files is missing" in reasons[0]
    assert "the archive is empty" in reasons[1]
