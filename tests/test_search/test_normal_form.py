"""Composed and decomposed letters are the same wherever values are compared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeAlias
from unicodedata import normalize

import pytest

from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.search.answer.similar_types import SimilarRequest
from paraglot.search.engine.engine import Engine, open_index
from paraglot.search.errors import NotFound
from paraglot.search.types import SearchRequest

ARTICLES = [
    {"id": "müller", "source": "Süddeutsche", "tags": ["Übung", "한국"], "Größe": 3, "text": "Bread for the town."},
    {"id": "gấu", "source": "Tuổi Trẻ", "tags": ["й"], "text": "Bread for the bear."},
]


Form: TypeAlias = Literal["NFC", "NFD"]


def told(form: Form) -> str:
    """The articles as JSON lines, every value and name in a normal form."""
    return "".join(normalize(form, json.dumps(one, ensure_ascii=False)) + "\n" for one in ARTICLES)


@pytest.fixture(scope="module", params=["NFC", "NFD"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "corpus.jsonl").write_text(told(request.param), "utf-8")
    index_corpus(folder / "index", [folder / "corpus.jsonl"], "fake")
    with open_index(folder / "index") as opened:
        yield opened


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("source = Süddeutsche", {"müller"}),
        ("source = 'Tuổi Trẻ'", {"gấu"}),
        ("tags = Übung", {"müller"}),
        ("tags IN [한국, x]", {"müller"}),
        ("tags != й", {"müller"}),
        ("Größe = 3", {"müller"}),
        ("Größe EXISTS", {"müller"}),
        ("id = gấu", {"gấu"}),
    ],
)
def test_filters(engine: Engine, form: Form, condition: str, found: set[str]) -> None:
    written = normalize(form, condition)
    for forced, own in ((None, written), (written, "")):
        response = engine.search(SearchRequest("bread", filter=own), forced=forced)
        assert ({hit.article.id for hit in response.hits}, response.warnings) == (found, [])


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_ids_and_facets(engine: Engine, form: Form) -> None:
    with engine.snapshot() as snapshot:
        article, [paragraph] = snapshot.store.article(normalize(form, "müller"))
        assert article.id == "müller"
        again = snapshot.store.paragraph(normalize(form, paragraph.id))[0]
        assert again == paragraph
        assert snapshot.store.rows_by_id(normalize(form, "gấu")) == snapshot.store.rows_of("gấu") != []
    name = normalize(form, "Größe")
    facets = engine.search(SearchRequest("bread", facets=("tags", "source", name))).facets
    assert facets["tags"].counts == {"Übung": 1, "한국": 1, "й": 1}
    assert facets[name].counts == {"3": 1}


def test_a_file_name_is_one_id_in_both_forms(tmp_path: Path) -> None:
    forms: tuple[Form, ...] = ("NFC", "NFD")
    for form in forms:
        folder = tmp_path / form / "news"
        folder.mkdir(parents=True)
        (folder / f"{normalize(form, 'Müller')}.txt").write_text("A title\n\nBread for the town.", "utf-8")
        report = index_corpus(tmp_path / "index", [folder], "fake")
        assert report.articles == 1
    with open_index(tmp_path / "index") as engine:
        assert [hit.article.id for hit in engine.search(SearchRequest("bread")).hits] == ["Müller.txt"]
    delete_articles(tmp_path / "index", [normalize("NFD", "Müller.txt")])
    with pytest.raises(NotFound):
        delete_articles(tmp_path / "index", [normalize("NFD", "Müller.txt")])


def hidden(text: str) -> str:
    """A text with a soft hyphen, a space of no width and a mark of direction in it, none of which is seen."""
    return f"\ufeff{text[:2]}\u00ad{text[2:4]}\u200b{text[4:]}\u200e"


def test_what_nobody_sees_is_no_part_of_an_id(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        json.dumps({"id": hidden("bread"), "text": "Bread for the town."})
        + "\n"
        + json.dumps({"id": "rivers", "text": "Rivers are long and wide."}),
        "utf-8",
    )
    index_corpus(tmp_path / "index", [tmp_path / "a.jsonl"], "fake")
    (tmp_path / "index" / "rules.toml").write_text(f'[[pins]]\nquery = "town"\nids = ["{hidden("rivers")}"]', "utf-8")
    with open_index(tmp_path / "index") as engine:
        with engine.snapshot() as snapshot:
            article, [paragraph] = snapshot.store.article(hidden("bread"))
            assert article.id == "bread"
            assert snapshot.store.paragraph(hidden(paragraph.id))[0] == paragraph
            assert snapshot.store.rows_of(hidden("bread")) == snapshot.store.rows_by_id("bread") != []
        assert engine.search(SearchRequest("town")).hits[0].article.id == "rivers"
        for condition in (f"id = {hidden('bread')}", f"id = '{hidden('bread')}'", f"id IN [{hidden('bread')}]"):
            found = engine.search(SearchRequest("bread", filter=condition))
            assert [hit.article.id for hit in found.hits] == ["bread"]
        assert engine.similar(SimilarRequest(id=hidden(paragraph.id))).hits[0].article.id == "rivers"
    delete_articles(tmp_path / "index", [hidden("bread")])
    with pytest.raises(NotFound):
        delete_articles(tmp_path / "index", [hidden("bread")])
