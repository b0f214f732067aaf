"""Function words alone are dropped from a query: every language's list against words that say something."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from paraglot.indexer.build import index_corpus
from paraglot.search.engine.engine import Engine
from paraglot.search.query.query_terms import keyword_query
from paraglot.search.text.analysis import fold, folded_stop_words, is_stop_word, terms, words
from paraglot.search.text.languages import LANGUAGES
from paraglot.search.types import Mode, SearchRequest

CONTENT = {
    "af": "oorlog water huis land vrou geld stad werk jaar regering dag",
    "ar": "حرب ماء بيت دولة امرأة مال مدينة عمل سنة حكومة نار عالم روسيا يوم مليون",
    "bg": "война вода къща държава жена пари град работа година правителство огън свят русия ден приятел",
    "bn": "যুদ্ধ পানি বাড়ি দেশ নারী টাকা শহর কাজ বছর সরকার আগুন বিশ্ব দিন",
    "ca": "guerra aigua casa estat dona diners ciutat treball any govern foc món consell dia",
    "cs": "válka voda dům stát žena peníze město práce rok vláda oheň svět rusko den moc byt",
    "da": "krig vand hus stat kvinde penge by arbejde år regering ild verden dag får ret",
    "de": "Krieg Wasser Haus Staat Frau Geld Stadt Arbeit Jahr Regierung Feuer Welt Recht Tag Mensch Beispiel Zeit Ende",
    "el": "πόλεμος νερό σπίτι κράτος γυναίκα χρήμα πόλη εργασία έτος κυβέρνηση φωτιά κόσμος",
    "en": "fire computer microsoft home research world bill state system case million uk may us mine interest member point "
    "room side work year place problem group area man thing number order part war water country money woman city book",
    "eo": "milito akvo domo ŝtato virino mono urbo laboro jaro registaro fajro mondo tago sinjoro",
    "es": "trabajo empleo estado guerra agua casa mujer dinero ciudad año gobierno fuego mundo embargo verdad país día",
    "et": "sõda vesi maja riik naine raha linn töö aasta valitsus tuli maailm",
    "eu": "gerra ur etxe estatu emakume diru hiri lan urte gobernu su mundu",
    "fa": "جنگ آب خانه دولت زن پول شهر کار سال آتش جهان حق عنوان روز",
    "fi": "sota vesi talo valtio nainen raha kaupunki työ vuosi hallitus tuli maailma päivä",
    "fr": "guerre eau maison état femme argent ville travail an gouvernement feu monde conseil été voie jour prix",
    "ga": "cogadh uisce teach stát bean airgead cathair obair bliain rialtas tine domhan",
    "gl": "guerra auga casa estado muller diñeiro cidade traballo ano goberno lume mundo",
    "he": "מלחמה מים בית מדינה אישה כסף עיר עבודה שנה ממשלה אש עולם דרך יום",
    "hi": "युद्ध पानी घर राज्य औरत पैसा शहर काम साल सरकार आग दुनिया दिन",
    "hr": "rat voda kuća država žena novac grad rad godina vlada vatra svijet dan",
    "hu": "háború víz ház állam nő pénz város munka év kormány tűz világ nap",
    "hy": "պատերազմ ջուր տուն պետություն կին փող քաղաք աշխատանք տարի կառավարություն",
    "id": "perang air rumah negara perempuan uang kota kerja tahun pemerintah api dunia kasus tempat hari",
    "it": "guerra acqua casa stato stati donna soldi città lavoro anno governo fuoco mondo consiglio fatto giorno",
    "la": "bellum aqua domus civitas femina pecunia urbs labor annus ignis mundus res",
    "lt": "karas vanduo namas valstybė moteris pinigai miestas darbas metai vyriausybė ugnis pasaulis",
    "lv": "karš ūdens māja valsts sieviete nauda pilsēta darbs gads valdība uguns pasaule",
    "mr": "युद्ध पाणी घर राज्य स्त्री पैसा शहर काम वर्ष सरकार आग जग कोटी लाख मुंबई",
    "ms": "perang air rumah negara wanita wang bandar kerja tahun kerajaan api dunia",
    "nl": "oorlog water huis staat vrouw geld stad werk jaar regering vuur wereld dag recht",
    "no": "krig vann hus stat kvinne penger by arbeid år regjering ild verden dag rett",
    "pl": "wojna woda dom państwo kobieta pieniądze miasto praca rok rząd ogień świat rosja dzień",
    "pt": "conselho sistema trabalho guerra água casa estado mulher dinheiro cidade ano governo fogo mundo são dia",
    "ro": "război apă casă stat femeie bani oraș muncă an guvern foc lume zi",
    "ru": "россия москва война вода город деньги женщина книга мир народ дом работа год правительство огонь друг день",
    "sk": "vojna voda dom štát žena peniaze mesto práca rok vláda oheň svet deň",
    "sl": "vojna voda hiša država ženska denar mesto delo leto vlada ogenj svet januar maj avgust vas",
    "sv": "beslut krig vatten hus stat kvinna pengar stad arbete år regering eld värld dag rätt vår",
    "sw": "vita maji nyumba nchi mwanamke pesa mji kazi mwaka serikali moto dunia watu mtu",
    "tl": "digmaan tubig bahay bansa babae pera lungsod trabaho taon gobyerno apoy mundo",
    "tr": "savaş su ev devlet kadın para şehir iş yıl hükümet ateş dünya son gün",
    "uk": "війна вода дім держава жінка гроші місто робота рік уряд вогонь світ росія день",
    "ur": "جنگ پانی گھر ریاست عورت پیسہ شہر کام سال حکومت آگ دنیا دن",
}

FUNCTION = {
    "af": "die en van het is", "ar": "من في على هذا التي", "bg": "на и от да се", "bn": "এবং এই জন্য থেকে", "ca": "de la i que amb",
    "cs": "a na se je který", "da": "og det er på ikke", "de": "der die und nicht ist für von", "el": "και το της είναι για",
    "en": "the of and is what how with from", "eo": "la kaj estas de", "es": "el de que los qué para con",
    "et": "ja on ei see", "eu": "eta da du", "fa": "و در به از که", "fi": "ja on ei että", "fr": "le de et les que pour dans",
    "ga": "agus an na ar", "gl": "o de que e", "he": "של את על לא", "hi": "के में की है और", "hr": "i je u na se", "hu": "a az és hogy nem",
    "hy": "և է որ", "id": "yang dan di dengan", "it": "il di che e per della", "la": "et in non", "lt": "ir kad yra", "lv": "un ir kas",
    "mr": "आणि आहे या", "ms": "yang dan di", "nl": "de het en van een", "no": "og det er på", "pl": "i w na z się nie",
    "pt": "o de que e para com", "ro": "de la în cu", "ru": "и в на не что как", "sk": "a na sa je", "sl": "in je na se",
    "sv": "och det att som", "sw": "na ya wa", "tl": "ang ng sa", "tr": "ve bir bu için", "uk": "і в на що не", "ur": "کے میں اور ہے",
}  # fmt: skip


def test_every_language_that_had_a_list_keeps_one() -> None:
    listed = {tag for tag, row in LANGUAGES.items() if row.stop_words}
    assert listed == set(CONTENT) == set(FUNCTION)
    assert min(len(folded_stop_words(tag)) for tag in listed) >= 25


@pytest.mark.parametrize("tag", sorted(CONTENT))
def test_function_words_alone_are_stop_words(tag: str) -> None:
    listed = folded_stop_words(tag)
    assert [word for word in CONTENT[tag].split() if fold(word) in listed] == []
    assert [word for word in FUNCTION[tag].split() if fold(word) not in listed] == []


def looked_for(query: str, tag: str) -> list[str]:
    asked = keyword_query(list(words(query)), {tag: 1.0}, lambda _: 1)
    return [next(iter(word.terms)) for word in asked.words]


def test_function_words_count_where_there_is_nothing_else() -> None:
    assert looked_for("to be or not to be", "en") == ["to", "be", "or", "not"]
    assert looked_for("what is the price of bread", "en") == ["price", "bread"]
    assert looked_for("der die das", "de") == ["der", "die", "das"]


def test_an_abbreviation_is_no_function_word() -> None:
    assert looked_for("WHO report on IT", "en") == ["who", "report", "it"]
    assert looked_for("WHO OWNS THE BRIDGE", "en") == ["owns", "bridge"]
    assert looked_for("A report", "en") == ["report"]


SHARED_STEMS = {
    "bg": "око без кола", "ca": "estació dins dur", "cs": "maso máš dny", "da": "møde mod måned", "de": "Seite seit Sicherheit",
    "es": "comer como pared para", "fr": "entrée entre durée", "it": "fine fino sole", "lv": "zeme zem īri", "nl": "bijen bij paarden waarheid",
    "no": "side siden varer", "pl": "sobą sobie razem", "pt": "comida como comer", "ro": "mină mine cină", "ru": "пора друзья имя", "sl": "večer pero med",
    "sv": "mannen man mötet", "tr": "yol yoluyla on", "uk": "вода від бог без", "hu": "német nem ügy", "fi": "talo aika kukkia", "el": "πόλη πολύ μόνος",
    "ar": "الولايات ولا جميع", "lt": "tiesa dar labas", "id": "dua keluar luar",
}  # fmt: skip


@pytest.mark.parametrize("tag", sorted(SHARED_STEMS))
def test_no_word_is_a_form_of_a_function_word(tag: str) -> None:
    every = SHARED_STEMS[tag].split()
    content = {fold(word): terms(word, tag) for word in every if not is_stop_word(word, tag)}
    silent = {term for word in every if is_stop_word(word, tag) for term in terms(word, tag)}
    assert content
    for form, found in content.items():
        assert silent.isdisjoint(set(found) - {form}), form
    assert not any(term.startswith(f"{tag}:") and "~" not in term for term in silent)


ACCENTED = {
    "da": "hår", "es": "uña té", "fr": "maïs été dés", "hu": "ügy sót", "no": "hår", "pl": "zęby", "pt": "dó", "ro": "pește peşte", "sv": "hår",
}  # fmt: skip
WRITTEN_OTHERWISE = {
    "es": "mas que",
    "de": "daß fur",
    "it": "perchè piu",
    "pl": "sie zeby wlasnie własnie",
    "ro": "si şi şI sa",
    "tr": "icin İÇİN",
}


@pytest.mark.parametrize("tag", sorted(ACCENTED))
def test_a_word_with_marks_of_its_own_is_no_function_word(tag: str) -> None:
    for word in ACCENTED[tag].split():
        assert not is_stop_word(word, tag)
        assert looked_for(f"{word} {FUNCTION[tag].split()[0]}", tag) == [fold(word)]


@pytest.mark.parametrize("tag", sorted(WRITTEN_OTHERWISE))
def test_a_function_word_without_its_marks_is_one(tag: str) -> None:
    assert [word for word in WRITTEN_OTHERWISE[tag].split() if not is_stop_word(word, tag)] == []


@pytest.mark.parametrize(
    ("tag", "query", "right", "wrong", "found"),
    [
        ("nl", "bijen", "De bijen vliegen.", "Het huis staat bij de kerk.", ["right"]),
        ("es", "comer", "Comemos pan.", "Es alto como una torre.", ["right"]),
        ("uk", "вода", "Води стало мало.", "Він пішов від школи.", ["right"]),
        ("da", "hår", "Hendes hår er rødt.", "De har et hus.", ["right", "wrong"]),
    ],
)
def test_a_word_is_found_in_its_forms_and_not_by_a_function_word(
    tmp_path: Path, tag: str, query: str, right: str, wrong: str, found: list[str]
) -> None:
    corpus = tmp_path / "corpus.jsonl"
    articles = [{"id": name, "language": tag, "text": text} for name, text in (("right", right), ("wrong", wrong))]
    corpus.write_text("".join(json.dumps(one) + "\n" for one in articles), "utf-8")
    index_corpus(tmp_path / "index", [corpus], "fake")
    with Engine(tmp_path / "index") as engine:
        answer = engine.search(SearchRequest(query, mode="keyword", query_language=tag))
    assert [hit.article.id for hit in answer.hits] == found


@pytest.fixture(scope="module")
def lawsuits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("lawsuits")
    articles = [
        {
            "id": "right",
            "language": "en",
            "text": "Microsoft asked the court on Monday to hear the lawsuit of the town again.",
        },
        {"id": "right-ru", "language": "ru", "text": "Россия ответила в понедельник на новые санкции союза."},
        *(
            {"id": f"d-{n}", "language": "en", "text": f"The lawsuit number {n} was about a lawsuit."}
            for n in range(130)
        ),
        *({"id": f"r-{n}", "language": "ru", "text": f"Санкции номер {n}: новые санкции."} for n in range(130)),
    ]
    corpus = folder / "corpus.jsonl"
    corpus.write_text("".join(json.dumps(one) + "\n" for one in articles), "utf-8")
    index_corpus(folder / "index", [corpus], "fake")
    with Engine(folder / "index") as engine:
        yield engine


@pytest.mark.parametrize("mode", ["keyword", "hybrid"])
@pytest.mark.parametrize(("query", "right"), [("microsoft lawsuit", "right"), ("россия санкции", "right-ru")])
def test_a_word_of_weight_is_looked_for(lawsuits: Engine, query: str, right: str, mode: Mode) -> None:
    assert lawsuits.search(SearchRequest(query, mode=mode)).hits[0].article.id == right
