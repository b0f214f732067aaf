"""What adds the service to a browser: an OpenSearch 1.1 description, and suggestions in the format that it names."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from paraglot.api.http.fields.feeds import add_text, as_xml, xml_text
from paraglot.api.http.fields.url import from_url
from paraglot.api.http.guard.access import current_key, key_in_url
from paraglot.api.http.guard.caching import not_cacheable
from paraglot.api.http.guard.policy import needs
from paraglot.api.http.routes.search import READS, engine_of, forced_filter, problems
from paraglot.api.http.routes.suggest import SuggestUrl

NAMESPACE = "http://a9.com/-/spec/opensearch/1.1/"
MOST_OF_A_NAME = 16
"""Characters of a short name; a long one has three times as many."""
ADDRESSES = (
    ("text/html", "results", ""),
    ("application/rss+xml", "results", "feed.rss"),
    ("application/feed+json", "results", "feed.json"),
    ("application/x-suggestions+json", "suggestions", "suggest.json"),
)
"""Type, relation and path of what takes a query."""

router = APIRouter()


class DescriptionResponse(Response):
    """An OpenSearch description."""

    media_type = "application/opensearchdescription+xml"


class SuggestionsResponse(JSONResponse):
    """Suggestions as browsers read them."""

    media_type = "application/x-suggestions+json"


@router.get(
    "/opensearch.xml",
    summary="Description for browsers",
    response_class=DescriptionResponse,
    dependencies=[needs(None)],
)
def description(request: Request) -> DescriptionResponse:
    """An OpenSearch description: where a browser sends a query, and where it asks for suggestions.

    A key that came in the address goes on in those that the browser asks: it has no other way to send one.
    """
    home = str(request.base_url)
    token = key_in_url(request) if current_key(request).scope == "search" else ""
    key = f"&key={quote(token)}" if token else ""
    root = ElementTree.Element("OpenSearchDescription", xmlns=NAMESPACE)
    name: str = request.app.state.settings.page_title or "Paraglot"
    add_text(root, "ShortName", name[:MOST_OF_A_NAME])
    if len(name) > MOST_OF_A_NAME:
        add_text(root, "LongName", name[: 3 * MOST_OF_A_NAME])
    add_text(root, "Description", "Article paragraphs by keyword and by meaning, in any language.")
    for media_type, relation, path in ADDRESSES:
        template = xml_text(f"{home}{path}?q={{searchTerms}}{key}")
        ElementTree.SubElement(root, "Url", {"type": media_type, "rel": relation, "template": template})
    itself = {
        "type": DescriptionResponse.media_type,
        "rel": "self",
        "template": xml_text(f"{home}opensearch.xml?{key[1:]}".removesuffix("?")),
    }
    ElementTree.SubElement(root, "Url", itself)
    add_text(root, "Language", "*")
    add_text(root, "InputEncoding", "UTF-8")
    add_text(root, "OutputEncoding", "UTF-8")
    return DescriptionResponse(as_xml(root), headers={"cache-control": "no-store"} if token else None)


@router.get(
    "/suggest.json",
    summary="Suggestions for browsers",
    response_class=SuggestionsResponse,
    responses=problems(422, 503),
    dependencies=[READS],
)
def browser_suggestions(
    request: Request, fields: Annotated[SuggestUrl, from_url(SuggestUrl)]
) -> tuple[str, list[str], list[str], list[str]]:
    """What `/v1/suggest` gives, as four lists side by side: the query, texts, what each is, where each leads."""
    response = engine_of(request).suggest(fields.request(), forced_filter(request), patient=False)
    if not response.complete:
        not_cacheable()
    found = response.suggestions
    return (
        fields.q,
        [suggestion.text for suggestion in found],
        [f"{suggestion.language}, {suggestion.kind}, {suggestion.count}" for suggestion in found],
        [f"{request.base_url}?{urlencode({'q': suggestion.text})}" for suggestion in found],
    )
