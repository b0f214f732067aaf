"""Small indexes that tests of searching are made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from paraglot.indexer.build import index_corpus
from paraglot.search.engine.engine import Engine
from paraglot.search.types import Mode, SearchRequest
from tests.asked import Asked, Texts


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Callable[[Texts], Asked]]:
    """From articles to what a query of them finds: ids, best first."""
    engines: list[Engine] = []

    def made(texts: Texts) -> Asked:
        corpus = tmp_path / "corpus.jsonl"
        articles = ({"id": name, "language": language, "title": "", "text": text} for name, language, text in texts)
        corpus.write_text("".join(json.dumps(one) + "\n" for one in articles), "utf-8")
        index_corpus(tmp_path / "index", [corpus], "fake")
        engine = Engine(tmp_path / "index")
        engines.append(engine)

        def asked(query: str, *languages: str, mode: Mode = "keyword") -> list[str]:
            response = engine.search(SearchRequest(query, mode=mode, languages=languages))
            return [hit.article.id for hit in response.hits]

        return asked

    yield made
    for engine in engines:
        engine.close()
