"""Across languages, with the built-in encoder: words by the lexicon, and what the encoder cannot read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from paraglot.indexer.build import index_corpus
from paraglot.search.answer.similar_types import SimilarRequest
from paraglot.search.engine.engine import Engine
from paraglot.search.types import SearchRequest

CITIES = ("Ankara", "Kairo", "Lima", "Oslo", "Peking", "Warschau")
AMHARIC = "የአዲስ አበባ ዳቦ ቤቶች ዛሬ ጠዋት ተከፍተዋል።"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("across")
    corpus = folder / "corpus"
    corpus.mkdir()
    for city in CITIES:
        text = f"Reise des Ministers\n\nDer Minister besuchte am Montag die Stadt {city}."
        (corpus / f"de-{city}.txt").write_text(text, encoding="utf-8")
    for name, text in (("with", f"bread {AMHARIC} {AMHARIC}"), ("without", AMHARIC)):
        (corpus / f"am-{name}.txt").write_text(f"አዲስ\n\n{text}", encoding="utf-8")
    (corpus / "en.txt").write_text("Bakers\n\nThe price of bread rose again, the bakers said.", encoding="utf-8")
    index_corpus(folder / "index", [corpus], "builtin-fast")
    with Engine(folder / "index") as opened:
        yield opened


def first(engine: Engine, request: SearchRequest) -> str:
    return engine.search(request).hits[0].article.id


@pytest.mark.parametrize(
    ("query", "city"),
    [
        ("визит министра в Пекин", "Peking"),
        ("部长访问华沙", "Warschau"),
        ("زيارة الوزير إلى ليما", "Lima"),
        ("επίσκεψη υπουργού στο Πεκίνο", "Peking"),
        ("minister w Kairze", "Kairo"),
    ],
)
def test_the_city_is_told_in_another_language(engine: Engine, query: str, city: str) -> None:
    """The six paragraphs differ in nothing but the city."""
    assert first(engine, SearchRequest(query)) == f"de-{city}.txt"


def test_words_count_for_nothing_where_meaning_alone_does(engine: Engine) -> None:
    request = SearchRequest("визит министра в Пекин")
    assert "lexicon" in engine.search(request).timings_ms
    assert "lexicon" not in engine.search(replace(request, mode="semantic")).timings_ms


def test_what_the_encoder_cannot_read_is_left_to_the_keyword_leg(engine: Engine) -> None:
    hits = {hit.article.id: hit for hit in engine.search(SearchRequest("bread")).hits}
    assert hits["am-with.txt"].semantic is None
    assert hits["am-with.txt"].keyword
    assert hits["en.txt"].semantic
    assert "am-without.txt" not in hits


def test_by_meaning_alone_what_it_cannot_read_is_not_found(engine: Engine) -> None:
    hits = engine.search(SearchRequest("bread", mode="semantic")).hits
    assert {hit.article.id for hit in hits} == {"en.txt", *(f"de-{city}.txt" for city in CITIES)}
    assert engine.search(SearchRequest(AMHARIC, mode="semantic")).warnings


def test_what_it_cannot_read_is_like_nothing(engine: Engine) -> None:
    found = engine.similar(SimilarRequest(text="The price of bread rises."))
    assert {hit.article.id for hit in found.hits} == {"en.txt", *(f"de-{city}.txt" for city in CITIES)}
    with engine.view() as view:
        [paragraph, *_] = view.article("am-without.txt")[1]
    for request in (SimilarRequest(text=AMHARIC), SimilarRequest(id=paragraph.id)):
        unknown = engine.similar(request)
        assert unknown.hits == []
        assert any("does not know this text's script" in warning for warning in unknown.warnings)


def test_capitals_throughout_change_nothing(engine: Engine) -> None:
    loud, calm = (engine.search(SearchRequest(text)) for text in ("THE PRICE OF BREAD", "The price of bread"))
    assert [(hit.article.id, hit.relevance) for hit in loud.hits] == [
        (hit.article.id, hit.relevance) for hit in calm.hits
    ]
