"""What `paraglot follow` asks of hosts, how often and of which not at all, and what becomes of answers that are none."""

from __future__ import annotations

import gzip

import pytest

from paraglot.indexer.follow.web import is_public
from paraglot.search.text.dates import retry_after_s
from tests.following import Run
from tests.site import Page, Site


def test_a_sitemap_speaks_for_its_own_host_alone(site: Site, run: Run) -> None:
    site.article("/a", "The only page tells of bakers in the old town.")
    url = site.sitemap("/sitemap.xml", {"/a": "", "http://other.example/x": "", "http://127.0.0.1:1/x": ""})
    found = run(url)
    assert found.failures == [f"{url}: 2 of its addresses are of other hosts, which it cannot speak for."]
    assert found.report.articles == 1


def test_robots_txt_is_heeded(site: Site, run: Run) -> None:
    site.pages["/robots.txt"] = Page(
        b"User-agent: *\nDisallow: /*?print=\nDisallow: /private/\nAllow: /private/open$\nCrawl-delay: 7\n",
        "text/plain",
    )
    for path in ("/a", "/a?print=1", "/private/b", "/private/open"):
        site.article(path, f"The page {path} tells of bakers in the old town.")
    url = site.sitemap("/sitemap.xml", dict.fromkeys(("/a", "/a?print=1", "/private/b", "/private/open"), ""))
    found = run(url)
    assert {path for path in site.asked if "xml" not in path} == {"/robots.txt", "/a", "/private/open"}
    assert sorted(one.partition(": ")[2] for one in found.failures) == ["robots.txt does not allow it."] * 2
    assert run.paused == [1.0, 7.0, 7.0], "as long as robots.txt asks for, once it is read"
    assert site.most_at_once == 1


def test_robots_txt_that_cannot_be_read_shuts_the_host(site: Site, run: Run) -> None:
    site.pages["/robots.txt"] = Page(status=500)
    url = site.feed("/feed.xml", "bread")
    found = run(url)
    assert "robots.txt cannot be read: the answer is 500" in found.failures[0]
    assert "/feed.xml" not in site.asked
    assert not run.folder.exists(), "a run that finds nothing makes nothing"


def test_a_busy_host_is_asked_again_after_the_time_that_it_asks_for(site: Site, run: Run) -> None:
    url = site.feed("/feed.xml", "bread", **{"retry-after": "9"})
    site.pages["/feed.xml"].instead = [429, 503]
    assert run(url).report.articles == 1
    assert run.paused.count(9.0) == 2


def test_a_host_that_wants_to_be_left_alone_is_left_alone_by_later_runs_too(site: Site, run: Run) -> None:
    other = site.feed("/other.xml", "rain")
    run(other)
    url = site.feed("/feed.xml", "bread", **{"retry-after": "3600"})
    site.pages["/feed.xml"].instead = [503]
    found = run(url, other)
    assert len(found.failures) == 2, "nothing else is asked of the host"
    asked = len(site.asked)
    assert "the time is not over" in run(url).failures[0]
    assert len(site.asked) == asked
    run.clock += 3_601
    assert run(url).failures == []


def test_redirects_are_followed_and_bounded(site: Site, run: Run) -> None:
    site.feed("/new.xml", "bread")
    site.pages["/old.xml"] = Page(status=301, headers={"location": "/new.xml"})
    site.pages["/loop.xml"] = Page(status=302, headers={"location": "/loop.xml"})
    found = run(site.url("/old.xml"), site.url("/loop.xml"))
    assert found.failures == [f"{site.url('/loop.xml')}: more than 5 redirects."]
    assert run.articles() == {"bread"}


def test_a_host_that_is_not_there_is_no_fault_of_robots_txt(run: Run) -> None:
    for address, told in (
        ("http://nowhere.invalid/feed.xml", "nowhere.invalid cannot be found."),
        ("http://127.0.0.1:9/feed.xml", "no answer: "),
    ):
        [failure] = run(address).failures
        assert failure.startswith(f"{address}: {told}")


def test_no_private_address_is_asked_unless_it_is_wanted(site: Site, run: Run) -> None:
    for url in (site.feed("/feed.xml", "bread"), site.url("/feed.xml").replace("127.0.0.1", "localhost")):
        [failure] = run(url, private=False).failures
        named = "127.0.0.1 is" if "127.0.0.1" in url else "localhost, which is"
        assert failure.startswith(f"{url}: {named}")
        assert failure.endswith("no address of the public web; --private asks it all the same.")
    assert site.asked == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fe80::1%eth0",
     "fd00::1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1"],
)  # fmt: skip
def test_what_is_no_public_address(address: str) -> None:
    assert not is_public(address)
    assert is_public("2001:4860:4860::8888")


def test_what_is_too_large_too_slow_or_nothing_at_all_is_named(
    site: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paraglot.indexer.follow.follow.MOST_BYTES", 5_000)
    site.pages["/large"] = Page(b"x" * 6_000, "text/xml")
    site.pages["/bomb"] = Page(gzip.compress(b"x" * 1_000_000), "text/xml", headers={"content-encoding": "gzip"})
    site.pages["/cut"] = Page(gzip.compress(b"x" * 4_000)[:-9], "text/xml", headers={"content-encoding": "gzip"})
    link = (
        "<html><head><link rel='alternate' type='application/rss+xml' href='/feed.xml'></head><body>Hello</body></html>"
    )
    site.pages["/home"] = Page(link.encode())
    site.pages["/damaged"] = Page(b"<urlset><url><loc>", "text/xml")
    asked = ("/large", "/bomb", "/cut", "/home", "/damaged", "/none")
    told = run(*map(site.url, asked), "ftp://a.example/x", "http://[bad", "nothing").failures
    for line, said in zip(
        told,
        ("more than 0.005 MB", "when it is unpacked", "cut short",
         f"neither a feed nor a sitemap; it names {site.url('/feed.xml')}", "cut short", "the answer is 404",
         "no address of the web", "no address of the web", "no address of the web"),
        strict=True,
    ):  # fmt: skip
        assert said in line
    site.pages["/slow"] = Page(b"x", wait_s=2)
    run.answer_s = 0.2
    [line] = run(site.url("/slow")).failures
    assert "no answer within 0.2 s" in line


def test_one_source_that_fails_costs_no_other(site: Site, run: Run) -> None:
    found = run(site.url("/none"), site.feed("/feed.xml", "bread"))
    assert (len(found.failures), run.articles()) == (1, {"bread"})


@pytest.mark.parametrize(("header", "seconds"), [("120", 120.0), ("", None), ("soon", None), ("-5", None)])
def test_retry_after(header: str, seconds: float | None) -> None:
    assert retry_after_s(header) == seconds
    assert retry_after_s("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
