"""Similar paragraphs: cosines of stored vectors, whatever is asked beside."""

from __future__ import annotations

import pytest

from paraglot.search.answer.similar_types import SimilarRequest
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import InvalidRequest, NotFound


def test_scores_are_cosines_of_the_stored_vectors(engine: Engine) -> None:
    with engine.view() as view:
        own = view.article("tax")[1][0]
        others = [one for id_ in ("steuer", "税") for one in view.article(id_)[1]]
        dense = view.snapshot.dense
        [vector], vectors = dense.vectors([own.row]), dense.vectors([one.row for one in others])
    cosines = {one.id: float(cosine) for one, cosine in zip(others, vectors @ vector, strict=True)}
    found = engine.similar(SimilarRequest(id=own.id))
    assert {hit.paragraph.id: hit.score for hit in found.hits} == pytest.approx(cosines, abs=1e-4)
    assert [hit.score for hit in found.hits] == pytest.approx(sorted(cosines.values(), reverse=True), abs=1e-4)
    assert [hit.semantic.rank for hit in found.hits if hit.semantic] == [1, 2, 3, 4, 5]


def test_a_text_is_read_as_a_paragraph(engine: Engine) -> None:
    text = "Die Bäcker protestierten"
    found = engine.similar(SimilarRequest(text=text, limit=3, languages=("de",)))
    assert found.hits[0].paragraph.text == "Die Bäcker der Altstadt protestierten laut."
    with engine.snapshot() as snapshot:
        [vector] = snapshot.dense.vectors([found.hits[0].paragraph.row])
    assert found.hits[0].score == pytest.approx(float(vector @ FakeEncoder().encode_paragraphs([text])[0]), abs=1e-5)
    assert found.estimated_total_hits == 3


def test_a_callers_filter_holds_for_what_is_asked_and_what_is_found(engine: Engine) -> None:
    with engine.view() as view:
        own, hidden = view.article("steuer")[1][0], view.article("tax")[1][0]
    found = engine.similar(SimilarRequest(id=own.id), "language IN [de, zh]")
    assert {hit.article.id for hit in found.hits} == {"税"}
    with pytest.raises(NotFound, match="There is no paragraph"):
        engine.similar(SimilarRequest(id=hidden.id), "language IN [de, zh]")
    assert engine.similar(SimilarRequest(text="bread", filter="id = tax"), "language IN [de, zh]").hits == []


def test_either_an_id_or_a_text() -> None:
    for fields in ({}, {"id": "a~0", "text": "a"}):
        with pytest.raises(InvalidRequest, match="one of the id of a paragraph, a text and a vector"):
            SimilarRequest(**fields)  # type: ignore[arg-type]
