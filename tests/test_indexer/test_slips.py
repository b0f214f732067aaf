"""A slip costs at most the item it stands in: control characters, cut archives, a bad object in an array, and more."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest

from paraglot.indexer.corpus.assemble import assemble
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.inputs import Options

LINE = "The weir stays where it is said the mayor of Oakmoor on Tuesday evening."
NEXT = "The council of the town voted for it by nine votes to four after a debate."


def read(folder: Path, name: str, content: bytes) -> tuple[dict[str, str], list[str], dict[str, int]]:
    """Articles read (id → text of all paragraphs), reasons of what was skipped, counts of what was left out."""
    (folder / name).write_bytes(content)
    remarks = Remarks()
    texts, faults = {}, []
    for found in read_corpus([folder / name], Options(remarks=remarks)):
        if isinstance(found, Draft):
            texts[found.id] = "\n".join(one.text for one in assemble(found, lambda text: len(text) < 2000).paragraphs)
        else:
            assert isinstance(found, Skipped)
            faults.append(found.reason)
    return texts, faults, remarks.counts()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", f"Weir\n\n{LINE}\0\n"),
        ("a.md", f"# Weir\n\n{LINE}\x07\n"),
        ("a.html", f"<html><body><h1>Weir</h1><p>{LINE}\0</p></body></html>"),
        ("a.csv", f"id,text\na,{LINE}\0\n"),
        ("a.xml", f"<rss><channel><item><guid>a</guid><description>{LINE}\0</description></item></channel></rss>"),
    ],
)
def test_a_stray_control_character_costs_nothing_in_a_short_text(tmp_path: Path, name: str, content: str) -> None:
    texts, faults, _ = read(tmp_path, name, content.encode())
    assert list(texts.values()) == [LINE]
    assert not faults


def test_a_stray_zero_costs_nothing_in_a_legacy_encoding(tmp_path: Path) -> None:
    said = "Das Wehr bleibt stehen, sagte die Bürgermeisterin über den Fluß am Dienstag."
    texts, faults, _ = read(tmp_path, "a.txt", f"Wehr\n\n{said}\0\n".encode("cp1252"))
    assert (list(texts.values()), faults) == ([said], [])


def test_what_is_no_text_is_still_none(tmp_path: Path) -> None:
    _, faults, _ = read(tmp_path, "a.txt", b"\x01\0\0\0ab\0\0\xff\xfe\x02" * 9)
    assert faults == ["not a text: binary, damaged UTF-8, or in an encoding that cannot be told"]


def test_a_bad_object_in_an_array_costs_itself_alone(tmp_path: Path) -> None:
    first, last = json.dumps({"id": "a", "text": LINE}), json.dumps({"id": "c", "text": NEXT})
    texts, faults, _ = read(tmp_path, "a.json", f'[{first}, {{"id":"b","text":"un"quoted"}}, {last}]'.encode())
    assert texts == {"a": LINE, "c": NEXT}
    assert faults == ["not JSON: Expecting ',' delimiter"]


def test_a_tab_as_such_in_a_text_of_json_is_read(tmp_path: Path) -> None:
    texts, faults, _ = read(tmp_path, "a.jsonl", f'{{"id":"a","text":"tab\there {LINE}"}}\n'.encode())
    assert (texts, faults) == ({"a": f"tab here {LINE}"}, [])


def tar(*texts: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for number, text in enumerate(texts):
            member = tarfile.TarInfo(f"{number}.txt")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()


def test_what_stands_before_a_cut_is_read(tmp_path: Path) -> None:
    whole = tar(LINE, NEXT)
    texts, faults, _ = read(tmp_path, "a.tar.gz", gzip.compress(whole[:1100], mtime=0))
    assert texts == {"a.tar!0.txt": LINE}
    assert faults == ["damaged or cut short: the archive ends amid the head of a file"]
    texts, faults, _ = read(tmp_path, "b.tar.gz", gzip.compress(whole[:1024], mtime=0)[:-8])
    assert texts == {"b.tar!0.txt": LINE}
    assert faults == ["damaged or cut short: the compressed data end too soon"]
    lines = "".join(json.dumps({"id": f"{number}", "text": LINE}) + "\n" for number in range(9)).encode()
    texts, faults, _ = read(tmp_path, "c.jsonl.gz", gzip.compress(lines, mtime=0)[:-8] + bytes(8))
    assert (len(texts), faults) == (
        9,
        ["damaged or cut short: Error -3 while decompressing data: incorrect data check"],
    )
    texts, faults, _ = read(tmp_path, "d.json.gz", gzip.compress(b"[" + lines.replace(b"}\n", b"},"), mtime=0)[:-8])
    assert (len(texts), faults) == (9, ["damaged or cut short: the compressed data end too soon"])
    texts, faults, _ = read(tmp_path, "e.txt.gz", gzip.compress(LINE.encode(), mtime=0)[:-8])
    assert (texts, faults) == ({}, ["damaged or cut short: the compressed data end too soon"])


def record(address: str, kind: str, status: str, body: str) -> bytes:
    answer = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n{body}".encode()
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {address}\r\nContent-Length: {len(answer)}\r\n\r\n"
    return head.encode() + answer + b"\r\n\r\n"


def test_a_capture_tells_what_it_holds_beside_pages_and_is_read_up_to_a_cut(tmp_path: Path) -> None:
    page = f"<html><body><h1>Weir</h1><p>{LINE}</p></body></html>"
    records = [
        record("https://a.example/1", "text/html", "200 OK", page),
        record("https://a.example/2", "text/html", "404 Not Found", page),
        record("https://a.example/3", "application/json", "200 OK", "{}"),
        record("https://a.example/4", "text/html", "200 OK", page),
    ]
    texts, _, counts = read(tmp_path, "a.warc", b"".join(records))
    assert texts == {"https://a.example/1": LINE, "https://a.example/4": LINE}
    assert counts == {"answers other than 200": 1, "files that are no pages": 1}
    cut = b"".join(gzip.compress(one, mtime=0) for one in records)[:-40]
    texts, faults, _ = read(tmp_path, "b.warc.gz", cut)
    assert texts == {"https://a.example/1": LINE}
    assert faults[-1] == "damaged or cut short: the compressed data end too soon"


def test_what_a_server_says_before_its_feed_costs_nothing(tmp_path: Path) -> None:
    feed = f"<rss><channel><title>V</title><item><guid>a</guid><description>{LINE}</description></item></channel></rss>"
    said = f"<br />\n<b>Warning</b>: no such file in feed.php on line 3<br />\n<?xml version='1.0'?>{feed}"
    texts, faults, _ = read(tmp_path, "a.xml", said.encode())
    assert (texts, faults) == ({"a": LINE}, [])


def test_no_column_of_a_table_vanishes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"id,text,text,\na,{LINE},{NEXT},rest\n")
    remarks = Remarks()
    [draft] = read_corpus([tmp_path / "a.csv"], Options(remarks=remarks))
    assert isinstance(draft, Draft)
    assert (draft.text, draft.attributes) == (LINE, {"text 2": NEXT})
    assert remarks.counts() == {"values in columns without a name": 1}


def test_what_a_database_writes_for_nothing_is_no_text(tmp_path: Path) -> None:
    texts, faults, _ = read(tmp_path, "a.tsv", f"id\ttext\na\t{LINE}\nb\t\\N\n".encode())
    assert (texts, faults) == ({"a": LINE}, ["the article has no text"])


def wiki(text: str, language: str = "en") -> bytes:
    return (
        f'<mediawiki xml:lang="{language}"><siteinfo><dbname>wk</dbname></siteinfo><page><title>W</title><ns>0</ns>'
        f"<id>7</id><revision><text>{text}</text></revision></page></mediawiki>"
    ).encode()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("The {{#if:x|upper|lower}} weir of {{#if:|one|the town}} stays.", "The upper weir of the town stays."),
        ("The weir stays: {{columns-list|one|two}}.", "The weir stays: one, two."),
        ("大坝-{zh-hans:简体; zh-hant:繁體}-留在-{原处}-{}。-{T|标题}-", "大坝简体留在原处{}。"),
    ],
)
def test_what_wikis_choose_from_is_chosen(tmp_path: Path, written: str, shown: str) -> None:
    texts, _, _ = read(tmp_path, "a.xml", wiki(written))
    assert texts == {"wk:7": shown}


def test_an_address_may_be_an_object(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "a", "text": LINE, "url": {"href": "https://a.example/1"}}))
    [draft] = read_corpus([tmp_path / "a.jsonl"], Options())
    assert isinstance(draft, Draft)
    assert draft.url == "https://a.example/1"


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz"])
def test_a_tar_that_is_cut_in_the_zeros_that_end_it_is_named(tmp_path: Path, suffix: str) -> None:
    with tarfile.open(tmp_path / f"whole.{suffix}", f"w:{suffix}") as archive:  # type: ignore[call-overload]
        member = tarfile.TarInfo("a.txt")
        member.size = len(LINE)
        archive.addfile(member, io.BytesIO(LINE.encode()))
    texts, faults, _ = read(tmp_path, f"a.tar.{suffix}", (tmp_path / f"whole.{suffix}").read_bytes()[:-5])
    assert list(texts.values()) == [LINE]
    [fault] = faults
    assert fault.startswith("damaged or cut short")


@pytest.mark.parametrize("name", ["Thumbs.db", "ehthumbs.db", "desktop.ini", "sub/Thumbs.db"])
def test_what_a_system_keeps_in_folders_is_called_so(tmp_path: Path, name: str) -> None:
    (tmp_path / "sub").mkdir()
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    assert read(tmp_path, name, content)[1] == ["a file that a system keeps for itself is not read: leave it out"]


def test_a_db_that_does_not_begin_as_one_of_sqlite_is_a_database(tmp_path: Path) -> None:
    [fault] = read(tmp_path, "a.db", b"\x01\x02\x03 some base\0" * 50)[1]
    assert fault == "a database is not read: export it as CSV or JSON lines"


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.jsonl"])
def test_what_steers_a_terminal_is_no_text(tmp_path: Path, name: str) -> None:
    text = f"\x1b[1mWeir\x1b[0m\n\n\x1b[38;5;196m{LINE}\x1b[m \x1b]8;;http://x.example\x1b\\{NEXT}\x1b]8;;\x07"
    written = json.dumps({"id": "a", "text": text.partition("\n")[2]}) if name == "a.jsonl" else text
    texts, faults, _ = read(tmp_path, name, written.encode())
    [read_text] = texts.values()
    assert (read_text.removeprefix("Weir "), faults) == (f"{LINE} {NEXT}", [])
