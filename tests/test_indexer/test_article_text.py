"""What the record of an article keeps of its text, and what is made of that again: the same, to the letter."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.indexer.care.export import export_articles
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.care.rollback import roll_back
from paraglot.indexer.care.verify import verify_index
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.store.article_text import kept_text, whole_text
from paraglot.search.folder.store.schema import ARTICLE_COLUMNS, record_checksum

Write = Callable[[list[dict[str, object]]], Path]

WRAPPED = "The council raised\nthe bread tax.\n\nBakers in the old town\nprotested loudly.\n\nNobody listened."
GIVEN = ["Der Rat hat die Steuer erhöht.", "Die Bäcker protestierten. 🥖", "市议会提高了面包税。"]


@pytest.mark.parametrize("seed", range(200))
def test_a_text_is_made_again_whatever_its_paragraphs_are(seed: int) -> None:
    chance = random.Random(seed)
    text = "".join(chance.choices("aé税🥖 \n,1", k=chance.randint(0, 60)))
    ends = sorted(chance.choices(range(len(text) + 1), k=2 * chance.randint(0, 5)))
    spans = list(zip(ends[::2], ends[1::2], strict=True))
    texts = [text[start:end].replace("\n", chance.choice(" \n")) for start, end in spans]
    kept = kept_text(text, zip(spans, texts, strict=True))
    assert isinstance(kept, bytes)
    assert whole_text(kept, spans, texts) == text
    alike = sum(end - start for (start, end), own in zip(spans, texts, strict=True) if text[start:end] == own)
    assert len(kept.decode().partition("\n")[2]) == len(text) - alike


def test_paragraphs_that_overlap_leave_it_whole() -> None:
    assert kept_text("abc", [((0, 2), "ab"), ((1, 3), "bc")]) == whole_text("abc", [(0, 2), (1, 3)], ["ab", "bc"])


@pytest.fixture
def index(tmp_path: Path, write_corpus: Write) -> Path:
    articles: list[dict[str, object]] = [
        {"id": "wrapped", "title": "Tax", "text": WRAPPED, "language": "en"},
        {"id": "given", "title": "Steuer", "paragraphs": GIVEN, "language": "de"},
    ]
    index_corpus(tmp_path / "index", [write_corpus(articles)], "fake")
    return tmp_path / "index"


def told(index: Path) -> dict[str, str]:
    with Engine(index) as engine, engine.view() as view:
        return {id_: view.article(id_)[0].text for id_ in ("given", "wrapped")}


def test_articles_and_exports_have_it_whole_and_the_store_once(index: Path) -> None:
    whole = {"given": "\n\n".join(GIVEN), "wrapped": WRAPPED}
    assert told(index) == whole
    given, wrapped = export_articles(index)
    assert (given["paragraphs"], wrapped["text"]) == (GIVEN, WRAPPED)
    with sqlite3.connect(index / "store.sqlite") as connection:
        kept = dict(connection.execute("SELECT id, text FROM article"))
    assert kept["given"] == b"\n\n\n\n\n"
    assert b"Bakers in the old town\nprotested" in kept["wrapped"]
    assert b"Nobody" not in kept["wrapped"]
    rebuild_index(index)
    assert told(index) == whole


def test_former_generations_have_theirs(index: Path, write_corpus: Write) -> None:
    before = told(index)
    index_corpus(index, [write_corpus([{"id": "given", "paragraphs": GIVEN[1:], "language": "de"}])])
    assert told(index)["given"] == "\n\n".join(GIVEN[1:])
    roll_back(index)
    assert told(index) == before


def test_a_text_that_is_none_is_damage(index: Path) -> None:
    delete_articles(index, ["wrapped"])
    with sqlite3.connect(index / "store.sqlite") as connection:
        connection.row_factory = sqlite3.Row
        [record] = connection.execute("SELECT * FROM article WHERE id = 'given'")
        values = {**record, "text": b"\n\xff"}
        checksum = record_checksum([values[name] for name in ARTICLE_COLUMNS])
        connection.execute("UPDATE article SET text = ?, checksum = ? WHERE id = 'given'", [values["text"], checksum])
    with pytest.raises(IndexDamaged, match="no text can be made of an article"):
        list(export_articles(index))


def test_a_bit_of_what_stands_between_is_seen(index: Path) -> None:
    with sqlite3.connect(index / "store.sqlite") as connection:
        connection.execute("UPDATE article SET text = ? WHERE id = 'given'", [b"\n\n\n\n "])
    assert any("article 'given' is not what its checksum says" in fault for fault in verify_index(index).faults)
    with pytest.raises(IndexDamaged, match="article 'given'"):
        told(index)


def test_articles_of_an_earlier_version_have_theirs_whole(index: Path) -> None:
    with sqlite3.connect(index / "store.sqlite") as connection:
        connection.row_factory = sqlite3.Row
        for record in connection.execute("SELECT * FROM article").fetchall():
            text = "\n\n".join(GIVEN) if record["id"] == "given" else WRAPPED
            checksum = record_checksum([{**record, "text": text}[name] for name in ARTICLE_COLUMNS])
            connection.execute(
                "UPDATE article SET text = ?, checksum = ? WHERE key = ?", [text, checksum, record["key"]]
            )
    assert verify_index(index).faults == []
    assert told(index) == {"given": "\n\n".join(GIVEN), "wrapped": WRAPPED}
    assert json.loads(json.dumps(next(export_articles(index))))["paragraphs"] == GIVEN
