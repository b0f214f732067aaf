"""How a format is told by content, through archives and compression, and where links lead."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest
import zstandard

from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft
from paraglot.indexer.readers.inputs import Options
from tests.test_indexer.test_readers import ATOM, MARKDOWN, PAGE, RSS, SECOND, SENTENCE, dump, file, read, wiki_page
from tests.test_indexer.test_readers import no_network as no_network  # no reader goes there

ZIP = io.BytesIO()
with zipfile.ZipFile(ZIP, "w") as archive:
    archive.writestr("dir/a.txt", f"Title\n\n{SENTENCE}")
    archive.writestr("../../b.jsonl", json.dumps({"id": "b", "title": "", "text": SECOND}))
    archive.writestr(".hidden.txt", "no")
    archive.writestr("c.xyz", "what")


def tar(content: bytes, mode: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:
        info = tarfile.TarInfo("inner.zip")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return packed.getvalue()


def test_archives_in_archives(tmp_path: Path) -> None:
    path = file(tmp_path, "all.tar.xz", tar(ZIP.getvalue(), "w:xz"))
    [one, two], skipped = read(path)
    assert (one.id, one.text) == ("all.tar!inner.zip!dir/a.txt", SENTENCE)
    assert (two.id, two.text) == ("b", SECOND)
    assert [reason.partition("!")[2] for reason in skipped] == [
        "inner.zip!c.xyz: line 1: .xyz files are not read; --format reads it as one of " + ", ".join(FORMATS),
        "link: line 1: a link or device, which is not followed",
    ]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["all.tar.xz"]


@pytest.mark.parametrize("name", ["x.zip", "x.unknown", "x.csv.gz", "x.tar", "x.ZIP"])
def test_a_table_is_told_by_its_header_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    [draft], skipped = read(file(tmp_path, name, f"id,title,text\na,Title,{SENTENCE}\n".encode()))
    assert (draft.id, draft.title, draft.text, skipped) == ("a", "Title", SENTENCE, [])


@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tgz"])
def test_what_is_called_an_archive_and_is_none_is_said_to_be(tmp_path: Path, suffix: str) -> None:
    drafts, [reason] = read(file(tmp_path, f"x{suffix}", SENTENCE.encode()))
    said = f"its name ends in {suffix}, and its content is not that: rename it as what it is"
    assert (drafts, reason.partition(": ")[2]) == ([], said)


FORMATS = "text markdown html jsonl json cirrus csv feed news dc mediawiki warc zim pdf docx".split()  # noqa: SIM905


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [
        (".gz", gzip.compress),
        (".bz2", bz2.compress),
        (".xz", lzma.compress),
        (".zst", lambda content: zstandard.ZstdCompressor().compress(content)),
    ],
)
def test_compressed_files_have_the_id_of_what_is_in_them(tmp_path: Path, suffix: str, pack: object) -> None:
    content = f"Title\n\n{SENTENCE}\n\n".encode()
    packed = pack(content) + pack(SECOND.encode())  # type: ignore[operator]
    [draft], skipped = read(file(tmp_path, f"a.txt{suffix}", packed))
    assert (draft.id, draft.text, skipped) == ("a.txt", f"{SENTENCE}\n\n{SECOND}", [])


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("feed.txt", RSS, "Bread & tax"),
        ("page.txt", PAGE, "The bridge"),
        ("lines.txt", json.dumps({"id": "x", "title": "Lines", "text": SENTENCE}), "Lines"),
        ("dump.json", dump(wiki_page(1, "Wiki", SENTENCE)), "Wiki"),
        ("notes.txt", MARKDOWN, "The bridge"),
        ("story.txt", f"{{sic}} Title\n\n{SENTENCE}", "{sic} Title"),
        ("angle.txt", f"<3 Title\n\n{SENTENCE}", "<3 Title"),
        ("noname", gzip.compress(ATOM.encode()), "A title"),
    ],
)
def test_the_content_tells_the_format(tmp_path: Path, name: str, content: str | bytes, title: str) -> None:
    drafts, _ = read(file(tmp_path, name, content))
    assert drafts[0].title == title


def test_a_format_can_be_forced(tmp_path: Path) -> None:
    path = file(tmp_path, "a.log", f"Title\n\n{SENTENCE}")
    assert read(path)[0] == []
    [draft] = read_corpus([path], Options(format="text"))
    assert isinstance(draft, Draft)
    assert draft.title == "Title"


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside = file(tmp_path, "secret.txt", f"Secret\n\n{SENTENCE}")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    file(corpus, "a.txt", f"Title\n\n{SENTENCE}")
    (corpus / "inside.txt").symlink_to("a.txt")
    (corpus / "link.txt").symlink_to(outside)
    drafts, skipped = read(corpus)
    assert [one.id for one in drafts] == ["a.txt", "inside.txt"]
    assert skipped == [f"{corpus / 'link.txt'}:1: a link that leads out of the folder, which is not followed"]
