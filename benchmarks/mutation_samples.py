"""A small sound input of each format, for `benchmarks/mutations.py`."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile

SENTENCE = "The council taxed the bread of every baker in the old town for a whole year."
OTHER = "Der Müller zahlte nichts – und schwieg: «on ne paie pas»."


def samples() -> dict[str, bytes]:
    """File name → content; every one is read as at least one article."""
    texts = {
        "a.txt": f"Bread tax\n\n{SENTENCE}\n\n{OTHER}\n",
        "a.md": f"---\ntitle: Bread\n---\n# Bread\n\n{SENTENCE} [link](http://a.org)\n\n"
        f"* {OTHER}\n\n| a | b |\n|---|---|\n",
        "a.html": _html(),
        "a.jsonl": "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in _articles()),
        "a.json": json.dumps(_articles(), indent=1),
        "feed.json": json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "B", "items": _articles()}),
        "a.csv": f'id,title,text,date\n1,Bread,"{SENTENCE} ""So it was.""",2024-05-01\n'
        f'2,Müller,"{OTHER}\n{SENTENCE}",\n',
        "rss.xml": _rss(),
        "wordpress.xml": _wordpress(),
        "atom.xml": _atom(),
        "news.xml": _newsml(),
        "nitf.xml": "<nitf><head><title>Bread</title></head>"
        f"<body><body.content><p>{SENTENCE}</p></body.content></body></nitf>",
        "wiki.xml": _wiki(),
        "oai.xml": '<OAI-PMH><record><header><identifier>x:1</identifier></header><metadata><dc xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>Bread</dc:title><dc:description>{SENTENCE}</dc:description><dc:date>[1759?]</dc:date></dc></metadata></record></OAI-PMH>",
        "cirrus.json": _cirrus(),
    }
    made = {name: text.encode() for name, text in texts.items()}
    made["latin.txt"] = f"Brot\n\n{OTHER} {OTHER}".encode("cp1252")
    made["wide.csv"] = f"id\ttext\n1\t{OTHER}\n".encode("utf-16")
    made |= {"a.warc": _warc(made["a.html"]), "a.pdf": _pdf(), "a.docx": _docx()}
    made |= {"a.zip": _zip(made), "a.tar": _tar(made), "a.jsonl.gz": gzip.compress(made["a.jsonl"], mtime=0)}
    made["a.warc.gz"] = gzip.compress(made["a.warc"], mtime=0)
    return made


def dense(size: int) -> dict[str, bytes]:
    """Inputs of so many bytes whose rows hold next to nothing, most of them a fault: what costs most for its length."""
    repeated = {
        "stray.csv": ("id,text\n", '1,"a"b"\n'),
        "unclosed.csv": ("id,text\n", '1,a\n1,"b\n'),
        "nothing.csv": ("id,text\n", "1,\n"),
        "over-lines.csv": ("id,text\n", '1,"a\nb"\n'),
        "nothing.jsonl": ("", "{}\n"),
        "no-text.jsonl": ("", '{"a":1}\n'),
        "no-json.jsonl": ("", "{\n"),
        "letters.csv": ("text\n", "a\n"),
        "nothing.tsv": ("id\ttext\n", "1\t\n"),
        "tiny.jsonl": ("", '{"text":"a"}\n'),
        "nothing.json": ("[", "{},\n"),
        "numbers.json": ("[", "1,"),
        "letters.txt": ("", "a\n"),
        "paragraphs.txt": ("", "a\n\n"),
        "paragraphs.html": ("<html><body>", "<p>a</p>"),
        "items.html": ("<html><body><ul>", "<li>a"),
        "letters.html": ("<html><body><p>", "<b>a</b>"),
        "cells.html": ("<html><body><table>", "<tr><td>a"),
        "items.xml": ("<rss><channel>", "<item><title>a</title><guid>1</guid></item>"),
        "items.md": ("", "- a\n"),
        "tags.mdx": ("", "<A b={{c}}>a</A> "),
        "pages.txt": ("", "a\f1\n"),
    }
    made = {name: first + row * (size // len(row)) for name, (first, row) in repeated.items()}
    made["rows.csv"] = "id,text\n" + "".join(f'{one},a\n{one}b,"c\n' for one in range(size // 15))
    return {name: text.encode() for name, text in made.items()}


def _articles() -> list[dict[str, object]]:
    return [
        {"id": "1", "title": "Bread", "text": SENTENCE, "language": "en", "date": "2024-05-01", "tags": ["a", "b"]},
        {"id": "2", "title": "Müller", "content_html": f"<p>{OTHER}</p>", "text": f"{OTHER}\n\n{SENTENCE}"},
    ]


def _html() -> str:
    head = '<meta charset="utf-8"><title>Bread</title><script type="application/ld+json">{"@type":"Article"}</script>'
    table = f"<table><tr><td>1</td><td colspan=2>{OTHER}</td></tr></table>"
    return (
        f'<!doctype html><html lang="en"><head>{head}</head><body><nav><a href="/">Home</a></nav><article>'
        f"<h1>Bread</h1><p>{SENTENCE}<p>{OTHER} &amp; &eacute;<ul><li>{SENTENCE}</ul>"
        f"{table}<img alt='x'></article></body></html>"
    )


def _rss() -> str:
    items = "".join(
        f"<item><title>Bread {one}</title><link>http://a.org/{one}</link>"
        f"<pubDate>Wed, 01 May 2024 10:00:00 GMT</pubDate>"
        f"<description>&lt;p&gt;{SENTENCE}&lt;/p&gt;</description><content:encoded><![CDATA[<p>{OTHER}</p>]]>"
        f"</content:encoded></item>"
        for one in range(3)
    )
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return f'<?xml version="1.0"?><rss version="2.0" {space}><channel><title>News</title>{items}</channel></rss>'


def _wordpress() -> str:
    kept = "<wp:post_type>post</wp:post_type><wp:status>publish</wp:status><wp:post_id>1</wp:post_id></item>"
    space = 'xmlns:wp="http://wordpress.org/export/1.2/" version'
    version = "<channel><wp:wxr_version>1.2</wp:wxr_version>"
    return _rss().replace("</item>", kept).replace("version", space, 1).replace("<channel>", version)


def _atom() -> str:
    entries = "".join(
        f'<entry xml:lang="de"><id>{one}</id><title type="html">Bread</title><updated>2024-05-01T10:00:00Z</updated>'
        f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{SENTENCE}</p><p>{OTHER}</p></div></content>'
        "</entry>"
        for one in range(2)
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://a.org/"><title>News</title>{entries}</feed>'


def _newsml() -> str:
    body = f"<html xmlns='http://www.w3.org/1999/xhtml'><body><p>{SENTENCE}</p></body></html>"
    return (
        '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:a" xml:lang="en"><itemMeta>'
        "<versionCreated>2024-05-01</versionCreated></itemMeta><contentMeta><headline>Bread</headline></contentMeta>"
        f"<contentSet><inlineXML>{body}</inlineXML></contentSet></newsItem>"
    )


def _wiki() -> str:
    text = f"'''Bread''' {{{{cite|a={{{{b}}}}}}}} {SENTENCE}&lt;ref name=a&gt;x&lt;/ref&gt; [[File:a.png|thumb|b]]\n"
    text += f"== H ==\n{{| class=a\n! x\n|-\n| {OTHER}\n|}}\n* [[Tax|taxes]]\n[[Category:Bread]]"
    page = f"<page><title>Bread</title><ns>0</ns><id>1</id><revision><text>{text}</text></revision></page>"
    return f'<mediawiki xml:lang="en"><siteinfo><sitename>W</sitename></siteinfo>{page}{page}</mediawiki>'


def _cirrus() -> str:
    page = {
        "title": "Bread",
        "namespace": 0,
        "text": f"{SENTENCE} {OTHER}",
        "language": "en",
        "timestamp": "2024-05-01",
    }
    return f'{{"index":{{"_type":"page","_id":"1"}}}}\n{json.dumps(page)}\n' * 2


def _warc(page: bytes) -> bytes:
    said = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.org/{0}\r\nWARC-Date: 2024-05-01T10:00:00Z\r\n"
    head += "WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-00000000000{0}>\r\n"
    head += f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(said)}\r\n\r\n"
    return b"".join(head.format(number).encode() + said + b"\r\n\r\n" for number in range(2))


def _pdf() -> bytes:
    """Its table of objects is left to the reader to mend."""
    drawn = f"BT /F1 10 Tf 1 0 0 1 60 700 Tm ({SENTENCE}) Tj 0 -14 Td ({SENTENCE}) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R"
        " /Resources << /Font << /F1 3 0 R >> >> >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        "<< /Title (Bread) >>",
    ]
    body = "%PDF-1.4\n" + "".join(f"{number} 0 obj\n{one}\nendobj\n" for number, one in enumerate(objects, start=1))
    return f"{body}trailer\n<< /Size 7 /Root 1 0 R /Info 6 0 R >>\nstartxref\n{len(body)}\n%%EOF".encode()


def _docx() -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("Bread", 1)
    document.add_paragraph(SENTENCE)
    document.add_table(1, 2).cell(0, 0).text = OTHER
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def _zip(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.txt", "a.html", "rss.xml"):
            archive.writestr(zipfile.ZipInfo(name), members[name])
    return packed.getvalue()


def _tar(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name in ("a.txt", "a.csv", "atom.xml"):
            info = tarfile.TarInfo(name)
            info.size = len(members[name])
            archive.addfile(info, io.BytesIO(members[name]))
    return packed.getvalue()
