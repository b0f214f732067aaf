"""Reading the training texts, on files small enough to redo by hand."""

from __future__ import annotations

import json
import lzma
import sys
from pathlib import Path

import pytest

from training import overlap
from training.data import Pair, read_corpus, with_lower_case
from training.replay import replayed_texts


def write(path: Path, *lines: str) -> None:
    path.write_bytes(lzma.compress("".join(f"{line}\n" for line in lines).encode()))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write(tmp_path / "tatoeba.tsv.xz", "de\tGuten Tag\tcs\tDobrý den", "cs\tAno\tsk\tÁno", "xx\tfoo\ten\tbar", "broken")
    rows = [
        {"en": "water", "fr": "eau", "de": "Wasser", "el": ["νερό", "ύδωρ"], "_lemmas": {"el": ["x"]}},
        {"fr": "eau", "el": "νερό", "sv": "vatten"},
        {"el": "μόνο"},
    ]
    write(tmp_path / "lexicon.jsonl.xz", *(json.dumps(row) for row in rows))
    write(tmp_path / "qa_any.tsv.xz", "ar\tquestion\tar\tanswer")
    return tmp_path


def test_pairs_point_to_at_most_two_base_texts(data: Path) -> None:
    corpus = read_corpus(data)
    found = {(pair.language, pair.text, tuple(corpus.teacher_texts[i] for i in pair.teachers)) for pair in corpus.pairs}
    assert found == {
        ("cs", "Dobrý den", ("Guten Tag",)),  # the pair of two added languages has no base text
        ("el", "νερό", ("water", "eau")),
        ("fr", "eau", ("water", "eau")),
        ("de", "Wasser", ("water", "eau")),
        ("el", "νερό", ("eau",)),
        ("sv", "vatten", ("eau",)),
    }
    assert {pair.source for pair in corpus.pairs} == {"tatoeba", "lexicon"}
    assert read_corpus(data) == corpus


def test_phrases_that_are_judged_by_are_left_out(tmp_path: Path) -> None:
    write(tmp_path / "wiktionary.tsv.xz", "en\tI don't know!\tca\tno ho sé", "en\tI know\tca\tho sé")
    assert [pair.text for pair in read_corpus(tmp_path).pairs] == ["ho sé"]


def test_lower_case_comes_on_top() -> None:
    pairs = [Pair("cs", f"Praha má {n} Mostů", (n,), "any") for n in range(400)] + [
        Pair("hi", "नमस्ते", (0,), "any")
    ] * 99
    more = with_lower_case(pairs, 0)[len(pairs) :]
    assert 20 < len(more) < 70
    assert all(pair.text == pair.text.lower() and pair.language == "cs" for pair in more)


def test_overlap_is_found_and_fails(
    data: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    judged = tmp_path_factory.mktemp("judged")
    write(judged / "queries.jsonl.xz", json.dumps({"text": "What is the water level here?"}))
    write(judged / "tatoeba.tsv.xz", "ces\tDobrý den!\tGuten Tag!", "swe\tHej\tHello")
    monkeypatch.setattr(sys, "argv", ["overlap", str(data), str(judged)])
    with pytest.raises(SystemExit) as ended:
        overlap.main()
    assert ended.value.code == 1
    assert "2 pairs: 1 training rows share one" in capsys.readouterr().out
    write(judged / "tatoeba.tsv.xz", "ces\tDobrý den!\tGood day!")
    write(data / "qa_any.tsv.xz", "ar\twhat is the WATER level here\tar\tanswer")
    with pytest.raises(SystemExit) as ended:
        overlap.main()
    assert ended.value.code == 1  # questions are looked at too
    write(data / "qa_any.tsv.xz", "ar\tquestion\tar\tanswer")
    with pytest.raises(SystemExit) as ended:
        overlap.main()
    assert ended.value.code == 0


def test_texts_that_added_pieces_cut_are_replayed(data: Path) -> None:
    write(
        data / "wiktionary.tsv.xz",
        "ru\tвода\ten\twater",
        "ru\tогонь\tuk\tвогонь",
        f"ru\t{'о' * 300}\ten\to",
        "ru\tда\ten\tyes",
        "uk\tо\ten\to",
    )

    class Cutter:
        """Every text with an "о" has an added piece, 100."""

        def encode(self, texts: list[str], num_threads: int) -> list[list[int]]:
            return [[7, 100] if "о" in text else [7] for text in texts]

    texts = replayed_texts(data, Cutter(), 100, 0)  # type: ignore[arg-type]
    assert sorted(texts) == sorted(["Guten Tag", "bar", "water", "yes", "o", "вода", "огонь", "да"])
    assert texts[-1] == "да"  # what is cut as before comes after what is not
