"""Random histories: whatever was done to an index, it answers as a fresh index of the same articles does."""

from __future__ import annotations

import json
import tempfile
from math import nan
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.care.rollback import roll_back
from paraglot.indexer.care.verify import verify_index
from paraglot.indexer.folder import parts
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import NotFound
from paraglot.search.types import MODES, SearchRequest
from tests.test_indexer.test_build import everything

Corpus = dict[str, list[str]]

WORDS = ["alpha", "bread", "council", "delta", "echo", "tax"]
NAMES = st.sampled_from("abcdef")
PARAGRAPHS = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), min_size=1, max_size=4, unique=True
)
ACTIONS = st.one_of(
    st.tuples(st.just("put"), st.dictionaries(NAMES, PARAGRAPHS, min_size=1, max_size=4)),
    st.tuples(st.just("delete"), NAMES),
    st.tuples(st.just("prune"), st.sets(NAMES)),
    st.tuples(st.just("rollback"), st.none()),
    st.tuples(st.just("rebuild"), st.booleans()),
)


class Model:
    """What an index must hold: a plain dictionary for each generation."""

    def __init__(self, folder: Path) -> None:
        self.corpus, self.index, self.fresh = folder / "corpus.jsonl", folder / "index", folder / "fresh"
        self.living: Corpus = {"z": ["bread tax", "council"]}
        self.before: Corpus | None = None
        self.run(self.living)

    def run(self, articles: Corpus, prune: bool = False) -> None:
        self.write(articles)
        index_corpus(self.index, [self.corpus], "fake", prune=prune)

    def write(self, articles: Corpus) -> None:
        # Some under one title: their equal paragraphs share their vectors.
        titles = {one: "same" if one in "abcd" else one for one in articles}
        lines = (
            {"id": one, "title": titles[one], "paragraphs": own, "language": "en"} for one, own in articles.items()
        )
        self.corpus.write_text("".join(json.dumps(line) + "\n" for line in lines))

    def becomes(self, articles: Corpus) -> None:
        if articles != self.living:
            self.before, self.living = self.living, articles

    def do(self, action: str, given: object) -> None:
        if action == "put":
            assert isinstance(given, dict)
            self.run(given)
            self.becomes(self.living | given)
        elif action == "delete":
            self.delete(str(given))
        elif action == "prune":
            assert isinstance(given, set)
            kept = {name: own for name, own in self.living.items() if name not in given}
            if kept:
                self.run(kept, prune=True)
                self.becomes(kept)
        elif action == "rebuild":
            rebuild_index(self.index, sentences=bool(given))
            self.before = self.living
        elif self.before is not None:
            roll_back(self.index)
            # What is before the one before is kept no longer.
            self.living, self.before = self.before, None

    def delete(self, name: str) -> None:
        if name in self.living:
            delete_articles(self.index, [name])
            self.becomes({one: own for one, own in self.living.items() if one != name})
        else:
            with pytest.raises(NotFound):
                delete_articles(self.index, [name])

    def check(self) -> None:
        assert verify_index(self.index).faults == []
        with Engine(self.index) as engine:
            sentences = engine.manifest.sentences
        self.write(self.living)
        index_corpus(self.fresh, [self.corpus], "fake", sentences=sentences)
        assert everything(self.index) == everything(self.fresh)
        with Engine(self.index) as one, Engine(self.fresh) as other:
            for mode in MODES:
                for query in ("bread", "tax council delta", "echo alpha zulu", "council OR del*"):
                    request = SearchRequest(query, limit=50, mode=mode)
                    ours, fresh = hits(one, request), hits(other, request)
                    assert ours.keys() == fresh.keys(), (mode, query)
                    for id_, numbers in ours.items():
                        assert numbers == pytest.approx(fresh[id_], abs=1e-4, nan_ok=True), (mode, query, id_)


Hits = dict[str, list[float]]


def hits(engine: Engine, request: SearchRequest) -> Hits:
    """What is found, by id: score, relevance, the scores of both legs (nan where one did not find it).

    Rows, which order equal scores, differ from history to history, and so does which of several copies stands for the
    others: the first by id does here.
    """
    found = engine.search(request).hits
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    numbers = {
        min([hit.paragraph.id, *(copy.id for copy in hit.also_in)]): [
            hit.score,
            hit.relevance,
            *(leg.score if leg else nan for leg in (hit.keyword, hit.semantic)),
        ]
        for hit in found
    }
    assert len(numbers) == len(found)
    return numbers


@pytest.mark.slow
@settings(
    max_examples=12,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(ACTIONS, min_size=1, max_size=6))
@example(
    # "delta" is in no paragraph any more: "del*" must not go on looking for it.
    [
        ("put", {"c": ["council alpha", "alpha delta", "tax"], "b": ["echo delta"], "a": ["tax delta delta echo"]}),
        ("prune", {"a", "b", "c"}),
        ("put", {"e": ["tax bread"]}),
    ]
)
def test_any_history_answers_as_a_fresh_index(history: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "MAX_PART_BYTES", 4 * 64 * 5)  # five rows a part, so that all ways of merging come up
        model = Model(Path(folder))
        for action, given_ in history:
            model.do(action, given_)
        model.check()
