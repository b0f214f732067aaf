"""The engine over a small index: modes, evidence, pages, filters, failing legs, reload, damage."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import EncoderMissing, IndexDamaged, IndexMismatch, IndexMissing, InvalidRequest, NotFound
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.manifest import read_manifest
from paraglot.search.types import LegEvidence, Mode, SearchRequest, SearchResponse
from tests.conftest import ARTICLES


def names(response: SearchResponse) -> list[str]:
    return [f"{hit.article.id}#{hit.paragraph.position}" for hit in response.hits]


def test_keyword_mode(engine: Engine) -> None:
    response = engine.search(SearchRequest("bread tax", mode="keyword"))
    assert names(response)[0] == "tax#0"
    assert set(names(response)) == {"tax#0", "tax#1", "steuer#2"}
    [best, *_] = response.hits
    assert best.semantic is None
    assert best.keyword
    assert best.keyword == LegEvidence(1, round(best.score / 1.2, 6))  # its words stand side by side
    assert best.matched_terms == ["bread", "tax"]
    assert [best.paragraph.text[one.start : one.end] for one in best.highlights] == ["bread", "tax"]


def test_semantic_mode_scores_every_paragraph(engine: Engine) -> None:
    response = engine.search(SearchRequest("Bäcker der Altstadt", mode="semantic"))
    assert len(response.hits) == 7
    assert names(response)[0] == "steuer#1"
    assert [hit.semantic and hit.semantic.rank for hit in response.hits] == list(range(1, 8))
    assert [hit.semantic and hit.semantic.score for hit in response.hits] == [hit.score for hit in response.hits]


@pytest.mark.parametrize("mode", ["semantic", "hybrid"])
def test_the_semantic_score_is_the_mean_of_paragraph_and_best_sentence(
    tmp_path: Path, write_corpus: Callable[[list[dict[str, object]]], Path], mode: Mode
) -> None:
    sentences = ["The council raised the bread tax.", "Bakers in the old town protested loudly about it."]
    article = {"id": "a", "title": "Town", "paragraphs": [" ".join(sentences)], "language": "en"}
    folder = tmp_path / "index"
    index_corpus(folder, [write_corpus([article])], "fake")
    encoder = FakeEncoder()
    query = encoder.encode_query(["bakers of the town protested"])[0]
    whole, alone = encoder.encode_paragraphs([f"Town {' '.join(sentences)}", sentences[1]]) @ query
    with Engine(folder) as engine:
        [hit] = engine.search(SearchRequest("bakers of the town protested", mode=mode)).hits
    assert hit.semantic
    assert hit.semantic.score == pytest.approx((whole + alone) / 2, abs=0.005)
    [best] = [one for one in hit.highlights if one.kind == "semantic"]
    assert hit.paragraph.text[best.start : best.end] == sentences[1]


def test_without_sentences_the_score_is_the_cosine(
    tmp_path: Path, write_corpus: Callable[[list[dict[str, object]]], Path]
) -> None:
    folder = tmp_path / "index"
    index_corpus(folder, [write_corpus(ARTICLES)], "fake", sentences=False)
    encoder = FakeEncoder()
    with Engine(folder) as engine:
        [hit, *_] = engine.search(SearchRequest("bread tax", mode="semantic")).hits
    cosine = encoder.encode_query(["bread tax"])[0] @ encoder.encode_paragraphs([hit.paragraph.text])[0]
    assert hit.score == pytest.approx(cosine, abs=1e-4), "vectors are kept in half precision"
    assert [one.kind for one in hit.highlights] == ["keyword", "keyword"]


def test_hybrid_has_both_legs_evidence_on_every_hit(engine: Engine) -> None:
    hybrid = engine.search(SearchRequest("bread tax"))
    keyword = engine.search(SearchRequest("bread tax", mode="keyword"))
    assert list(hybrid.timings_ms)[:4] == ["analysis", "filter", "keyword", "semantic"]
    assert all(hit.semantic is not None for hit in hybrid.hits)
    by_word = {hit.paragraph.row: hit.keyword.score for hit in keyword.hits if hit.keyword}
    assert {hit.paragraph.row: hit.keyword.score for hit in hybrid.hits if hit.keyword} == by_word
    [best, *_] = hybrid.hits
    assert best.paragraph.row == keyword.hits[0].paragraph.row
    assert best.keyword
    assert best.semantic
    assert (best.keyword.rank, best.semantic.rank) == (1, 1)


def test_pages_never_overlap(engine: Engine) -> None:
    whole = names(engine.search(SearchRequest("bread tax")))
    pages = [names(engine.search(SearchRequest("bread tax", limit=2, offset=offset))) for offset in range(0, 8, 2)]
    assert [name for page in pages for name in page] == whole
    assert engine.search(SearchRequest("bread tax", offset=50)).hits == []
    assert engine.search(SearchRequest("bread tax", limit=2)).estimated_total_hits == len(whole)


def test_languages_filter_with_varieties(engine: Engine) -> None:
    found = engine.search(SearchRequest("bread", languages=("zh",)))
    assert {hit.paragraph.language for hit in found.hits} == {"zh-TW"}
    found = engine.search(SearchRequest("bread", languages=("DE", "en"), mode="keyword"))
    assert {hit.paragraph.language for hit in found.hits} == {"de", "en"}
    assert engine.search(SearchRequest("bread", languages=("fr",))).hits == []


def test_overlapping_pairs_are_one_highlight(engine: Engine) -> None:
    [hit, *_] = engine.search(SearchRequest("面包税", mode="keyword")).hits
    assert [hit.paragraph.text[one.start : one.end] for one in hit.highlights] == ["面包税"]


def test_the_same_answer_every_time(engine: Engine) -> None:
    assert names(engine.search(SearchRequest("der"))) == names(engine.search(SearchRequest("der")))


def test_articles_and_paragraphs_by_id(engine: Engine) -> None:
    [hit, *_] = engine.search(SearchRequest("Stadt Steuer", mode="keyword")).hits
    with engine.snapshot() as snapshot:
        paragraph, head = snapshot.store.paragraph(hit.paragraph.id)
        article, paragraphs = snapshot.store.article(head.id)
        assert paragraph == hit.paragraph
        assert paragraph in paragraphs
        assert article.attributes == {"tags": ["Stadt"]}
        assert [article.text[one.start : one.end] for one in paragraphs] == [one.text for one in paragraphs]
        with pytest.raises(NotFound):
            snapshot.store.article("nobody")
        with pytest.raises(NotFound):
            snapshot.store.paragraph("nobody~0")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"q": "  "}, "q"),
        ({"q": "x" * 10_001}, "q"),
        ({"q": "\ud800"}, "q"),
        ({"q": "x", "limit": 0}, "limit"),
        ({"q": "x", "limit": 101}, "limit"),
        ({"q": "x", "offset": -1}, "offset"),
        ({"q": "x", "mode": "magic"}, "mode"),
        ({"q": "x", "languages": ("german!",)}, "languages"),
        ({"q": "x", "query_language": "german!"}, "query_language"),
    ],
)
def test_requests_validate_themselves(fields: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        SearchRequest(**fields)  # type: ignore[arg-type]
    assert caught.value.field == field


def test_a_missing_encoder_leaves_the_keyword_leg(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise EncoderMissing(f"no {name} here.", "Install it.")

    monkeypatch.setattr("paraglot.search.encoders.loaded.load_encoder", missing)
    response = engine.search(SearchRequest("bread tax"))
    assert names(response)[0] == "tax#0"
    assert response.warnings == ["Only keywords were searched: no fake here. Install it."]
    with pytest.raises(EncoderMissing):
        engine.search(SearchRequest("bread tax", mode="semantic"))


def test_a_new_commit_is_served_after_refresh(small_index: Path, engine: Engine) -> None:
    assert not engine.refresh()
    with engine.snapshot() as old:
        delete_articles(small_index, ["tax"])
        assert engine.refresh()
        assert old.store.article("tax")[0].title == "The tax on bread"
    assert engine.manifest.generation == 2
    assert "tax#0" not in names(engine.search(SearchRequest("bread tax")))


def test_what_queries_had_read_is_read_before_a_new_commit_is_served(small_index: Path, engine: Engine) -> None:
    engine.search(SearchRequest("bread", filter="source = Gazette OR tags = Stadt"))
    with engine.snapshot() as before:
        [segment] = before.store.columns.segments
    with Engine(small_index) as idle:
        delete_articles(small_index, ["税"])
        assert engine.refresh()
        assert idle.refresh()
        with engine.snapshot() as warm, idle.snapshot() as cold:
            assert [*warm.store.columns.segments, *cold.store.columns.segments] == [segment, segment]
            assert "sample" in vars(warm)
            assert "sample" not in vars(cold)


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="paraglot index CORPUS"):
        Engine(tmp_path)


def test_damage_is_named(small_index: Path) -> None:
    layout = IndexLayout(small_index)
    segment = layout.generation(1).keyword_part(1).postings
    content = segment.read_bytes()
    segment.write_bytes(content[:-1])
    with Engine(small_index) as engine, pytest.raises(IndexDamaged, match=segment.name):
        engine.search(SearchRequest("bread", mode="keyword"))
    segment.unlink()
    with Engine(small_index) as engine:
        assert [error.message for error in engine.faults] == [
            f"generations/1/keyword/{segment.name}: the file is missing."
        ]
    segment.write_bytes(content)
    layout.current.write_text("seven")
    with pytest.raises(IndexDamaged, match="CURRENT"):
        Engine(small_index)


def test_words_of_another_analyzer_are_refused(small_index: Path) -> None:
    path = IndexLayout(small_index).generation(1).manifest
    path.write_text(replace(read_manifest(path), analyzer="languages-0").to_json(), "utf-8")
    with Engine(small_index) as engine, pytest.raises(IndexMismatch, match="languages-0"):
        engine.search(SearchRequest("bread", mode="keyword"))


def test_rank_is_search_without_reading(engine: Engine) -> None:
    request = SearchRequest("bread tax", limit=3, offset=1)
    hits = engine.search(request).hits
    assert engine.rank(request) == [(hit.paragraph.row, hit.score) for hit in hits]
    assert len(hits) == 3


def test_a_search_whose_time_is_up_says_what_it_left_out(engine: Engine) -> None:
    engine.timeout_s = 0
    response = engine.search(SearchRequest("bread tax"))
    assert response.warnings == ["The time was up: search by meaning was left out."]
    assert response.hits[0].paragraph.text == "The council raised the bread tax."
    assert response.hits[0].semantic is None
    with_meaning = engine.search(SearchRequest("bread tax", mode="semantic"))
    assert with_meaning.warnings == [], "the only stage is never left out"


def test_what_is_set_line_by_line_is_shown_and_marked_so(tmp_path: Path) -> None:
    program = "total = tax\ntax = total * bread\nprint(tax)"
    said = "The council taxed the bread of every baker. " * 3
    (tmp_path / "a.html").write_text(f"<article><p>{said}<pre>{program}</pre></article>")
    index_corpus(tmp_path / "index", [tmp_path / "a.html"], "fake")
    with Engine(tmp_path / "index") as engine:
        hits = engine.search(SearchRequest("total bread", mode="keyword")).hits
    [hit] = [hit for hit in hits if "total" in hit.paragraph.text]
    assert hit.paragraph.text == program
    assert [hit.paragraph.text[one.start : one.end] for one in hit.highlights] == ["total", "total", "bread"]


@pytest.mark.slow
def test_products_of_a_query_have_no_threads_of_their_own(tmp_path: Path) -> None:
    """Where vectors come from outside, no encoder sees to it: a query then took three times the processor's time."""
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(
        json.dumps({"id": "bread", "title": "", "paragraphs": ["Bread."], "vectors": [[1.0, 0.0]]}), "utf-8"
    )
    index_corpus(tmp_path / "index", [corpus], "vectors:2")
    script = (
        "import sys; from paraglot import open_index; from threadpoolctl import ThreadpoolController;"
        "threads = lambda: {own['num_threads'] for own in ThreadpoolController().select(internal_api='openblas').info()};"
        "import numpy; print(threads()); open_index(sys.argv[1]); print(threads())"
    )
    environment = {**os.environ, "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    given = [sys.executable, "-c", script, str(tmp_path / "index")]
    done = subprocess.run(given, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["{2}", "{1}"]
