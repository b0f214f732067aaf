"""From Python: what the guide names is importable from one place, a text is a request, and mistakes are told what was meant."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Callable
from os import PathLike
from pathlib import Path

import pytest

import paraglot
from paraglot import (
    InvalidRequest,
    SearchRequest,
    SimilarRequest,
    SuggestRequest,
    delete_articles,
    index_corpus,
    open_index,
)
from paraglot.api.client import calls
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import InvalidSettings
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


class _Folder:
    def __init__(self, path: str) -> None:
        self._path = path

    def __fspath__(self) -> str:
        return self._path


@pytest.mark.parametrize("of", [str, Path, _Folder])
def test_places_and_corpora_may_be_written_as_paths_are(
    of: Callable[[str], str | PathLike[str]], tmp_path: Path
) -> None:
    corpus, place = tmp_path / "a.txt", of(str(tmp_path / "index"))
    corpus.write_text("The ferry\n\nThe ferry sails twice a day, and in winter it does not.", "utf-8")
    assert index_corpus(place, of(str(corpus)), "fake").articles == 1
    assert index_corpus(place, [of(str(corpus))], "fake").articles_unchanged == 1
    for opened in (open_index, Engine):
        with opened(place) as engine:
            assert engine.search("ferry").hits[0].article.id == "a.txt"
    assert delete_articles(place, "a.txt").articles_removed == 1


def test_a_place_that_is_none_is_told_by_every_door() -> None:
    doors: list[Callable[[str], object]] = [
        open_index,
        Engine,
        lambda to: index_corpus(to, "x"),
        lambda to: delete_articles(to, ["x"]),
    ]
    for door in doors:
        with pytest.raises(InvalidSettings, match="must be a folder"):
            door("elsewhere://localhost/articles")
