"""`/client.js` alone, as node runs it, against a real service."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from paraglot.indexer.build import index_corpus
from tests.conftest import ROOT, index_of
from tests.node import node, package, program
from tests.servers import Service, service

pytestmark = pytest.mark.slow

ORIGIN = "https://www.example.org"
ARTICLES = [
    {"id": "a b/ü?#1%.txt", "title": "The tax", "text": "😀 The council raised the bread tax.\n\nBakers protested.", "language": "en"},
    {"id": "steuer", "title": "Die Steuer", "text": "Der Rat hat die Steuer auf Brot erhöht.", "language": "de"},
]  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("client")
    return index_of(folder, ARTICLES)


@pytest.fixture(scope="module")
def running(index: Path) -> Iterator[Service]:
    with service(index, "--allow-origin", ORIGIN) as started:
        yield started


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, running: Service) -> Path:
    """Where the client lies, as the service gives it."""
    made = tmp_path_factory.mktemp("node")
    (made / "client.js").write_text(running.client.get("/client.js").text, "utf-8")
    (made / "package.json").write_text('{"type": "module"}')
    return made


def run(folder: Path, running: Service, source: str, **options: str) -> Any:
    own = json.dumps({"endpoint": str(running.client.base_url), **options})
    imports = 'import { client, pieces, search, ParaglotError } from "./client.js";'
    return node(folder, f"{imports}\nconst options = {own}; const paraglot = client(options);\n{source}")


def test_the_script_may_be_imported_by_every_page_and_kept(running: Service) -> None:
    for name, kind in (("client.js", "text/javascript"), ("client.d.ts", "text/javascript")):
        answer = running.client.get(f"/{name}", headers={"origin": ORIGIN})
        assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        kept = running.client.get(f"/{name}", headers={"if-none-match": answer.headers["etag"]})
        assert (kept.status_code, kept.content) == (304, b"")
    foreign = running.client.get("/client.js", headers={"origin": "https://other.example"})
    assert foreign.headers["access-control-allow-origin"] == "*", "it has to tell readers there that it may not search"
    assert "Origin" in foreign.headers["vary"]


def test_every_method_gives_what_http_gives(folder: Path, running: Service) -> None:
    told = run(
        folder,
        running,
        """
        const found = await paraglot.search({ q: "bread tax", languages: ["en", "de"], limit: 2, filter: null });
        const alone = await search({ q: "bread tax", languages: ["en", "de"], limit: 2 }, options);
        const both = await paraglot.multiSearch([{ q: "bread", mode: null }, { q: "Brot", limit: 1 }]);
        const similar = await paraglot.similar({ id: found.hits[0].id, limit: 1 });
        const suggested = await paraglot.suggest({ q: "the t" });
        const article = await paraglot.article("a b/ü?#1%.txt");
        const paragraph = await paraglot.paragraph(article.paragraphs[1].id, { context: 1 });
        const listed = await paraglot.articles({ sort: "title:asc", limit: 1, cursor: null, languages: ["de", "en"] });
        tell({ listed, found, alone, both, similar, suggested, article, paragraph,
               languages: await paraglot.languages(), index: await paraglot.index() });
        """,
    )
    http = running.client.get("/v1/search", params={"q": "bread tax", "languages": "en,de", "limit": 2}).json()
    assert told["found"]["hits"] == told["alone"]["hits"] == http["hits"]
    assert ([one["id"] for one in told["listed"]["articles"]], told["listed"]["total"]) == (["steuer"], 2)
    assert [len(one["hits"]) for one in told["both"]["results"]] == [3, 1]
    assert [hit["article"]["id"] for hit in told["similar"]["hits"]] == ["steuer"]
    assert [one["text"] for one in told["suggested"]["suggestions"]] == ["The tax"]
    assert told["article"]["text"] == ARTICLES[0]["text"]
    assert told["paragraph"]["text"] == "Bakers protested."
    assert told["paragraph"]["context"]["before"][0]["text"].startswith("😀")
    assert [one["language"] for one in told["languages"]["languages"]] == ["en", "de"]
    assert told["index"]["paragraphs"] == 3


def test_what_no_address_can_hold_goes_as_json(folder: Path, running: Service) -> None:
    told = run(
        folder,
        running,
        """
        const sent = [];
        const noting = (address, init) => { sent.push([init.method, address.length < 5000]); return fetch(address, init); };
        const noted = client({ ...options, fetch: noting });
        const short = await noted.search({ q: "bread" });
        const long = await noted.search({ q: "bread " + "税".repeat(3000), limit: 1 });
        const parted = await noted.search({ q: "bread", facets: ["a,b"] });
        tell({ sent, query: long.query.length, facets: Object.keys(parted.facet_distribution) });
        """,
    )
    assert told == {"sent": [["GET", True], ["POST", True], ["POST", True]], "query": 3006, "facets": ["a,b"]}


def test_errors_are_the_problems_of_the_service(folder: Path, running: Service) -> None:
    told = run(
        folder,
        running,
        """
        const problem = (promise) => promise.then(() => "none", (error) => ({ ...error, is: error instanceof ParaglotError, message: error.message }));
        const stop = new AbortController();
        const stopped = paraglot.search({ q: "bread" }, { signal: stop.signal }).catch((error) => error.name);
        stop.abort();
        const slow = async () => new Response("{}", { status: 503, headers: { "Retry-After": "7" } });
        tell({
          field: await problem(paraglot.search({ q: "bread", limit: 0 })),
          gone: await problem(paraglot.article("nobody")),
          nobody: await problem(client({ endpoint: "http://127.0.0.1:1/" }).index()),
          proxy: await problem(client({ ...options, fetch: slow }).index()),
          stopped: await stopped,
        });
        """,
    )
    assert (told["field"]["status"], told["field"]["code"], told["field"]["is"]) == (422, "invalid_request", True)
    assert told["field"]["errors"] == [{"pointer": "/limit", "detail": "limit must be from 1 to 100, not 0."}]
    assert (told["gone"]["status"], told["gone"]["code"], told["gone"]["title"]) == (404, "not_found", "Not Found")
    assert told["nobody"]["code"] == "unreachable"
    assert told["nobody"]["message"] == "http://127.0.0.1:1 does not answer."
    assert (told["proxy"]["code"], told["proxy"]["retryAfterS"]) == ("no_answer", 7)
    assert told["stopped"] == "AbortError"


def test_pieces_count_code_points_and_tell_both_kinds(folder: Path, running: Service) -> None:
    highlights = [{"start": 2, "end": 17, "kind": "semantic"}, {"start": 6, "end": 11, "kind": "keyword"}]
    told = run(
        folder, running, f'tell([pieces("😀 The bread rose. End", {json.dumps(highlights)}), pieces(""), pieces("x")])'
    )
    assert told[0] == [
        {"text": "😀 ", "kind": "", "index": -1, "semantic": False},
        {"text": "The ", "kind": "semantic", "index": 0, "semantic": True},
        {"text": "bread", "kind": "keyword", "index": 1, "semantic": True},
        {"text": " rose.", "kind": "semantic", "index": 0, "semantic": True},
        {"text": " End", "kind": "", "index": -1, "semantic": False},
    ]
    assert told[1:] == [[], [{"text": "x", "kind": "", "index": -1, "semantic": False}]]


@pytest.mark.slow
def test_a_key_and_its_filter_hold(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, ARTICLES)), "utf-8")
    index_corpus(tmp_path / "index", [tmp_path / "corpus.jsonl"], "fake")
    _, token = KeyFile(ServiceFolder(tmp_path / "index").keys).create("search", filter="language = de")
    with service(tmp_path / "index") as keyed:
        source = """
        const found = await paraglot.search({ q: "bread" });
        tell([found.hits.map((hit) => hit.language), await paraglot.article("a b/ü?#1%.txt").catch((error) => error.code)]);
        """
        assert run(folder, keyed, source, key=token) == [["de"], "not_found"]
        assert run(folder, keyed, "tell(await paraglot.index().catch((error) => error.code))") == "missing_key"
        assert keyed.client.get("/client.js").status_code == 200


@pytest.mark.slow
def test_a_compiler_finds_the_types_right(tmp_path: Path) -> None:
    compiler = package(tmp_path, "typescript", "5.9.3") / "lib/tsc.js"
    scripts = shutil.copytree(ROOT / "api/widgets", tmp_path / "widgets")
    (scripts / "user.ts").write_text("""
        import { client, pieces, ParaglotError, search, type Hit } from "./client.js";
        const paraglot = client({ endpoint: "https://search.example.org", key: "k" });
        const hits: Hit[] = (await search({ q: "bread", languages: ["en"] }, { endpoint: "x" })).hits;
        const kinds: string[] = pieces(hits[0].text, hits[0].highlights).map((piece) => piece.kind);
        const wait: number | null = new ParaglotError({ code: "x", detail: "y" }).retryAfterS;
        // @ts-expect-error: a client has no such method
        paraglot.remove("id");
        // @ts-expect-error: a signal goes beside the fields
        paraglot.search({ q: "bread", signal: new AbortController().signal });
        export { kinds, wait };
    """)
    library = "es2022,dom,dom.iterable,dom.asynciterable"
    flags = ["--noEmit", "--strict", "--allowJs", "--checkJs", "--module", "esnext", "--moduleResolution", "bundler"]
    files = [*scripts.glob("*.js"), scripts / "user.ts"]
    command = [program("node"), compiler, *flags, "--target", "es2022", "--lib", library, *files]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (checked.returncode, checked.stdout) == (0, "")
