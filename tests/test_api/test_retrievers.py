"""Retrievers for LangChain and LlamaIndex, by the real packages."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from paraglot import open_index
from paraglot.api.client.client import AsyncClient, Client
from paraglot.indexer.build import index_corpus
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import InvalidRequest
from tests.servers import service

pytestmark = pytest.mark.slow

ARTICLE = {
    "id": "tax",
    "title": "The tax on bread",
    "language": "en",
    "date": "2024-05-31",
    "source": "Gazette",
    "url": "https://example.org/tax",
    "text": "The council raised the bread tax.\n\nBakers in the old town protested.",
}
CITED = {
    "url": "https://example.org/tax#:~:text=The%20council%20raised%20the%20bread%20tax.",
    "quote": "The council raised the bread tax.",
    "title": "The tax on bread",
    "source": "Gazette",
    "date": "2024-05-31",
    "language": "en",
    "article_id": "tax",
}
OPTIONS = {"limit": 1}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("retrieved")
    (folder / "corpus.jsonl").write_text(json.dumps(ARTICLE), "utf-8")
    index_corpus(folder / "index", [folder / "corpus.jsonl"], "fake")
    return folder / "index"


@pytest.fixture(scope="module")
def engine(index: Path) -> Iterator[Engine]:
    with open_index(index) as opened:
        yield opened


@pytest.fixture(scope="module")
def url(index: Path) -> Iterator[str]:
    with service(index) as running:
        yield str(running.client.base_url)


def check(text: str, metadata: dict[str, Any], identity: str | None) -> None:
    """What each retriever must give for "bread tax"."""
    assert text == "The council raised the bread tax."
    assert {name: metadata[name] for name in CITED} == CITED
    assert metadata["score"] > 0
    assert 0.5 < metadata["relevance"] <= 1
    assert identity == metadata["paragraph_id"]
    assert set(metadata) == {*CITED, "score", "relevance", "paragraph_id"}
    assert json.loads(json.dumps(metadata)) == metadata


def test_langchain(engine: Engine, url: str) -> None:
    from paraglot.api.retrievers.langchain import ParaglotRetriever

    async def awaited() -> list[Any]:
        async with AsyncClient(url) as client:
            here = await ParaglotRetriever(searcher=engine, options=OPTIONS).ainvoke("bread tax")
            return here + await ParaglotRetriever(searcher=client, options=OPTIONS).ainvoke("bread tax")

    with Client(url) as client:
        found = ParaglotRetriever(searcher=client, options=OPTIONS).invoke("bread tax")
    found += ParaglotRetriever(searcher=engine, options=OPTIONS).invoke("bread tax") + asyncio.run(awaited())
    assert len(found) == 4
    for one in found:
        check(one.page_content, one.metadata, one.id)
    chain = ParaglotRetriever(searcher=engine) | (lambda documents: len(documents))
    assert chain.invoke("bread tax") == 2


def test_llamaindex(engine: Engine, url: str) -> None:
    from llama_index.core.schema import MetadataMode

    from paraglot.api.retrievers.llamaindex import ParaglotRetriever

    async def awaited() -> list[Any]:
        async with AsyncClient(url) as client:
            here = await ParaglotRetriever(engine, OPTIONS).aretrieve("bread tax")
            return here + await ParaglotRetriever(client, OPTIONS).aretrieve("bread tax")

    with Client(url) as client:
        found = ParaglotRetriever(client, OPTIONS).retrieve("bread tax")
    found += ParaglotRetriever(engine, OPTIONS).retrieve("bread tax") + asyncio.run(awaited())
    assert len(found) == 4
    for one in found:
        check(one.text, one.metadata, one.node.id_)
        assert one.score == one.metadata["score"]
    read = found[0].node.get_content(MetadataMode.LLM)
    assert "source: Gazette" in read
    assert "relevance" not in read


def test_what_retrievers_refuse(engine: Engine, url: str) -> None:
    from paraglot.api.retrievers.langchain import ParaglotRetriever as OfLangChain
    from paraglot.api.retrievers.llamaindex import ParaglotRetriever as OfLlamaIndex

    for wrong in ({"limit": 0}, {"filter": "a ="}):
        with pytest.raises(InvalidRequest):
            OfLangChain(searcher=engine, options=wrong)
        with pytest.raises(InvalidRequest):
            OfLlamaIndex(engine, wrong)
    with pytest.raises(TypeError, match="top"):
        OfLlamaIndex(engine, {"top": 3})
    for ask in (OfLangChain(searcher=AsyncClient(url)).invoke, OfLlamaIndex(AsyncClient(url)).retrieve):
        with pytest.raises(TypeError, match="can only be awaited"):
            ask("bread tax")
