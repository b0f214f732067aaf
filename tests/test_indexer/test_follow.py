"""Following feeds and sitemaps, against a local server: what is asked for again, and what becomes an article."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
from pathlib import Path

import pytest

from paraglot.indexer.build import index_corpus
from paraglot.indexer.care.rollback import roll_back
from paraglot.indexer.care.verify import verify_index
from paraglot.indexer.follow.follow import UNDATED_S
from paraglot.search.engine.engine import open_index
from paraglot.search.errors import IndexMismatch
from paraglot.search.folder.layout import IndexLayout
from tests.commands import COMMAND, environment, paraglot
from tests.following import Run
from tests.servers import ROOT
from tests.site import Page, Site


def test_a_feed_is_asked_again_only_for_what_is_new(site: Site, run: Run) -> None:
    url = site.feed("/feed.xml", "bread", "rain", etag='"1"')
    first = run(url)
    assert (first.asked, first.failures, first.report.articles_added) == (1, [], 2)
    assert run.articles() == {"bread", "rain"}
    again = run(url)
    assert (again.asked, again.unchanged, again.report.committed) == (0, 1, False)
    assert site.conditions[-1] == ('"1"', None)
    site.feed("/feed.xml", "snow", "bread", etag='"2"')
    third = run(url)
    assert (third.report.articles_added, third.report.articles_unchanged) == (1, 1)
    assert run.articles() == {"bread", "rain", "snow"}, "what a feed has no more stays"
    assert verify_index(run.folder).faults == []


def test_last_modified_is_sent_back_as_it_came(site: Site, run: Run) -> None:
    when = "Sat, 28 Nov 2026 10:00:00 GMT"
    url = site.feed("/feed.xml", "bread", **{"last-modified": when})
    run(url)
    run(url)
    assert site.conditions[-1] == (None, when)


def test_json_feeds_and_atom_are_feeds(site: Site, run: Run) -> None:
    item = {"id": "a", "title": "Json", "content_text": "A text of its own.", "url": site.url("/a")}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [item]}
    site.pages["/feed.json"] = Page(json.dumps(feed, indent=1).encode(), "application/feed+json")
    atom = "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><id>b</id><title>Atom</title><content>More text here.</content></entry></feed>"
    site.pages["/atom"] = Page(gzip.compress(atom.encode()), "application/xml", headers={"content-encoding": "gzip"})
    assert run(site.url("/feed.json"), site.url("/atom")).failures == []
    assert run.articles() == {"Json", "Atom"}


@pytest.mark.parametrize(
    ("before", "encoding"),
    [
        ("", "utf-8-sig"),
        ("", "utf-16"),
        ("", "utf-16-le"),
        ("\n \n", "utf-8"),
        ("<br/><b>Warning</b>: late\n", "utf-8"),
    ],
)
@pytest.mark.parametrize("kind", ["rss", "atom", "json", "sitemap"])
def test_a_root_after_a_mark_in_utf_16_and_after_a_warning(
    site: Site, run: Run, kind: str, before: str, encoding: str
) -> None:
    if before.startswith("<") and kind in ("json", "sitemap"):
        return  # what stands before these is no part of either
    site.article("/a", "The only page tells of bakers in the old town.")
    item = {"id": "a", "title": "Bread", "content_text": "The bakers of the old town.", "url": site.url("/a")}
    text = {
        "rss": "<rss version='2.0'><channel><title>T</title><item><title>Bread</title><guid>a</guid>"
        "<description>The bakers of the old town.</description></item></channel></rss>",
        "atom": "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><id>b</id><title>Bread</title>"
        "<content>The bakers of the old town.</content></entry></feed>",
        "json": json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [item]}),
        "sitemap": f"<urlset><url><loc>{site.url('/a')}</loc></url></urlset>",
    }[kind]
    site.pages["/x"] = Page(f"{before}{text}".encode(encoding), "application/xml")
    found = run(site.url("/x"))
    assert (found.failures, found.report.articles) == ([], 1)


def test_a_page_that_holds_a_feed_in_it_is_none(site: Site, run: Run) -> None:
    page = b"<!DOCTYPE html><html><head><rdf:RDF xmlns:rdf='x'></rdf:RDF></head><body>Bread.</body></html>"
    site.pages["/x"] = Page(page, "text/html")
    url = site.url("/x")
    assert run(url).failures == [f"{url}: neither a feed nor a sitemap."]


def test_pages_of_a_sitemap_are_asked_for_when_it_says_that_they_changed(site: Site, run: Run) -> None:
    site.article("/a", "The first page tells of bakers in the old town.")
    site.article("/b", "The second page tells of penguins in the zoo.")
    url = site.sitemap("/sitemap.xml", {"/a": "2026-01-01", "/b": "2026-02-01"})
    assert (run(url).report.articles_added, site.asked[-2:]) == (2, ["/b", "/a"]), "the newest first"
    asked = len(site.asked)
    run(url)
    assert site.asked[asked:] == ["/robots.txt", "/sitemap.xml"]
    site.article("/a", "The first page tells of millers now, in the old town.")
    site.sitemap("/sitemap.xml", {"/a": "2026-03-01", "/b": "2026-02-01"})
    changed = run(url)
    assert (site.asked[-1], changed.report.articles_changed) == ("/a", 1)
    with open_index(run.folder) as engine:
        hit = engine.search("millers").hits[0]
        assert (hit.article.id, hit.article.url) == (site.url("/a"), site.url("/a"))


def test_a_page_without_a_date_is_asked_for_once_a_day(site: Site, run: Run) -> None:
    site.article("/a", "The only page tells of bakers in the old town.", etag='"1"')
    url = site.sitemap("/sitemap.xml", {"/a": ""})
    run(url)
    run(url)
    assert site.asked.count("/a") == 1
    run.clock += UNDATED_S
    assert run(url).unchanged == 1
    assert (site.asked.count("/a"), site.conditions[-1][0]) == (2, '"1"')


def test_a_page_that_is_gone_takes_its_article_along(site: Site, run: Run) -> None:
    site.article("/a", "The first page tells of bakers in the old town.")
    site.article("/b", "The second page tells of penguins in the zoo.")
    url = site.sitemap("/sitemap.xml", {"/a": "2026-01-01", "/b": "2026-01-01"})
    run(url)
    site.pages["/a"] = Page(status=410)
    site.sitemap("/sitemap.xml", {"/a": "2026-03-01", "/b": "2026-01-01"})
    gone = run(url)
    assert (gone.report.articles_removed, gone.failures) == (1, [])
    assert run.articles() == {"The secon"}


@pytest.mark.parametrize("order", ["feed first", "sitemap first", "feed, then both", "sitemap, then both"])
@pytest.mark.parametrize(
    ("linked", "listed"), [("/bread", "/bread"), ("/bread/?utm_source=rss", "/bread"), ("/bread#top", "/bread/")]
)
def test_a_page_that_comes_by_feed_and_by_sitemap_is_one_article(
    site: Site, run: Run, order: str, linked: str, listed: str
) -> None:
    feed = site.feed("/feed.xml", "bread", "rain")
    https = site.url(linked).replace("http://", "https://")
    site.pages["/feed.xml"].content = site.pages["/feed.xml"].content.replace(
        f"<link>{site.url('/bread')}<".encode(), f"<link>{https}<".encode()
    )
    site.article(listed, "The council raised the tax on bread, as the page tells at length.")
    sitemap = site.sitemap("/sitemap.xml", {listed: "2026-01-01"})
    first, _, then = order.partition(",")
    sources = [feed, sitemap] if first.startswith("feed") else [sitemap, feed]
    if then:
        run(sources[0])
    run(*sources)
    site.pages["/feed.xml"].content += b"<!-- -->"
    run(*sources)
    with open_index(run.folder) as engine:
        found = {hit.article.id: hit.paragraph.text for hit in engine.search("bread").hits}
        with engine.view() as view:
            assert len(view.snapshot.articles(view.snapshot.select())) == 2
    assert [text for text in found.values() if "bread" in text] == [
        "The council raised the tax on bread, as the page tells at length."
    ]


def test_pages_with_one_canonical_address_are_one_article(site: Site, run: Run) -> None:
    for path in ("/a", "/a/print"):
        site.article(path, "The first page tells of bakers in the old town.")
        page = site.pages[path]
        page.content = page.content.replace(b"<head>", f"<head><link rel=canonical href='{site.url('/a')}'>".encode())
    run(site.sitemap("/sitemap.xml", {"/a": "2026-01-01", "/a/print": "2026-01-02"}))
    with open_index(run.folder) as engine, engine.view() as view:
        assert len(view.snapshot.articles(view.snapshot.select())) == 1


def test_a_link_that_all_items_have_is_that_of_none(site: Site, run: Run) -> None:
    feed = site.feed("/feed.xml", "bread", "rain")
    content = site.pages["/feed.xml"].content
    for title in ("bread", "rain"):
        content = content.replace(site.url(f"/{title}").encode(), site.url("/").encode())
    site.pages["/feed.xml"].content = content
    assert run(feed).report.articles_added == 2


def test_sitemaps_in_sitemaps_and_the_bound_of_a_run(site: Site, run: Run) -> None:
    for name in "abc":
        site.article(f"/{name}", f"The page {name} tells of bakers in the old town {name}.")
    inner = site.sitemap("/inner.xml.gz", {f"/{name}": "2026-01-01" for name in "abc"})
    site.pages["/inner.xml.gz"].content = gzip.compress(site.pages["/inner.xml.gz"].content)
    url = site.sitemap("/index.xml", {inner: "2026-01-01"}, "sitemap", "sitemapindex")
    first = run(url, most_pages=2)
    assert (first.report.articles, first.left) == (2, 1)
    second = run(url, most_pages=2)
    assert (second.report.articles, second.left, site.asked.count("/c")) == (3, 0, 1)
    asked = len(site.asked)
    run(url)
    assert site.asked[asked:] == ["/robots.txt", "/index.xml"], (
        "a sitemap that is read whole, and has not changed, rests"
    )


def test_drafts_and_noindex_are_left_out_unless_wanted(site: Site, run: Run) -> None:
    body = "<html><head><title>Kept</title><meta name='robots' content='noindex'></head><body><p>Kept back by its author.</p></body></html>"
    site.pages["/a"] = Page(body.encode())
    url = site.sitemap("/sitemap.xml", {"/a": "2026-01-01"})
    found = run(url)
    assert found.report.left_out == {"drafts and pages that ask not to be found": 1}
    assert not run.folder.exists()
    assert run(url, drafts=True).report.articles == 1


def test_what_a_server_says_to_robots_holds(site: Site, run: Run) -> None:
    body = b"<html><head><title>Kept</title></head><body><p>Kept back by its server.</p></body></html>"
    site.pages["/a"] = Page(body, headers={"X-Robots-Tag": "noindex, nofollow"})
    url = site.sitemap("/sitemap.xml", {"/a": "2026-01-01"})
    assert run(url).report.left_out == {"drafts and pages that ask not to be found": 1}
    assert run(url, drafts=True).report.articles == 1


def test_what_a_rollback_takes_back_is_asked_for_again(site: Site, run: Run) -> None:
    url = site.feed("/feed.xml", "bread", etag='"1"')
    run(url)
    site.feed("/feed.xml", "bread", "rain", etag='"2"')
    run(url)
    roll_back(run.folder)
    assert run.articles() == {"bread"}
    assert run(url).report.articles_added == 1
    assert run.articles() == {"bread", "rain"}


def test_notes_that_are_damaged_are_as_none(site: Site, run: Run) -> None:
    url = site.feed("/feed.xml", "bread", etag='"1"')
    run(url)
    IndexLayout(run.folder).followed.write_bytes(b"no database" * 100)
    assert run(url).report.articles_unchanged == 1
    assert run(url).unchanged == 1


def test_an_index_keeps_what_it_was_made_with(site: Site, tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.txt").write_text("Title\n\nA text of its own.")
    index_corpus(run.folder, [tmp_path / "a.txt"], "builtin-fast")
    with pytest.raises(IndexMismatch, match="made with the encoder 'builtin-fast'"):
        run(site.feed("/feed.xml", "bread"))


def test_the_command_line(site: Site, tmp_path: Path) -> None:
    url, index = site.feed("/feed.xml", "bread", "rain", etag='"1"'), tmp_path / "index"
    flags = ["--index", index, "--model", "fake", "--private"]
    done = paraglot("follow", url, *flags)
    assert done.returncode == 0, done.stderr
    assert "Asked: 1 new, 0 unchanged." in done.stdout
    assert "Articles: 2 added." in done.stdout
    again = json.loads(paraglot("follow", url, *flags, "--json").stdout)
    assert (again["unchanged"], again["report"]["committed"], again["failures"]) == (1, False, [])
    plain = site.feed("/plain.xml", "bread", "rain")
    same = paraglot("follow", plain, *flags)
    assert same.stdout.endswith("Nothing changed: 2 articles, 2 paragraphs, generation 1.\n"), same.stdout
    partly = paraglot("follow", url, site.url("/none"), *flags)
    assert partly.returncode == 3
    assert f"{site.url('/none')}: the answer is 404." in partly.stderr
    shut = paraglot("follow", url, "--index", index)
    assert (shut.returncode, "--private asks it all the same" in shut.stderr) == (1, True)
    for given in ("5", "0m", "10s", "x", "2d "):
        wrong = paraglot("follow", url, *flags, "--every", given)
        assert (wrong.returncode, "--every" in wrong.stderr) == (2, True)
    plain = paraglot("index", url, "--index", index)
    assert (plain.returncode, f"paraglot follow {url}" in plain.stderr) == (2, True)


@pytest.mark.slow
def test_every_goes_on_until_it_is_told_to_end(site: Site, tmp_path: Path) -> None:
    url = site.feed("/feed.xml", "bread")
    flags = ["--index", str(tmp_path / "index"), "--model", "fake", "--private", "--every", "1m"]
    command = [*COMMAND, "follow", url, *flags]
    with subprocess.Popen(command, cwd=ROOT, env=environment({}), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "Asked: 1 new, 0 unchanged.\n"
        while "Committed generation 1" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    assert verify_index(tmp_path / "index").faults == []
