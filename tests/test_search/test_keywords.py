"""What the keyword index of a folder does beyond its contract, with each engine; and that the engines say the same."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyroaring import BitMap

from paraglot.indexer.folder import keyword_segments, keyword_tantivy
from paraglot.indexer.folder.commit import KeywordChange, write_words
from paraglot.indexer.folder.stored_drafts import NewRow
from paraglot.indexer.folder.words import Words as Analysis
from paraglot.search.contracts.keywords import asked, rows
from paraglot.search.folder.keyword.keyword import KeywordIndex, open_keyword
from paraglot.search.folder.layout import Generation, IndexLayout
from paraglot.search.query.query_terms import KeywordQuery

ENGINES = ("whoosh", "tantivy")


@dataclass(frozen=True)
class Words:
    """One engine."""

    engine: str

    def write(self, target: Generation, base: Generation | None, new: Sequence[NewRow], removed: Sequence[int]) -> None:
        write_words(target, KeywordChange(base, [one.row for one in new], Analysis().of(new), removed, self.engine))

    def open(self, generation: Generation, languages: Mapping[str, int]) -> KeywordIndex:
        return open_keyword(generation, languages, self.engine)


@pytest.fixture(params=ENGINES)
def words(request: pytest.FixtureRequest) -> Words:
    return Words(request.param)


def new_row(row: int, text: str, title: str = "") -> NewRow:
    return NewRow(row, title, "", text, str(hash(text)), "und")


def test_a_part_says_what_an_index_of_it_alone_would_say(tmp_path: Path, words: Words) -> None:
    own = [NewRow(row, f"Bread {row % 3}", "", f"tax {'bread ' * row}", "", "en") for row in range(1, 20)]
    hidden = [NewRow(row, "Bread", "", "tax on bread, secret", "", "de") for row in range(20, 90)]
    words.write((layout := IndexLayout(tmp_path / "whole")).generation(1), None, [*own, *hidden], [])
    whole = words.open(layout.generation(1), {"en": 19, "de": 70})
    words.write((layout := IndexLayout(tmp_path / "alone")).generation(1), None, own, [])
    alone = words.open(layout.generation(1), {"en": 19})
    part = whole.within(BitMap(range(1, 20)), {"en": 19})
    for query in (asked("bread", "tax"), asked("secret", "1"), asked("en:tax", "bread tax")):
        assert part.search(query, 5) == alone.search(query, 5)
        assert part.coverage(query, range(1, 25)) == alone.coverage(query, range(1, 25))
    assert part.rows() == alone.rows()
    assert part.vocabulary("s") == alone.vocabulary("s") == []
    assert whole.scores(asked("tax"), [1]) != alone.scores(asked("tax"), [1])
    whole.close()
    alone.close()


def test_removed_paragraphs_are_not_counted_before_their_segment_is_merged(tmp_path: Path, words: Words) -> None:
    layout = IndexLayout(tmp_path)
    words.write(layout.generation(1), None, [new_row(row, f"bread {row}") for row in range(1, 30)], [])
    words.write(layout.generation(2), layout.generation(1), [new_row(30, "tax")], [1, 2])
    index = words.open(layout.generation(2), {})
    assert (index.frequency("bread"), index.frequency("1"), index.frequency("tax")) == (27, 0, 1)
    index.close()


def test_it_counts_idf_over_all_segments(tmp_path: Path, words: Words) -> None:
    layout = IndexLayout(tmp_path)
    words.write(layout.generation(1), None, [new_row(1, "bread"), new_row(2, "tax")], [])
    words.write(layout.generation(2), layout.generation(1), [new_row(3, "bread")], [])
    index = words.open(layout.generation(2), {})
    bread, rare = math.log(3 / (2 + 1)) + 1, math.log(3 / (0 + 1)) + 1
    assert index.coverage(asked("bread", "rare"), [1]) == [pytest.approx(bread**2 / (bread**2 + rare**2))]
    index.close()


def test_idf_counts_the_paragraphs_of_a_terms_language(tmp_path: Path, words: Words) -> None:
    layout = IndexLayout(tmp_path)
    own = [
        NewRow(row, "", "", text, "", tag) for row, text, tag in ((1, "tax", "en"), (2, "bread", "en"), (3, "x", "de"))
    ]
    words.write(layout.generation(1), None, own, [])
    index = words.open(layout.generation(1), {"en-GB": 1, "en": 1, "de": 1})
    stem, surface = math.log(2 / (1 + 1)) + 1, math.log(3 / (1 + 1)) + 1
    of_stem, of_surface = (index.scores(asked(term), [1])[0] for term in ("en:tax", "tax"))
    assert of_stem / of_surface == pytest.approx(stem / surface, abs=1e-5)
    index.close()


def test_a_title_counts_less_than_the_text(tmp_path: Path, words: Words) -> None:
    layout = IndexLayout(tmp_path)
    words.write(layout.generation(1), None, [new_row(1, "olive", "bread"), new_row(2, "bread", "olive")], [])
    index = words.open(layout.generation(1), {})
    assert rows(index.search(asked("bread"), 5)) == [2, 1]
    index.close()


def test_the_generation_before_stays_as_it_was(tmp_path: Path, words: Words) -> None:
    layout = IndexLayout(tmp_path)
    words.write(layout.generation(1), None, [new_row(1, "bread"), new_row(2, "bread")], [])
    before = {path.name: path.read_bytes() for path in layout.generation(1).keyword.iterdir()}
    for number in range(2, 8):
        base = layout.generation(number - 1)
        words.write(layout.generation(number), base, [new_row(number + 1, "bread")], [number - 1])
    assert {path.name: path.read_bytes() for path in layout.generation(1).keyword.iterdir()} == before
    index = words.open(layout.generation(1), {})
    assert rows(index.search(asked("bread"), 9)) == [1, 2]
    index.close()
    index = words.open(layout.generation(7), {})
    assert rows(index.search(asked("bread"), 9)) == [7, 8]
    index.close()


TERMS = [f"{first}{second}" for first in ("bre", "tax", "har", "oli") for second in ("ad", "es", "bour", "ve", "gate")]


def paragraph(row: int) -> NewRow:
    chance = random.Random(row)
    text = " ".join([*chance.choices(TERMS, range(len(TERMS), 0, -1), k=12), str(row)])
    return NewRow(row, f"Title {row // 10}", "", text, "", "und")


def history(words: Words, layout: IndexLayout, seed: int) -> list[int]:
    """Eight commits. Returns the rows that are left."""
    chance = random.Random(seed)
    living: list[int] = []
    for number in range(1, 9):
        removed = chance.sample(living, chance.randint(0, len(living)) if chance.random() < 0.6 else 0)
        added = range(100 * number, 100 * number + chance.choice((0, 1, 2, 11, 40)))
        base = layout.generation(number - 1) if number > 1 else None
        words.write(layout.generation(number), base, [paragraph(row) for row in added], removed)
        living = sorted({*living, *added} - set(removed))
    return living


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_history_an_index_says_what_one_made_at_once_says_whichever_its_engine(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts are small and memory is short, so that there are merges of all kinds."""
    for module in (keyword_segments, keyword_tantivy):
        monkeypatch.setattr(module, "MOST_ROWS", 24)
    monkeypatch.setattr(keyword_segments, "MOST_POSTINGS", 60)
    indexes = []
    for words in map(Words, ENGINES):
        layout, at_once = (IndexLayout(tmp_path / words.engine / name) for name in ("index", "at once"))
        living = history(words, layout, seed)
        words.write(at_once.generation(1), None, [paragraph(row) for row in living], [])
        indexes += [words.open(layout.generation(8), {}), words.open(at_once.generation(1), {})]
    first, *others = indexes
    for other in others:
        same(first, other, living)


def same(one: KeywordIndex, other: KeywordIndex, living: list[int]) -> None:
    """To the last digit."""
    assert list(one.rows()) == list(other.rows()) == living
    for prefix in ("", "t", "tax", "1"):
        assert one.vocabulary(prefix) == other.vocabulary(prefix)
    for terms in ([word] for word in [*TERMS, *map(str, living), "title"]):
        query = KeywordQuery.of_terms(terms)
        assert one.search(query, 1000) == other.search(query, 1000)
        assert one.statistics(terms) == other.statistics(terms)
        assert one.rows_with(terms[0]) == other.rows_with(terms[0])
    query = KeywordQuery.of_terms(TERMS[:3])
    for own in (living, living[::-1]):
        assert one.scores(query, own) == other.scores(query, own)
        assert one.coverage(query, own) == other.coverage(query, own)
    assert one.covering(query, 0.5) == other.covering(query, 0.5)
    if living:
        seen = BitMap(living[::3])
        assert one.within(seen, {}).search(query, 50) == other.within(seen, {}).search(query, 50)
