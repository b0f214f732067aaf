"""The tools for assistants, called by the official client over both transports."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from starlette.testclient import TestClient
from typer.testing import CliRunner

from paraglot.api.cli.main import app
from paraglot.api.keys import KeyFile
from paraglot.api.mcp.http import McpDoor
from paraglot.api.mcp.tools import Reference, fetch
from paraglot.api.service_folder import ServiceFolder
from paraglot.indexer.build import index_corpus
from paraglot.search.engine.engine import Engine
from tests.conftest import ARTICLES, ROOT, index_of
from tests.servers import Service, service
from tests.test_api.test_access import bearer, client_of, code

pytestmark = pytest.mark.slow

ACCEPT = {"accept": "application/json, text/event-stream"}
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mcp")
    articles = [one | {"url": f"https://example.org/{number}"} for number, one in enumerate(ARTICLES)]
    return index_of(folder, articles)


@pytest.fixture(scope="module")
def served(index: Path) -> Iterator[Service]:
    with service(index) as running:
        yield running


def answer(result: Any) -> Any:
    """What the text of a result says."""
    return json.loads(result.content[0].text)


async def questions(client: Client) -> None:
    """What an assistant does: look what there is, search, read on."""
    tools = {one.name: one for one in (await client.list_tools()).tools}
    assert list(tools) == ["search", "fetch", "search_paragraphs"]
    for one in tools.values():
        assert one.annotations is not None
        assert (one.annotations.read_only_hint, one.annotations.destructive_hint) == (True, False)
    assert list(tools["search"].input_schema["properties"]) == ["query"]
    sizes = {name: len(one.model_dump_json(by_alias=True, exclude_none=True)) for name, one in tools.items()}
    assert sizes["search"] < 3_000
    assert sum(sizes.values()) < 7_000, sizes
    assert list(tools["fetch"].input_schema["properties"]) == ["id"]
    assert {"filter", "languages", "sort", "min_relevance"} <= set(
        tools["search_paragraphs"].input_schema["properties"]
    )

    found = await client.call_tool("search", {"query": "bread tax"})
    first = answer(found)["results"][0]
    assert (first["title"], first["text"]) == ("The tax on bread", "The council raised the bread tax.")
    assert (first["language"], first["date"], first["source"]) == ("en", "2024-05-31", "Gazette")
    assert 0 < first["relevance"] <= 1
    assert first["url"] == "https://example.org/0#:~:text=The%20council%20raised%20the%20bread%20tax."
    assert (len(found.content), found.structured_content) == (1, None), "the text is paid for once"
    assert all(one["relevance"] >= 0.5 for one in answer(found)["results"])
    off = answer(await client.call_tool("search", {"query": "zyxwvut"}))
    assert (off["results"], off["less_likely"] > 0) == ([], True)
    asked = {"q": "zyxwvut", "min_relevance": 0}
    assert answer(await client.call_tool("search_paragraphs", asked))["hits"]

    read = answer(await client.call_tool("fetch", {"id": first["id"]}))
    assert (read["id"], read["title"], read["url"]) == (first["id"], first["title"], first["url"])
    assert read["text"] == ARTICLES[0]["text"]
    assert read["metadata"] == {
        "article_id": "tax", "language": "en", "date": "2024-05-31", "source": "Gazette", "paragraph": first["text"],
    }  # fmt: skip

    asked = {"q": "Brot", "mode": "keyword", "filter": "tags = Stadt", "context": 1, "limit": 1}
    [hit] = answer(await client.call_tool("search_paragraphs", asked))["hits"]
    assert hit["citation"]["quote"] == hit["text"] == "Bread heißt Brot."
    assert [one["text"] for one in hit["context"]["before"]] == ["Die Bäcker der Altstadt protestierten laut."]

    for tool, arguments, told in (
        ("search_paragraphs", {"q": "x", "limt": 3}, "limt: There is no parameter 'limt'. Did you mean 'limit'?"),
        ("search_paragraphs", {"q": "x", "limit": 0}, "limit must be from 1 to 100, not 0."),
        ("fetch", {"id": "nobody"}, "There is no article 'nobody'."),
    ):
        refused = await client.call_tool(tool, arguments)
        assert (refused.is_error, refused.content[0].text) == (True, told)  # type: ignore[union-attr]
    with pytest.raises(MCPError, match="There is no tool 'delete'"):
        await client.call_tool("delete", {})


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_over_http(served: Service, mode: str) -> None:
    async def ask() -> None:
        async with Client(f"{served.client.base_url}/mcp", mode=mode) as client:
            assert client.server_info.name == "paraglot"
            await questions(client)

    asyncio.run(ask())


def over_stdio(index: Path, ask: Callable[[Client], Awaitable[None]], *flags: str) -> None:
    """Have ``paraglot mcp`` started and asked."""
    command = ["-c", "from paraglot.api.cli.main import main; main()", "mcp", "--index", str(index), *flags]

    async def run() -> None:
        started = StdioServerParameters(command=sys.executable, args=command, cwd=ROOT)
        async with Client(stdio_client(started)) as client:
            await ask(client)

    asyncio.run(run())


def test_on_stdio(index: Path) -> None:
    over_stdio(index, questions)


def test_on_stdio_a_filter_holds_and_commits_are_followed(small_index: Path, tmp_path: Path) -> None:
    async def ask(client: Client) -> None:
        async def found() -> set[str]:
            asked = {"q": "bread Brot", "min_relevance": 0}
            hits = answer(await client.call_tool("search_paragraphs", asked))["hits"]
            return {hit["article"]["id"] for hit in hits}

        assert await found() == {"steuer"}
        (tmp_path / "more.jsonl").write_text(
            '{"id": "neu", "title": "Neu", "language": "de", "text": "Frisches Brot."}'
        )
        await asyncio.to_thread(index_corpus, small_index, [tmp_path / "more.jsonl"], "fake")
        assert await found() == {"steuer", "neu"}
        assert (await client.call_tool("fetch", {"id": "tax"})).is_error

    over_stdio(small_index, ask, "--filter", "language = de")


def test_on_stdio_a_signal_ends_it_while_it_waits(index: Path) -> None:
    command = [sys.executable, "-c", "from paraglot.api.cli.main import main; main()", "mcp", "--index", str(index)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}) + "\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1
        process.send_signal(signal.SIGTERM)
        try:
            assert process.wait(60) == -signal.SIGTERM
        finally:
            process.kill()


def test_over_http_a_keys_filter_holds(small_index: Path) -> None:
    _, token = KeyFile(ServiceFolder(small_index).keys).create("search", filter="language = de")

    async def ask(running: Service) -> None:
        headers = {"authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(headers=headers, timeout=60) as own:
            transport = streamable_http_client(f"{running.client.base_url}/mcp", http_client=own)
            async with Client(transport) as client:
                results = answer(await client.call_tool("search", {"query": "Rat Steuer erhöht"}))["results"]
                assert {one["title"] for one in results} == {"Die Steuer auf Brot"}
                assert (await client.call_tool("fetch", {"id": "tax"})).is_error

    with service(small_index) as running:
        asyncio.run(ask(running))


@pytest.fixture
def client(small_index: Path) -> Iterator[TestClient]:
    with client_of(small_index) as opened:
        yield opened


def test_keys_and_foreign_pages(client: TestClient, small_index: Path) -> None:
    assert client.post("/mcp", json=LIST, headers=ACCEPT).status_code == 200
    elsewhere = ACCEPT | {"host": "rebound.example"}
    assert code(client.post("/mcp", json=LIST, headers=elsewhere)) == (421, "misdirected_request")
    page = ACCEPT | {"origin": "https://rebound.example"}
    assert code(client.post("/mcp", json=LIST, headers=page)) == (403, "origin_not_allowed")
    assert code(client.get("/mcp", headers=ACCEPT)) == (405, "method_not_allowed")
    _, token = KeyFile(ServiceFolder(small_index).keys).create("search")
    assert code(client.post("/mcp", json=LIST, headers=ACCEPT)) == (401, "missing_key")
    assert client.post("/mcp", json=LIST, headers=ACCEPT | bearer(token)).status_code == 200


def test_without_the_sdk(client: TestClient, monkeypatch: pytest.MonkeyPatch, small_index: Path) -> None:
    monkeypatch.setitem(sys.modules, "paraglot.api.mcp.server", None)
    answer = client.post("/mcp", json=LIST, headers=ACCEPT)
    assert code(answer) == (501, "not_installed")
    assert "pip install 'paraglot[mcp]'" in answer.json()["detail"]
    refused = CliRunner().invoke(app, ["mcp", "--index", str(small_index)])
    assert "pip install 'paraglot[mcp]'" in str(refused.exception)


def test_a_fault_of_ours_tells_nothing(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*args: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr(Engine, "search", failing)
    call = LIST | {"method": "tools/call", "params": {"name": "search", "arguments": {"query": "bread"}}}
    answer = client.post("/mcp", json=call, headers=ACCEPT)
    assert answer.json()["result"]["isError"]
    assert "The service failed; its log has the details." in answer.text
    assert "secret" not in answer.text


def test_of_a_long_article_the_part_around_the_paragraph_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paraglot.api.mcp.tools.MAX_FETCHED_CHARACTERS", 200)
    paragraphs = [f"Paragraph number {number} says nothing but its own number." for number in range(9)]
    long: dict[str, Any] = {"id": "long", "title": "", "language": "en", "paragraphs": paragraphs}
    (tmp_path / "corpus.jsonl").write_text(json.dumps(long), "utf-8")
    index_corpus(tmp_path / "index", [tmp_path / "corpus.jsonl"], "fake")
    with Engine(tmp_path / "index") as engine:
        with engine.view() as view:
            article, found = view.article("long")
        for number, begins in ((0, 0), (4, (found[4].start + found[4].end) // 2 - 100), (8, len(article.text) - 200)):
            read = fetch(engine, Reference(id=found[number].id), None)
            assert read.text == article.text[begins : begins + 200]
            assert paragraphs[number] in read.text
            assert read.metadata["characters"] == f"{begins} to {begins + 200} of {len(article.text)}"
        assert (read.title, read.url) == ("long", "")
        assert fetch(engine, Reference(id="long"), None).text == article.text[:200]


def test_of_a_client_that_went_away_nothing_is_said(small_index: Path) -> None:
    async def gone() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def ask(engine: Engine) -> list[object]:
        door, stop, sent = McpDoor(engine), asyncio.Event(), []
        running = asyncio.create_task(door.run(stop))

        async def send(message: object) -> None:
            sent.append(message)

        said = {"content-type": "application/json", "mcp-protocol-version": "2026-07-28", **ACCEPT}
        headers = [(name.encode(), value.encode()) for name, value in said.items()]
        await door({"type": "http", "method": "POST", "path": "/mcp", "headers": headers}, gone, send)
        stop.set()
        await running
        return sent

    with Engine(small_index) as engine:
        assert asyncio.run(ask(engine)) == []


def test_the_example_of_the_guide(served: Service, capsys: pytest.CaptureFixture[str]) -> None:
    [example] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/mcp.md").read_text("utf-8"), re.DOTALL)
    of_seeds = "What did Xi say about the friendship with Belarus?"
    assert of_seeds in example
    here = example.replace("http://127.0.0.1:8000", str(served.client.base_url)).replace(of_seeds, "bread tax")
    exec(here, {"__name__": "example"})
    assert "The tax on bread https://example.org/0#:~:text=" in capsys.readouterr().out
