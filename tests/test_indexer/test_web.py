"""Web pages: every word of the article and no other, its title, date, authors and address."""

from __future__ import annotations

from pathlib import Path

import pytest

from paraglot.indexer.corpus.assemble import assemble
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.readers.inputs import Options
from paraglot.indexer.readers.web.titles import without_site

ONE = "The council of Oakmoor voted on Tuesday to keep the old weir on the river, after three years of talks with anglers."
TWO = "Engineers had warned that the structure, built in 1911, could fail in a large flood, but a new study says otherwise."
BOTH = f"<p>{ONE}</p><p>{TWO}</p>"
NAV = '<nav><a href="/">Home</a> <a href="/politics">Politics</a> <a href="/sport">Sport</a></nav>'
FOOTER = "<footer><p>Copyright 2024 Valley Post. All rights reserved. Imprint. Privacy.</p></footer>"


def draft_of(folder: Path, page: str) -> tuple[Draft, dict[str, int]]:
    remarks = Remarks()
    path = folder / "page.html"
    path.write_text(f"<!DOCTYPE html>{page}", "utf-8")
    [found] = read_corpus([path], Options(remarks=remarks))
    assert isinstance(found, Draft), found
    return found, remarks.counts()


def paragraphs(folder: Path, body: str) -> list[str]:
    """The body of the article in a page with a menu and a footer."""
    draft, _ = draft_of(folder, f"<html><title>Weir | Valley Post</title><body>{NAV}{body}{FOOTER}</body></html>")
    return draft.text.split("\n\n")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"<article><h1>Weir</h1>{BOTH}</article>", [ONE, TWO]),
        (f'<div class="story"><h1>Weir</h1>{ONE}<br><br>{TWO}</div>', [ONE, TWO]),
        (f'<div id="content"><h1>Weir</h1><div>{ONE}</div><div>{TWO}</div></div>', [ONE, TWO]),
        (f"<table><tr><td class=left><a href=/a>Archive</a><td><h1>Weir</h1>{BOTH}</table>", [ONE, TWO]),
        (
            f"<main><section><p>{ONE}</p>Loose<div><h4>Head</h4><p>{TWO}</p>Tail<div>Inner</div></div></section></main>",
            [ONE, "Loose", "Head", TWO, "Tail", "Inner"],
        ),
        (
            f"<div class=x><h1>Weir</h1>{BOTH}<figure><img src=w><figcaption>The weir</figcaption></figure><dl><dt>weir"
            "<dd>a low dam</dl><details><summary>More</summary>of the plan</details><pre>a\nb</pre></div>",
            [ONE, TWO, "The weir", "weir\na low dam", "More", "of the plan", "a\nb"],
        ),
        ("<article><h1>Weir</h1><p>The weir is open again.</p></article>", ["The weir is open again."]),
        ("<div><h1>堰が再開</h1><p>川の堰は土曜日に再開した。</p></div>", ["川の堰は土曜日に再開した。"]),
        (f"<article><h1>Weir</h1><p>{ONE}</p><p class=lead>{ONE}</p><p>{TWO}</p></article>", [ONE, ONE, TWO]),
        (f"<article><h1>Weir</h1><time datetime=2024-05-07>7 May</time>{BOTH}</article>", [ONE, TWO]),
        (
            f"<main><article class=card><h2>Mill</h2><p>Burnt.</p></article><div class=text><h1>Weir</h1>{BOTH}</div></main>",
            [ONE, TWO],
        ),
        (
            f'<div class="wrap has-sidebar"><div>{BOTH}</div><div class="sidebar"><p>{"Aside. " * 9}</p></div></div>',
            [ONE, TWO],
        ),
        (f'<form id="page"><div><h1>Weir</h1>{BOTH}</div></form>', [ONE, TWO]),
        (f'<body style="visibility:hidden"><article style="display:none">{BOTH}</article>', [ONE, TWO]),
        (
            f"<article>{BOTH}<ul><li><a href=/a>A list</a><li><a href=/b>of links</a></ul></article>",
            [ONE, TWO, "A list\nof links"],
        ),
    ],
)
def test_every_word_of_the_article_and_no_other(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert paragraphs(tmp_path, body) == expected


@pytest.mark.parametrize(
    ("furniture", "kind"),
    [
        ('<p style="display:none">casino</p>', "hidden texts"),
        ("<p hidden>casino</p>", "hidden texts"),
        ('<p aria-hidden="true">casino</p>', "hidden texts"),
        ("<div><a href=/>Home</a> | <a href=/b>Sport</a></div>", "navigation blocks"),
        ("<ul class=siteMenu><li><a href=/>Home</a><li>x</ul>", "navigation blocks"),
        ('<div role="navigation">Home Sport</div>', "navigation blocks"),
        ("<div>We use cookies to please you. <a href=#>OK</a></div>", "consent banners"),
        ("<div><p>Wir verwenden Cookies.</p><button>Alle akzeptieren</button></div>", "consent banners"),
        ("<div>Nous utilisons des cookies.</div>", "consent banners"),
        ("<div>このサイトではクッキーを使用しています。<button>同意</button></div>", "consent banners"),
        ("<div>Мы используем файлы cookie. <button>Принять</button></div>", "consent banners"),
        ("<div>Bu sitede çerezleri kullanıyoruz. <button>Kabul et</button></div>", "consent banners"),
        ('<div id="onetrust-consent-sdk">Your choices</div>', "consent banners"),
        ('<section id="comments"><h3>3 comments</h3><p>What a waste of money.</p></section>', "comments"),
        ("<aside class=related><p>Mill burns down</p></aside>", "related articles"),
        ('<div class="td-related-posts"><p>Mill burns down</p></div>', "related articles"),
        ('<div class="sharedaddy">Share this</div>', "share links"),
        ('<div class="newsletter-signup">Subscribe now</div>', "promotions"),
        ('<div id="footer">Imprint</div>', "footers"),
        ("<p>© 2024 Valley Post</p>", "footers"),
        ('<div role="dialog">Subscribe</div>', "dialogs"),
        ('<p class="byline">By Ana Berg</p>', "bylines"),
        ('<div class="entry-meta">Posted on <time>May 7</time> by Ana Berg</div>', "bylines"),
        ('<p class="postmetadata">Filed under Rivers</p>', "bylines"),
        ('<div class="node__submitted submitted">Submitted by ana</div>', "bylines"),
        ('<span class="reading-time">4 min read</span>', "bylines"),
        ('<div class="article__meta">7 May 2024</div>', "bylines"),
    ],
)
def test_furniture_of_a_page_is_left_out_and_counted(tmp_path: Path, furniture: str, kind: str) -> None:
    page = f"<html><title>Weir</title><body><div class=text><h1>Weir</h1><p>{ONE}</p><p>The mill is shut.</p></div>{furniture}"
    draft, counts = draft_of(tmp_path, page)
    assert draft.text == f"{ONE}\n\nThe mill is shut."
    assert counts == {kind: 1}


def test_signs_that_link_to_their_heading_are_no_part_of_it(tmp_path: Path) -> None:
    page = (
        f'<body><h1 id=w>Weir<a class="headerlink" href="#w">¶</a></h1><p>{ONE}</p>'
        f'<h2><a id="c" href="#c">🔗</a>C#</h2><p>{TWO}</p><h2>See <a href="#w">the weir</a></h2><p>{ONE} Again.</p>'
    )
    draft, _ = draft_of(tmp_path, page)
    headings = [one.heading for one in assemble(draft, lambda text: len(text) < 2000).paragraphs]
    assert (draft.title, headings) == ("Weir", ["", "C#", "See the weir"])


def test_what_holds_most_of_a_page_stays_whatever_it_is_called(tmp_path: Path) -> None:
    assert paragraphs(tmp_path, f"<div class='promotion sidebar comments-open'>{BOTH}</div>") == [ONE, TWO]
    cookies = "We use cookies of many kinds in this test of recipes, and bake them for twelve minutes at high heat."
    assert paragraphs(tmp_path, f"<article><p>{cookies}</p><p>{TWO}</p></article>") == [cookies, TWO]


def test_a_page_that_scripts_make(tmp_path: Path) -> None:
    linked = (
        f'{{"@type": "NewsArticle", "articleBody": "{ONE}\\n\\n{TWO}", "author": [{{"name": "A"}}, {{"name": "B"}}]}}'
    )
    page = f"<body>{NAV}<div id=root>Loading</div><script type='application/ld+json'>{linked}</script>"
    draft, _ = draft_of(tmp_path, page)
    assert (draft.text, draft.attributes) == (f"{ONE}\n\n{TWO}", {"author": ["A", "B"]})
    (tmp_path / "page.html").write_text(f"<!DOCTYPE html><body>{NAV}<div>Loading…</div><script>x()</script>")
    [skipped] = read_corpus([tmp_path])
    assert str(skipped).endswith("the page has no main text: scripts make it in a browser")


def test_lang_of_a_paragraph_is_its_language(tmp_path: Path) -> None:
    german = "Das alte Wehr bleibt, sagte der Müller am Dienstag in Oakmoor."
    draft, _ = draft_of(tmp_path, f"<html lang=en><article><p>{ONE}</p><p lang=de>{german}</p></article>")
    assert [one.language for one in assemble(draft, lambda text: len(text) < 2000).paragraphs] == ["en", "de"]


HEADED = f"<article><h1>Weir stays</h1>{BOTH}</article>"


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Weir stays in Oakmoor | Valley Post</title>", HEADED, "Weir stays"),
        ("<title>Weir stays in Oakmoor | Valley Post</title>", f"<article>{BOTH}</article>", "Weir stays in Oakmoor"),
        ("<title>Weir stays in Oakmoor - Valley Post</title>", f"<article>{BOTH}</article>", "Weir stays in Oakmoor"),
        ("<title>Valley Post » Weir stays</title>", f"<a href=/>Valley Post</a>{BOTH}", "Weir stays"),
        (
            "<title>Weir stays in Oakmoor - Valley Post</title>",
            f"<header><h1 class=logo><a href=/>Valley Post</a></h1></header><article><h2>Weir stays</h2>{BOTH}</article>",
            "Weir stays in Oakmoor",
        ),
        (
            '<meta property="og:title" content="Weir stays | Valley Post">'
            '<meta property="og:site_name" content="Valley Post">',
            BOTH,
            "Weir stays",
        ),
        (
            '<meta property="og:title" content="Valley Post"><meta property="og:site_name" content="Valley Post">',
            HEADED,
            "Weir stays",
        ),
        ("<title>Weir stays</title>", f"<h1><img src=logo alt=Post></h1>{BOTH}", "Weir stays"),
        ("<title>Weir</title>", f"<h1 class=visually-hidden>Skip to content</h1>{HEADED}", "Weir stays"),
        ("<title>Weir &amp;amp; mill</title>", BOTH, "Weir & mill"),
        ("<title>古堰得以保留_谷报</title>", BOTH, "古堰得以保留"),
        ('<meta name="citation_title" content="Weirs and <i>Salmo trutta</i>">', BOTH, "Weirs and Salmo trutta"),
        ("<title>Weir stays - for now</title>", BOTH, "Weir stays - for now"),
        ("", BOTH, ""),
    ],
)
def test_the_title_is_the_articles(tmp_path: Path, head: str, body: str, title: str) -> None:
    draft, _ = draft_of(tmp_path, f"<html><head>{head}</head><body>{body}</body></html>")
    assert draft.title == title


def test_a_title_that_only_looks_like_one_with_a_site_stays_whole() -> None:
    assert without_site("Oakmoor - what the weir costs", set()) == "Oakmoor - what the weir costs"
    assert without_site("Oakmoor: what the weir costs", {"valley post"}) == "Oakmoor: what the weir costs"
    assert without_site("Valley Post: Weir stays", {"valley post"}) == "Weir stays"
    assert without_site("COVID-19 – the numbers of 2024", set()) == "COVID-19 – the numbers of 2024"


LINKED = """<script type="application/ld+json">{"@graph": [{"@type": "WebPage", "name": "Post", "url": "https://v.example/",
"datePublished": "2020-01-01"}, {"@type": ["NewsArticle"], "headline": "Weir &amp; mill: Oakmoor&#39;s choice", "datePublished":
"2024-05-07", "author": [{"@id": "#a"}, {"@type": "Person", "name": "Bo Lund"}], "publisher": {"name": "Valley Post"},
"url": "https://v.example/weir"}, {"@type": "Person", "@id": "#a", "name": "Ana Berg"}]}</script>"""


def test_the_article_is_believed_before_the_page(tmp_path: Path) -> None:
    draft, _ = draft_of(tmp_path, f"<html><head><title>x</title>{LINKED}</head><body>{HEADED}</body></html>")
    assert (draft.title, draft.url) == ("Weir & mill: Oakmoor's choice", "https://v.example/weir")
    assert (draft.date, draft.source) == ("2024-05-07", "Valley Post")
    assert draft.attributes == {"author": ["Ana Berg", "Bo Lund"]}


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<base href="https://v.example/news/"><link rel="canonical" href="/weir">', "https://v.example/weir"),
        (
            '<link rel=canonical href=weir><meta property="og:url" content="https://v.example/news/x">',
            "https://v.example/news/weir",
        ),
        (
            '<link rel=canonical href="https://v.example/"><meta property="og:url" content="https://v.example/x">',
            "https://v.example/x",
        ),
        ('<link rel="canonical" href="/weir">', None),
    ],
)
def test_addresses_are_resolved(tmp_path: Path, head: str, url: str | None) -> None:
    assert draft_of(tmp_path, f"<html><head>{head}</head><body>{HEADED}")[0].url == url


@pytest.mark.parametrize(
    ("head", "body", "date"),
    [
        (
            "",
            "<aside><time datetime=1999-01-01>old</time></aside><article><time datetime=2024-05-07>7 May</time>",
            "2024-05-07",
        ),
        (
            "",
            "<div class=related><time datetime=1999-01-01>x</time></div><time datetime=2024-05-07>x</time>",
            "2024-05-07",
        ),
        ("", "<time class=updated datetime=2025-01-01>x</time><time datetime=2024-05-07>x</time>", "2024-05-07"),
        (
            '<meta name="citation_publication_date" content="2024-05-07">',
            "<time datetime=1999-01-01>x</time>",
            "2024-05-07",
        ),
        ('<meta name="DC.date" content="2024-05-07">', "", "2024-05-07"),
    ],
)
def test_the_date_is_the_articles(tmp_path: Path, head: str, body: str, date: str) -> None:
    assert draft_of(tmp_path, f"<html><head>{head}</head><body>{body}<h1>Weir</h1>{BOTH}")[0].date == date


def test_all_authors_by_each_way_of_naming_them(tmp_path: Path) -> None:
    both = {"author": ["Ana Berg", "Bo Lund"]}
    metas = '<meta name="author" content="Ana Berg"><meta name="author" content="Bo Lund">'
    assert draft_of(tmp_path, f"<head>{metas}</head><body>{HEADED}")[0].attributes == both
    links = '<p class=byline>By <a rel="author" href=/a>Ana Berg</a> and <a rel="author" href=/b>Bo Lund</a></p>'
    assert draft_of(tmp_path, f"<body><article>{links}{BOTH}")[0].attributes == both
    one = '<meta property="article:author" content="https://v.example/ana"><meta name="dc.creator" content="Ana Berg">'
    assert draft_of(tmp_path, f"<head>{one}</head><body>{HEADED}")[0].attributes == {"author": "Ana Berg"}
