"""One word in several spellings is one word: each case in an index of its own, asked by keyword."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from paraglot.search.engine.engine import Engine
from paraglot.search.text.analysis import fold, stem, terms
from paraglot.search.text.numbers import number
from paraglot.search.types import SearchRequest
from tests.asked import Asked, Texts

JOINED: Texts = (
    ("covid", "en", "The ward treated forty patients with COVID-19 in March, and two nurses fell ill."),
    ("flu", "en", "The ward treated forty patients with influenza in March, and two nurses fell ill."),
    ("measles", "en", "The ward treated 19 patients with measles in March."),
    ("wifi", "en", "Passengers on the night train asked for Wi-Fi in every carriage."),
    ("hifi", "en", "Hi-fi sets were sold to passengers on the night train."),
    ("obrien", "en", "Sean O'Brien resigned as chairman of the dairy board on Friday."),
    ("oneill", "en", "Sean O'Neill resigned as chairman of the bakery board on Friday."),
    ("db", "en", "The database went down twice before the election night."),
    ("base", "en", "The base of the dam went down twice before the election night."),
    ("data", "en", "The data went to print twice before the election night."),
)
NUMBERS: Texts = (
    ("right", "en", "The fund paid out 1,250,000 crowns to the flooded villages."),
    ("other", "en", "The fund paid out 2,250,000 crowns to the flooded villages."),
    ("parts", "en", "The fund paid out 1,000 crowns to 250 flooded villages."),
    ("right-de", "de", "Der Fonds zahlte den überfluteten Dörfern 1.250.000 Kronen aus."),
    ("right-fr", "fr", "Le fonds a versé 1 250 000 couronnes aux villages inondés."),
    ("v311", "en", "The museum's catalogue needs Python 3.11."),
    ("v3and11", "en", "The museum's catalogue holds 3 pythons and 11 vipers."),
)
APOSTROPHES: Texts = (
    ("uk", "uk", "Компʼютери та обʼєкти у Словʼянську."),
    ("uk2", "uk", "У П'ятихатках з'їли м'яку паляницю."),
    ("haw", "en", "The bird survey in Hawaiʻi and on Oʻahu ended on Monday."),
    ("uz", "uz", "Oʻzbekiston va Fargʻona haqida maqola."),
    ("d", "uk", "Школи та лікарні у Полтаві."),
)
NASALS: Texts = (
    ("conj", "hi", "हिन्दी के सम्पादक ने बम्बई और पञ्जाब की सन्धि पर लेख लिखा।"),
    ("dot", "hi", "हिंदी के संपादक ने मुंबई में सम्मेलन खोला।"),
    ("d", "hi", "सड़क पर बारिश हुई और पुल टूट गया।"),
)
HAN: Texts = (
    ("simp", "zh", "台湾铁路公司星期三宣布，高雄到屏东的列车将增加两班。"),
    ("trad", "zh-TW", "花蓮發生地震，三所學校的圍牆倒塌，沒有人員傷亡。"),
    ("d1", "zh", "市场管理处星期三宣布，摊位租金将减少两成。"),
    ("d2", "zh-TW", "餐廳的廚師發現魚貨不足，老闆已經道歉。"),
    ("d3", "zh", "体育局长说，比赛暂时不会取消。"),
)
SIGNS: Texts = (
    ("cpp", "en", "The lab rewrote its simulator in C++ and halved the running time."),
    ("cs", "en", "The lab rewrote its simulator in C# and halved the running time."),
    ("c", "en", "The lab rewrote its simulator in C and halved the running time."),
    ("net", "en", "The tax office moved its forms to .NET and dropped the old servers."),
    ("net2", "en", "The tax office cast a wide net and dropped the old servers."),
)
PERSIAN_AND_HEBREW: Texts = (
    ("fa1", "fa", "نمی‌خواهم کتاب‌خانهٔ شهر کاشان بسته شود."),
    ("fa2", "fa", "جاده‌های علی‌آباد در سال ۱۴۰۲ بسته شد."),
    ("he", "he", "הַמּוֹרֶה שָׁלוֹם כֹּהֵן נִבְחַר לְרֹאשׁ הָעִיר."),
    ("he2", "he", "צה״ל וארה״ב חתמו על הסכם בתל־אביב."),
    ("d", "fa", "باران در بندر بارید."),
    ("d2", "he", "הגשר נסגר בגלל הגשם."),
)


def test_joined_and_split(library: Callable[[Texts], Asked]) -> None:
    asked = library(JOINED)
    for query in ("COVID-19", "covid19", "COVID 19", "Covid‑19"):
        assert asked(query)[0] == "covid", query
    for query in ("wifi", "Wi-Fi", "wi fi", "WIFI"):
        assert asked(query)[0] == "wifi", query
    for query in ("OBrien", "O'Brien", "O’Brien", "O\u02bcBrien", "obrien"):
        assert asked(query)[0] == "obrien", query
    for query in ("data base", "database", "data-base", "databases"):
        assert asked(query)[0] == "db", query


def test_numbers_and_their_units(library: Callable[[Texts], Asked]) -> None:
    asked = library(
        (
            ("apart", "en", "The ride of 100 km ended with a film in 3-D for the riders of the club."),
            ("one", "en", "The ride of 120km ended with a film in 4K for the riders of the club."),
            ("neither", "en", "The ride ended with a film for the 100 riders of the club at km 40."),
        )
    )
    for query, found in {"100km": "apart", "120 km": "one", "3D": "apart", "4-K": "one", "4 K": "one"}.items():
        assert asked(query)[0] == found, query


def test_pictures_are_words(library: Callable[[Texts], Asked]) -> None:
    asked = library(
        (
            ("fire", "en", "The mill of Oakmoor burned down 🔥 on Tuesday."),
            ("thumb", "en", "The council of Oakmoor said yes 👍🏽 to a new one."),
            ("flag", "en", "Guests from afar 🇩🇪 came to see what was left of it."),
            ("none", "en", "The council of Oakmoor met again on Friday."),
        )
    )
    for query, found in {"🔥": "fire", "mill 🔥": "fire", "👍": "thumb", "👍🏿": "thumb", "🇩🇪": "flag"}.items():
        assert asked(query)[0] == found, query
    assert asked("🚀") == []


def test_digits_that_hyphens_group_and_versions(library: Callable[[Texts], Asked]) -> None:
    asked = library(
        (
            ("book", "en", "The guide to the mills, ISBN 978-3-16-148410-0, is out of print."),
            ("other", "en", "The guide to the weirs, ISBN 9783161484117, is out of print."),
            ("version", "en", "The guide was set with Python3.11 on a slow machine."),
            ("dust", "en", "The guide says that PM 2.5 in the air of the valley fell."),
            ("plane", "en", "The guide shows the A380 above the bay."),
        )
    )
    queries = {"9783161484100": "book", "978-3-16-148411-7": "other", "Python 3.11": "version", "PM2.5": "dust"}
    for query, found in {**queries, "A 380": "plane"}.items():
        assert asked(query)[0] == found, query


def test_what_a_text_writes_apart(library: Callable[[Texts], Asked]) -> None:
    asked = library(
        (
            ("apart", "en", "The data base of the wi fi network held a COVID 19 file, e mail and all."),
            (
                "other",
                "en",
                "The base of the old tower on the hill held, it is said, data on the influenza of that year.",
            ),
            ("none", "en", "The tower fell."),
        )
    )
    for query in ("covid19", "COVID-19", "wifi", "Wi-Fi", "database", "e-mail"):
        assert asked(query)[0] == "apart", query


def test_a_word_that_is_joined_is_spelled_right(library: Callable[[Texts], Asked], tmp_path: Path) -> None:
    library(JOINED)
    with Engine(tmp_path / "index") as engine:
        for query in ("covid19", "wifi", "OBrien", "data base"):
            assert engine.search(SearchRequest(query, mode="keyword")).did_you_mean is None


def test_dots_and_signs_tie_words(library: Callable[[Texts], Asked]) -> None:
    asked = library(
        (
            ("dots", "en", "The U.S.A. team rewrote its Node.js server for AT&T in a week."),
            ("none", "en", "The node of the server fell, and the team of the week rewrote it."),
        )
    )
    for query in ("USA", "U.S.A.", "nodejs", "Node.js", "ATT", "AT&T"):
        assert asked(query)[0] == "dots", query


def test_numbers(library: Callable[[Texts], Asked]) -> None:
    asked = library(
        (*NUMBERS, ("lakh", "en", "The fund paid 12,50,000 rupees."), ("thai", "th", "กองทุนจ่าย ๑,๒๕๐,๐๐๐ บาท"))
    )
    right = {"right", "right-de", "right-fr", "lakh", "thai"}
    for query in ("1250000", "1,250,000", "1.250.000", "1 250 000", "1\u202f250\u202f000", "1'250'000", "١٬٢٥٠٬٠٠٠"):
        assert set(asked(query)) == right, query
    assert asked("3.11")[0] == asked("3,11")[0] == "v311"
    assert "v3and11" not in asked("3.11")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1,250,000", ("1250000",)),
        ("12,50,000", ("1250000",)),
        ("1.250", ("1250", "1.250")),
        ("1 250", ("1250",)),
        ("3.11", ("3.11",)),
        ("3,11", ("3.11",)),
        ("0,250", ("0.250",)),
        ("1.250,50", ("1250.50",)),
        ("1,250.50", ("1250.50",)),
        ("٣٫١٤", ("3.14",)),
        ("28.11.2026", ("28.11.2026",)),
        ("192.168.0.1", ("192.168.0.1",)),
    ],
)
def test_a_number_is_one_term(written: str, expected: tuple[str, ...]) -> None:
    assert number(written).terms == expected
    assert terms(written)[: len(expected)] == list(expected)


def test_numbers_side_by_side_stay_apart() -> None:
    assert terms("in 2019 300 people") == ["in", "2019", "300", "people"]
    assert set(terms("2019,2020")) == {"2019", "2020"}
    assert {"28.11.2026", "2026"} <= set(terms("28.11.2026"))


def test_apostrophes(library: Callable[[Texts], Asked]) -> None:
    asked = library(APOSTROPHES)
    for query in ("комп'ютери", "об’єкти", "компʼютер", "комп‘ютера", "обʼєктами"):
        assert asked(query)[0] == "uk", query
    for query in ("П\u02bcятихатки", "м\u02bcяку", "з’їли", "п'ятихатках"):
        assert asked(query)[0] == "uk2", query
    for query in ("Hawai'i", "Hawaii", "Oahu", "O‘ahu"):
        assert asked(query)[0] == "haw", query
    for query in ("O'zbekiston", "Ozbekiston", "Farg‘ona"):
        assert asked(query)[0] == "uz", query


def test_nasals(library: Callable[[Texts], Asked]) -> None:
    asked = library(NASALS)
    for query in ("हिंदी", "हिन्दी", "संपादक", "सम्पादक"):
        assert set(asked(query)) == {"conj", "dot"}, query
    assert asked("पंजाब") == ["conj"]
    assert asked("मुम्बई") == ["dot"]


def test_traditional_and_simplified(library: Callable[[Texts], Asked]) -> None:
    asked = library((*HAN, ("ja", "ja", "渡邊さんと髙橋さんは関ヶ原でラーメンを食べた。")))
    for query in ("鐵路", "臺灣鐵路", "列車", "铁路", '"台灣鐵路"'):
        assert asked(query)[0] == "simp", query
    for query in ("花莲", "学校围墙", "花蓮", '"学校的围墙"'):
        assert asked(query)[0] == "trad", query
    for query in ("渡辺", "渡邉", "高橋", "関ケ原", "らーめん", "ﾗｰﾒﾝ"):
        assert asked(query)[0] == "ja", query


@pytest.mark.parametrize(
    ("queries", "expected"),
    [
        ("斉藤 斎藤 齋藤", {"ja1", "ja2", "ja3"}),
        ("引越 引越し 引っ越し 申込 申込み 申し込み", {"ja1", "ja3"}),
        ("芸術 藝術 艺术", {"ja2", "ja4", "zh"}),
        ("取扱 取扱い 取り扱い 受付 受け付け", {"ja5"}),
        ("المسئول المسؤول مسئول شؤون شئون", {"ar2", "ar3"}),
        ("예산이 예산을 예산 예산에서", {"ko1"}),
    ],
)
def test_spellings_of_one_script(library: Callable[[Texts], Asked], queries: str, expected: set[str]) -> None:
    asked = library(
        (
            ("ja1", "ja", "斎藤さんは新しい家に引っ越しをして、申し込みを済ませた。"),
            ("ja2", "ja", "齋藤氏の芸術展が渋谷で開かれた。"),
            ("ja3", "ja", "斉藤は引越の手続きと申込をした。"),
            ("ja4", "ja", "藝術大学の国際会議。"),
            ("ja5", "ja", "取り扱い説明書を読んで受付に行った。"),
            ("ja6", "ja", "時間がないので明日また来る。"),
            ("ar2", "ar", "قال المسؤول إن الهيئة ستجتمع غدا لبحث شؤون المدينة."),
            ("ar3", "ar", "قال المسئول ان الهيئه اجتمعت لبحث شئون القرية."),
            ("zh", "zh", "政府批准了艺术教育预算。"),
            ("ko1", "ko", "정부가 새로운 교육 예산을 승인했다."),
            ("ko2", "ko", "고양 시장이 도서관을 열었다."),
        )
    )
    assert {query: set(asked(query)) for query in queries.split()} == dict.fromkeys(queries.split(), expected)


def test_names_with_a_sign(library: Callable[[Texts], Asked]) -> None:
    more = (("fs", "en", "The lab rewrote its simulator in F# and C++17."), ("plus", "en", "Disney+ dropped the film."))
    asked = library((*SIGNS, *more))
    assert set(asked("C++")) == {"cpp", "fs"}
    assert set(asked('"C++"')) == {"cpp", "fs"}
    assert asked("C#") == asked('"C#"') == asked("c♯") == ["cs"]
    assert asked("F#") == ["fs"]
    assert asked(".NET") == asked('".NET"') == ["net"]
    assert asked("Disney") == asked("Disney+") == ["plus"]
    assert asked("C") == ["c"]


def test_persian_and_hebrew(library: Callable[[Texts], Asked]) -> None:
    more = (("fa3", "fa", "او نمی داند که کتاب ها کجاست."), ("he3", "he", "צה\"ל הודיע, צ'ק נגנב."))
    asked = library((*PERSIAN_AND_HEBREW, *more))
    for query in ("نمی خواهم", "نمی\u200cخواهم", "نمیخواهم", "کتاب خانه", "کتابخانه"):
        assert asked(query)[0] == "fa1", query
    for query in ("علی آباد", "علی‌آباد", "علیآباد", "۱۴۰۲", "1402"):
        assert asked(query)[0] == "fa2", query
    for query in ("نمی‌داند", "نمیداند", "کتاب‌ها", "کتابها"):
        assert asked(query)[0] == "fa3", query
    assert asked("מורה")[0] == "he"
    assert set(asked("צהל")) == set(asked('צה"ל')) == set(asked("צה״ל")) == {"he2", "he3"}
    assert asked("תל אביב")[0] == asked("תל")[0] == "he2"


FORMS = {
    "uk": ["школа школи школу школою школам", "книга книги книзі", "місто міста місті", "рік року роки", "день дні", "нога нозі",
           "мова мови", "ринок ринку", "вулиця вулиці вулицю", "Київ Києва Києві", "ліс лісу"],
    "be": ["школа школы школе", "стол стале сталы", "кніга кнігі кнізе", "мова мовы", "вада вадзе", "закон законаў"],
    "bg": ["книга книги книгата", "град градове градът", "ученик ученици", "ден дни", "село села", "театър театри"],
    "mk": ["книга книги книгата", "град градови градот", "улица улици", "ученик ученици", "куќа куќи"],
    "hr": ["škola škole školu", "ulica ulice ulici", "mjesto mjesta", "knjiga knjizi", "ruka ruci", "pas psa", "grad gradovi"],
    "sr": ["школа школе школу", "улица улице", "место места", "књига књизи knjige", "рука руци"],
    "sk": ["kniha knihy kníh", "mesto mesta miest", "ulica ulice", "rok roka roky", "dom domy"],
    "sl": ["šola šole šoli", "mesto mesta", "knjiga knjige", "cesta ceste", "pes psa", "most mostovi"],
    "lv": ["skola skolas skolā", "māja mājas", "upe upes upi"],
    "kk": ["мектеп мектептер", "кітап кітабы", "үй үйлер"],
    "mr": ["शाळा शाळेत", "नदी नदीत", "घर घरात"],
    "sq": ["shkolla shkollë", "ligji ligj", "ura urë"],
    "bn": ["শহর শহরের", "বই বইটি"],
    "ur": ["کتاب کتابیں کتابوں", "شہر شہروں"],
}  # fmt: skip


@pytest.mark.parametrize("tag", FORMS)
def test_forms_of_short_nouns(tag: str) -> None:
    for line in FORMS[tag]:
        assert len({stem(word, tag) for word in line.split()}) == 1, line


def test_a_short_noun_is_found_in_its_other_forms(library: Callable[[Texts], Asked]) -> None:
    texts = {
        ("uk", "школа"): "У місті закрили всі школи.",
        ("uk", "книга"): "На ярмарку продали старі книги.",
        ("bg", "книга"): "На панаира продадоха стари книги.",
        ("hr", "škola"): "U gradu su zatvorene sve škole.",
        ("hr", "ulica"): "Uz ovu stranu ulice nema rasvjete.",
        ("sk", "kniha"): "Na jarmoku predali staré knihy.",
        ("sk", "mesto"): "Do starého mesta nesmú autá.",
        ("sl", "šola"): "V mestu so zaprli vse šole.",
        ("be", "школа"): "У горадзе зачынілі ўсе школы.",
        ("pl", "szkoła"): "W mieście zamknięto wszystkie szkoły.",
        ("cs", "škola"): "Ve městě zavřeli všechny školy.",
    }
    other = [(f"{tag} {word} other", tag, text) for (tag, word), text in texts.items()]
    same = [
        (f"{tag} {word} same", tag, f"{word}: 12 + 7 = 19, 40 + 2 = 42, 3 × 5 = 15 ({tag}).") for tag, word in texts
    ]
    asked = library((*other, *same))
    for tag, word in texts:
        assert {f"{tag} {word} same", f"{tag} {word} other"} == set(asked(word, tag)), (tag, word)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("पञ्जाब", "पंजाब"), ("इन्टरनेट", "इंटरनेट"), ("ज़मीन", "जमीन"), ("ਪੰਜਾਬ", "ਪਂਜਾਬ"), ("ಬೆಙ್ಗಳೂರು", "ಬೆಂಗಳೂರು"),
        ("國際", "国際"), ("国际", "國際"), ("齋藤", "斎藤"), ("ハワイ", "はわい"), ("צה״ל", "צהל"), ("שָׁלוֹם", "שלום"),
        ("الإسكندرية", "الاسكندريه"), ("کتاب‌خانهٔ", "کتابخانه"), ("فارسی", "فارسي"), ("๑๒", "12"), ("၂၀", "20"), ("២០", "20"),
        ("комп\u02bcютер", "комп'ютер"), ("Ґанок", "ганок"),
    ],
)  # fmt: skip
def test_spellings_fold_to_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_words_of_unspaced_scripts_that_stand_apart(library: Callable[[Texts], Asked], tmp_path: Path) -> None:
    """The group between two words is no word: what has both words has all of the query."""
    library(
        (
            ("zh", "zh", "學校的圍牆在風暴中倒塌。"),
            ("ja", "ja", "環境の保護は大切だ。"),
            ("ko", "ko", "학교에 새 급식소가 생겼다."),
            ("th", "th", "โรงเรียนมีกำแพงใหม่"),
            ("other", "zh", "港口今天關閉。"),
        )
    )
    with Engine(tmp_path / "index") as engine:
        for query, wanted in (
            ("学校围墙", "zh"),
            ("學校圍牆", "zh"),
            ("環境保護", "ja"),
            ("학교급식", "ko"),
            ("โรงเรียนกำแพง", "th"),
        ):
            for mode in ("keyword", "hybrid"):
                hit = engine.search(SearchRequest(query, mode=mode)).hits[0]
                assert (hit.article.id, (hit.relevance or 0) >= 0.5) == (wanted, True), (query, mode, hit.relevance)


@pytest.mark.parametrize("written", ["นํ้าท่วม", "นำ้ท่วม", "น้ําท่วม"])
def test_the_vowel_am_and_a_mark_of_tone_stand_in_any_order(written: str) -> None:
    assert terms(written, "th") == terms("น้ำท่วม", "th")
    assert terms("เเม่" + written, "th") == terms("แม่น้ำท่วม", "th")
