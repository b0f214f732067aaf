"""A retriever for LangChain over an open index or a service; extra ``[langchain]``."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field, field_validator

from paraglot.api.retrievers.citing import Searcher, ask, ask_async, check, metadata
from paraglot.search.types import Hit


class ParaglotRetriever(BaseRetriever):
    """Paragraphs that answer a query, each with its citation as metadata.

    ``searcher`` is what `open_index` gives, a `Client` or an `AsyncClient`; ``options`` are those of `SearchRequest`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    searcher: Any
    options: dict[str, Any] = Field(default_factory=dict)

    @field_validator("options")
    @classmethod
    def _checked(cls, options: dict[str, Any]) -> dict[str, Any]:
        check(options)
        return options

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:  # noqa: ARG002
        return [_document(hit) for hit in ask(self._searcher(), query, self.options)]

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,  # noqa: ARG002
    ) -> list[Document]:
        return [_document(hit) for hit in await ask_async(self._searcher(), query, self.options)]

    def _searcher(self) -> Searcher:
        searcher: Searcher = self.searcher
        return searcher


def _document(hit: Hit) -> Document:
    return Document(id=hit.paragraph.id, page_content=hit.paragraph.text, metadata=metadata(hit))
