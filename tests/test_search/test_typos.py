"""Typing errors: what was meant is found as if it were written right, and what is right is let be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.seeds_quality import read_judged
from paraglot.indexer.build import index_corpus
from paraglot.search.engine.engine import Engine, open_index
from paraglot.search.query.spelling import is_right
from paraglot.search.query.typos import swapped
from paraglot.search.text.analysis import words
from paraglot.search.types import Mode, SearchRequest

ARTICLES = {
    "fr": "Le président Étienne Lefèvre a inauguré l'école du Château près de Besançon, où l'élève Zoé a récité un poème.",
    "de": "Bürgermeister Jürgen Schäfer eröffnete die Brücke über die Wörnitz in Nördlingen am Donnerstag.",
    "tr": "Kütüphane müdürü Gülşen Çağlayan, Şanlıurfa'daki yeni binayı çocuklara gösterdi.",
    "cs": "Starosta Příbrami Řehoř Švejnar otevřel plavecký bazén po dvouleté přestavbě.",
    "es": "El alcalde Íñigo Muñoz abrió la biblioteca pública de Logroño después de la inundación.",
    "en": "The government extended the immunisation programme to all children in the northern province after the outbreak.",
    "ru": "Губернатор Королёв открыл областную библиотеку после наводнения, сообщило правительство.",
    "el": "Ο δήμαρχος Παπαδόπουλος άνοιξε τη δημοτική βιβλιοθήκη μετά την πλημμύρα.",
    "ar": "افتتح المسؤول المكتبة العامة في الإسكندرية بعد الفيضان، وقال إن التلاميذ فرحوا.",
    "he": "ראש העיר פתח את הספרייה העירונית אחרי השיטפון, והתלמידים שמחו.",
    "hi": "राज्यपाल ने बाढ़ के बाद सार्वजनिक पुस्तकालय खोला और विद्यार्थियों को बधाई दी।",
    "fa": "شهردار کاشان کتاب‌خانهٔ عمومی را پس از سیل باز کرد و دانش‌آموزان خوشحال شدند.",
    "zh": "市长在洪水之后重新开放了市立图书馆，学生们非常高兴。",
    "ko": "시장은 홍수 뒤에 시립 도서관을 다시 열었고 학생들이 기뻐했다.",
    "th": "นายกเทศมนตรีเปิดห้องสมุดประชาชนหลังน้ำท่วม นักเรียนดีใจมาก",
    "nl": "Een wethouder onthulde woensdag het monument voor de vissers van Urk.",
}


def made(folder: Path, encoder: str) -> Path:
    corpus = folder / "corpus.jsonl"
    articles = [{"id": tag, "language": tag, "title": "", "text": text} for tag, text in ARTICLES.items()]
    corpus.write_text("".join(json.dumps(article) + "\n" for article in articles), "utf-8")
    index_corpus(folder / "index", [corpus], encoder)
    return folder / "index"


@pytest.fixture(scope="module")
def town_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with open_index(made(tmp_path_factory.mktemp("typos"), "fake")) as engine:
        yield engine


MISTYPED = [
    # swapped, dropped, doubled, another letter; at the begin, in the middle, at the end; two in a long word
    ("présidnet", "fr", "président"),
    ("Besancno", "fr", "Besançon"),
    ("rpésident", "fr", "président"),
    ("irésident", "fr", "président"),
    ("outbreka", "en", "outbreak"),
    ("oubtreak", "en", "outbreak"),
    ("utbreak", "en", "outbreak"),
    ("outtbreak", "en", "outbreak"),
    ("iutbreak", "en", "outbreak"),
    ("ommunisation", "en", "immunisation"),
    ("immunsiatoin", "en", "immunisation"),
    ("goverment outbreka", "en", "government outbreak"),
    ("governmnet immunistaion", "en", "government immunisation"),
    ("childern in the nothern provnice", "en", "children in the northern province"),
    ("immuni sation", "en", "immunisation"),
    ("northernprovince", "en", "northern province"),
    ("Bürgermesiter", "de", "Bürgermeister"),
    ("bürgermeistre", "de", "Bürgermeister"),
    ("δημαρχςο", "el", "δήμαρχος"),
    ("πλημυρα", "el", "πλημμύρα"),
    ("الإسكندررية", "ar", "الإسكندرية"),
    ("Губернатро", "ru", "Губернатор"),
    ("убернатор", "ru", "Губернатор"),
    ("inundaicón", "es", "inundación"),
    ("Kütüphnae", "tr", "Kütüphane"),
    ("पुसत्कालय", "hi", "पुस्तकालय"),
    ("הסרפייה", "he", "הספרייה"),
    ("monumnet", "nl", "monument"),
    # where the letters that are left tell another language
    ("alalde", "es", "alcalde"),
    ("ública", "es", "pública"),
    ("örnitz", "de", "Wörnitz"),
]


@pytest.mark.parametrize(("query", "article", "meant"), MISTYPED)
def test_what_was_meant_is_found_first(town_engine: Engine, query: str, article: str, meant: str) -> None:
    hybrid, keyword, right = (
        town_engine.search(SearchRequest(text, mode=mode))
        for text, mode in ((query, "hybrid"), (query, "keyword"), (meant, "hybrid"))
    )
    assert hybrid.did_you_mean == keyword.did_you_mean == meant
    assert hybrid.hits[0].article.id == keyword.hits[0].article.id == article
    # Read as it was meant: the same answer, and as sure.
    assert [(hit.article.id, hit.relevance) for hit in hybrid.hits] == [
        (hit.article.id, hit.relevance) for hit in right.hits
    ]


@pytest.mark.parametrize(
    "query", ["市长在洪水", "图书官", "도서괸", "ห้องสมุก", "القاهرة", "Merz", "Modi", "NATO", "covid19"]
)
def test_what_cannot_be_told_to_be_a_slip_stays(town_engine: Engine, query: str) -> None:
    assert town_engine.search(SearchRequest(query, mode="keyword")).did_you_mean is None


def test_operators_and_their_words_are_no_slips(town_engine: Engine) -> None:
    for query in ("title: outbreak", "outbreak -programmr", "-outbreka government", "outbrea* government"):
        assert town_engine.search(SearchRequest(query, mode="keyword")).did_you_mean is None
    mended = town_engine.search(SearchRequest("goverment -vaccination", mode="keyword"))
    assert (mended.did_you_mean, [hit.article.id for hit in mended.hits]) == ("government -vaccination", ["en"])


def test_a_suggestion_is_written_as_the_corpus_writes_it(town_engine: Engine) -> None:
    for query, meant in (("BESANCNO", "BESANÇON"), ("Outbreka", "Outbreak"), ("etienen", "Étienne")):
        assert town_engine.search(SearchRequest(query, mode="keyword")).did_you_mean == meant


EVERYDAY = {
    "en": "wifi poem falcon novel router statue kitchen window garden pencil blanket bicycle mirror ladder button candle",
    "de": "Streik Orangen Küche Fenster Garten Bleistift Decke Fahrrad Spiegel Leiter Knopf Kerze Schrank Gabel Löffel",
    "fr": "juge clef cuisine fenêtre jardin crayon couverture vélo miroir échelle bouton bougie armoire fourchette",
    "es": "huelga bicicleta cocina ventana jardín lápiz manta espejo escalera botón vela armario tenedor cuchara",
    "pt": "ação cozinha janela jardim lápis cobertor espelho escada botão vela armário garfo colher toalha",
    "it": "cucina finestra giardino matita coperta specchio scala bottone candela armadio forchetta cucchiaio",
    "tr": "şiir mutfak pencere bahçe kalem battaniye ayna merdiven düğme dolap çatal kaşık havlu",
    "ru": "кухня окно карандаш одеяло велосипед зеркало лестница пуговица свеча шкаф вилка ложка",
    "nl": "keuken raam potlood deken fiets spiegel ladder knoop kaars kast vork lepel handdoek",
    "pl": "kuchnia okno ołówek koc rower lustro drabina guzik świeca szafa widelec łyżka ręcznik",
}


@pytest.mark.slow
@pytest.mark.parametrize("tag", EVERYDAY)
def test_everyday_words_that_the_seeds_lack_are_right(seeds_index: Path, tag: str) -> None:
    with open_index(seeds_index) as engine:
        told = {word: engine.search(SearchRequest(word, mode="keyword")).did_you_mean for word in EVERYDAY[tag].split()}
    assert {word: meant for word, meant in told.items() if meant} == {}


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
def test_words_near_those_of_another_language_are_right(seeds_index: Path, mode: Mode) -> None:
    """As grapes is near grades, téléphone near telepon, saben near sagen, Cina near china."""
    asked = ["grapes", "dark", "téléphone", "saben", "nguy", "Cina", "grupo", "previous"]
    with open_index(seeds_index) as engine:
        told = {word: engine.search(SearchRequest(word, mode=mode)).did_you_mean for word in asked}
    assert told == dict.fromkeys(asked)


@pytest.mark.slow
def test_slips_alone_and_among_other_words(seeds_index: Path) -> None:
    slips = {
        **{"boulangrie": "boulangerie", "antibiotcs": "antibiotics", "Hochwaser": "Hochwasser"},
        **{"antibiotcs in hospitl": "antibiotics in hospital", "boulangrie village": "boulangerie village"},
        **{"Hochwaser Versicherung": "Hochwasser Versicherung", "coral reff": "coral reef"},
        **{"landlrd raises rent": "landlord raises rent"},
    }
    with open_index(seeds_index) as engine:
        assert {query: engine.search(SearchRequest(query)).did_you_mean for query in slips} == slips
        articles = [engine.search(SearchRequest(query)).hits[0].article.id for query in list(slips)[3:5]]
    assert articles == ["en/hospital-resistant-infections.txt", "fr/boulangerie-village-culture.txt"]


@pytest.mark.slow
def test_the_judged_queries_are_right(seeds_index: Path) -> None:
    with open_index(seeds_index) as engine:
        asked = [one.query for one in read_judged()]
        told = [query for query in asked if engine.search(SearchRequest(query, mode="keyword")).did_you_mean]
    assert len(told) <= 4, told


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("містах", "мсітах"), ("книгата", "книагта"), ("mostovima", "mostvoima"), ("başkanının", "bşakanının"),
        ("bread", "braed"), ("poem", "peom"), ("kitaplarında", "kitpalarında"), ("والمدينة", "شكولا"),
    ],
)  # fmt: skip
def test_a_regular_form_of_a_known_word_is_right(right: str, wrong: str) -> None:
    assert is_right(next(words(right)), {})
    assert not is_right(next(words(wrong)), {})


def test_syllables_of_vietnamese_are_right() -> None:
    for written in ("nghiên", "khuyết", "nhượng", "chênh", "loãng", "Thuẫn", "phụng"):
        [word] = words(written)
        assert is_right(word, {}), written
    for written in ("khuyềt", "nghêin", "nhượgn"):
        [word] = words(written)
        assert not is_right(word, {}), written


def test_swapped() -> None:
    assert swapped("outbreka", "outbreak")
    assert swapped("uotbreak", "outbreak")
    assert not swapped("outbreak", "outbreak")
    assert not swapped("outbreks", "outbreak")
    assert not swapped("outbrea", "outbreak")


ATTESTED = {
    "de": "unterschrieben beschlossene gestiegenen vorgeschlagen",
    "fr": "annoncée reconnaître rappelait soutenue connaissent",
    "es": "aprobaron mantuvieron exigieron sufrieron detenidas",
    "pl": "podpisano ogłoszono zakazane",
    "ru": "подписали возобновлена исследовали запрещённые пострадавших",
    "tr": "imzalandı açılması yasaklanan kaybettiler",
    "fi": "allekirjoitettu suljettu päättivät lykätty kärsineet",
    "hu": "aláírták bejelentették vizsgálták elvesztették betiltott",
}


@pytest.mark.parametrize("tag", ATTESTED)
def test_forms_that_texts_have_are_right(tag: str) -> None:
    assert [word.written for word in words(ATTESTED[tag]) if not is_right(word, {})] == []


def test_a_slip_is_no_attested_form() -> None:
    typed = "goverment enviroment présidnet unterscrhieben правительсвто allekirjoitetuu"
    assert [word.written for word in words(typed) if is_right(word, {})] == []


PAIRS = {
    "reef": ("en", "Coral of a reef is bleached, and blocking the harbour took its position near the water."),
    "council": ("fr", "Le président du conseil a parlé du récif."),
    "consul": ("en", "The consul came to the resident of the town."),
}


@pytest.fixture(scope="module")
def pairs_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("pairs")
    lines = [
        json.dumps({"id": name, "language": tag, "title": "", "text": text}) for name, (tag, text) in PAIRS.items()
    ]
    (folder / "corpus.jsonl").write_text("\n".join(lines), "utf-8")
    index_corpus(folder / "index", [folder / "corpus.jsonl"], "fake")
    with open_index(folder / "index") as engine:
        yield engine


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("présidnet consiel", "président conseil"),  # both in the one language that has both
        ("consiel présidnet", "conseil président"),
        ("coral reff bleching", "coral reef bleching"),  # two other letters: blocking is another word
        ("coral reff", "coral reef"),  # four letters, and a form in German: the other word tells the language
        ("coral reffs", None),
        ("reff", None),
        ("coral Reff", None),
        ("watter polution", None),
    ],
)
def test_two_mistyped_words(pairs_engine: Engine, query: str, meant: str | None) -> None:
    assert pairs_engine.search(SearchRequest(query, mode="keyword")).did_you_mean == meant
