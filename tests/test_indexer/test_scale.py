"""What must not grow with the index: opening one, refreshing it, committing one paragraph. Counted, not timed."""

from __future__ import annotations

import gc
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from paraglot.indexer.folder.keyword_segments import write_keyword
from paraglot.indexer.folder.stored_drafts import NewRow
from paraglot.indexer.folder.words import Words
from paraglot.search.folder.keyword import segments
from paraglot.search.folder.keyword.keyword import open_keyword
from paraglot.search.folder.layout import Generation, IndexLayout
from paraglot.search.folder.snapshot import open_snapshot
from tests.conftest import index_of

WORDS = [f"{first}{second}" for first in ("bre", "tax", "har", "oli") for second in ("ad", "es", "bour", "ve", "gate")]


def paragraph(row: int, words: int = 12) -> NewRow:
    chance = random.Random(row)
    return NewRow(row, f"Title {row // 10}", "", " ".join([*chance.choices(WORDS, k=words), str(row)]), "", "und")


def write(target: Generation, base: Generation | None, rows: range | list[int], removed: tuple[int, ...] = ()) -> None:
    write_keyword(target, base, list(rows), Words().of(map(paragraph, rows)), removed)


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> list[IndexLayout]:
    """Two indexes, of 300 paragraphs and of four times as many."""
    layouts = [IndexLayout(tmp_path_factory.mktemp("index")) for _ in range(2)]
    for layout, size in zip(layouts, (300, 1200), strict=True):
        write(layout.generation(1), None, range(1, size + 1))
    return layouts


def io(name: str) -> int:
    lines = Path("/proc/thread-self/io").read_text().splitlines()
    return int(dict(line.split(": ") for line in lines)[name])


def cost(call: Callable[[], object], counted: str) -> tuple[int, int]:
    """How many calls of functions something takes, and how many bytes it reads or writes by calls.

    Of this thread alone, and nothing of what other tests left to be thrown away.
    """
    calls = 0

    def seen(*_: object) -> None:
        nonlocal calls
        calls += 1

    gc.collect()
    gc.disable()
    before = io(counted)
    sys.setprofile(seen)
    try:
        kept = call()
    finally:
        sys.setprofile(None)
        gc.enable()
    assert kept is None or kept
    return calls, io(counted) - before


@pytest.mark.skipif(sys.platform != "linux", reason="bytes are counted by /proc")
def test_opening_and_committing_one_paragraph_cost_the_same_in_a_larger_index(sizes: list[IndexLayout]) -> None:
    open_keyword(sizes[0].generation(1), {}).close()
    opened = [cost(lambda one=one: open_keyword(one.generation(1), {}), "rchar") for one in sizes]
    assert opened[1][0] <= opened[0][0] + 20
    held = [sum(path.stat().st_size for path in one.generation(1).keyword.iterdir()) for one in sizes]
    assert opened[1][1] < 1_000 < held[0] < held[1]  # the heads of two files
    written = [
        cost(lambda one=one: write(one.generation(2), one.generation(1), [9000], (7,)), "wchar") for one in sizes
    ]
    assert written[1][0] <= 1.05 * written[0][0]
    assert written[1][1] <= written[0][1] + 200 < 20_000


def test_a_new_generation_opens_what_is_new_in_it(sizes: list[IndexLayout], monkeypatch: pytest.MonkeyPatch) -> None:
    layout, opened = sizes[0], []
    real = segments.Segment
    monkeypatch.setattr(segments, "Segment", lambda part: opened.append(part.number) or real(part))
    served = open_keyword(layout.generation(1), {})
    write(layout.generation(3), layout.generation(1), [9001, 9002], (5, 6))
    del opened[:]
    fresh = open_keyword(layout.generation(3), {})
    assert opened == [2]
    assert fresh.frequency("5") == 0
    assert served.frequency("5") == 1
    served.close()
    assert fresh.rows_with("7", "text") == [7]
    fresh.close()


@pytest.mark.skipif(sys.platform != "linux", reason="bytes are counted by /proc")
def test_opening_all_of_an_index_costs_the_same_where_it_is_larger(tmp_path: Path) -> None:
    layouts = []
    for size in (4, 20):
        (tmp_path / str(size)).mkdir()
        texts = [[paragraph(10 * number + place).text for place in range(5)] for number in range(size)]
        articles = [{"id": str(number), "paragraphs": own, "language": "en"} for number, own in enumerate(texts)]
        layouts.append(IndexLayout(index_of(tmp_path / str(size), articles)))
    open_snapshot(layouts[0]).close()
    opened = [cost(lambda layout=layout: open_snapshot(layout).close(), "rchar") for layout in layouts]
    assert opened[1][0] <= 1.05 * opened[0][0]
    assert opened[1][1] <= 1.05 * opened[0][1]
