"""Either of two words, or words that begin so, answer a query whole: it is told so, by words and by meaning."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from paraglot.search.engine.engine import Engine
from paraglot.search.memory.index import MemoryIndex
from paraglot.search.types import Article, Mode, SearchRequest
from tests.asked import Texts

TEXTS: Texts = (
    ("bridge", "en", "The council repaired the bridge in May."),
    ("honey", "en", "Honey is sold at the market on Saturdays."),
    ("miel", "fr", "Le marché vend du miel le samedi."),
    ("paroma", "ru", "Зимнее расписание парома начинается в ноябре."),
    ("fahrplan", "de", "Der neue Fahrplan gilt ab Montag; Straßenbahnen fahren öfter."),
    *((f"x{n}", "en", f"Street number {n} was swept on a dry day by the crew of the town.") for n in range(12)),
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    index = MemoryIndex()
    for name, language, text in TEXTS:
        index.put(Article(name, "", text, language=language))
    with Engine(index) as engine:
        yield engine


@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
@pytest.mark.parametrize(
    ("query", "answering"),
    [
        ("bridge OR honey", {"bridge", "honey"}),
        ("honey OR miel", {"honey", "miel"}),
        ("ноября OR Montag", {"paroma", "fahrplan"}),
        ('"repaired the bridge" OR honey', {"bridge", "honey"}),
        ("bri* OR hon*", {"bridge", "honey"}),
        ("расп*", {"paroma"}),
        ("ноя*", {"paroma"}),
        ("bri*", {"bridge"}),
        ("strass*", {"fahrplan"}),
        ("fahrp* Montag", {"fahrplan"}),
    ],
)
def test_what_has_one_of_them_answers(engine: Engine, query: str, answering: set[str], mode: Mode) -> None:
    response = engine.search(SearchRequest(query, mode=mode, limit=20, min_relevance=0.5))
    assert answering <= {hit.article.id for hit in response.hits[: len(answering) + 1]}
    assert response.confidence == "high"


def test_a_beginning_is_no_name(engine: Engine) -> None:
    response = engine.search(SearchRequest("мон*", mode="keyword"))
    assert not response.hits  # *Montag* sounds so
