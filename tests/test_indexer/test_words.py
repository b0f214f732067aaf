"""The words of rows: the same in one pass, word by word, as text by text; and the same by workers."""

from __future__ import annotations

import signal
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import wait
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraglot import SearchRequest, open_index
from paraglot.indexer.corpus.drafts import Place
from paraglot.indexer.corpus.fields import draft_of
from paraglot.indexer.folder import word_workers
from paraglot.indexer.folder.stored_drafts import NewRow
from paraglot.indexer.folder.word_workers import WordWorkers
from paraglot.indexer.folder.words import RowWords, Words
from paraglot.indexer.readers.inputs import Options
from paraglot.indexer.run import Making
from paraglot.indexer.write import writing
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


class Reading:
    """Gives rows by their numbers, as a store, and notes which."""

    def __init__(self, rows: Sequence[NewRow]) -> None:
        self._rows = {row.row: row for row in rows}
        self.given: list[int] = []

    def __call__(self, numbers: Sequence[int]) -> Iterator[NewRow]:
        for number in numbers:
            self.given.append(number)
            yield self._rows[number]


@pytest.fixture
def workers() -> Iterator[WordWorkers]:
    with closing(WordWorkers()) as made:
        yield made


def begun(workers: WordWorkers, rows: Sequence[NewRow]) -> None:
    """Begin ten rows at a time, and wait for the answers: each batch is written down when the next one is asked for."""
    for first in range(0, len(rows), 10):
        workers.begin(rows[first : first + 10])
        wait([one.answer for one in workers._asked])


@pytest.mark.slow
def test_workers_give_the_same_in_the_same_order(two_processors: None, workers: WordWorkers) -> None:
    rows, told = rows_of(500), []
    found = workers.of(range(1, 501), Reading(rows), lambda *one: told.append(one))
    assert list(found) == list(map(whole, rows))
    assert told == [(500, 500)]


@pytest.mark.slow
def test_what_was_begun_is_not_read_again(two_processors: None, workers: WordWorkers) -> None:
    """Ten to a batch: rows 1 to 100 are ten batches, 101 to 105 none yet; of both some are gone when words are written."""
    rows = rows_of(105)
    begun(workers, rows)
    wanted = [row for row in range(1, 106) if row % 7]
    reading = Reading(rows)
    assert list(workers.of(wanted, reading)) == [whole(rows[row - 1]) for row in wanted]
    assert reading.given == [101, 102, 103, 104]


@pytest.mark.slow
def test_a_worker_takes_no_more_than_it_can_do(
    two_processors: None, workers: WordWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One batch of ten is all that is laid aside: of the others nothing is asked before words are written."""
    monkeypatch.setattr(word_workers, "MOST_ASIDE_BYTES", 1)
    rows = rows_of(50)
    begun(workers, rows)
    reading = Reading(rows)
    assert list(workers.of(range(1, 51), reading)) == list(map(whole, rows))
    assert reading.given == [*range(11, 51)]


@pytest.mark.slow
@pytest.mark.parametrize("at", [100, 205])
def test_what_a_worker_leaves_is_done_without_it(
    two_processors: None, started: list[subprocess.Popen[bytes]], workers: WordWorkers, at: int
) -> None:
    """Killed while the corpus is read, or while words are written."""
    rows = rows_of(300)
    begun(workers, rows[:90])
    if at < 200:
        started[0].send_signal(signal.SIGKILL)
        started[0].wait()
    begun(workers, rows[90:200])
    found = []
    for one in workers.of(range(1, 301), Reading(rows)):
        found.append(one)
        if one.row == at:
            started[0].send_signal(signal.SIGKILL)
    assert found == list(map(whole, rows))


@pytest.mark.slow
def test_a_worker_ends_with_what_asked(two_processors: None, started: list[subprocess.Popen[bytes]]) -> None:
    workers = WordWorkers()
    found = workers.of(range(1, 101), Reading(rows_of(100)))
    next(found)
    assert [one.returncode for one in started] == [None]
    workers.close()
    assert [one.returncode for one in started] == [-signal.SIGKILL]


@pytest.mark.slow
def test_a_write_begins_its_words_while_it_reads(
    two_processors: None, started: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    """A paragraph that stands twice in one corpus, and one that was taken back in the same write, are as in any index."""
    articles: list[dict[str, object]] = [
        {
            "id": f"a{number % 30}",
            "title": f"Title {number}",
            "language": "en",
            "paragraphs": [f"Bread {number}", "Tax."],
        }
        for number in range(60)
    ]
    with writing(tmp_path / "index", Making("fake")) as write:
        for number, one in enumerate(articles):
            write.put(draft_of(Place(tmp_path, number), one, Options()))
        write.commit()
    assert [one.returncode for one in started] == [-signal.SIGKILL]
    with open_index(tmp_path / "index") as engine:
        found = {hit.paragraph.text for hit in engine.search(SearchRequest("bread", mode="keyword", limit=100)).hits}
    assert found == {f"Bread {number}" for number in range(30, 60)}
