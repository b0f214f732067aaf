"""Copies count as one: in the sample that stands for chance, and among the candidates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraglot.indexer.build import index_corpus
from paraglot.search.candidates import Candidates
from paraglot.search.encoders.chance import Chance
from paraglot.search.engine.engine import open_index
from paraglot.search.memory.index import MemoryIndex, divided
from paraglot.search.parts.copies import distinct, shared_runs, shares
from paraglot.search.ranking.fusion import fused_scores, within_languages
from paraglot.search.types import Article, Mode, SearchRequest

ALMOST = np.array([0.96, 0.28], np.float32)  # nearer than 0.95 to (1, 0), farther from (0, 1)


def test_what_copies_share() -> None:
    one, other = np.eye(2, dtype=np.float32)
    assert shares(np.stack([one, other, ALMOST, one])) == pytest.approx([1 / 3, 1, 1 / 3, 1 / 3])
    vectors = np.stack([one, other, ALMOST, other])
    assert distinct(vectors) == [0, 1]
    assert distinct(vectors, one[np.newaxis]) == [1]
    assert distinct(vectors, alike=2) == [0, 1, 2, 3]
    assert distinct(np.stack([*vectors, one, other]), one[np.newaxis], alike=2) == [0, 1, 3]


def test_a_few_that_are_alike_do_not_tell_what_chance_is() -> None:
    # Of three alike the deviation is 0.1 / sqrt(4); of none it is 0.1 itself.
    score = np.array([0.3])
    assert Chance([0.2] * 3, ["en"] * 3).deviations(score, ["xx"]) == pytest.approx([2])
    assert Chance([], []).deviations(score, ["xx"]) == pytest.approx([3])


def test_copies_among_the_candidates_change_no_score() -> None:
    semantic, keyword, coverage = [0.2, 0.6, 0.4], [9.0, 0.0, 0.0], [1.0, 0.0, 0.0]
    alone = Candidates.of([1, 2, 3], semantic=semantic, keyword=keyword, coverage=coverage)
    copied = Candidates.of(
        range(1, 43),
        semantic=semantic + [0.4] * 39,
        keyword=keyword + [0.0] * 39,
        coverage=coverage + [0.0] * 39,
        shares=[1.0, 1.0] + [1 / 40] * 40,
    )
    assert fused_scores(copied)[:3] == pytest.approx(fused_scores(alone))
    values, halves = np.array([4.0, 6.0, 2.0, 2.0]), np.array([1, 1, 0.5, 0.5])
    for deviations in (False, True):
        assert within_languages(values, ["en", "en", "de", "de"], halves, deviations)[:3] == pytest.approx(
            within_languages(values[:3], ["en", "en", "de"], deviations=deviations)
        )


@pytest.mark.slow
@pytest.mark.parametrize(
    "repeated",
    [
        "The quick brown badger digs a tunnel under the old vineyard. " * 10_000,
        "\n\n".join(f"Invoice {number} was paid on time by a customer in full." for number in range(300)),
    ],
    ids=["sentence", "template"],
)
def test_a_file_of_repeated_text_leaves_relevance_as_it_was(tmp_path: Path, repeated: str) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    articles = (
        "Bakers protest against the new tax on bread.",
        "The parliament voted on the budget for schools. Teachers had demanded more money.",
        "A court sentenced the banker to four years. He had falsified accounts.",
        "Heavy rain flooded the river valley. Hundreds were evacuated from their homes.",
        "Scientists discovered a new species of frog. It lives in the mountains of Peru.",
        "An orchestra played Beethoven in the park. Thousands came to listen.",
    )
    for number, text in enumerate(articles):
        (corpus / f"a{number}.md").write_text(f"Article {number}\n\n{text}\n", "utf-8")
    (corpus / "huge.txt").write_text(f"Huge\n\n{repeated}\n", "utf-8")
    assert index_corpus(tmp_path / "index", [corpus]).skipped == []
    with open_index(tmp_path / "index") as engine:
        found = engine.search(SearchRequest("tax on bread", limit=30, min_relevance=0.5))
    assert [hit.paragraph.article_id for hit in found.hits] == ["a0.md"]


@pytest.mark.slow
def test_what_copies_crowd_out_of_a_window_is_found_all_the_same() -> None:
    """130 copies are nearer to the query than what says it in French and Russian without a word of it."""
    index = MemoryIndex()
    others: tuple[tuple[str, str], ...] = (
        ("fr", "Chaque client a réglé sa facture dans les délais."),
        ("ru", "Клиенты вовремя оплатили все счета."),
        ("en", "The frog lives in the mountains of Peru."),
    )
    with index.change() as change:
        told = "Invoices were paid on time by every customer of the firm, as page {} of the report says once more."
        copies = [(f"copy{number}", "en", told.format(number)) for number in range(130)]
        for id_, language, text in [*copies, *((language, language, text) for language, text in others)]:
            article = Article(id_, "", text, language=language)
            change.put(article, divided(article))
        change.commit()
    with open_index(index) as engine:
        modes: tuple[Mode, ...] = ("hybrid", "semantic")
        for mode in modes:
            request = SearchRequest("Invoices were paid on time by the customers", mode=mode, limit=100)
            found = [hit.article.id for page in (0, 100) for hit in engine.search(replace(request, offset=page)).hits]
            assert {"fr", "ru"} <= set(found), mode
            assert len(found) == len(set(found))


@given(
    st.lists(
        st.lists(st.sampled_from(["The council ", "raised ", "the bread tax ", "面包税", "und mehr ", "ẞ", "\u2003"]))
        .map("".join)
        .flatmap(lambda text: st.sampled_from([text, text * 9, text.upper()])),
        min_size=1,
        max_size=6,
    )
)
def test_shared_runs_are_those_of_the_sets(texts: list[str]) -> None:
    """As one would write it: of the sets of all runs the intersection over the union."""
    squeezed = ["".join(text.casefold().split()) for text in texts]
    runs = [{text[at : at + 8] for at in range(max(len(text) - 7, 1))} for text in squeezed]
    expected = [[len(one & other) / len(one | other) for other in runs] for one in runs]
    assert shared_runs(texts).tolist() == expected


def test_runs_of_long_texts_are_counted_in_steps() -> None:
    # No character comes twice, and each text begins a hundred after the one before: of 20,000 less 7 runs.
    characters = "".join(map(chr, range(0x4E00, 0x4E00 + 20_200)))
    shared = shared_runs([characters[at : at + 20_000] for at in (0, 100, 200)])
    assert shared[0].tolist() == [1, 19_893 / 20_093, 19_793 / 20_193]
