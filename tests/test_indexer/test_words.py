"""The words of rows: the same in one pass, word by word, as text by text; and the same by workers."""

from __future__ import annotations

import signal
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraglot.indexer.folder import word_workers
from paraglot.indexer.folder.records import NewRow
from paraglot.indexer.folder.word_workers import analysed
from paraglot.indexer.folder.words import RowWords, Words
from paraglot.search.lexicon.lexicon import open_lexicon
from paraglot.search.parts.gist import packed_marks
from paraglot.search.query.names import name_terms
from paraglot.search.text.analysis import terms

LANGUAGES = ("en", "de", "fr", "ru", "ar", "he", "hi", "zh", "ja", "ko", "th", "vi", "fa", "tr", "und")

TEXTS = (
    "The mayor of Leipzig said: “Bread costs 1 250 euros.” Then Anna Miller-Smith left.",
    "Die Hochwasserversicherung (Deckung) zahlt 3,11 € – Frau Özdemir's C++17 und .NET, sagte sie. Na, also!",
    "L'État, c'est moi. Aujourd’hui Mme. Dupont va 28.11.2026 à Paris…",
    "Владимир Зеленский приехал в Київ; «Новая газета» пишет об этом. Скидка 12 500 рублей.",
    "قال الرئيس لوكاشينكو إن الخبز غالٍ. می‌ خواهم کتاب‌ها را",
    'ראש הממשלה נתניהו אמר: "צה"ל בבית". הבית',
    "हिन्दी में ज़ेलेंस्की ने कहा। रोटी की कीमत २३ रुपये",
    "泽连斯基说面包税很高。北京市长张伟 2023年 去了 MacBook商店。",
    "東京のジョンソン首相は、パンの価格が1,250円だと述べた。 々ー",
    "젤렌스키는 빵값이 올랐다고 말했다. 서울에서 김철수",
    "นายกรัฐมนตรีจอห์นสันกล่าวว่าขนมปังแพง ภาษี",
    "Thủ tướng nói giá bánh mì tăng. Hà Nội, Việt Nam",
    " spaced  otherwise.\n and\nIn Lines A.\u00a0B c\u00a0 D x",
    "",
)

WORDS = tuple(sorted({word for text in TEXTS for word in text.split(" ")}))


def whole(row: NewRow) -> RowWords:
    """Text by text, as queries are analysed."""
    body = f"{row.heading}\n{row.text}"
    own = [[*terms(body, row.language), *name_terms(body, row.language)], terms(row.title, row.language)]
    marks = open_lexicon().marks(f"{row.title}\n{body}", row.language)
    return RowWords(row.row, tuple(map(_counted, own)), packed_marks(marks))


def _counted(several: list[str]) -> Mapping[str, int]:
    return Counter(filter(None, " ".join(several).split(" ")))


def rows_of(count: int) -> list[NewRow]:
    made = []
    for number in range(count):
        text = " ".join(WORDS[(number * 7 + at) % len(WORDS)] for at in range(number % 9))
        made.append(NewRow(number + 1, f"Title {number // 5}", "", text, "", LANGUAGES[number % len(LANGUAGES)]))
    return made


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_by_word_they_are_those_of_the_whole_text(language: str) -> None:
    words = Words()
    rows = [NewRow(row, TEXTS[row - 1], f"On {row}", text, "", language) for row, text in enumerate(TEXTS)]
    for _ in range(2):  # the second time all is known
        assert list(words.of(rows)) == list(map(whole, rows))


@given(
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=6), st.sampled_from([".", "“", "\n"])), max_size=12),
    st.sampled_from([" ", "\n", ". ", "\u00a0", "  "]),
    st.sampled_from(LANGUAGES),
)
def test_any_words_in_any_order_are_those_of_the_whole_text(some: list[str], between: str, language: str) -> None:
    row = NewRow(1, "", "", between.join(some), "", language)
    assert list(Words().of([row])) == [whole(row)]


def test_what_is_known_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paraglot.indexer.folder.words.KEPT", 20)
    words = Words()
    rows = rows_of(300)
    assert list(words.of(rows)) == list(map(whole, rows))
    assert sum(map(len, words._young.values())) <= 20


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes of the workers, as they are started."""
    found: list[subprocess.Popen[bytes]] = []
    real = word_workers._Worker.__enter__

    def noted(self: word_workers._Worker) -> word_workers._Worker:
        real(self)
        found.append(self._process)
        return self

    monkeypatch.setattr(word_workers._Worker, "__enter__", noted)
    return found


@pytest.fixture
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_workers, "cores", lambda: 2)
    monkeypatch.setattr(word_workers, "LEAST_ROWS", 1)
    monkeypatch.setattr(word_workers, "BATCH", 10)


@pytest.mark.slow
def test_workers_give_the_same_in_the_same_order(two_processors: None) -> None:
    rows = rows_of(500)
    assert list(analysed(iter(rows), len(rows))) == list(map(whole, rows))


@pytest.mark.slow
def test_what_a_worker_leaves_is_done_without_it(two_processors: None, started: list[subprocess.Popen[bytes]]) -> None:
    def mortal(rows: Iterator[NewRow]) -> Iterator[NewRow]:
        for row in rows:
            if row.row == 100:
                started[0].send_signal(signal.SIGKILL)
            yield row

    rows = rows_of(300)
    assert list(analysed(mortal(iter(rows)), len(rows))) == list(map(whole, rows))


@pytest.mark.slow
def test_a_worker_ends_with_what_asked(two_processors: None, started: list[subprocess.Popen[bytes]]) -> None:
    found = analysed(iter(rows_of(100)), 100)
    next(found)
    assert [one.returncode for one in started] == [None]
    found.close()  # type: ignore[attr-defined]
    assert [one.returncode for one in started] == [-signal.SIGKILL]
