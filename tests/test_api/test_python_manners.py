"""From Python: what the guide names is importable from one place, a text is a request, and mistakes are told what was meant."""

from __future__ import annotations

import copy
import pickle
import re

import pytest

import paraglot
from paraglot import InvalidRequest, SearchRequest, SimilarRequest, SuggestRequest
from paraglot.api.client import calls
from paraglot.search.engine.engine import Engine
from tests.conftest import ROOT


def test_a_text_is_a_request(engine: Engine) -> None:
    assert engine.search("bread tax").hits == engine.search(SearchRequest("bread tax")).hits
    assert engine.suggest("the t").suggestions == engine.suggest(SuggestRequest("the t")).suggestions
    assert engine.similar("bread tax").hits == engine.similar(SimilarRequest(text="bread tax")).hits
    assert engine.search_all(["bread tax"])[0].hits == engine.search("bread tax").hits
    assert calls.search("bread").body == calls.search(SearchRequest("bread")).body
    assert calls.similar("bread").body == calls.similar(SimilarRequest(text="bread")).body
    assert calls.search_all(["bread"]).body == calls.search_all([SearchRequest("bread")]).body
    with pytest.raises(InvalidRequest, match="The query is empty"):
        engine.search(" ")


def test_what_the_guide_names_is_importable_from_one_place() -> None:
    guide = (ROOT / "docs/python.md").read_text("utf-8")
    named = {
        name
        for code in re.findall(r"`([^`\n]+)`", guide)
        for name in re.findall(r"\b[A-Z][a-z]+[A-Z][A-Za-z]*\b", code)
    }
    imported = {
        name.strip() for line in re.findall(r"from paraglot import ([^\n]+)", guide) for name in line.split(",")
    }
    assert not re.findall(r"from paraglot\.", guide)
    for name in named | imported:
        assert name in dir(paraglot), name
        if not name.endswith("Retriever"):
            assert getattr(paraglot, name).__name__ == name


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("response.hits[0].text", "A Hit has no 'text'. Did you mean hit.paragraph.text?"),
        ("response.hits[0].title", "A Hit has no 'title'. Did you mean hit.article.title?"),
        ("response.results", "A SearchResponse has no 'results'. Did you mean response.hits?"),
        ("[one for one in response]", "A SearchResponse is no list: its hits are response.hits."),
        ("response[0]", "A SearchResponse is no list: its hits are response.hits."),
        ("SearchRequest('x', languages='fr')", "languages is a list: write ['fr'], not 'fr'."),
        ("SearchRequest('x', facets='source')", "facets is a list: write ['source'], not 'source'."),
        ("engine.search(None)", "Give a text or a SearchRequest, as in SearchRequest(q='coral reef'), not None."),
        ("engine.search_all([1])", "Give a text or a SearchRequest, as in SearchRequest(q='coral reef'), not 1."),
        ("engine.similar({})", "Give a text or a SimilarRequest, as in SimilarRequest(text='coral reef'), not {}."),
        ("engine.search('x', limit=3)", "Fields stand in the request: SearchRequest(q=…, limit=…)."),
        (
            "engine.similar('x', languages=['de'], limit=3)",
            "in the request: SimilarRequest(text=…, languages=…, limit=…).",
        ),
        ("engine.suggest('x', limit=3)", "Fields stand in the request: SuggestRequest(q=…, limit=…)."),
        ("calls.suggest(b'x')", "Give a text or a SuggestRequest, as in SuggestRequest(q='coral reef'), not b'x'."),
        ("paraglot.SearchReqest", "module 'paraglot' has no attribute 'SearchReqest'. Did you mean 'SearchRequest'?"),
    ],
)
def test_the_commonest_mistakes_are_told_what_was_meant(engine: Engine, wrong: str, told: str) -> None:
    response = engine.search("bread tax")
    names = {
        "engine": engine,
        "calls": calls,
        "response": response,
        "SearchRequest": SearchRequest,
        "paraglot": paraglot,
    }
    with pytest.raises((AttributeError, TypeError, InvalidRequest)) as raised:
        eval(wrong, names)
    assert told in str(raised.value)


def test_answers_can_still_be_copied_and_stored(engine: Engine) -> None:
    response = engine.search("bread tax")
    assert copy.deepcopy(response).hits == pickle.loads(pickle.dumps(response)).hits == response.hits
    assert not hasattr(response.hits[0], "text")
