"""What its author keeps back is left out in every format, counted, and read with --drafts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.inputs import Options

TEXT = "The council of Oakmoor met on Tuesday to talk about the weir and the mill."
KEPT_BACK: list[dict[str, object]] = [
    {"draft": True},
    {"is_draft": 1},
    {"isDraft": "true"},
    {"published": False},
    {"is_published": "False"},
    {"status": "Draft"},
    {"post_status": "pending"},
    {"_status": "draft"},
    {"workflow_state": "draft"},
    {"visibility": "private"},
    {"unlisted": True},
    {"noindex": True},
    {"robots": "noindex, follow"},
    {"deleted": True},
    {"status": False, "langcode": "en"},
    {"_id": "drafts.weir", "_type": "post"},
    {"createdAt": "2024-05-01", "updatedAt": "2024-05-02", "publishedAt": None},
]
SHOWN: list[dict[str, object]] = [
    {"draft": False},
    {"published": "2024-05-01"},
    {"status": "publish"},
    {"status": 0},
    {"state": "Texas"},
    {"publishedAt": None},
    {"_id": "drafts.weir"},
    {"private": "no"},
]


def read(path: Path, drafts: bool = False) -> tuple[list[str], dict[str, int]]:
    remarks = Remarks()
    found = list(read_corpus([path], Options(drafts=drafts, remarks=remarks)))
    assert [one for one in found if isinstance(one, Skipped)] == []
    return [one.title for one in found if isinstance(one, Draft)], remarks.counts()


def named(fields: dict[str, object]) -> str:
    return " ".join(fields)


@pytest.mark.parametrize("wrapped", [False, True])
def test_fields_of_json_keep_back(tmp_path: Path, wrapped: bool) -> None:
    all_fields = [*KEPT_BACK, *SHOWN]
    articles = [{"id": str(n), "title": named(one), "text": TEXT, **one} for n, one in enumerate(all_fields)]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"data": [{"attributes": one} for one in articles]} if wrapped else articles))
    assert read(path) == (list(map(named, SHOWN)), {"unpublished posts": len(KEPT_BACK)})
    assert len(read(path, drafts=True)[0]) == len(all_fields)


def test_columns_keep_back(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"title,text,post_status\nweir,{TEXT},publish\nmill,{TEXT},draft\ndam,{TEXT},private\n")
    assert read(path) == (["weir"], {"unpublished posts": 2})


@pytest.mark.parametrize("line", ["publish: false", "visibility: private", "unlisted: true", "robots: noindex"])
def test_front_matter_keeps_back(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.md").write_text(f"---\ntitle: weir\n{line}\n---\n{TEXT}\n")
    assert read(tmp_path) == ([], {"drafts and pages that ask not to be found": 1})


def test_folders_of_drafts(tmp_path: Path) -> None:
    page = f"<html><head><title>weir</title></head><body><article><h1>weir</h1><p>{TEXT}</p></article></body></html>"
    for name in ("_drafts/a.md", "posts/draft_weir.html", "posts/2024_weir.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{TEXT}\n" if name.endswith("md") else page)
    assert read(tmp_path) == (["weir"], {"drafts and pages that ask not to be found": 2})
    assert len(read(tmp_path, drafts=True)[0]) == 3
    assert len(read(tmp_path / "_drafts")[0]) == 1


ENTRIES = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:app="http://purl.org/atom/app#"
 xmlns:blogger="http://schemas.google.com/blogger/2018"><title>Post</title>
<entry><id>1</id><title>weir</title><category term="http://schemas.google.com/blogger/2008/kind#post"/><category
 term="rivers"/><content>TEXT</content></entry>
<entry><id>2</id><title>mill</title><app:control><app:draft>yes</app:draft></app:control><content>TEXT</content></entry>
<entry><id>3</id><title>css</title><category term="http://schemas.google.com/blogger/2008/kind#template"/>
<content>TEXT</content></entry>
<entry><id>4</id><title>Re: weir</title><blogger:type>COMMENT</blogger:type><content>TEXT</content></entry>
<entry><id>5</id><title>dam</title><blogger:type>POST</blogger:type><blogger:status>DRAFT</blogger:status>
<content>TEXT</content></entry>
<entry><id>6</id><title>lock</title><blogger:type>PAGE</blogger:type><blogger:status>LIVE</blogger:status>
<content>TEXT</content></entry></feed>"""


def test_exports_of_blogger(tmp_path: Path) -> None:
    path = tmp_path / "feed.atom"
    path.write_text(ENTRIES.replace("TEXT", TEXT))
    left_out = {"unpublished posts": 2, "attachments, menus and revisions": 1, "comments": 1}
    assert read(path) == (["weir", "lock"], left_out)
    assert read(path, drafts=True)[0] == ["weir", "mill", "dam", "lock"]
    [first, *_] = [one for one in read_corpus([path]) if isinstance(one, Draft)]
    assert first.attributes["tags"] == ["rivers"]


def test_what_a_server_says_to_robots_holds_in_captures(tmp_path: Path) -> None:
    page = f"<html><head><title>weir</title></head><body><article><p>{TEXT}</p></article></body></html>"
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Robots-Tag: noindex\r\n\r\n{page}"
    path = tmp_path / "a.warc"
    path.write_bytes(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/x\r\nWARC-Date: 2024-05-01T10:00:00Z\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(answer)}\r\n\r\n{answer}\r\n\r\n".encode()
    )
    assert read(path) == ([], {"drafts and pages that ask not to be found": 1})
    assert read(path, drafts=True)[0] == ["weir"]
