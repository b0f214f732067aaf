"""The fields of a search over HTTP: made from what `SearchRequest` says of each."""

from __future__ import annotations

from paraglot.api.http.fields.fields import Fields, UrlFields, fields_of
from paraglot.search.types import SearchRequest
from paraglot.search.types.options import options

EXAMPLE_QUERY: str = options(SearchRequest)[0].option.example


class SearchFields(fields_of(SearchRequest, Fields)):  # type: ignore[misc]  # the fields are known when it runs
    """The fields of a search, the same for GET and POST. The rules behind the types are `SearchRequest`'s."""

    def request(self) -> SearchRequest:
        """The request that the engine takes. Raises `InvalidRequest`."""
        return SearchRequest(**self.values())


class SearchUrl(UrlFields, SearchFields):
    """A search as the parameters of a URL."""
