"""Columns over many segments say what those of one say; what is not a file of columns is named."""

from __future__ import annotations

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import pytest

from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.indexer.care.verify import verify_index
from paraglot.indexer.folder import parts
from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.arrays import map_arrays, map_npy, write_arrays
from paraglot.search.folder.coded import Coder, decoded
from paraglot.search.folder.columns import Segment
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.segment_columns import ColumnArrays, ColumnsBuilder, RowFacts, RowGist
from paraglot.search.folder.snapshot import Snapshot, open_snapshot
from paraglot.search.query.filters import parse_filter

FILTERS = [
    *("tags = x", "tags IN [x, 7]", "tags != x", "n > 3", "n <= 2", "n EXISTS", "NOT n EXISTS", "who.name = 'Ana'"),
    *("date >= 2024-03", "date < 2024-03-02", "date = 2024", "source = A OR language = zh", "id = b AND tags = y"),
]


def article(chance: random.Random, id_: str) -> dict[str, object]:
    """Few texts and values, so that all of them come up in several segments."""
    made: dict[str, object] = {"id": id_, "title": chance.choice(["Bread", "Tax"])}
    made["language"] = chance.choice(["en", "de", "zh-TW"])
    made["paragraphs"] = chance.sample(["One.", "Two.", "Three.", "Four."], chance.randint(1, 3))
    choices = {
        "tags": [["x"], ["x", "y"], "y", 7, True],
        "n": [1, 2.5, 4, "4"],
        "who": [{"name": "Ana"}, {"name": ["Bo", "Ana"]}],
        "date": ["2024-03-01", "2024-03", "2023-12-31T10:00:00Z", None],
        "source": ["A", "B"],
    }
    return made | {name: chance.choice(own) for name, own in choices.items() if chance.random() < 0.7}


def write(index: Path, articles: list[dict[str, object]]) -> None:
    corpus = index.with_suffix(".jsonl")
    corpus.write_text("".join(json.dumps(one) + "\n" for one in articles))
    index_corpus(index, [corpus], "fake")


def said(view: Snapshot) -> list[object]:
    """All that the columns of a view say, by the ids of paragraphs: rows differ."""
    store = view.store
    rows = store.rows()
    ids = {row: paragraph.id for row, (paragraph, _) in zip(rows, store.paragraphs(rows), strict=True)}
    names = store.attributes.names()
    dates = [None if np.isnan(one) else one for one in store.attributes.dates(rows).tolist()]
    per_row = [store.languages(rows), dates, *(store.attributes.values(name, rows) for name in names)]
    by_id = sorted(zip(map(ids.__getitem__, rows), *per_row, strict=True), key=lambda one: str(one[0]))
    passed = [sorted(ids[row] for row in store.attributes.rows(parse_filter(one))) for one in FILTERS]
    zh = sorted(ids[row] for row in store.rows_in_languages(["zh"]))
    articles = {ids[row]: own for row, own in store.article_ids(rows).items()}
    return [by_id, passed, zh, names, view.languages(), view.manifest.articles, view.manifest.languages, articles]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_any_history_says_what_a_fresh_index_says(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MAX_PART_BYTES", 4 * 64 * 6)  # six rows a segment
    chance, living = random.Random(seed), {}
    index, fresh = tmp_path / "index", tmp_path / "fresh"
    for _ in range(6):
        some = [article(chance, id_) for id_ in chance.sample("abcdefgh", 3)]
        write(index, some)
        living |= {str(one["id"]): one for one in some}
        gone = chance.sample(sorted(living), chance.randint(0, 1))
        if gone:
            delete_articles(index, gone)
            living = {id_: one for id_, one in living.items() if id_ not in gone}
    write(fresh, list(living.values()))
    opened, expected = open_snapshot(IndexLayout(index)), open_snapshot(IndexLayout(fresh))
    assert said(opened) == said(expected)
    for forced in ("tags = x", "language = de", "n EXISTS"):
        assert said(opened.within(forced)) == said(expected.within(forced))
    opened.close()
    expected.close()
    assert verify_index(index).faults == []


def test_arrays_come_back_and_cannot_be_written(tmp_path: Path) -> None:
    arrays = {"a": np.arange(5, dtype=np.int64), "none": np.empty(0, np.float64), "b": np.array([1, 2], np.uint8)}
    with (tmp_path / "file").open("wb") as out:
        write_arrays(out, {"said": ["ä"]}, arrays)
    facts, found = map_arrays(tmp_path / "file")
    assert facts == {"said": ["ä"]}
    assert {name: own.tolist() for name, own in found.items()} == {"a": [0, 1, 2, 3, 4], "none": [], "b": [1, 2]}
    with pytest.raises(ValueError, match="read-only"):
        found["a"][0] = 7


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"PGAR", b"PGAX"), (b'"<i8", 5', b'"<i8", 9'), (b'"<i8"', b'"|O8"'), (b'"arrays"', b'"arrayz"'), (b"{", b"[")],
)
def test_no_array_leads_out_of_its_file(tmp_path: Path, old: bytes, new: bytes) -> None:
    path = tmp_path / "file"
    with path.open("wb") as out:
        write_arrays(out, {}, {"a": np.arange(5, dtype=np.int64)})
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    with pytest.raises(IndexDamaged, match="file: cannot be read"):
        map_arrays(path)
    for length in (0, 3, 20, path.stat().st_size - 1):
        path.write_bytes(path.read_bytes()[:length])
        with pytest.raises(IndexDamaged, match="file: cannot be read"):
            map_arrays(path)


@pytest.mark.parametrize("distinct", [0, 3, 70_000])
def test_records_are_what_was_taken_in_however_many_there_are(distinct: int) -> None:
    every = np.random.default_rng(0).integers(0, 1 << 64, distinct, np.uint64)
    given = [own.tobytes() for own in np.array_split(np.concatenate([every, every[::-2]]), 7)]
    coder = Coder()
    for packed in [*given, b""]:
        coder.add(packed)
    arrays = dict(coder.arrays("marks"))
    assert ("marks.high" in arrays) == (distinct > 1 << 16)
    places = np.array([7, 3, 3, 0, 6])
    records, counts = decoded(arrays, "marks", places)
    wanted = [[*given, b""][place] for place in places]
    assert (records.tobytes(), counts.tolist()) == (b"".join(wanted), [len(own) // 8 for own in wanted])


def test_a_record_that_there_is_not_is_damage() -> None:
    builder = ColumnsBuilder()
    builder.add(RowFacts(1, 0, "en", "a", "", None, None, None, "{}"), RowGist(b"8 bytes."))
    columns = builder.build("lexicon")
    assert Segment(columns).gists("marks", np.array([0]))[0].tobytes() == b"8 bytes."
    damaged = {**columns.arrays, "marks.low": np.array([1], np.uint16)}
    with pytest.raises(IndexDamaged, match="no such marks"):
        Segment(ColumnArrays(columns.facts, damaged)).gists("marks", np.array([0]))


def test_gists_of_an_earlier_version_are_read_as_they_are() -> None:
    builder = ColumnsBuilder()
    builder.add(RowFacts(1, 0, "en", "a", "", None, None, None, "{}"))
    _, arrays = builder.build()
    facts = {"attributes": ["language", "id", "title"], "marks": "lexicon", "pieces": ""}
    packed = {"marks.starts": np.array([0, 8]), "marks.bytes": np.frombuffer(b"8 bytes.", np.uint8)}
    segment = Segment(ColumnArrays(facts, {**arrays, **packed}))
    assert segment.made_by("marks") == "lexicon"
    assert segment.gists("marks", np.array([0]))[0].tobytes() == b"8 bytes."


def test_heads_of_numpys_files_are_read_by_one_thread_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python's parser fails now and then in two threads at once, and a sound file would be called damaged."""
    np.save(tmp_path / "rows.npy", np.arange(3))
    begin, inside, most = Barrier(4), list[int](), list[int]()
    read_header = np.lib.format.read_array_header_1_0

    def watched(*given: Any, **how: Any) -> Any:
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.02)
        head = read_header(*given, **how)
        inside.pop()
        return head

    def read(_: int) -> list[int]:
        begin.wait()
        return [int(one) for one in map_npy(tmp_path / "rows.npy")]

    monkeypatch.setattr(np.lib.format, "read_array_header_1_0", watched)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, range(4))) == [[0, 1, 2]] * 4
    assert most == [1] * 4
