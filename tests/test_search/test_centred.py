"""Vectors less the mean of their language: learned from a corpus, kept with its index, the same for every reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from paraglot.indexer.build import index_corpus
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.search.contracts.encoders import EncoderContract
from paraglot.search.encoders import centred
from paraglot.search.encoders.centred import CentredEncoder, chosen_texts, learned_means, learns_means, told_by_language
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.encoders.load import load_encoder
from paraglot.search.encoders.means import Means, is_centred, packed_means, read_means, uncentred
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import IndexMismatch
from paraglot.search.memory.index import MemoryIndex
from paraglot.search.types import Article, EncoderSpec, SearchRequest

CYRILLIC = str.maketrans("abdeiklmnoprstuvz", "абдеиклмнопрстувз")
LATIN = {to: letter for letter, to in CYRILLIC.items()}
WORDS = ("bank", "brat", "dom", "park", "opera", "vino", "sport", "parlament", "luna", "mandat", "slon", "disk")


class Leaning:
    """Words mean the same in both scripts, but half of a vector is the script itself."""

    spec = EncoderSpec("leaning", "leaning-1", 64)

    def __init__(self, lean: float = 1.0) -> None:
        self._lean = np.float32(lean)
        self.encoded = 0

    def encode_query(self, queries: Sequence[str]) -> Vectors:
        return self.encode_paragraphs(queries)

    def encode_paragraphs(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        self.encoded += len(texts)
        latin = [text.translate(LATIN) for text in texts]
        scripts = FakeEncoder().encode_paragraphs(["script" if text.isascii() else "another" for text in texts])
        vectors = FakeEncoder().encode_paragraphs(latin) + self._lean * scripts
        if progress:
            progress(len(texts))
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def count_tokens(self, text: str) -> int:
        return len(text.split())


def sentences(count: int, seed: int = 1) -> list[str]:
    """Different sentences of four words, in Latin letters."""
    draw = np.random.default_rng(seed)
    return [" ".join(draw.choice(WORDS, 4, replace=False)) + f" {number}." for number in range(count)]


def both(count: int) -> dict[str, list[str]]:
    return {"en": sentences(count), "ru": [text.translate(CYRILLIC) for text in sentences(count, 2)]}


def means() -> Means:
    found = learned_means(Leaning(), both(40))
    assert found is not None
    return found


class TestCentred(EncoderContract):
    @pytest.fixture
    def encoder(self) -> CentredEncoder:
        return CentredEncoder(Leaning(), means())


def test_a_query_finds_the_text_in_the_other_script() -> None:
    texts = ["vino park", "slon disk", "вино парк", "слон диск"]
    before, after = Leaning(), CentredEncoder(Leaning(), means())
    assert np.argsort(-(before.encode_query(["vino park"]) @ before.encode_paragraphs(texts).T)[0]).tolist()[:2] == [
        0,
        1,
    ]
    found = np.argsort(-(after.encode_query(["vino park"]) @ after.encode_paragraphs(texts).T)[0]).tolist()
    assert found[:2] == [0, 2]


def test_means_are_learned_where_they_help() -> None:
    assert learned_means(Leaning(), {"en": sentences(40)}) is None, "one language"
    assert learned_means(Leaning(0), both(40)) is None, "nothing of the vectors tells it"
    told: list[tuple[int, int]] = []
    assert learned_means(Leaning(0), both(40), always=True, progress=lambda *own: told.append(own)) is not None
    assert told == [(1, 2), (2, 2)]
    assert learns_means(Leaning())
    assert not any(learns_means(load_encoder(name)) for name in ("builtin", "builtin-fast", "fake", "vectors:3"))


def test_what_languages_tell_is_their_share_of_the_variance() -> None:
    left, right = np.array([[1.0, 0.0], [0.8, 0.6]], np.float32), np.array([[0.0, 1.0], [0.6, 0.8]], np.float32)
    # Within: .02 + .18 = .2 in both. Means (.9, .3) and (.3, .9): .36 less .2 / 2 of chance.
    assert told_by_language([left, right]) == pytest.approx(0.26 / (0.26 + 0.2))
    assert told_by_language([left, left]) == 0


def test_means_are_read_as_they_were_written() -> None:
    written = means()
    read = read_means(packed_means(written))
    assert packed_means(read) == packed_means(written)
    assert (read.languages, read.scripts) == (("en", "ru"), {"en": "LATIN", "ru": "CYRILLIC"})
    for broken in (b"", b"{}\n", packed_means(written)[:-2], b"null\n" + written.packed()):
        with pytest.raises((ValueError, KeyError, TypeError)):
            read_means(broken)
    with pytest.raises(ValueError, match="64 dimensions, vectors of 384"):
        CentredEncoder(Leaning384(), written)


class Leaning384(Leaning):
    spec = replace(Leaning.spec, dimension=384)


def test_which_texts_are_read_depends_on_the_texts_alone() -> None:
    rows = [("en", f"{row % 7}", f"text {row}") for row in range(20)]
    rows += [("de", "1", "eins"), ("und", "2", "?")]
    assert chosen_texts(rows, 2, 3) == chosen_texts(rows[::-1][-20:] + rows[20:], 2, 3) | {
        "en": ["text 14", "text 15", "text 16"]
    }


@pytest.fixture
def leaning(monkeypatch: pytest.MonkeyPatch) -> Leaning:
    encoder = Leaning()
    for place in ("paraglot.indexer.write", "paraglot.search.encoders.loaded"):
        monkeypatch.setattr(f"{place}.load_encoder", lambda _: encoder)
    return encoder


Corpus = Callable[[list[dict[str, object]]], Path]


@pytest.fixture
def corpus(write_corpus: Corpus) -> Path:
    return write_corpus(articles())


def articles(count: int = 30) -> list[dict[str, object]]:
    return [
        {"id": f"{language}{number}", "title": "-", "paragraphs": [text], "language": language}
        for language, texts in both(count).items()
        for number, text in enumerate(texts)
    ]


def spec_of(index: Path) -> EncoderSpec:
    with Engine(index) as engine, engine.snapshot() as snapshot:
        return snapshot.manifest.encoder


def found(index: Path, text: str) -> set[str]:
    """The languages of what is nearest to a text."""
    with Engine(index) as engine:
        hits = engine.search(SearchRequest(text, mode="semantic", limit=6)).hits
        return {hit.paragraph.language for hit in hits}


@pytest.mark.slow
def test_an_index_learns_them_once_and_keeps_them(
    tmp_path: Path, corpus: Path, leaning: Leaning, write_corpus: Corpus
) -> None:
    index = tmp_path / "index"
    index_corpus(index, [corpus], "leaning", means=False)
    assert spec_of(index) == Leaning.spec
    assert found(index, "vino park opera") == {"en"}
    assert rebuild_index(index, means=True).paragraphs_embedded == 60
    learned = spec_of(index)
    assert is_centred(learned)
    assert uncentred(learned) == Leaning.spec
    assert found(index, "vino park opera") == {"en", "ru"}
    index_corpus(tmp_path / "other", [corpus], "leaning")  # of a new index unasked, and the same
    assert spec_of(tmp_path / "other") == learned
    more = write_corpus([{"id": "new", "title": "-", "paragraphs": ["опера вино парк"], "language": "ru"}])
    assert index_corpus(index, [more]).paragraphs_embedded == 1
    assert spec_of(index) == learned
    assert rebuild_index(index).paragraphs_embedded == 0
    assert spec_of(index) == learned
    assert rebuild_index(index, means=False).paragraphs_embedded == 61
    assert spec_of(index) == Leaning.spec


def test_an_index_in_memory_learns_them_with_its_first_commit_and_keeps_them() -> None:
    index = MemoryIndex(Leaning())
    index.put(*(Article(str(one["id"]), "-", str(one["paragraphs"][0]), str(one["language"])) for one in articles()))
    learned = index.encoder().spec
    assert is_centred(learned)
    assert uncentred(learned) == Leaning.spec
    assert index.current().manifest.encoder == learned
    with Engine(index) as engine:
        hits = engine.search(SearchRequest("vino park opera", mode="semantic", limit=6)).hits
        assert {hit.paragraph.language for hit in hits} == {"en", "ru"}
    index.put(*(Article(f"more {number}", "-", text, "en") for number, text in enumerate(sentences(40, 3))))
    assert index.encoder().spec == learned
    texts = [text for _, paragraph in both(30).items() for text in paragraph]
    assert index.contents.vectors.keys() == set(range(1, 101))
    made = index.encoder().encode_paragraphs(texts)
    np.testing.assert_allclose(np.stack([index.contents.vectors[row] for row in range(1, 61)]), made, atol=1e-6)


def test_an_index_in_memory_that_begins_with_little_learns_none() -> None:
    index = MemoryIndex(Leaning())
    index.put(Article("one", "-", "vino park.", "en"))
    index.put(*(Article(str(one["id"]), "-", str(one["paragraphs"][0]), str(one["language"])) for one in articles()))
    assert index.encoder().spec == Leaning.spec == index.current().manifest.encoder


@pytest.mark.slow
def test_an_index_that_is_there_is_not_made_otherwise(tmp_path: Path, corpus: Path, leaning: Leaning) -> None:
    index_corpus(tmp_path / "index", [corpus], "leaning")
    with pytest.raises(IndexMismatch) as refused:
        index_corpus(tmp_path / "index", [corpus], means=False)
    assert refused.value.message.endswith("the index was made with means of languages.")
    assert refused.value.remedy == ("Leave --no-language-means out, or change it: paraglot rebuild --no-language-means")


@pytest.mark.slow
@pytest.mark.parametrize("how", ["gone", "changed"])
def test_means_that_are_damaged_cost_the_vectors_and_are_learned_anew(
    tmp_path: Path, corpus: Path, leaning: Leaning, how: str
) -> None:
    index = tmp_path / "index"
    index_corpus(index, [corpus], "leaning")
    learned = spec_of(index)
    file = index / "generations" / "1" / "dense" / "language_means"
    file.chmod(0o600)
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-2] + b"xx")
    with Engine(index) as engine:
        response = engine.search(SearchRequest("vino park"))
    assert response.hits
    assert "dense/language_means" in " ".join(response.warnings)
    index_corpus(index, [corpus])
    assert spec_of(index) == learned
    assert found(index, "vino park opera") == {"en", "ru"}


def test_too_little_is_read_for_no_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(centred, "QUERY_CHARACTERS", 4)
    assert centred._as_query("vino park. Opera.") == "vino"
    assert centred._as_query("") == ""
