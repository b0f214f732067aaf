"""A retriever for LlamaIndex over an open index or a service; extra ``[llamaindex]``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from paraglot.api.retrievers.citing import Searcher, ask, ask_async, check, metadata
from paraglot.search.types import Hit

CITED = ("title", "source", "date", "language", "url")
"""What a language model reads beside the paragraph; the rest of the metadata is for the program."""


class ParaglotRetriever(BaseRetriever):
    """Paragraphs that answer a query, each with its citation as metadata, and with `Hit.score` as its score."""

    def __init__(self, searcher: Searcher, options: Mapping[str, Any] | None = None) -> None:
        """``searcher``: what `open_index` gives, a `Client` or an `AsyncClient`; ``options``: `SearchRequest`'s."""
        self._searcher, self._options = searcher, dict(options or {})
        check(self._options)
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [_node(hit) for hit in ask(self._searcher, query_bundle.query_str, self._options)]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [_node(hit) for hit in await ask_async(self._searcher, query_bundle.query_str, self._options)]


def _node(hit: Hit) -> NodeWithScore:
    fields = metadata(hit)
    hidden = [name for name in fields if name not in CITED]
    node = TextNode(
        id_=hit.paragraph.id,
        text=hit.paragraph.text,
        metadata=fields,
        excluded_llm_metadata_keys=hidden,
        excluded_embed_metadata_keys=list(fields),
    )
    return NodeWithScore(node=node, score=hit.score)
