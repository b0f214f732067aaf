"""Feeds as they are in the wild: one fault costs an item at most, links, ids and authors as feed readers have them."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.inputs import Options

TEXT = "Story number {} is about the new tram line along the lake shore."


def read(path: Path, content: str | bytes) -> tuple[list[Draft], list[str], dict[str, int]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    remarks = Remarks()
    found = list(read_corpus([path], Options(remarks=remarks)))
    drafts = [one for one in found if isinstance(one, Draft)]
    return drafts, [one.reason for one in found if isinstance(one, Skipped)], remarks.counts()


def item(name: str, text: str = TEXT, title: str = "Story") -> str:
    return f"<item><guid>{name}</guid><title>{title}</title><description>{text.format(name)}</description></item>"


def rss(*items: str, before: str = '<?xml version="1.0" encoding="UTF-8"?>\n', head: str = "") -> str:
    return f'{before}<rss version="2.0"><channel><title>Lakeside News</title>{head}{"".join(items)}</channel></rss>'


def blocks(draft: Draft) -> list[str]:
    return [one.text for one in draft.blocks or ()]


@pytest.mark.parametrize(
    ("faulty", "text", "title"),
    [
        (item("b", "The mayor&rsquo;s speech &ndash; in full.", "Bread&nbsp;tax"), "The mayor’s speech – in full.", "Bread tax"),
        (item("b", "Bakers & farmers met.", "Bread & butter"), "Bakers & farmers met.", "Bread & butter"),
        (item("b", "AT&T; and R&D.", "T"), "AT&T; and R&D.", "T"),
        (item("b", "A vertical tab \x0b stands here.", "T"), "A vertical tab stands here.", "T"),
        (item("b", "A number &#11; of no character &#xD800;.", "T"), "A number \ufffd of no character \ufffd.", "T"),
        (item("b", "Halves: &#xD83D;&#xDE00; &#12354;&#55357;&#56832;", "T"), "Halves: 😀 あ😀", "T"),
        (item("b", "Where a < b and 3 < 4.", "T"), "Where a < b and 3 < 4.", "T"),
        (item("b", "<p>Boats.<br>A break not closed.</p>", "T"), "Boats. A break not closed.", "T"),
        (item("b", "<p>A <b>bold</i> word.", "T"), "A bold word.", "T"),
        (item("b", "<img src=x alt=y>Pictures.", "T"), "Pictures.", "T"),
        (item("b", "Where x <y> z.", "T"), "Where x <y> z.", "T"),
        (item("b", "No quotes.", "T").replace("<description>", "<description x=1 y>"), "No quotes.", "T"),
        (item("b", "No quotes.", "T").replace("<guid>", "<guid isPermaLink=false a='x=1 y=2'>"), "No quotes.", "T"),
        (item("b", "None here.", "T").replace("</item>", "<enclosure url=a.mp3 length=1/></item>"), "None here.", "T"),
        (item("b", "Never closed.", "T").replace("</item>", ""), "Never closed.", "T"),
        (item("b", "<![CDATA[A section that never ends.", "T"), "A section that never ends.", "T"),
        (item("b", "A comment <!-- that never ends.", "T"), "A comment that never ends.", "T"),
        (item("b", "Short.", "T").replace("</item>", "<content:encoded>In full.</content:encoded><x:y z='1'/></item>"), "In full.", "T"),
    ],
)  # fmt: skip
def test_one_fault_costs_nothing_of_the_others(tmp_path: Path, faulty: str, text: str, title: str) -> None:
    drafts, skipped, _ = read(tmp_path / "a.rss", rss(item("a"), faulty, item("c"), item("d")))
    assert [draft.id for draft in drafts] == ["a", "b", "c", "d"]
    assert (drafts[1].title, blocks(drafts[1]), skipped) == (title, [text], [])
    assert blocks(drafts[2]) == [TEXT.format("c")]


ENTITY = '<!DOCTYPE rss [<!ENTITY site "Lake &#38; Shore"><!ENTITY lol "&site;&site;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "before",
    [
        "\n\n<?xml version='1.0'?>\n",
        "\ufeff \n<?xml version='1.0'?>\n",
        '<?xml version="1.0"?>\n<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://n.example/rss.dtd">\n',
        '<?xml version="1.0"?><?xml-stylesheet href="a.xsl"?><!-- a comment <item> -->',
        "",
    ],
)
def test_what_may_stand_before_a_feed(tmp_path: Path, before: str) -> None:
    drafts, skipped, _ = read(tmp_path / "a.rss", rss(item("a"), item("b", "A dash &mdash; here."), before=before))
    assert ([draft.id for draft in drafts], blocks(drafts[1]), skipped) == (["a", "b"], ["A dash — here."], [])


def test_entities_of_its_own_are_read_where_they_are_text(tmp_path: Path) -> None:
    [draft], skipped, _ = read(tmp_path / "a.rss", rss(item("a", "&site; and &lol; and &f;."), before=ENTITY))
    assert (blocks(draft), skipped) == (["Lake & Shore and &lol; and &f;."], [])


@pytest.mark.parametrize(
    ("declared", "encoding", "text"),
    [
        ("ISO-8859-1", "utf-8", "Die Müllabfuhr fährt künftig früher durch die Straßen."),
        ("UTF-8", "cp1251", "Новый мост через реку открыли в субботу утром при большом стечении народа."),
        ("windows-1251", "cp1251", "Новый трамвай вышел на линию вдоль озера, сообщила пресс-служба."),
        ("iso-8859-1", "cp1252", "Der Preis – 5 € – bleibt „gleich“."),
        ("gb2312", "gb2312", "市政府宣布，新地铁线路将于明年秋天开通。"),
        ("Shift_JIS", "shift_jis", "新しい橋が土曜日に開通し、多くの市民が歩いて渡った。"),
        ("utf-16", "utf-16", "Le nouveau pont sur la rivière a été inauguré."),
    ],
)
def test_the_bytes_are_believed_before_the_declaration(tmp_path: Path, declared: str, encoding: str, text: str) -> None:
    feed = rss(item("a", text), before=f'<?xml version="1.0" encoding="{declared}"?>')
    [draft], skipped, _ = read(tmp_path / "a.rss", feed.encode(encoding))
    assert (blocks(draft), skipped) == ([text], [])


def test_a_wrong_byte_is_told(tmp_path: Path) -> None:
    content = (
        rss(item("a", "Ein schöner Tag am größten See."), item("b", "Caf# und Tee."), item("c"))
        .encode()
        .replace(b"#", b"\xe9")
    )
    path = tmp_path / "a.rss"
    path.write_bytes(content)
    remarks = Remarks()
    drafts = [one for one in read_corpus([path], Options(remarks=remarks)) if isinstance(one, Draft)]
    assert [blocks(draft)[0] for draft in drafts] == [
        "Ein schöner Tag am größten See.",
        "Caf\ufffd und Tee.",
        TEXT.format("c"),
    ]
    assert remarks.warned() == [f"{path}:2: bytes that are no utf-8 are read as \ufffd"]


def test_what_stands_before_the_end_of_a_cut_file_is_kept(tmp_path: Path) -> None:
    whole = rss(*(item(str(number)) for number in range(40)))
    drafts, [reason], _ = read(tmp_path / "a.rss", whole[: whole.index("<guid>38") + 20])
    assert (len(drafts), reason) == (38, "the file ends within the element item: cut short")
    drafts, [reason], _ = read(tmp_path / "b.rss", whole[: whole.index("</channel>")])
    assert (len(drafts), reason) == (40, "the file ends before its last element is closed: cut short")


def test_wikis_too(tmp_path: Path) -> None:
    page = "<page><title>T{0}</title><ns>0</ns><id>{0}</id><revision><text>{1}</text></revision></page>"
    pages = [
        page.format(1, TEXT.format(1)),
        page.format(2, "A \x01 & b."),
        page.format(3, TEXT.format(3)),
        "<page><title>",
    ]
    drafts, [reason], _ = read(tmp_path / "w.xml", f"<mediawiki xml:lang='en'>{''.join(pages)}")
    assert [(draft.title, draft.language) for draft in drafts] == [("T1", "en"), ("T2", "en"), ("T3", "en")]
    assert reason.endswith("cut short")


def test_links_and_ids(tmp_path: Path) -> None:
    head = "<link>https://post.example/</link>"
    items = [
        "<item><title>A</title><link>/2024/a</link><description>One.</description></item>",
        "<item><title>B</title><description>Two.</description></item>",
        "<item><guid>N/A</guid><title>C</title><link>https://post.example/c</link><description>Three.</description></item>",
        "<item><guid isPermaLink='true'>https://post.example/d</guid><title>D</title><description>Four.</description></item>",
        *(
            f"<item><title>E{n}</title><link>https://post.example</link><description>Five.</description></item>"
            for n in "12"
        ),
    ]
    drafts, _, _ = read(tmp_path / "a.rss", rss(*items, head=head))
    assert [draft.url for draft in drafts[:4]] == [
        "https://post.example/2024/a",
        None,
        "https://post.example/c",
        "https://post.example/d",
    ]
    assert [draft.id for draft in (drafts[0], drafts[2])] == ["https://post.example/2024/a", "https://post.example/c"]
    assert drafts[1].id.startswith("a.rss#")
    assert len({draft.id for draft in drafts}) == 6
    reversed_, _, _ = read(tmp_path / "a.rss", rss(*reversed(items), head=head))
    assert {draft.id for draft in reversed_} == {draft.id for draft in drafts}


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/blog/" xmlns:media="http://search.yahoo.com/mrss/">
<title>Base</title><author><name>The Editors</name></author>
<entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Frost <em>again</em></div></title><id>1</id>
<link href="frost.html"/><author><name>Ana Berg</name><email>a@x.example</email></author><author><name>Bo Lund</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>First paragraph of the story.</p></div></content></entry>
<entry xml:base="2024/"><title>Use the &lt;em&gt; element</title><id>2</id><link href="em.html"/>
<content type="text">Where a &lt; b, use &lt;em&gt;.</content></entry>
<entry><title>Film</title><id>3</id><media:group><media:title>Film</media:title>
<media:description>The film about otters.</media:description></media:group></entry>
<entry><title>Sound</title><id>4</id><summary>About the choir.</summary><content type="audio/mpeg" src="a.mp3"/></entry>
<entry><title>Packed</title><id>5</id><content type="application/octet-stream">PACKED</content></entry>
</feed>""".replace("PACKED", base64.b64encode(b"Packed words.").decode())


def test_atom(tmp_path: Path) -> None:
    drafts, skipped, _ = read(tmp_path / "a.atom", ATOM)
    assert [(draft.title, blocks(draft)) for draft in drafts] == [
        ("Frost again", ["First paragraph of the story."]),
        ("Use the <em> element", ["Where a < b, use <em>."]),
        ("Film", ["The film about otters."]),
        ("Sound", ["About the choir."]),
        ("Packed", ["Packed words."]),
    ]
    assert [draft.url for draft in drafts[:2]] == [
        "https://b.example/blog/frost.html",
        "https://b.example/blog/2024/em.html",
    ]
    assert [draft.attributes["author"] for draft in drafts[:2]] == ["Ana Berg, Bo Lund", "The Editors"]
    assert skipped == []


def test_titles_authors_and_paragraphs(tmp_path: Path) -> None:
    items = [
        "<item><guid>1</guid><title>Bakers &amp;amp; farmers &lt;b&gt;meet&lt;/b&gt;</title><author>a@x.example (Ana Berg)</author>"
        "<description><![CDATA[First paragraph.\n\nSecond paragraph.]]></description></item>",
        "<item><guid>2</guid><title>Water is safe again</title><dc:creator>A. Petit</dc:creator><dc:creator>B. Grand</dc:creator></item>",
        f"<item><guid>3</guid><title>New bridge</title><description><![CDATA[<p>{TEXT}</p><p>The post <a href='x'>New bridge</a>"
        " appeared first on <a href='y'>Lakeside News</a>.</p>]]></description></item>",
    ]
    drafts, _, left_out = read(tmp_path / "a.rss", rss(*items))
    assert [(draft.title, draft.attributes.get("author"), blocks(draft)) for draft in drafts] == [
        ("Bakers & farmers meet", "Ana Berg", ["First paragraph.", "Second paragraph."]),
        ("Water is safe again", "A. Petit, B. Grand", ["Water is safe again"]),
        ("New bridge", None, [TEXT]),
    ]
    assert left_out == {"footers of feeds": 1}


def post(number: int, content: str, kind: str = "post", status: str = "publish", more: str = "") -> str:
    return (
        f"<item><title>T{number}</title><guid>{number}</guid><content:encoded><![CDATA[{content}]]></content:encoded>"
        f"<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>{more}</item>"
    )


WORDPRESS = [
    post(1, "The first paragraph of it.\n\nThe <b>second</b> one.\nIts line goes on.\n\n<pre>kept\n\nas it is</pre>"),
    post(2, "<!-- wp:paragraph -->\n<p>A block.</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:heading -->\n<h2>Costs</h2>\n<!-- /wp:heading -->\n\n<p>Much.</p>"),
    post(3, '[caption id="a" align="left"]<img src="a.jpg"/> The wheel[/caption]\n\nIt froze [sic] in [2] January.\n\n[gallery ids="1,2"]'
            "\n\n[vc_row][vc_column]Builder.[/vc_column][/vc_row]\n\n[embed]https://v.example[/embed] and [[gallery]]"),
    *(post(4 + n, "Not to be seen.", status=one) for n, one in enumerate(("draft", "private", "trash", "pending", "future"))),
    post(9, "Behind a password.", more="<wp:post_password>hush</wp:post_password>"),
    *(post(10 + n, "No post.", kind=one) for n, one in enumerate(("attachment", "revision", "nav_menu_item"))),
    post(20, "A page.", kind="page"),
    post(21, "A recipe.", kind="recipe", more="<wp:comment><wp:comment_content>Commentword</wp:comment_content></wp:comment>"),
]  # fmt: skip


def test_wordpress(tmp_path: Path) -> None:
    head = "<wp:wxr_version>1.2</wp:wxr_version>"
    feed = rss(*WORDPRESS, head=head).replace(
        "<rss ",
        '<rss xmlns:wp="http://wordpress.org/export/1.2/" xmlns:content="http://purl.org/rss/1.0/modules/content/" ',
    )
    drafts, skipped, left_out = read(tmp_path / "a.xml", feed)
    assert {draft.id: draft.text.split("\n\n") for draft in drafts} == {
        "1": ["The first paragraph of it.", "The second one. Its line goes on.", "kept\nas it is"],
        "2": ["A block.", "Costs", "Much."],
        "3": ["The wheel", "It froze [sic] in [2] January.", "Builder.", "and [gallery]"],
        "20": ["A page."],
        "21": ["A recipe."],
    }
    assert (left_out, skipped) == ({"unpublished posts": 6, "attachments, menus and revisions": 3}, [])


@pytest.mark.parametrize("empty", ["<item>x", "<item>&x</item>", "<item><b>x</item>"])
def test_a_file_of_nothing_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty: str) -> None:
    monkeypatch.setattr("paraglot.indexer.readers.xml.parsing.MOST_EMPTY", 20)
    whole = item("a", "The council raised the bread tax of the old town.")
    drafts, skipped, _ = read(tmp_path / "a.xml", rss(whole, empty * 20, item("b"), empty * 30, item("c")))
    assert [draft.id for draft in drafts] == ["a", "b"]
    assert skipped[-1] == "20 elements in a row hold next to nothing: the rest is not read"


def test_many_names_of_namespaces_cost_no_article(tmp_path: Path) -> None:
    names = " ".join(f'xmlns:p{number}="u"' for number in range(300))
    whole = item("a", "The council raised the bread tax of the old town.")
    drafts, skipped, _ = read(
        tmp_path / "a.xml", rss(whole.replace("<title>", "<p299:x/><title>")).replace("<rss", f"<rss {names}")
    )
    assert (len(drafts), skipped) == (1, [])


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://a.example/tram?utm_source=rss&amp;utm_medium=feed", "https://a.example/tram"),
        ("https://a.example/?p=7&amp;fbclid=abc", "https://a.example/?p=7"),
        ("https://a.example/tram#xtor=RSS-1", "https://a.example/tram"),
        ("https://a.example/tram?id=3&amp;mc_cid=1#stops", "https://a.example/tram?id=3#stops"),
        ("https://a.example/search?q=utm_source&amp;ref=1", "https://a.example/search?q=utm_source&ref=1"),
    ],
)
def test_addresses_do_not_say_where_a_reader_came_from(tmp_path: Path, link: str, url: str) -> None:
    item = f"<item><title>Tram</title><link>{link}</link><guid>1</guid><description>{TEXT}</description></item>"
    [draft], _, _ = read(tmp_path / "a.xml", f"<rss version='2.0'><channel><title>T</title>{item}</channel></rss>")
    assert (draft.id, draft.url) == ("1", url)
    html = f"<html><head><link rel=canonical href='{link}'></head><body><h1>Tram</h1><p>{TEXT}</p></body></html>"
    [draft], _, _ = read(tmp_path / "a.html", html)
    assert draft.url == url
