"""``/embed`` and ``/oembed`` over HTTP: who may frame a search, by which key, and how an editor learns of the frame."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.testclient import TestClient

from paraglot.api.http.app import create_app
from paraglot.api.http.collections import create_service
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from paraglot.api.settings import Settings

pytestmark = pytest.mark.slow

HOME = "http://127.0.0.1"


def opened(index: Path, *origins: str) -> TestClient:
    own = Settings(index=index, allow_origin=origins)
    return TestClient(create_app(ObservedEngine(own), own), base_url=HOME, client=("127.0.0.1", 1))


@pytest.fixture
def client(small_index: Path) -> Iterator[TestClient]:
    with opened(small_index, "https://blog.example", "https://www.example.org") as client:
        yield client


def frame(client: TestClient, url: str, **fields: str | int) -> tuple[str, dict[str, str]]:
    """Path and fields of the frame that an address gets."""
    told = client.get("/oembed", params={"url": url, **fields}).json()
    [source] = re.findall(r'^<iframe src="([^"]*)" title="[^"<>]*" width="\d+" height="\d+" loading="lazy"></iframe>$', told["html"])  # fmt: skip
    at = urlsplit(unescape(source))
    return f"{at.scheme}://{at.netloc}{at.path}", dict(parse_qsl(at.query))


def test_only_allowed_pages_may_frame_and_only_this_page(client: TestClient, small_index: Path) -> None:
    page = client.get("/embed?q=bread&languages=en,de")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors https://blog.example https://www.example.org;" in policy
    assert "script-src 'self';" in policy
    assert "x-frame-options" not in page.headers
    for path in ("/", "/widget.js", "/v1/search?q=bread", "/embed?qq=bread"):
        closed = client.get(path).headers
        assert (closed["x-frame-options"], "frame-ancestors 'none'" in closed["content-security-policy"]) == (
            "DENY",
            True,
        )
    with opened(small_index) as alone:
        assert "frame-ancestors 'none';" in alone.get("/embed?q=bread").headers["content-security-policy"]


def test_a_misspelt_field_of_a_frame_is_told(client: TestClient) -> None:
    told = client.get("/embed?q=bread&langages=en").json()
    assert told["errors"] == [
        {"pointer": "/langages", "detail": "There is no parameter 'langages'. Did you mean 'languages'?"}
    ]


def test_keys_of_frames(client: TestClient, small_index: Path) -> None:
    keys = KeyFile(ServiceFolder(small_index).keys)
    _, filtered = keys.create("search", filter="language = de")
    _, writing = keys.create("write")
    assert client.get("/embed", params={"q": "bread", "key": filtered}).status_code == 200
    assert filtered not in client.get("/embed", params={"q": "bread", "key": filtered}).text
    for key, status, code in ((writing, 403, "key_in_url"), ("nonsense", 401, "invalid_key")):
        refused = client.get("/embed", params={"q": "bread", "key": key})
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert client.get("/embed?q=bread").json()["code"] == "missing_key"
    assert client.get("/oembed", params={"url": f"{HOME}/?q=bread"}).status_code == 200, "it tells nothing of the index"
    assert frame(client, f"{HOME}/embed?q=bread&key={filtered}")[1]["key"] == filtered


def test_oembed_gives_the_frame_of_a_page(client: TestClient) -> None:
    url = f"{HOME}/?q=a+%22b%22&languages=de&languages=fr&sources=Gazette&since=2024&ui=de&utm=x"
    told = client.get("/oembed", params={"url": url, "format": "json", "maxwidth": 300, "dnt": 1}).json()
    assert (told["version"], told["type"], told["title"]) == ("1.0", "rich", 'a "b" – Paraglot')
    assert (told["width"], told["height"], told["provider_url"]) == (300, 480, f"{HOME}/")
    address, fields = frame(client, url)
    assert address == f"{HOME}/embed"
    filter_ = 'source IN ["Gazette"] AND date >= "2024"'
    assert fields == {
        "q": 'a "b"',
        "languages": "de,fr",
        "filter": filter_,
        "lang": "de",
        "limit": "10",
        "mode": "hybrid",
    }
    assert client.get(f"/embed?{urlsplit(unescape(told['html'].split(chr(34))[1])).query}").status_code == 200


def test_a_page_with_results_names_its_frame(client: TestClient) -> None:
    link = re.compile(r'<link rel="alternate" href="(oembed[^"]*)" type="application/json\+oembed"')
    [address] = link.findall(client.get("/?q=bread&languages=de").text)
    assert "languages=de" in client.get(f"/{unescape(address)}").json()["html"]
    assert link.findall(client.get("/").text) == []


def test_the_frame_of_a_collection_s_search_is_of_that_collection(small_index: Path) -> None:
    own = create_service(Settings(index=small_index, collection={"news": small_index}))
    root = "/v1/collections/news"
    with TestClient(own, base_url=HOME, client=("127.0.0.1", 1)) as client:
        page = client.get(f"{root}/?q=bread").text
        [link] = re.findall(r'<link rel="alternate" href="(oembed[^"]*)"', page)
        told = client.get(f"{root}/{unescape(link)}").json()
        assert f'src="{HOME}{root}/embed?q=bread' in told["html"]
        assert told["provider_url"] == f"{HOME}{root}/"
        assert client.get(f"{root}/oembed", params={"url": f"{HOME}{root}/embed?q=bread"}).status_code == 200
        whole = client.get("/oembed", params={"url": f"{HOME}{root}/?q=bread"}).json()
        assert whole == {**told, "html": whole["html"]}
        assert f'src="{HOME}{root}/embed?q=bread' in whole["html"]
        for at, url in ((root, "/?q=bread"), ("", "/v1/collections/../?q=bread"), ("", "/v1/collections/?q=bread")):
            assert client.get(f"{at}/oembed", params={"url": HOME + url}).status_code == 404


def test_oembed_gives_the_frame_of_a_frame_as_text(client: TestClient) -> None:
    hostile = '"><script>alert(1)</script>'
    address, fields = frame(client, f"{HOME}/embed?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&limit=3&other=x")
    assert (address, fields) == (f"{HOME}/embed", {"q": hostile, "limit": "3"})


@pytest.mark.parametrize(
    "url",
    ["https://elsewhere.example/?q=bread", f"{HOME}/docs?q=bread", f"{HOME}/", f"{HOME}/embed?q=%20", "http://[", "",
     "javascript:alert(1)", f"{HOME}@elsewhere.example/?q=bread", "//127.0.0.1/?q=bread"],
)  # fmt: skip
def test_oembed_knows_no_other_addresses(client: TestClient, url: str) -> None:
    refused = client.get("/oembed", params={"url": url})
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


def test_oembed_is_json_alone(client: TestClient) -> None:
    refused = client.get("/oembed", params={"url": f"{HOME}/?q=bread", "format": "xml"})
    assert (refused.status_code, refused.json()["code"]) == (501, "not_implemented")
    assert client.get("/oembed").status_code == 422
