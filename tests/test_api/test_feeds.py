"""Searches as feeds, as a table and in a browser's format, read back by what reads them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import feedparser
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from paraglot.api.http.fields.export import as_csv
from paraglot.api.http.fields.feeds import FeedModel, rss, xml_text
from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from paraglot.indexer.build import index_corpus
from paraglot.indexer.readers.inputs import Options
from paraglot.search.types import ArticleHead, Citation, Hit, Paragraph
from tests.conftest import ARTICLES, ROOT
from tests.test_api.test_access import bearer, client_of, code

NASTY: dict[str, object] = {
    "id": "nasty", "title": "=HYPERLINK(bread)", "language": "ar", "date": "2025-02", "source": "@bread & <b>Co</b>",
    "url": "https://example.org/a?b=1&c=<2>", "text": "<script>alert('bread')</script> & ]]> ضريبة على الخبز.",
}  # fmt: skip

ADDRESS = {"type": "string", "pattern": "^https?://"}
JSON_FEED = {  # as jsonfeed.org/version/1.1 says: what must be there, and the type of everything that we use
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string"},
        "description": {"type": "string"},
        "home_page_url": ADDRESS,
        "feed_url": ADDRESS,
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id"],
                "anyOf": [{"required": ["content_text"]}, {"required": ["content_html"]}],
                "properties": {
                    "id": {"type": "string", "minLength": 1},
                    "url": ADDRESS,
                    "title": {"type": "string"},
                    "content_text": {"type": "string"},
                    "summary": {"type": "string"},
                    "date_published": {
                        "type": "string",
                        "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
                    },
                    "language": {"type": "string", "minLength": 2},
                },
                "patternProperties": {"^_[^.]+$": {"type": "object"}},
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("feeds")
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, [*ARTICLES, NASTY])), "utf-8")
    index_corpus(folder / "index", [folder / "corpus.jsonl"], "fake", options=Options(text="plain"))
    return folder / "index"


@pytest.fixture(scope="module")
def client(index: Path) -> Iterator[TestClient]:
    with client_of(index) as opened:
        yield opened


def test_a_json_feed_is_one(client: TestClient) -> None:
    answer = client.get("/feed.json?q=bread&mode=keyword&min_relevance=0")
    assert answer.headers["content-type"] == "application/feed+json"
    feed = answer.json()
    jsonschema.validate(feed, JSON_FEED)
    assert (feed["title"], feed["home_page_url"]) == ("bread · Paraglot", "http://127.0.0.1/")
    assert feed["feed_url"] == "http://127.0.0.1/feed.json?q=bread&mode=keyword&min_relevance=0"
    newest, *others = feed["items"]
    assert newest["content_text"] == NASTY["text"]
    assert newest["url"].startswith("https://example.org/a?b=1&c=<2>#:~:text=")
    assert (newest["title"], newest["language"]) == ("=HYPERLINK(bread)", "ar")
    assert newest["date_published"] == "2025-02-01T00:00:00Z"
    assert newest["_paraglot"]["source"] == "@bread & <b>Co</b>"
    assert [one.get("date_published") for one in others] == ["2024-05-31T00:00:00Z"] * 2 + [None]
    assert others[0]["url"] == f"http://127.0.0.1/article/{quote(others[0]['id'].replace('~', '#'), safe='#/')}"


def test_an_rss_feed_is_read_as_it_was_meant(client: TestClient) -> None:
    answer = client.get("/feed.rss?q=bread&mode=keyword&min_relevance=0")
    assert answer.headers["content-type"] == "application/rss+xml"
    feed = feedparser.parse(answer.content)
    assert (feed.bozo, feed.version) == (False, "rss20")
    assert feed.feed.title == "bread · Paraglot"
    assert [one.href for one in feed.feed.links if one.rel == "self"] == [str(answer.url)]
    items = client.get("/feed.json?q=bread&mode=keyword&min_relevance=0").json()["items"]
    assert [one.id for one in feed.entries] == [one["id"] for one in items]
    assert [one.language for one in feed.entries] == [one["language"] for one in items]
    newest = feed.entries[0]
    assert newest.link == items[0]["url"]
    assert not newest.guidislink
    assert newest.published_parsed[:3] == (2025, 2, 1)
    assert newest.publisher == "@bread & <b>Co</b>"
    [description] = ElementTree.fromstring(answer.content).findall("./channel/item[1]/description")
    shown = "&lt;script&gt;alert(&#x27;bread&#x27;)&lt;/script&gt; &amp; ]]&gt; ضريبة على الخبز."
    assert description.text == f'<p lang="ar" dir="auto">{shown}</p>'


def test_a_feed_is_the_newest_of_what_is_sure_to_answer(client: TestClient) -> None:
    found = client.get("/v1/search?q=bread+tax&sort=date:desc&min_relevance=0.5&limit=20").json()["hits"]
    assert 0 < len(found) < 8
    assert [one["id"] for one in client.get("/feed.json?q=bread+tax").json()["items"]] == [one["id"] for one in found]
    best = client.get("/v1/search?q=bread+tax&limit=3&offset=1&filter=language=de").json()["hits"]
    asked = "q=bread+tax&limit=3&offset=1&filter=language=de&sort=relevance&min_relevance=0"
    assert [one["id"] for one in client.get(f"/feed.json?{asked}").json()["items"]] == [one["id"] for one in best]
    assert len(best) == 2


def test_feeds_have_validators(client: TestClient) -> None:
    for path in ("/feed.json", "/feed.rss", "/export.csv"):
        tag = client.get(f"{path}?q=bread").headers["etag"]
        assert client.get(f"{path}?q=bread", headers={"if-none-match": tag}).status_code == 304
        assert client.get(f"{path}?q=tax", headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("path", ["/feed.json", "/feed.rss", "/export.csv", "/suggest.json"])
def test_what_feeds_refuse(client: TestClient, path: str) -> None:
    for asked in ("", "?q=%20", "?q=x&limit=0", "?q=x&limt=3"):
        assert code(client.get(path + asked)) == (422, "invalid_request")
    assert "Did you mean 'limit'?" in client.get(f"{path}?q=x&limt=3").json()["detail"]


def test_a_table_is_read_back(client: TestClient) -> None:
    answer = client.get("/export.csv?q=bread&mode=keyword")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="paraglot.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    hits = client.get("/v1/search?q=bread&mode=keyword&limit=100").json()["hits"]
    assert [row["id"] for row in rows] == [hit["id"] for hit in hits]
    assert [float(row["score"]) for row in rows] == [hit["score"] for hit in hits]
    [nasty] = [row for row in rows if row["article_id"] == "nasty"]
    assert nasty["title"] == "'=HYPERLINK(bread)"
    assert nasty["source"] == "'@bread & <b>Co</b>"
    assert (nasty["text"], nasty["date"], nasty["position"]) == (NASTY["text"], "2025-02", "0")


def hit_of(text: str) -> Hit:
    """A hit whose every text is ``text``, with a score below nought."""
    head = ArticleHead(text, text, text, "en", text, text)
    citation = Citation(text, text, text, text, text, "en")
    return Hit(Paragraph(0, text, text, 0, text, "en", "", 0, 1), head, -1.5, 0.0, None, None, citation)


@given(st.text())
def test_no_text_breaks_a_feed_or_a_table(text: str) -> None:
    feed = FeedModel.of(text, [hit_of(text)], "http://127.0.0.1/", text)
    root = ElementTree.fromstring(rss(feed))
    # XML reads each end of a line as one character (XML 1.0, 2.11).
    expected = xml_text(text).replace("\r\n", "\n").replace("\r", "\n")
    assert (root.findtext("./channel/item/guid") or "").replace("\r", "\n") == expected
    _, row = csv.reader(io.StringIO(as_csv([hit_of(text)], "http://127.0.0.1/").decode("utf-8-sig"), newline=""))
    assert row[2].removeprefix("'") == text.removeprefix("'")
    assert not row[2].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert row[-2] == "-1.5"


def test_characters_that_no_xml_may_hold() -> None:
    assert xml_text("a\x00\x0b\ufffe\ud800b\tc\U0001f600") == "a\ufffd\ufffd\ufffd\ufffdb\tc\U0001f600"


@pytest.mark.slow
def test_a_search_only_key_may_stand_in_the_address(index: Path) -> None:
    keys = KeyFile(ServiceFolder(index).keys)
    _, reader = keys.create("search", filter="language = ar")
    _, editor = keys.create("write")
    try:
        with client_of(index) as client:
            for path in ("/feed.json", "/feed.rss", "/export.csv", "/suggest.json"):
                assert code(client.get(f"{path}?q=bread")) == (401, "missing_key")
                assert code(client.get(f"{path}?q=bread&key={editor}")) == (403, "key_in_url")
                answer = client.get(f"{path}?q=bread&key={reader}")
                assert answer.status_code == 200
                assert reader not in answer.text
                assert "Gazette" not in answer.text
            feed = client.get(f"/feed.json?q=bread&min_relevance=0&key={reader}").json()
            assert [one["language"] for one in feed["items"]] == ["ar"]
            assert client.get("/feed.json?q=bread", headers=bearer(editor)).status_code == 200
    finally:
        ServiceFolder(index).keys.unlink()


def test_a_browser_can_add_the_service(client: TestClient) -> None:
    answer = client.get("/opensearch.xml")
    assert answer.headers["content-type"] == "application/opensearchdescription+xml"
    root = ElementTree.fromstring(answer.content)
    names = {"": "http://a9.com/-/spec/opensearch/1.1/"}
    assert len(root.findtext("ShortName", namespaces=names) or "") in range(1, 17)
    assert len(root.findtext("Description", namespaces=names) or "") in range(1, 1025)
    templates = {one.get("type"): one.get("template", "") for one in root.findall("Url", names)}
    assert templates["text/html"] == "http://127.0.0.1/?q={searchTerms}"
    for kind in ("application/rss+xml", "application/feed+json", "application/x-suggestions+json"):
        found = client.get(templates[kind].replace("{searchTerms}", quote("der Steuer & +")))
        assert (found.status_code, found.headers["content-type"]) == (200, kind)


def test_a_browser_is_given_the_key_that_the_address_has(index: Path) -> None:
    """It sends no header, and asks the addresses of the description alone."""
    keys = KeyFile(ServiceFolder(index).keys)
    tokens = [keys.create("search")[1], keys.create("search", filter="language = de")[1]]
    others = [keys.create("admin")[1], "paraglot_00000000_wrong"]
    names = {"": "http://a9.com/-/spec/opensearch/1.1/"}
    with client_of(index) as client:
        for token in tokens:
            answer = client.get("/opensearch.xml", params={"key": token})
            assert answer.headers["cache-control"] == "no-store"
            for one in ElementTree.fromstring(answer.content).findall("Url", names):
                asked = one.get("template", "").replace("{searchTerms}", "Steuer")
                assert client.get(asked).status_code == 200, asked
            page = client.get("/", params={"q": "Steuer", "key": token}).text
            assert f'href="opensearch.xml?key={token}"' in page
        assert not [token for token in others if token in client.get("/opensearch.xml", params={"key": token}).text]
    ServiceFolder(index).keys.unlink()


def test_suggestions_as_a_browser_reads_them(client: TestClient) -> None:
    while not (expected := client.get("/v1/suggest?q=die+steu").json())["complete"]:
        pass
    assert [one["text"] for one in expected["suggestions"]] == ["Die Steuer auf Brot"]
    answer = client.get("/suggest.json?q=die+steu")
    assert answer.headers["content-type"] == "application/x-suggestions+json"
    assert answer.json() == [
        "die steu", ["Die Steuer auf Brot"], ["de, title, 3"], ["http://127.0.0.1/?q=Die+Steuer+auf+Brot"],
    ]  # fmt: skip


def test_dates_are_in_utc() -> None:
    hit = hit_of("2024-05-31T10:00:00+02:00")
    assert FeedModel.of("q", [hit], "", "").items[0].date_published == datetime(2024, 5, 31, 8, tzinfo=UTC)
    for date, expected in (("soon", None), ("0001", datetime(1, 1, 1, tzinfo=UTC))):
        feed: Any = FeedModel.of("q", [hit_of(date)], "", "")
        assert feed.items[0].date_published == expected
        assert feedparser.parse(rss(feed)).bozo is False


def test_the_addresses_of_the_guide_answer(client: TestClient) -> None:
    guide = (ROOT / "docs/feeds.md").read_text("utf-8")
    addresses = re.findall(r"^    http://127\.0\.0\.1:8000(/.*)$", guide, re.MULTILINE)
    assert len(addresses) == 6
    assert [client.get(one).status_code for one in addresses] == [200] * 6
