"""The readers on files shaped as real ones: what each takes from its format."""

from __future__ import annotations

import bz2
import gzip
import json
import socket
from pathlib import Path

import pytest

from paraglot.indexer.corpus.assemble import assemble
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.inputs import Options

SENTENCE = "The council decided on Monday to build a new bridge over the river near the old mill."
SECOND = "Bakers protested against the tax on bread, and many people of the town joined them there."


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No reader opens a connection, whatever the file says."""

    def refuse(*_: object) -> None:
        raise AssertionError("a reader went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def read(path: Path, **fields: str) -> tuple[list[Draft], list[str]]:
    found = list(read_corpus([path], Options(fields)))
    return [one for one in found if isinstance(one, Draft)], [str(one) for one in found if isinstance(one, Skipped)]


def file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def paragraphs(draft: Draft) -> list[tuple[str, str]]:
    """Heading and text of each paragraph of the article that a draft becomes."""
    article = assemble(draft, lambda text: len(text) <= 2000)
    for one in article.paragraphs:
        assert draft.text[one.start : one.end].split() == one.text.split()
    return [(one.heading, one.text) for one in article.paragraphs]


MARKDOWN = f"""---
title: The bridge
date: 2024-05-31
lang: en
tags: [town, water]
---
# The bridge

{SENTENCE} [More](http://a.example/)

## What came before

{SECOND}

- apples and pears from the market
- plums

### Prices

| Year | Price |
|------|-------|
| 1900 | two pence for a loaf |

## See also

- [Another story](x.md)
"""


def test_markdown(tmp_path: Path) -> None:
    [draft], skipped = read(file(tmp_path, "a.md", MARKDOWN))
    assert (draft.id, draft.title, draft.date, draft.language) == ("a.md", "The bridge", "2024-05-31", "en")
    assert (draft.attributes, skipped) == ({"tags": ["town", "water"]}, [])
    assert paragraphs(draft) == [
        ("", f"{SENTENCE} More"),
        ("What came before", SECOND),
        ("What came before", "apples and pears from the market\nplums"),
        ("What came before / Prices", "Year | Price\n1900 | two pence for a loaf"),
    ]


PAGE = f"""<!DOCTYPE html><html lang="de-AT"><head><meta charset="utf-8"><title>Bridge - Gazette</title>
<link rel="canonical" href="https://gazette.example/bridge"><meta property="og:site_name" content="Gazette">
<script type="application/ld+json">{{"@graph": [{{"@type": "NewsArticle", "headline": "The bridge",
"datePublished": "2024-05-31T10:00:00Z", "author": {{"name": "A. Miller"}}}}]}}</script></head>
<body><nav><a href="/">Home</a> <a href="/x">Sport</a></nav><article><h1>The bridge</h1><p>{SENTENCE} {SENTENCE}</p>
<h2>Before</h2><p>{SECOND} {SECOND}</p><img src="http://tracker.example/x.png"></article>
<footer>Imprint and contact</footer></body></html>"""


def test_html(tmp_path: Path) -> None:
    [draft], skipped = read(file(tmp_path, "page.html", PAGE))
    assert (draft.title, draft.language, draft.url) == ("The bridge", "de-AT", "https://gazette.example/bridge")
    assert (draft.date, draft.source, skipped) == ("2024-05-31T10:00:00Z", "Gazette", [])
    assert draft.attributes == {"author": "A. Miller"}
    assert paragraphs(draft) == [("", f"{SENTENCE} {SENTENCE}"), ("Before", f"{SECOND} {SECOND}")]


def test_html_in_the_encoding_that_it_declares(tmp_path: Path) -> None:
    text = "Городской совет решил построить новый мост через реку, и жители рады этому решению. "
    page = f"<html><head><meta charset=windows-1251><title>Мост</title></head><body><p>{text * 4}</p></body></html>"
    [draft], _ = read(file(tmp_path, "a.htm", page.encode("cp1251")))
    assert draft.title == "Мост"
    assert draft.text.startswith(text.strip())


RSS = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Gazette</title><language>en</language>
<item><title>Bread &amp;amp; tax</title><link>https://g.example/1</link><guid>g1</guid><category>town</category>
<pubDate>Fri, 31 May 2024 10:00:00 GMT</pubDate><description>Short.</description><dc:creator>A. Miller</dc:creator>
<content:encoded><![CDATA[<p>{SENTENCE}</p><h3>Then</h3><p>{SECOND}<script>alert(1)</script></p>]]></content:encoded></item>
<item><title>Empty</title><guid>g2</guid></item>
<item><title>Plain</title><guid>g3</guid><description>{SECOND}</description><pubDate>soon</pubDate></item>
</channel></rss>"""


def test_rss(tmp_path: Path) -> None:
    [full, note, plain], skipped = read(file(tmp_path, "feed.xml", RSS))
    assert (full.id, full.title, full.url, full.language) == ("g1", "Bread & tax", "https://g.example/1", "en")
    assert (full.date, full.source) == ("2024-05-31T10:00:00+00:00", "Gazette")
    assert full.attributes == {"author": "A. Miller", "tags": ["town"]}
    assert paragraphs(full) == [("", SENTENCE), ("Then", SECOND)]
    assert (plain.date, plain.attributes, paragraphs(plain)) == (None, {"date_as_given": "soon"}, [("", SECOND)])
    assert (note.id, note.title, paragraphs(note), skipped) == ("g2", "Empty", [("", "Empty")], [])


ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Gazette</title>
<entry><id>tag:1</id><title type="html">A &lt;b&gt;title&lt;/b&gt;</title><link rel="self" href="https://g.example/self"/>
<link href="https://g.example/1"/><updated>2024-05-31T10:00:00Z</updated><summary>Short.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{SENTENCE}</p></div></content></entry></feed>"""


def test_atom(tmp_path: Path) -> None:
    [draft], skipped = read(file(tmp_path, "x", ATOM))  # told by content, without a suffix
    assert (draft.id, draft.title, draft.url, draft.language) == ("tag:1", "A title", "https://g.example/1", "fr")
    assert (draft.source, paragraphs(draft), skipped) == ("Gazette", [("", SENTENCE)], [])


def test_json_feed(tmp_path: Path) -> None:
    items = [
        {"id": "1", "title": "One", "content_html": f"<p>{SENTENCE}</p>", "date_published": "2024-05-31T10:00:00Z"},
        {"id": "2", "content_text": SECOND, "tags": ["a"]},
        {"id": "3"},
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Gazette", "language": "en", "items": items}
    [one, two], skipped = read(file(tmp_path, "feed.json", json.dumps(feed, indent=1)))
    assert (one.title, one.source, one.language, paragraphs(one)) == ("One", "Gazette", "en", [("", SENTENCE)])
    assert (two.id, two.text, two.attributes) == ("2", SECOND, {"tags": ["a"]})
    assert len(skipped) == 1
    assert "item 3" in skipped[0]


@pytest.mark.parametrize("indent", [None, 2])
def test_json_array_with_foreign_names(tmp_path: Path, indent: int | None) -> None:
    given = [{"key": number, "headline": "T", "body": {"plain": SENTENCE}} for number in range(2000)]
    path = file(tmp_path, "a.json", json.dumps([*given, 7], indent=indent))
    drafts, skipped = read(path, id="key", title="headline", text="body.plain")
    assert [one.id for one in drafts] == [str(number) for number in range(2000)]
    assert (drafts[0].title, drafts[0].text) == ("T", SENTENCE)
    assert len(skipped) == 1
    assert skipped[0].endswith("not a JSON object")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv(tmp_path: Path, delimiter: str) -> None:
    rows = [["ID", "Headline", "Text", "Date"], ["1", "One", f'"{SENTENCE}\n\n{SECOND} ""so""."', "2024-05-31"]]
    rows += [["2", "Two", "", ""], ["", "Three", SENTENCE, ""], ["4", "Four", SENTENCE, "", "more"]]
    path = file(tmp_path, "a.csv", "\r\n".join(delimiter.join(row) for row in rows))
    [one, three], skipped = read(path, title="Headline")
    assert (one.id, one.title, one.date) == ("1", "One", "2024-05-31")
    assert one.text == f'{SENTENCE}\n\n{SECOND} "so".'
    assert three.id == "a.csv#6"
    assert [reason.rpartition(": ")[2] for reason in skipped] == [
        "the article has no text",
        "the row has 5 fields, the header 4 (a text that holds the delimiter must stand in quotes)",
    ]


def test_csv_without_a_text_column_says_what_to_do(tmp_path: Path) -> None:
    _, [reason] = read(file(tmp_path, "a.tsv", f"id\tstory\n1\t{SENTENCE}"))
    assert reason.endswith("no column is named text: map one with --field text=story (the columns are id, story)")


def test_csv_without_a_column_that_is_mapped_is_not_read(tmp_path: Path) -> None:
    path = file(tmp_path, "a.csv", f"id,Headline,text\n1,One,{SENTENCE}")
    found, [reason] = read(path, title="nope")
    assert found == []
    expected = "no column is named nope, as --field title=nope says (the columns are id, Headline, text)"
    assert reason.endswith(expected)


NITF = f"""<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "http://www.nitf.org/IPTC/NITF/3.4/nitf-3-4.dtd">
<nitf xml:lang="en"><head><title>Short</title><docdata><doc-id id-string="n1" regsrc="AP"/>
<date.issue norm="20240531T100000Z"/></docdata></head><body><body.head><hedline><hl1>The bridge</hl1></hedline>
<byline>By A. Miller</byline></body.head><body.content><p>{SENTENCE}</p><hl2>Then</hl2><p>{SECOND}</p>
<media><media-caption>A picture of the old bridge.</media-caption></media></body.content></body></nitf>"""


def test_nitf(tmp_path: Path) -> None:
    [draft], skipped = read(file(tmp_path, "a.xml", NITF))
    assert (draft.id, draft.title, draft.language, draft.source) == ("n1", "The bridge", "en", "AP")
    assert (draft.date, skipped) == ("2024-05-31T10:00:00+00:00", [])
    assert paragraphs(draft) == [("", SENTENCE), ("Then", f"{SECOND} A picture of the old bridge.")]


NEWSML = f"""<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>
<newsItem guid="urn:1" xml:lang="de"><itemMeta><provider literal="dpa"/><versionCreated>2024-05-31T10:00:00+02:00</versionCreated>
</itemMeta><contentMeta><language tag="de"/><headline>Die Brücke</headline><subject><name>Stadt</name></subject></contentMeta>
<contentSet><inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body><p>{SENTENCE}</p></body>
</html></inlineXML></contentSet></newsItem>
<newsItem guid="urn:2"><contentMeta><headline>Picture</headline></contentMeta><contentSet><remoteContent href="a.jpg"/></contentSet>
</newsItem></itemSet></newsMessage>"""


def test_newsml_g2(tmp_path: Path) -> None:
    [draft], skipped = read(file(tmp_path, "a.xml", NEWSML))
    assert (draft.id, draft.title, draft.language, draft.source) == ("urn:1", "Die Brücke", "de", "dpa")
    assert (draft.date, draft.attributes) == ("2024-05-31T10:00:00+02:00", {"tags": ["Stadt"]})
    assert paragraphs(draft) == [("", SENTENCE)]
    assert skipped == [f"{tmp_path / 'a.xml'}:6: the article has no text"]


WIKITEXT = f"""{{{{Infobox|name={{{{lang|en|x}}}}|a=[[b]]}}}}
'''{SENTENCE[:-1]}''' on the [[River Avon|river]].<ref name="a">{{{{cite|x}}}}</ref><!-- no -->
It is {{{{formatnum:12345}}}} m long &amp; [http://x.example old].

== History ==
{SECOND}
[[Datei:Bridge.jpg|thumb|left|The [[old]] bridge in 1900, seen from the mill.]]

=== Tolls ===
* two pence for every man and horse
* one penny for a goose
{{| class="wikitable"
|+ Traffic
! Year !! Wagons
|-
| 1900 || style="x" | 2,000
|}}
== See also ==
* [[Another bridge]]
[[Kategorie:Bridges]] [[fr:Pont]]"""


def dump(pages: str) -> str:
    return f"""<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="de"><siteinfo>
<sitename>Wikipedia</sitename><dbname>dewiki</dbname><base>https://de.wikipedia.org/wiki/Hauptseite</base><namespaces>
<namespace key="0"/><namespace key="6">Datei</namespace><namespace key="14">Kategorie</namespace></namespaces></siteinfo>
{pages}</mediawiki>"""


def wiki_page(number: int, title: str, text: str, ns: int = 0, more: str = "") -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"""<page><title>{title}</title><ns>{ns}</ns><id>{number}</id>{more}<revision><id>9</id>
<timestamp>2024-05-31T10:00:00Z</timestamp><model>wikitext</model><text xml:space="preserve">{escaped}</text></revision></page>"""


def test_mediawiki_dump(tmp_path: Path) -> None:
    pages = wiki_page(1, "Old Bridge", WIKITEXT) + wiki_page(2, "Diskussion:X", "Talk.", 1)
    pages += wiki_page(3, "Y", "#REDIRECT [[Old Bridge]]", more='<redirect title="Old Bridge"/>')
    pages += wiki_page(4, "Z", "#WEITERLEITUNG [[Old Bridge]]") + wiki_page(5, "Plain", SECOND)
    path = file(tmp_path, "dewiki.xml.bz2", bz2.compress(dump(pages).encode()))
    [bridge, plain], skipped = read(path)
    assert (bridge.id, bridge.title, bridge.language) == ("dewiki:1", "Old Bridge", "de")
    assert (bridge.url, bridge.date) == ("https://de.wikipedia.org/wiki/Old_Bridge", "2024-05-31T10:00:00Z")
    assert (bridge.source, plain.id, plain.text, skipped) == ("Wikipedia", "dewiki:5", SECOND, [])
    assert paragraphs(bridge) == [
        ("", f"{SENTENCE[:-1]} on the river. It is 12345 m long & old."),
        ("History", SECOND),
        ("History", "The old bridge in 1900, seen from the mill."),
        ("History / Tolls", "- two pence for every man and horse\n- one penny for a goose"),
        ("History / Tolls", "Traffic\nYear | Wagons\n1900 | 2,000"),
    ]


def test_cirrussearch_dump(tmp_path: Path) -> None:
    lines = []
    for number, namespace in ((1, 0), (2, 1), (3, 0)):
        lines.append({"index": {"_type": "_doc", "_id": str(number)}})
        page = {"title": f"T{number}", "text": SENTENCE, "language": "en", "namespace": namespace}
        lines.append({**page, "wiki": "enwiki", "page_id": number, "timestamp": "2024-05-31T10:00:00Z"})
    content = "\n".join(json.dumps(one) for one in lines)
    [one, three], skipped = read(file(tmp_path, "enwiki.json.gz", gzip.compress(content.encode())))
    assert (one.id, one.title, one.language, one.source) == ("enwiki:1", "T1", "en", "enwiki")
    assert (three.id, skipped) == ("enwiki:3", [])


def warc_record(url: str, kind: str, content: bytes, status: str = "200 OK") -> bytes:
    http = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n".encode() + content
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-05-31T10:00:00Z\r\n"
    head += f"WARC-Record-ID: <urn:uuid:{url}>\r\nContent-Type: application/http; msgtype=response\r\n"
    return head.encode() + f"Content-Length: {len(http)}\r\n\r\n".encode() + http + b"\r\n\r\n"


def test_warc(tmp_path: Path) -> None:
    records = [
        warc_record("https://g.example/1", "text/html; charset=utf-8", PAGE.encode()),
        warc_record("https://g.example/2", "image/png", b"\x89PNG"),
        warc_record("https://g.example/3", "text/html", b"<html><body><p>gone</p></body></html>", "404 Not Found"),
        warc_record("https://g.example/4", "text/html", b""),
    ]
    path = file(tmp_path, "crawl.warc.gz", b"".join(gzip.compress(one) for one in records))
    [draft], skipped = read(path)
    assert (draft.id, draft.title, draft.language) == ("https://g.example/1", "The bridge", "de-AT")
    assert draft.attributes == {"author": "A. Miller", "captured": "2024-05-31"}
    assert len(skipped) == 1
    assert skipped[0].startswith(f"{path}!https://g.example/4: line 1: ")


@pytest.mark.slow
def test_docx(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.core_properties.title = "The bridge"
    document.add_paragraph("The bridge", style="Title")
    document.add_paragraph(SENTENCE)
    document.add_heading("Before", 1)
    document.add_paragraph("apples from the old market", style="List Bullet")
    document.add_paragraph("pears", style="List Bullet")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Year of the great flood", "1900"
    document.save(str(tmp_path / "a.docx"))
    [draft], skipped = read(tmp_path / "a.docx")
    assert (draft.id, draft.title, skipped) == ("a.docx", "The bridge", [])
    assert paragraphs(draft) == [
        ("", SENTENCE),
        ("Before", "apples from the old market\npears"),
        ("Before", "Year of the great flood | 1900"),
    ]


def pdf(lines: list[str]) -> bytes:
    """A PDF of one page as a simple program writes it, its table of objects left to the reader to mend."""
    shown = "".join(f"({line}) Tj 0 -14 Td " for line in lines)
    content = f"BT /F1 12 Tf 72 720 Td {shown}ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, offsets = "%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    return (
        body
        + f"xref\n0 6\n0000000000 65535 f \n{table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    ).encode("latin-1")


def test_pdf(tmp_path: Path) -> None:
    pytest.importorskip("pypdf")
    lines = [
        "The bridge.",
        "The council decided on Monday to build a new bridge over the ri-",
        "ver near the old mill.",
    ]
    [draft], skipped = read(file(tmp_path, "a.pdf", pdf(lines)))
    assert (draft.title, skipped) == ("The bridge.", [])
    assert paragraphs(draft) == [("", SENTENCE)]


@pytest.mark.parametrize(
    ("above", "warning"),
    [
        ('+++\ntitle = "Weir: the plan"\ndate = 2023-10-02\n[params]\nkind = "news"\n+++', ""),
        ("---\ntitle: Weir: the plan\ndate: 2. Oktober 2023\n---", "no YAML, read line by line"),
        ("---\ntitle: \"Weir: the plan\"\ntags: [a\ndate: '2023-10-02'\n---", "no YAML, read line by line"),
    ],
)
def test_front_matter_never_costs_its_article(tmp_path: Path, above: str, warning: str) -> None:
    (tmp_path / "a.md").write_text(f"{above}\n\nThe council voted to keep the old weir on the river.\n")
    remarks = Remarks()
    [draft] = read_corpus([tmp_path], Options(remarks=remarks))
    assert isinstance(draft, Draft)
    assert (draft.title, draft.date) == ("Weir: the plan", "2023-10-02")
    assert draft.text == "The council voted to keep the old weir on the river."
    assert [warning in one for one in remarks.warned()] == [True] * bool(warning)
