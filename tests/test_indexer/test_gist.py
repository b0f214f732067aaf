"""What a commit keeps of the words: the same as reading them, and gone with the paragraph."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from paraglot.indexer.build import index_corpus
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.folder import column_parts
from paraglot.search.encoders.builtin.encoder import BuiltinEncoder
from paraglot.search.encoders.pieces import pieces_of
from paraglot.search.engine.engine import Engine
from paraglot.search.folder.gist import marks_of, pieces_of_rows
from paraglot.search.lexicon.lexicon import LEXICON_VERSION, open_lexicon
from paraglot.search.types import SearchRequest

BREAD = {"id": "a", "title": "Bread", "paragraphs": ["The price of bread rose.", "Bakers shrug."], "language": "en"}
BROT = {"id": "b", "title": "Brot", "paragraphs": ["Der Preis des Brotes stieg."], "language": "de"}

Write = Callable[[list[dict[str, object]]], Path]


def kept(index: Path) -> dict[int, str]:
    """Row → the encoder that made its pieces."""
    with Engine(index) as engine, engine.snapshot() as snapshot:
        rows, by = snapshot.store.rows(), snapshot.manifest.encoder.fingerprint
        return dict.fromkeys(snapshot.store.gists("pieces", rows, by)[0], by)


def scores(index: Path) -> dict[str, tuple[float, float]]:
    with Engine(index) as engine:
        return {hit.paragraph.text: (hit.score, hit.relevance) for hit in engine.search(SearchRequest("Brot")).hits}


@pytest.fixture
def index(tmp_path: Path, write_corpus: Write) -> Path:
    index_corpus(tmp_path / "index", [write_corpus([BREAD, BROT])], "builtin-fast")
    return tmp_path / "index"


def test_it_is_what_reading_gives(index: Path) -> None:
    encoder = BuiltinEncoder()
    texts = ["The price of bread rose.", "Bakers shrug.", "Der Preis des Brotes stieg."]
    with Engine(index) as engine, engine.view() as view:
        snapshot = view.snapshot
        rows = snapshot.store.rows()
        assert snapshot.store.bodies(rows) == texts
        assert set(snapshot.store.gists("marks", rows, LEXICON_VERSION)[0]) == set(rows)
        marks = marks_of(snapshot, rows)
        pieces = pieces_of_rows(snapshot, encoder, rows)
    read = [open_lexicon().marks(f"Bread\n\n{text}", "en") for text in texts[:2]]
    read.append(open_lexicon().marks(f"Brot\n\n{texts[2]}", "de"))
    assert [[one.tolist() for one in own] for own in marks] == [[one.tolist() for one in own] for own in read]
    cut = pieces_of(encoder, texts)
    assert [[one.tolist() for one in own] for own in pieces] == [[one.tolist() for one in own] for own in cut]


@pytest.mark.slow
@pytest.mark.parametrize("by", ["LEXICON_VERSION", "pieces_by"])
def test_what_another_lexicon_or_encoder_made_does_not_count(
    tmp_path: Path, write_corpus: Write, index: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    # A processor may round a vector that was encoded in other company otherwise.
    with_gists = {text: pytest.approx(both, abs=1e-4) for text, both in scores(index).items()}
    with monkeypatch.context() as patch:
        if by == "pieces_by":
            patch.setattr(column_parts, "piece_encoder", lambda _: None)
        else:
            patch.setattr(column_parts, "LEXICON_VERSION", "another")
        index_corpus(tmp_path / "other", [write_corpus([BREAD, BROT])], "builtin-fast")
    assert scores(tmp_path / "other") == with_gists
    changed = BROT | {"paragraphs": ["Der Preis des Brotes fiel."]}
    index_corpus(tmp_path / "other", [write_corpus([BREAD, changed])])
    index_corpus(tmp_path / "other", [write_corpus([BREAD, BROT])])
    assert scores(tmp_path / "other") == with_gists
    assert list(kept(tmp_path / "other")) == [1, 2, 5] or by == "LEXICON_VERSION"


@pytest.mark.slow
def test_what_is_written_anew_keeps_it(index: Path, write_corpus: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    real = column_parts.pieces_of
    monkeypatch.setattr(column_parts, "pieces_of", lambda by, texts: made.extend(texts) or real(by, texts))
    index_corpus(index, [write_corpus([BREAD, BROT | {"paragraphs": ["Der Preis des Brotes fiel."]}])])
    assert made == ["Der Preis des Brotes fiel."]
    rebuild_index(index)
    assert made == ["Der Preis des Brotes fiel."]
    assert list(kept(index)) == [1, 2, 4]


@pytest.mark.slow
def test_it_goes_with_its_encoder(index: Path) -> None:
    assert list(kept(index)) == [1, 2, 3]
    rebuild_index(index, "fake")  # it cuts no text into pieces
    assert kept(index) == {}
