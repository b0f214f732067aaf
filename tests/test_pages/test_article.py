"""The page of an article: where hits without a web page lead, and back; the list of articles."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from starlette.testclient import TestClient

from paraglot.api.http.app import create_app
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from paraglot.api.settings import Settings
from paraglot.indexer.build import index_corpus
from tests.blog import Blog
from tests.browsers import Open
from tests.commands import paraglot
from tests.servers import service


@pytest.fixture
def client(small_index: Path) -> Iterator[TestClient]:
    settings = Settings(index=small_index)
    with TestClient(
        create_app(ObservedEngine(settings), settings), base_url="http://127.0.0.1", follow_redirects=False
    ) as opened:
        yield opened


def test_an_article_is_shown_whole_and_each_paragraph_has_an_address(client: TestClient) -> None:
    answer = client.get("/article/tax?q=bread&languages=en")
    assert (answer.status_code, answer.headers["content-language"]) == (200, "en")
    ids = [one["id"].removeprefix("tax~") for one in client.get("/v1/articles/tax").json()["paragraphs"]]
    assert re.findall(r'<p class="paragraph" id="([^"]*)"', answer.text) == ids
    assert "The council raised the bread tax." in answer.text
    assert "Bakers in the old town protested loudly." in answer.text
    assert '<a href="../?q=bread&amp;languages=en">Back to the results</a>' in answer.text
    assert "31 Mai 2024" in client.get("/article/tax?ui=de").text.replace("31. Mai", "31 Mai")


TABLE = (
    "<table><tr><th>Town<th>People<th>Mill<tr><td>Weir<td>three hundred souls<td>1204"
    "<tr><td>Ford<td><td>ninety souls</table><ul><li>Oil the gate<li>Mend the weir before the winter comes</ul>"
)


def test_rows_of_a_table_stand_in_lines_and_their_citation_leads_a_browser_to_them(
    tmp_path: Path, browse: Open, site: Blog
) -> None:
    (tmp_path / "site").mkdir()
    tall = '<div style="height: 3000px"></div>'
    page = f"<title>Towns</title><p>Mill and Weir are towns of the river.</p>{tall}{TABLE}{tall}"
    address = site.put(page)
    (tmp_path / "site" / "a.html").write_text(page.replace("<p>", f'<link rel="canonical" href="{address}"><p>'))
    index_corpus(tmp_path / "index", [tmp_path / "site"])
    with service(tmp_path / "index") as running:
        base = str(running.client.base_url)
        [hit, *_] = running.client.get("/v1/search", params={"q": "ninety souls"}).json()["hits"]
        context = browse(base, hosts=(urlsplit(site.origin).netloc,))
        shown = context.new_page()
        shown.goto(f"/article/{quote(hit['article']['id'])}")
        assert shown.locator("tr").all_inner_texts() == [
            "Town\tPeople\tMill",
            "Weir\tthree hundred souls\t1204",
            "Ford\t\tninety souls",
        ]
        assert shown.locator(".paragraph .row").all_inner_texts() == [
            "Oil the gate",
            "Mend the weir before the winter comes",
        ]
        cited = context.new_page()
        cited.goto(hit["citation"]["url"])
        cited.wait_for_function("scrollY > 2000 && scrollY < 3500")


@pytest.mark.parametrize(
    ("accepted", "written"),
    [("en-GB,en;q=0.9", "31 May 2024"), ("en-US,en", "May 31, 2024"), ("fr-CA, en", "31 mai 2024")],
)
def test_dates_are_written_as_in_the_reader_s_country(client: TestClient, accepted: str, written: str) -> None:
    for address in ("/article/tax", "/?q=bread", "/?browse=date:desc", "/?q=bread&until=2024-05-31"):
        assert written in client.get(address, headers={"accept-language": accepted}).text
    assert "31 mai 2024" in client.get("/article/tax?ui=fr", headers={"accept-language": "en-GB"}).text


@pytest.mark.parametrize(
    ("attributes", "authors", "tags"),
    [
        ({"author": "Ada Lovelace, Charles Babbage"}, ["Ada Lovelace, Charles Babbage"], []),
        ({"authors": [{"name": "Ada"}, {"name": " Ada "}, "Charles"], "tags": ["town", 2024]}, ["Ada", "Charles"], ["town", "2024"]),
        ({"creator": "עדה <b>&", "keywords": ["x" * 300, None, True, {"label": "y"}]}, ["עדה &lt;b&gt;&amp;"], ["x" * 200 + "…"]),
        ({"category": {"name": [["deep"]]}, "tags": ["deep"], "author": ""}, [], ["deep"]),
    ],
)  # fmt: skip
def test_authors_and_tags_are_told_whatever_holds_them(
    tmp_path: Path, attributes: dict[str, object], authors: list[str], tags: list[str]
) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "a", "text": "Bread is dear."} | attributes))
    index_corpus(tmp_path / "i", [tmp_path / "a.jsonl"], "fake")
    settings = Settings(index=tmp_path / "i")
    with TestClient(create_app(ObservedEngine(settings), settings), base_url="http://127.0.0.1") as client:
        page = client.get("/article/a?ui=de").text
    for label, names in (("Autoren", authors), ("Schlagwörter", tags)):
        shown = " · ".join(f"<bdi>{name}</bdi>" for name in names)
        assert (f'<p class="head">{label}: {shown}</p>' in page) is bool(names)
        assert (f"{label}:" in page) is bool(names)


def test_the_address_of_a_paragraph_leads_into_its_article(client: TestClient) -> None:
    [first, _] = client.get("/v1/articles/tax").json()["paragraphs"]
    answer = client.get(f"/article/{first['id']}?q=bread")
    assert (answer.status_code, answer.headers["location"]) == (
        307,
        f"../article/tax?q=bread#{first['id'].removeprefix('tax~')}",
    )


def test_what_is_not_there_is_said(client: TestClient) -> None:
    answer = client.get("/article/nothing")
    assert answer.status_code == 404
    assert "There is no such article." in answer.text
    assert 'href="../"' in answer.text


def test_an_article_that_a_key_may_not_see_is_not_there(client: TestClient, small_index: Path) -> None:
    _, token = KeyFile(ServiceFolder(small_index).keys).create("search", filter="language = en")
    headers = {"x-api-key": token}
    assert client.get("/article/tax", headers=headers).status_code == 200
    hidden, nowhere = (client.get(f"/article/{one}", headers=headers) for one in ("steuer", "nowhere"))
    assert hidden.status_code == nowhere.status_code == 404
    assert hidden.text.replace("steuer", "nowhere") == nowhere.text
    assert client.get("/article/tax").status_code == 401


def test_the_list_is_filtered_ordered_and_paged(client: TestClient) -> None:
    page = client.get("/?browse=title:asc&limit=2").text
    assert re.findall(r'<h3[^>]*><a href="(article/[^"?]*)', page) == ["article/steuer", "article/tax"]
    following = re.search(r'rel="next" href="([^"]*)"', page)
    assert following
    last = client.get("/" + following[1].replace("&amp;", "&")).text
    assert re.findall(r'<h3[^>]*><a href="(article/[^"?]*)', last) == [f"article/{quote('税')}"]
    assert 'rel="next"' not in last
    only = client.get("/?languages=de").text
    assert re.findall(r'<h3[^>]*><a href="(article/[^"?]*)', only) == ["article/steuer"]
    assert re.findall(r'name="languages" value="([^"]*)"( checked)?', only) == [
        ("de", " checked"),
        ("en", ""),
        ("zh-TW", ""),
    ]
    assert "cursor must be" in client.get("/?browse=title:asc&after=x").text


def test_the_command_line_opens_what_it_finds(small_index: Path) -> None:
    done = paraglot("show", "steuer", "--index", small_index)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[:2] == ["Die Steuer auf Brot", "de · steuer"]
    assert [line for line in lines[2:] if line] == [
        "Der Rat hat die Steuer erhöht.",
        "Die Bäcker der Altstadt protestierten laut.",
        "Bread heißt Brot.",
    ]
    [found] = [
        line for line in paraglot("search", "Altstadt", "--index", small_index).stdout.split() if "steuer~" in line
    ]
    assert "▌ Die Bäcker der Altstadt protestierten laut." in paraglot("show", found, "--index", small_index).stdout
    missing = paraglot("show", "nothing", "--index", small_index)
    assert (missing.returncode, missing.stderr) == (1, "paraglot: There is no article 'nothing'.\n")


def opened_by_the_first(page: Page, query: str) -> None:
    page.goto(f"/?q={query}")
    page.locator(".hit h2 a").first.click()


def test_sources_that_differ_by_letter_case_are_one(tmp_path: Path) -> None:
    sources = ("The Post", "the post", "The Post", "THE  POST", "The Past")
    texts = ("Bread is dear.", "Who bakes bread?", "No bread today!", "Bread for all of us.", "Old bread is cheap.")
    lines = [
        json.dumps({"id": str(at), "text": text, "source": source, "language": "en"})
        for at, (text, source) in enumerate(zip(texts, sources, strict=True))
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    index_corpus(tmp_path / "i", [tmp_path / "a.jsonl"], "fake")
    settings = Settings(index=tmp_path / "i")
    with TestClient(create_app(ObservedEngine(settings), settings), base_url="http://127.0.0.1") as client:

        def offered(asked: dict[str, str]) -> list[tuple[str, str, int]]:
            page = client.get("/", params=asked | {"mode": "keyword"}).text
            boxes = re.findall(r'name="sources" value="([^"]*)"( checked)?.*?<span[^>]*>(\d+)</span>', page, re.DOTALL)
            return [(value, checked.strip(), int(count)) for value, checked, count in boxes]

        for asked in ({"q": "bread"}, {"browse": "date:desc"}):
            assert offered(asked) == [("The Post", "", 4), ("The Past", "", 1)]
            assert offered(asked | {"sources": "the post"}) == [("the post", "checked", 4), ("The Past", "", 1)]
            page = client.get("/", params=asked | {"sources": "the post", "languages": "en", "mode": "keyword"}).text
            assert sorted(set(re.findall(r'href="article/(\d)', page))) == ["0", "1", "2", "3"]
        page = client.get("/", params={"q": "bread", "sources": "the post", "less_likely": "1"}).text
        [feed] = re.findall(r'href="(feed\.json[^"]*)"', page)
        items = client.get("/" + html.unescape(feed)).json()["items"]
        assert len(items) == 4


@pytest.mark.slow
def test_a_hit_without_a_web_page_opens_its_paragraph_and_leads_back(browse: Open) -> None:
    page = browse().new_page()
    opened_by_the_first(page, "Loukachenko amitié&languages=fr")
    expect(page).to_have_url(re.compile(r"/article/fr/loukachenko-pekin\.txt\?q=.*#[0-9a-f]{12}$"))
    marked = page.locator(".paragraph:target")
    expect(marked).to_be_in_viewport()
    expect(marked).to_be_focused()
    expect(marked).to_have_css("outline-offset", "0px")  # no gap between its ground and the edge of that
    assert page.locator(".paragraph").count() > 3
    story = page.get_by_role("navigation", name="The same story in other languages")
    assert story.get_by_role("link", name=re.compile("Lukashenko")).count() >= 1
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    story.get_by_role("link").first.click()
    expect(page.locator(".paragraph:target")).to_be_in_viewport()
    page.go_back()
    page.get_by_role("link", name="Back to the results").click()
    expect(page).to_have_url(re.compile(r"/\?q=Loukachenko\+amiti%C3%A9&languages=fr$"))
    expect(page.locator(".hit").first).to_be_visible()


@pytest.mark.slow
def test_any_id_and_any_title_can_be_read_on_a_phone(tmp_path: Path, browse: Open) -> None:
    ids = ["./a/../b", "a//b", "a/b?c#d%2F", "مقال/🎉", "quo\"te'<b>"]
    articles = [{"id": id_, "title": f"{'T' * 900} {id_}", "language": "en", "text": "Bread is dear."} for id_ in ids]
    (tmp_path / "corpus.jsonl").write_text("\n".join(json.dumps(one) for one in articles))
    index_corpus(tmp_path / "index", [tmp_path / "corpus.jsonl"], "fake")
    with service(tmp_path / "index") as running:
        page = browse(str(running.client.base_url), viewport={"width": 320, "height": 640}).new_page()
        page.goto("/?browse=title:asc")
        addresses = [link.get_attribute("href") or "" for link in page.locator('a[href^="article/"]').all()]
        assert len(addresses) >= len(ids)
        read = set()
        for address in addresses:
            page.goto(f"/{address}")
            read.add(page.locator("#read h1").inner_text().partition(" ")[2])
            assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert read == set(ids)


@pytest.mark.slow
def test_everything_can_be_browsed_by_language_and_source(browse: Open) -> None:
    page = browse().new_page()
    page.goto("/")
    page.locator(".inside a").first.click()
    expect(page.get_by_role("status")).to_have_text(re.compile(r"Articles: \d+"))
    page.locator("#filters #more-languages summary").click()
    page.locator("#narrow-languages").press_sequentially("japan")
    expect(page.locator("#more-languages label:visible")).to_have_count(1)
    page.locator("#filters").get_by_role("checkbox", name=re.compile("Japanese")).check()
    expect(page.locator(".articles h3[lang=ja]").first).to_be_visible()
    expect(page.locator(".articles h3:not([lang=ja])")).to_have_count(0)
    page.get_by_label("Order").last.select_option("title:asc")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.locator(".articles a").first.click()
    expect(page.locator(".paragraph").first).to_be_visible()


@pytest.mark.slow
def test_a_key_that_the_tab_holds_opens_articles(browse: Open, small_index: Path) -> None:
    _, token = KeyFile(ServiceFolder(small_index).keys, required=True).create("search")
    with service(small_index) as running:
        [first, _] = running.client.get("/v1/articles/tax", headers={"x-api-key": token}).json()["paragraphs"]
        page = browse(str(running.client.base_url), statuses=(401,)).new_page()
        page.goto(f"/article/tax#{first['id'].removeprefix('tax~')}")
        page.get_by_label("Access key").fill(token)
        page.get_by_role("button", name="Use this key").click()
        expect(page.locator(".paragraph:target")).to_have_text("The council raised the bread tax.")
        page.goto("/?q=bread")
        page.locator(".hit h2 a").first.click()
        expect(page.locator(".paragraph").first).to_be_visible()
        assert token not in page.url
        page.close()  # before its service ends, or what it still loads is lost
