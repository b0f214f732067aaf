"""A name in another script is looked for by its sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from paraglot.api.cli.searching.render import why
from paraglot.search.candidates import Candidates
from paraglot.search.engine.engine import Engine, open_index
from paraglot.search.errors import EncoderMissing
from paraglot.search.lexicon import english_names as names_of_lexicon
from paraglot.search.lexicon.english_names import english_names
from paraglot.search.lexicon.same_name import same_name
from paraglot.search.lexicon.sounds import name_keys
from paraglot.search.query.names import SOUND_MARK, name_terms
from paraglot.search.ranking.fusion import fused_scores
from paraglot.search.text.analysis import stem
from paraglot.search.types import SearchRequest
from tests.conftest import index_of

ARTICLES = [
    ("zelensky", "uk", "Президент Володимир Зеленський прилетів до Осло у середу."),
    ("poroshenko", "uk", "Президент Петро Порошенко прилетів до Риги у середу."),
    ("gorbachev", "ru", "Михаил Горбачёв посетил завод в Туле в среду."),
    ("brezhnev", "ru", "Леонид Брежнев посетил завод в Омске в среду."),
    ("qaddafi", "ar", "وصل معمر القذافي إلى مدينة سبها يوم الأربعاء."),
    ("mubarak", "ar", "وصل حسني مبارك إلى مدينة أسوان يوم الأربعاء."),
    ("xijinping", "zh", "习近平星期三视察了武夷山的茶园。"),
    ("likeqiang", "zh", "李克强星期三视察了黄山的茶园。"),
    ("dostoevsky", "en", "A first edition of Dostoevsky was stolen from the library on Wednesday."),
    ("dickens", "en", "A first edition of Dickens was stolen from the library on Wednesday."),
    ("tchaikovsky", "fr", "Un opéra de Tchaïkovski sera joué mercredi à Nancy."),
    ("kyiv", "uk", "У Києві в середу відкрили новий міст."),
    ("mumbai", "hi", "मुंबई में बुधवार को नया पुल खुला।"),
]


def articles(named: Sequence[tuple[str, str, str]]) -> list[dict[str, object]]:
    """Articles without titles, of their ids, languages and texts."""
    return [{"id": name, "language": tag, "title": "", "text": text} for name, tag, text in named]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("names")
    with open_index(index_of(folder, articles(ARTICLES))) as opened:
        yield opened


@pytest.mark.parametrize(
    ("article", "spellings"),
    [
        ("zelensky", "Zelensky Selenskyj Ζελένσκι زيلينسكي زلنسکی ज़ेलेंस्की 泽连斯基 澤倫斯基 ゼレンスキー 젤렌스키"),
        ("gorbachev", "Gorbachev Gorbatschow Gorbaczow غورباتشوف گورباچف गोर्बाचेव 戈尔巴乔夫 ゴルバチョフ 고르바초프"),
        ("qaddafi", "Gaddafi Qaddafi Kadhafi Каддафи Καντάφι قذافی קדאפי गद्दाफी カダフィ 카다피"),
        ("xijinping", "Xi_Jinping Си_Цзиньпин Сі_Цзіньпін Σι_Τζινπίνγκ シーチンピン 시진핑"),
        ("dostoevsky", "Достоевский Ντοστογιέφσκι داستایفسکی 陀思妥耶夫斯基 ドストエフスキー 도스토옙스키"),
        ("tchaikovsky", "Чайковский Τσαϊκόφσκι 柴可夫斯基 チャイコフスキー"),
        ("kyiv", "Kyiv Kiev Kiew Κίεβο 基辅 キエフ"),
    ],
)
def test_a_name_is_found_by_keyword_in_any_script(engine: Engine, article: str, spellings: str) -> None:
    for spelling in spellings.replace(" ", "\n").replace("_", " ").split("\n"):
        hits = engine.search(SearchRequest(spelling, mode="keyword")).hits
        assert hits, spelling
        assert hits[0].article.id == article, spelling


def test_what_is_no_name_alone_is_not_looked_for_by_sound(engine: Engine) -> None:
    japanese = "ゼレンスキーの古い橋", "ゼレンスキー新橋オスロ水曜日"
    chinese = "海堤或大河堤坝决口，保险公司赔不赔？"  # two clauses, each as long as a name may be
    for query in ("steep bread", "when did the president Zelensky fly to Oslo", *japanese, chinese):
        tokens = engine.search(SearchRequest(query, mode="keyword")).tokens
        assert not [term for term in tokens if term.startswith(SOUND_MARK)], query


def test_what_sounds_alike_is_relevant_where_it_is_one_name(engine: Engine) -> None:
    for query, least, most in (
        ("Dickens", 0.9, 1.0),
        ("Диккенс", 0.9, 1.0),
        ("ディケンズ", 0.9, 1.0),
        ("דקנס", 0.9, 1.0),
        ("Дуканаз", 0.0, 0.2),
    ):
        hits = engine.search(SearchRequest(query, mode="keyword")).hits
        assert hits[0].article.id == "dickens"
        assert least <= (hits[0].relevance or 0.0) <= most


ALIKE = [
    ("jansen", "nl", "Gisteren sprak de heer Jansen in Utrecht over de haven."),
    ("hansen", "da", "I går talte Birgit Jansen i Aarhus om havnen."),
    ("jensen", "en", "On Monday the mayor Jansen spoke in Leeds about the harbour."),
    (
        "johnson",
        "en",
        "On Monday the mayor Johnson spoke in Leeds about the canal, the harbour, the bridge and the road.",
    ),
    ("джонсон", "ru", "В понедельник Джонсон говорил в Туле. Джонсон уехал."),
    ("янсен", "ru", "Во вторник мэр Янсен говорил в Омске о порте."),
]


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("alike")
    dated = [{**one, "date": f"2024-01-{day:02}"} for day, one in enumerate(articles(ALIKE), start=1)]
    with open_index(index_of(folder, dated)) as opened:
        yield opened


def _found(engine: Engine, query: str, **options: Any) -> list[str]:
    return [hit.article.id for hit in engine.search(SearchRequest(query, **options)).hits]


def test_in_the_same_script_names_that_sound_alike_are_two(alike: Engine) -> None:
    assert "SNSN" in name_keys("Johnson")
    assert "SNSN" in name_keys("Jansen")
    assert _found(alike, "Johnson", mode="keyword") == ["johnson", "джонсон", "янсен"]
    assert _found(alike, "Джонсон", mode="keyword")[0] == "джонсон"
    assert "янсен" not in _found(alike, "Джонсон", mode="keyword")
    assert alike.search(SearchRequest("Johnson", mode="keyword")).estimated_total_hits == 3


def test_what_only_sounds_so_has_not_the_words(alike: Engine) -> None:
    sure: dict[str, Any] = {"mode": "keyword", "min_relevance": 0.5, "words_suffice": True}
    assert _found(alike, "Johnson", **sure) == ["johnson", "джонсон"]
    assert sorted(_found(alike, "Jansen", **sure)) == ["hansen", "jansen", "jensen", "янсен"]
    assert _found(alike, "Johnson", sort="date:desc", **sure) == ["джонсон", "johnson"]
    assert _found(alike, "Johnson", sort="date:desc", mode="keyword") == ["джонсон", "johnson"]
    assert _found(alike, "Джонсон", sort="date:asc", mode="keyword") == ["johnson", "джонсон"]
    assert _found(alike, "ジョンソン", sort="date:desc", mode="keyword") == ["джонсон", "johnson"]
    counted = alike.search(SearchRequest("Johnson", facets=("language",), **sure))
    assert counted.facets["language"].counts == {"en": 1, "ru": 1}


def test_arabic_in_persian_letters_has_the_same_stem() -> None:
    assert stem("قذافی", "ar") == stem("قذافي", "ar") == stem("القذافي", "ar")


def test_an_explanation_says_what_sounds_so(alike: Engine) -> None:
    written, first, _ = alike.search(SearchRequest("Johnson", mode="keyword", explain=True)).hits
    assert (list(written.matched_terms), list(written.sounds_like)) == (["johnson"], [])
    assert (list(first.matched_terms), list(first.sounds_like)) == ([], ["Джонсон"])
    assert why(first).startswith("sounds like the query (no. ")
    assert why(first).endswith("Джонсон")


@pytest.mark.parametrize(
    ("spellings", "key"),
    [
        ("Kyiv Kiew Kijów Києві Киев Κίεβο कीव קייב كييف เคียฟ キーウ 키이우 基辅", "KIP"),
        ("Zelensky Зеленський זלנסקי เซเลนสกี ゼレンスキー", "SLNSK"),
        ("שיג'ינפינג שיג׳ינפינג สีจิ้นผิง 시진핑", "SNPN"),
    ],
)
def test_one_name_in_many_scripts_has_one_key(spellings: str, key: str) -> None:
    for written in spellings.split():
        assert key in name_keys(written), written


@pytest.mark.parametrize(
    ("text", "language", "key"),
    [
        ("राष्ट्रपति कीव गए।", "hi", "KIP"),
        ("ראש הממשלה ביקר בקייב", "he", "KIP"),
        ("ประธานาธิบดีไปเคียฟเมื่อวันพุธ", "th", "KIP"),
        ("대통령은 런던에서 왔다", "ko", "LNTN"),
        ("代表在伦敦", "zh", "LNTN"),
    ],
)
def test_names_that_the_lexicon_has(text: str, language: str, key: str) -> None:
    scripts = {"hi": "Deva", "he": "Hebr", "th": "Thai", "ko": "Hang", "zh": "Hani"}
    assert f"{SOUND_MARK}{scripts[language]}:{key}" in name_terms(text, language)


def test_characters_that_no_word_joins_are_no_name_by_that() -> None:
    for text in ("几年以后只剩三千人上山，没有那股油味了。", "中方曾被用于重申这使占两样的形容。"):
        assert not list(name_terms(text, "zh"))
    assert not list(name_terms("三十億年以上の冲天の県南", "ja"))
    assert not list(name_terms("괴었으니 기사와 떨어뜨렸다", "ko"))


@pytest.mark.parametrize(
    ("text", "language", "terms"),
    [
        ("泽连斯基访问了那里。", "zh", {"~Hani:SLNS", "~Hani:SLNSK"}),  # foreign, by its characters
        ("澤倫斯基訪問了那裡。", "zh", {"~Hani:SLNS", "~Hani:SLNSK"}),
        ("习近平视察了茶园。", "zh", {"~Hani:SNPN"}),  # a surname and what was given
        ("習近平国家主席が来た。", "ja", {"~Hani:SNPN"}),
        ("시진핑은 카다피에게 말했다.", "ko", {"~Hang:SNPN", "~Hang:KTP"}),  # with particles
    ],
)
def test_names_without_spaces_around_them(text: str, language: str, terms: set[str]) -> None:
    assert terms <= set(name_terms(text, language))


def test_what_is_written_so_stands_above_what_sounds_so_in_hybrid() -> None:
    found = Candidates.of(
        [7, 3, 5],
        keyword=[8.0, 9.0, 0.0],
        coverage=[1.0, 1.0, 0.0],
        coverage_by_letters=[1.0, 0.0, 0.0],
        coverage_by_names=[1.0, 0.0, 0.0],
    )
    written, sounds, neither = fused_scores(found)
    assert written > sounds > neither
    syllable = np.array([0.3, 0.0, 0.0])
    partly = found.with_columns(coverage_by_letters=syllable, coverage_by_names=syllable)
    written, sounds, neither = fused_scores(partly)
    assert sounds > written > neither


def test_words_that_sound_otherwise_in_english_are_no_names() -> None:
    assert not list(name_terms("ספר על הגשר", "he"))
    assert not list(name_terms("किताब और सड़क", "hi"))


def test_name_terms() -> None:
    text = "The bread of Merkel. The town of Passau rose."
    assert list(name_terms(text, "en")) == ["~Latn:NLKL", "~Latn:PAS"]


def test_short_names_have_their_vowels() -> None:
    assert name_keys("Kyiv") == name_keys("Києві") == name_keys("كييف") == ("KIP",)
    assert name_keys("Mumbai") == name_keys("मुंबई") == ("NANP",)
    assert name_keys("Xi") == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Johnson", "Джонсон", True),
        ("Jansen", "Джонсон", False),  # the same consonants
        ("Jensen", "Йенсен", True),
        ("Wilson", "ويلسون", True),
        ("Zelensky", "זלנסקי", True),
        ("Mandela", "مانديلا", False),  # three, and few vowels
        ("Mandela", "Мандела", True),
        ("Monteur", "Мандела", False),  # r for l
        ("Tolstoy", "তলস্তয়", True),
        ("Putin", "Байден", False),  # p for b: of three consonants each counts
        ("Putin", "Путин", True),
        ("泽连斯基", "Зеленський", True),
        ("泽连斯基", "Сална", False),  # a vowel that Chinese writes, too
        ("托尔斯泰", "Tolstoy", True),
        ("Obsidian", "وستين", False),  # d for t: of four consonants each counts where vowels tell nothing
        ("Specimen", "אושפזים", False),
        ("托尔斯泰", "طلاستی", False),  # four consonants, and no vowels at all
        ("Putin", "بايدن", False),  # three, and no vowels that would tell
        ("Helsinki", "Хельсинки", True),
        ("Gorbachev", "గోర్బచేవ్", True),
        ("Johnson", "ஜான்சன்", True),
        ("Zelensky", "ਜ਼ੇਲੇਂਸਕੀ", True),
        ("Lukashenko", "Լուկաշենկո", True),
        ("Tolstoy", "ტოლსტოი", True),
    ],
)
def test_names_that_sound_alike_are_one_by_all_that_both_scripts_tell(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same
    assert same_name(other, one) is same


PLACES = [
    ("moscow", "ru", "Во вторник в Москве открыли новый мост."),
    ("beijing", "zh", "星期三在北京朗读了一封长信。"),
    ("athens", "el", "Στην Αθήνα άνοιξε χθες ένα παλιό θέατρο."),
    ("cairo", "ar", "افتتح جسر جديد في القاهرة يوم الأربعاء."),
    ("warsaw", "pl", "W piątek w Warszawie otwarto stary most."),
    ("jerusalem", "he", "ביום שלישי נפתחה בירושלים ספרייה חדשה."),
    ("tokyo", "ja", "水曜日に東京で古い橋が開通した。"),
    ("delhi", "hi", "शुक्रवार को दिल्ली में नया पुल खुला।"),
]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("places")
    with open_index(index_of(folder, articles(PLACES))) as opened:
        yield opened


@pytest.mark.parametrize(
    ("article", "spellings"),
    [
        ("moscow", "Moscow Moskau 莫斯科 موسكو מוסקבה モスクワ 모스크바 मॉस्को Μόσχα Moskva"),
        ("beijing", "Beijing Peking Пекин بكين 베이징 Πεκίνο"),
        ("athens", "Athens Афины أثينا 雅典 アテネ 아테네 Athènes Atény"),
        ("cairo", "Cairo Каир 开罗 Κάιρο קהיר カイロ Le_Caire"),
        ("warsaw", "Warsaw Варшава 华沙 ورشو Βαρσοβία Varsovie"),
        ("jerusalem", "Jerusalem القدس Иерусалим 耶路撒冷 Ιερουσαλήμ"),
        ("tokyo", "Tokyo Токио 东京 طوكيو"),
        ("delhi", "Delhi 德里 دلهي デリー"),
    ],
)
def test_a_name_that_the_lexicon_knows_is_one_however_it_sounds(places: Engine, article: str, spellings: str) -> None:
    for spelling in spellings.replace(" ", "\n").replace("_", " ").split("\n"):
        hits = places.search(SearchRequest(spelling, mode="keyword")).hits
        assert hits, spelling
        assert hits[0].article.id == article, spelling
        assert (hits[0].relevance or 0.0) >= 0.5, spelling


@pytest.mark.parametrize(
    ("text", "language", "term"),
    [
        ("Во вторник в Москве", "ru", "~:moscow"),
        ("numa ponte em Moscovo", "pt", "~:moscow"),
        ("der Freitag in Wien", "de", "~:vienna"),
        ("הגשר בירושלים", "he", "~:jerusalem"),
        ("그는 베이징에서 왔다", "ko", "~:beijing"),
        ("水曜日に東京で", "ja", "~:tokyo"),
    ],
)
def test_a_text_has_the_english_names_of_what_it_names(text: str, language: str, term: str) -> None:
    assert term in name_terms(text, language)


def test_what_is_written_as_in_english_and_what_has_no_capital_has_none() -> None:
    assert not [term for term in name_terms("un pont à Berlin", "fr") if term.startswith("~:")]
    assert not list(name_terms("le mois de mars", "fr"))
    assert not english_names("zelensky", "lv")  # by its first letters alone it is Zelenograd


@pytest.mark.parametrize(
    ("text", "language", "term"),
    [
        ("เมื่อวันพุธมีการอ่านจดหมายเกี่ยวกับเซเลนสกีในห้องสมุด", "th", "~Thai:SLNSK"),
        ("ภาพเก่าของกอร์บาชอฟถูกขายไปเมื่อวันศุกร์", "th", "~Thai:KLPSP"),
        ("那幅画着习近平的旧画", "zh", "~Hani:SNPN"),  # 平的 is a word
        ("一封关于马克龙的长信", "zh", "~Hani:NKLN"),  # 马克 is one
    ],
)
def test_words_that_are_there_by_chance_do_not_hide_a_name(text: str, language: str, term: str) -> None:
    assert term in name_terms(text, language)


def test_a_damaged_list_of_names_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "names.bin").write_bytes(b"1")
    monkeypatch.setattr(names_of_lexicon, "NAMES", tmp_path / "names.bin")
    names_of_lexicon._names.cache_clear()
    try:
        with pytest.raises(EncoderMissing, match=r"names\.bin is of another lexicon"):
            names_of_lexicon._names()
    finally:
        names_of_lexicon._names.cache_clear()


def test_a_name_in_small_letters_that_no_language_has_is_one(engine: Engine) -> None:
    for spelling, article in (
        ("zelensky", "zelensky"),
        ("volodymyr zelensky", "zelensky"),
        ("gorbatschow", "gorbachev"),
    ):
        hits = engine.search(SearchRequest(spelling, mode="keyword")).hits
        assert hits, spelling
        assert hits[0].article.id == article, spelling
