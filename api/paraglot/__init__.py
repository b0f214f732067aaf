"""Paraglot: what an application imports. Importing it loads none of torch, faiss, whoosh, fastapi and numpy.

Each name is read from where it lives when it is first wanted.

>>> from paraglot import open_index
>>> with open_index("index") as engine:  # doctest: +SKIP
...     response = engine.search("indestructible friendship")
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paraglot.api.client.client import AsyncClient as AsyncClient
    from paraglot.api.client.client import Client as Client
    from paraglot.api.client.problems import Problem as Problem
    from paraglot.api.http.queue.tasks import Task as Task
    from paraglot.api.retrievers import langchain, llamaindex
    from paraglot.indexer.build import delete_articles as delete_articles
    from paraglot.indexer.build import index_corpus as index_corpus
    from paraglot.search.answer.listing import ArticlesRequest as ArticlesRequest
    from paraglot.search.answer.listing import ArticlesResponse as ArticlesResponse
    from paraglot.search.answer.similar_types import SimilarRequest as SimilarRequest
    from paraglot.search.answer.similar_types import SimilarResponse as SimilarResponse
    from paraglot.search.engine.engine import Engine as Engine
    from paraglot.search.engine.engine import open_index as open_index
    from paraglot.search.errors import IndexMissing as IndexMissing
    from paraglot.search.errors import InvalidRequest as InvalidRequest
    from paraglot.search.errors import NotFound as NotFound
    from paraglot.search.errors import ParaglotError as ParaglotError
    from paraglot.search.errors import ParagraphChanged as ParagraphChanged
    from paraglot.search.memory.index import MemoryIndex as MemoryIndex
    from paraglot.search.memory.index import divided as divided
    from paraglot.search.suggest.types import SuggestRequest as SuggestRequest
    from paraglot.search.suggest.types import SuggestResponse as SuggestResponse
    from paraglot.search.types import Article as Article
    from paraglot.search.types import Hit as Hit
    from paraglot.search.types import Paragraph as Paragraph
    from paraglot.search.types import SearchRequest as SearchRequest
    from paraglot.search.types import SearchResponse as SearchResponse

    LangChainRetriever = langchain.ParaglotRetriever
    LlamaIndexRetriever = llamaindex.ParaglotRetriever

_HOMES = {
    "LlamaIndexRetriever": "paraglot.api.retrievers.llamaindex:ParaglotRetriever",
    "LangChainRetriever": "paraglot.api.retrievers.langchain:ParaglotRetriever",
    "divided": "paraglot.search.memory.index",
    "Task": "paraglot.api.http.queue.tasks",
    "IndexMissing": "paraglot.search.errors",
    "ParagraphChanged": "paraglot.search.errors",
    "NotFound": "paraglot.search.errors",
    "InvalidRequest": "paraglot.search.errors",
    "AsyncClient": "paraglot.api.client.client",
    "Client": "paraglot.api.client.client",
    "Problem": "paraglot.api.client.problems",
    "delete_articles": "paraglot.indexer.build",
    "index_corpus": "paraglot.indexer.build",
    "Engine": "paraglot.search.engine.engine",
    "open_index": "paraglot.search.engine.engine",
    "MemoryIndex": "paraglot.search.memory.index",
    "ParaglotError": "paraglot.search.errors",
    "ArticlesRequest": "paraglot.search.answer.listing",
    "ArticlesResponse": "paraglot.search.answer.listing",
    "SimilarRequest": "paraglot.search.answer.similar_types",
    "SimilarResponse": "paraglot.search.answer.similar_types",
    "SuggestRequest": "paraglot.search.suggest.types",
    "SuggestResponse": "paraglot.search.suggest.types",
    "Article": "paraglot.search.types",
    "Hit": "paraglot.search.types",
    "Paragraph": "paraglot.search.types",
    "SearchRequest": "paraglot.search.types",
    "SearchResponse": "paraglot.search.types",
}


def __dir__() -> list[str]:
    return sorted(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        near = get_close_matches(name, _HOMES, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}.{hint}")
    home, _, own = _HOMES[name].partition(":")
    return getattr(import_module(home), own or name)
