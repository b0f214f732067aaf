"""Nasty files: each is named with its reason or read rightly, none ends the run, and its neighbours are read."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from paraglot.indexer.corpus.assemble import assemble
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft
from paraglot.indexer.readers import unpacking

TEXT = "The council decided on Monday to build a new bridge over the river near the old mill."
PLAIN = f"Title\n\n{TEXT}"
LINE = json.dumps({"id": "x", "title": "Title", "text": TEXT})
ITEM = f"<item><guid>x</guid><title>Title</title><description>{TEXT}</description></item>"
RSS = f"<rss><channel>{ITEM}</channel></rss>"
NO_TEXT = "not a text: binary, damaged UTF-8, or in an encoding that cannot be told"
CUT = "damaged or cut short"
BOMB = "taken for a bomb"
GB = 1_000_000


def zipped(*members: tuple[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def tarred(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content) if info.isfile() else None)
    return packed.getvalue()


def entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def nested(content: bytes, layers: int) -> bytes:
    for _ in range(layers):
        content = gzip.compress(content)
    return content


def zeros(pack: Callable[[], object], size: int = 150_000_000) -> bytes:
    """A text of one letter that unpacks to ``size`` bytes."""
    packer = pack()
    block = b"x" * 1_000_000
    return b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()  # type: ignore[attr-defined]


def encrypted() -> bytes:
    packed = bytearray(zipped(("a.txt", PLAIN), method=zipfile.ZIP_STORED))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


def bad_checksum() -> bytes:
    return zipped(("a.txt", PLAIN), method=zipfile.ZIP_STORED).replace(b"council", b"cuoncil", 1)


def liar() -> bytes:
    """A zip whose directory says that its member is 1 byte long."""
    packed = bytearray(zipped(("a.txt", PLAIN), method=zipfile.ZIP_STORED))
    at = packed.index(b"PK\x01\x02")
    packed[at + 24 : at + 28] = (1).to_bytes(4, "little")
    return bytes(packed)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ENTITIES = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{LAUGHS}]>'
EXTERNAL = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
MARKS = "The \u202egnirts\u202c \u200fof\u200e marks 👩‍👩‍👧 is a text that has \u2066all\u2069 of them, and more words."

# name, content, what is said of it: a part of the reason, or None where it is read as one article.
NASTY: list[tuple[str, str | bytes, str | None]] = [
    ("a.txt", b"\0" * 5000, NO_TEXT),
    ("a.txt", PLAIN.encode() + b"\0\0\0" * 100, NO_TEXT),
    ("a.txt", b"\xff\xfe" + PLAIN.encode("utf-16-le")[:-1], None),
    ("a.txt", b"\xff\xfe\xff", NO_TEXT),
    ("a.txt", f"Título\n\n{'El añó pasadó. ' * 20}".encode("latin-1"), None),
    ("a.txt", f"Title\r\n\r\n{TEXT}\rmore\n\rand\n".encode(), None),
    ("a.txt", b"\xef\xbb\xbf" + PLAIN.encode(), None),
    ("a.txt", f"Title {MARKS}\n\n{MARKS}", None),
    ("a.txt", "🙂" * 50 + "\n\n" + "🙂 " * 3000, None),
    ("a.txt", "T\n\n" + "e" + "\u0301" * 100_000, None),
    ("a.txt", "T\n\n" + "word" * 100_000, None),
    ("a.txt", "T\n\n" + "\n" * 100_000 + TEXT, None),
    ("a.exe", b"MZ\x90\0" + bytes(range(256)), "a program is not read: leave it out"),
    ("a.jsonl", "{" * 100_000, "not JSON"),
    ("a.jsonl", "[" * 100_000, "not JSON that can be read: nested too deeply"),
    ("a.jsonl", '{"a":' * 100_000, "not JSON that can be read: nested too deeply"),
    ("a.jsonl", LINE[:-5], "not JSON: Unterminated string"),
    ("a.jsonl", LINE.replace("council", "\\udc80"), None),
    ("a.jsonl", LINE.replace("council", "\\ud83d\\ude42"), None),
    ("a.jsonl", LINE.replace("council", "\\u0000"), None),
    ("a.jsonl", LINE.encode("utf-16"), None),
    ("a.jsonl", LINE.replace("council", "\u2028\u0085"), None),
    ("a.json", f"[{LINE}, {LINE[:40]}", "not JSON"),
    ("a.json", f"[{LINE}", "the array does not end"),
    ("a.json", "[" * 100_000, "nested too deeply"),
    ("a.json", "[]", "the file holds no article"),
    ("a.json", f"[{'1' * 100_000}]", "not"),
    ("a.json", f"[{LINE}]".encode("utf-16"), None),
    ("a.json", "[" + LINE.encode().decode().replace("council", "\\udfff") + "]", None),
    ("feed.json", '{"version": "https://jsonfeed.org/version/1", "items": [[]]}', "item 1: not a JSON object"),
    ("feed.json", '{"version": "https://jsonfeed.org/version/1", "items": {}}', "no list of"),
    ("a.csv", ",".join(["a"] * 100_000), "a table of 100000 columns"),
    ("a.csv", "text" + "," * 100_000, "a table of 100001 columns"),
    ("a.csv", f'text,id\n"{TEXT}', "a quote is opened in the row and never closed"),
    ("a.csv", "text\n" + "x" * 10_000_001, "the line is longer than 10 MB"),
    ("a.csv", f"text,id\n{TEXT},\0\n", None),
    ("a.csv", b"text,id\n" + bytes(range(1, 32)) * 3, NO_TEXT),
    ("a.csv", f"id,text\n1,{TEXT}\n".encode("utf-16"), None),
    ("a.csv", f"note,text\n1,{TEXT}\n" + "2,ok then\n" * 8000 + "3,", "has no text"),
    ("a.csv", b"note,text\n" + b"1,fine words\n" * 6000 + b"2,\xff\n", None),
    ("a.xml", RSS[:-20], "cut short"),
    ("a.xml", RSS.replace("council", "\x01"), None),
    ("a.xml", RSS.replace("<rss>", f"{ENTITIES}<rss>").replace("council", "&l9;"), None),
    ("a.xml", RSS.replace("<rss>", f"{EXTERNAL}<rss>").replace("council", "&x;"), None),
    ("a.xml", RSS.replace("council", "&nothing;"), None),
    ("a.xml", '<!DOCTYPE rss SYSTEM "http://a.example/x.dtd">' + RSS, None),
    ("a.xml", "<rss>" + "<a>" * 100_000, "not XML"),
    ("a.xml", RSS.replace("council", "x" * 11_000_000), "not XML"),
    ("a.xml", f'<?xml version="1.0" encoding="utf-16"?>{RSS}', None),
    ("a.xml", f'<?xml version="1.0" encoding="klingon"?>{RSS}', None),
    ("a.xml", f'<?xml version="1.0" encoding="windows-1251"?>{RSS}'.replace("council", "совет").encode("cp1251"), None),
    ("a.xml", "<svg xmlns='http://www.w3.org/2000/svg'/>", "a picture is not read"),
    ("a.xml", "", "the file is empty"),
    ("wiki.xml", "<mediawiki><page><title>T</title><ns>0</ns><id>1</id></page>", "cut short"),
    ("wiki.xml", f"<mediawiki><page><title>T</title><ns>0</ns><id>1</id><revision><text>{'{{' * 200_000}{TEXT}</text></revision></page></mediawiki>", None),
    ("wiki.xml", f"<mediawiki><page><title>T</title><ns>0</ns><id>1</id><revision><text>{TEXT}\n\n{'[[' * 200_000}</text></revision></page></mediawiki>", None),
    ("wiki.xml", f"<mediawiki><page><title>T</title><ns>0</ns><id>1</id><revision><text>{TEXT}\n\n{'[//x' * 100_000}</text></revision></page></mediawiki>", None),
    ("wiki.xml", f"<mediawiki><page><title>T</title><ns>0</ns><id>1</id><revision><text>{TEXT}\n\n{'&lt;ref>' * 100_000}</text></revision></page></mediawiki>", None),
    ("a.html", "<html>" + "<div>" * 100_000 + TEXT, "no main text: its elements, lists or quotations are nested too deeply"),
    ("a.html", "<html><body></body></html>", "the page has no main text"),
    ("a.html", "<html><script>while(1);</script><!-- " + TEXT, "the page has no main text"),
    ("a.html", b"<html><meta charset=utf-16><p>" + TEXT.encode() * 4, None),
    ("a.html", b"<html><meta charset=bogus><p>" + TEXT.encode() * 4, None),
    ("a.html", f"<html lang='x-\"klingon'><p>{TEXT * 4}".encode(), None),
    ("a.html", f"<html><p>{TEXT * 4}&#xD800;&#0;&#x110000;", None),
    ("a.md", f"---\na: &a [x, x]\nb: &b [*a, *a]\n---\n{TEXT}", "front matter with anchors"),
    ("a.md", f"---\na: !!python/object:os.system x\n---\n{TEXT}", None),
    ("a.md", f"---\ntitle: [\n---\n{TEXT}", None),
    ("a.md", f"---\ntitle: T\n{TEXT}", None),
    ("a.md", "> " * 5000 + TEXT, "nested too deeply to be read"),
    ("a.md", "[" * 20_000 + TEXT, None),
    ("a.txt.gz", gzip.compress(PLAIN.encode())[:-20], CUT),
    ("a.txt.gz", gzip.compress(PLAIN.encode())[:-8] + b"12345678", CUT),
    ("a.txt.bz2", bz2.compress(PLAIN.encode())[:-20], CUT),
    ("a.txt.xz", lzma.compress(PLAIN.encode())[:-20], CUT),
    ("a.txt.zst", zstandard.ZstdCompressor().compress(PLAIN.encode() * 50)[:-20] + b"xx", CUT),
    ("a.txt.gz", PLAIN, None),
    ("a.txt", nested(PLAIN.encode(), 4), None),
    ("a.txt", nested(PLAIN.encode(), 5), "in more than 4 layers"),
    ("a.zip", zipped(("a.txt", PLAIN))[:-30], CUT),
    ("a.zip", bad_checksum(), "Bad CRC"),
    ("a.zip", liar(), "!a.txt"),
    ("a.zip", encrypted(), "locked with a password"),
    ("a.zip", zipped(), "the archive is empty"),
    ("a.zip", zipped(("../../etc/x.txt", PLAIN)), None),
    ("a.zip", zipped(("a\x1b[31m.txt", PLAIN)), None),
    ("a.zip", zipped(("b.zip", zipped(("c.zip", zipped(("d.zip", zipped(("e.zip", zipped(("f.txt", PLAIN)))))))))), "in more than 4 layers"),
    ("a.tar", tarred((entry("x.txt"), PLAIN.encode()))[:700], CUT),
    ("a.tar", tarred((entry("x", tarfile.SYMTYPE, "/etc/passwd"), b"")), "a link or device"),
    ("a.tar", tarred((entry("x", tarfile.CHRTYPE), b"")), "a link or device"),
    ("a.tar", tarred((entry("/etc/x.txt"), PLAIN.encode())), None),
    ("a.warc", "WARC/1.0\r\nContent-Length: 999999999999\r\n\r\nx", "holds no web page"),
    ("a.pdf", b"%PDF-1.7\n" + bytes(range(256)), "damaged"),
    ("a.docx", zipped(("word/document.xml", "<x/>")), "damaged"),
    ("a.docx", b"PK\x03\x04word/", CUT),
]  # fmt: skip


@pytest.fixture(autouse=True)
def small_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "FREE_BYTES", 8_000_000)


def outcome(tmp_path: Path, name: str, content: str | bytes) -> list[str]:
    """What is said of the nasty file; its neighbours on both sides must be read."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "0.txt").write_text("First\n\nA neighbour that is read.")
    (corpus / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (corpus / "z.txt").write_text("Last\n\nA neighbour that is read.")
    found = list(read_corpus([corpus]))
    drafts = [one for one in found if isinstance(one, Draft)]
    for draft in drafts:
        assert assemble(draft, lambda text: len(text) <= 2000).paragraphs
        draft.input_hash("").encode()
    assert [drafts[0].title, drafts[-1].title] == ["First", "Last"]
    said = [str(one) for one in found if not isinstance(one, Draft)]
    assert all(str(corpus / name) in one for one in said)
    return said


def test_there_are_enough_of_them() -> None:
    assert len(NASTY) >= 60


@pytest.mark.slow
@pytest.mark.parametrize(("name", "content", "reason"), NASTY, ids=[f"{n}-{one[0]}" for n, one in enumerate(NASTY)])
def test_nasty_files(tmp_path: Path, name: str, content: str | bytes, reason: str | None) -> None:
    said = outcome(tmp_path, name, content)
    if reason is None:
        assert said == []
    else:
        assert len(said) == 1
        assert reason in said[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("a.txt.gz", lambda: zlib.compressobj(9, wbits=31)),
        ("a.txt.bz2", bz2.BZ2Compressor),
        ("a.txt.xz", lzma.LZMACompressor),
        ("a.txt.zst", lambda: zstandard.ZstdCompressor().compressobj()),
        ("a.jsonl.gz", lambda: zlib.compressobj(9, wbits=31)),
    ],
)
def test_bombs(tmp_path: Path, name: str, pack: Callable[[], object]) -> None:
    [said] = outcome(tmp_path, name, zeros(pack, 40_000_000))
    assert BOMB in said


@pytest.mark.slow
def test_bombs_in_archives_share_one_budget(tmp_path: Path) -> None:
    bomb = gzip.compress(b"Title\n\n" + b"x" * 4_000_000)
    said = outcome(tmp_path, "a.zip", zipped(*((f"{number}.txt.gz", bomb) for number in range(9))))
    assert 5 <= len(said) <= 8
    assert all(BOMB in one for one in said)


@pytest.mark.parametrize("name", ["a.tar", "a.zip"])
def test_a_member_has_one_name_however_it_is_written(tmp_path: Path, name: str) -> None:
    written, content = ("./a.txt", "b//a.txt", "c/../d.txt", "a.txt", "./b/a.txt"), PLAIN.encode()
    packed = {
        "a.tar": tarred(*((entry(one), content) for one in written)),
        "a.zip": zipped(*((one, content) for one in written)),
    }
    (tmp_path / name).write_bytes(packed[name])
    found = list(read_corpus([tmp_path / name]))
    ids = [one.id for one in found if isinstance(one, Draft)]
    assert ids == [f"{name}!a.txt", f"{name}!b/a.txt", f"{name}!d.txt"]
    assert ["a second use of the id" in str(one) for one in found if not isinstance(one, Draft)] == [True, True]
