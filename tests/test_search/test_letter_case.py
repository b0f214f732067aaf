"""How the case of a query is read: shouted, capitalized, a name, an abbreviation."""

from __future__ import annotations

import pytest

from paraglot.search.query.letter_case import calmed, capitalized
from paraglot.search.text.analysis import words

LANGUAGES = ("de", "el", "en", "es", "fr", "ru", "uk")


@pytest.mark.parametrize(
    "query",
    [
        *("CERN", "COVID", "ASEAN", "BRICS", "ЮНЕСКО", "ΟΥΝΕΣΚΟ", "INTERPOL", "DNA", "COVID-19", "G7", "BRICS ASEAN"),
        *("ASEAN BRICS UNESCO", "WHO EU", "WHO EU NATO"),
        *(
            "什么是DNA",
            "病毒的DNA是什么?",
            "ما هو الحمض DNA",
            "من قرأ DNA الفيروس؟",
            "DNA क्या है",
            "DNA란 무엇인가 COVID",
        ),
        *("ДНК 是什么", "מהו DNA בתאים", "ดีเอ็นเอ DNA คืออะไร", "რა არის DNA"),
        *("", "?!", "2024", "iPhone", "covid", "mRNA", "U.S.", "eBay", "the USA and the EU"),
    ],
)
def test_capitals_that_stay(query: str) -> None:
    assert calmed(query, LANGUAGES) == query


@pytest.mark.parametrize(
    ("shouted", "calm"),
    [
        ("THE PRICE OF BREAD", "the price of bread"),
        ("WHO FUNDS CORAL", "who funds Coral"),
        ("BREAD PRICES RISE AGAIN", "bread prices rise again"),
        ("UMWELTSCHUTZ", "Umweltschutz"),
        ("WIE TEUER IST BROT?", "wie teuer ist brot?"),
        ("L’ÉCOLE N’EST PAS OUVERTE", "l’école n’est pas ouverte"),
        ("¿QUIÉN FINANCIA EL CORAL?", "¿quién financia el coral?"),
        ("ПОЧЕМУ ХЛЕБ ПОДОРОЖАЛ В 2024?", "почему хлеб подорожал в 2024?"),
        ("ΠΟΙΟΣ ΠΛΗΡΩΝΕΙ ΤΟ ΨΩΜΙ", "ποιος πληρωνει το ψωμι"),
        ("VİRÜSÜN DNA DİZİSİNİ KİM OKUDU?", "virüsün dna dizisini kim okudu?"),
        ("MERCAN YOSUNLARI DIŞ FIRÇASIYLA TEMIZLENIYOR", "mercan yosunları diş fırçasıyla temizleniyor"),
        ("KIRIK KİLİTLER NASIL AÇILIR", "kırık kilitler nasıl açılır"),
        ("ԻՆՉՈ՞Ւ Է ՀԱՑԸ ԹԱՆԿԱՑԵԼ", "ինչո՞ւ է հացը թանկացել"),
        ("ᲠᲐᲢᲝᲛ ᲒᲐᲫᲕᲘᲠᲓᲐ ᲞᲣᲠᲘ ᲠᲣᲡᲗᲐᲕᲨᲘ", "რატომ გაძვირდა პური რუსთავში"),
        ("ЗБЕРЕЖЕННЯ ШКОЛИ", "збереження школи"),
    ],
)
def test_a_shouted_sentence_is_calmed(shouted: str, calm: str) -> None:
    turkish = any(letter in calm for letter in "ışğ")
    assert calmed(shouted, ["tr"] if turkish else LANGUAGES) == calm


@pytest.mark.parametrize(
    ("written", "calm"),
    [
        ("The Price of BREAD", "the price of BREAD"),
        ("Why Did Bread Prices Rise in Wellington", "why did bread prices rise in wellington"),
        ("Wer zahlt für die Ärzte der WHO in Genf?", "wer zahlt für die ärzte der WHO in genf?"),
        ("Кто платит за Хлеб в ООН", "кто платит за хлеб в ООН"),
        ("Ποιος πληρώνει το Ψωμί", "ποιος πληρώνει το ψωμί"),
        ("Ով է վճարում Երևանում", "ով է վճարում երևանում"),
        ("Işık ve İstanbul Iğdır", "ışık ve istanbul ığdır"),
        ("J.R.R. Tolkien in the U.S. Army", "J.R.R. tolkien in the U.S. army"),
        ("L’École d’Été à Nice", "l’école d’été à nice"),
        ("新しいBread", "新しいBread"),
    ],
)
def test_a_word_has_no_capital_at_its_beginning_alone(written: str, calm: str) -> None:
    assert calmed(written, LANGUAGES if "İ" not in written else ["tr"]) == calm
    assert calmed(calm, LANGUAGES) == calm


@pytest.mark.parametrize(
    ("language", "mostly"),
    [
        *(
            ("en", "Warsaw"),
            ("en", "bread tax"),
            ("en", "BMW"),
            ("en", "Paris"),
            ("de", "Umweltschutz"),
            ("fr", "pain"),
        ),
        *(("ru", "Москва"), ("ru", "хлеб"), ("ru", "ЮНЕСКО"), ("el", "Αθήνα"), ("el", "ψωμί"), ("hy", "Հայաստան")),
        *(("tr", "İzmir"), ("tr", "kitap"), ("uk", "Київ"), ("en", "NATO"), ("en", "Vatican City")),
    ],
)
def test_a_name_is_read_as_texts_mostly_have_it(language: str, mostly: str) -> None:
    small, great = (
        mostly.replace("İ", "i").lower(),
        mostly.replace("i", "İ").upper() if language == "tr" else mostly.upper(),
    )
    for written in {mostly, small, small.title(), great}:
        assert calmed(written, [language]) == mostly


def test_a_capital_that_one_word_alone_has_is_meant() -> None:
    assert calmed("minister w Kairze", ["pl"]) == "minister w Kairze"
    assert calmed("minister w kairze", ["pl"]) == calmed("Minister W Kairze", ["pl"]) == "minister w kairze"


@pytest.mark.parametrize("ending", ["!", "…", " !!!", "...", "！"])
def test_what_exclaims_or_trails_off_is_not_read(ending: str) -> None:
    assert calmed(f"who funds this coral{ending}", LANGUAGES) == "who funds this coral"


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("armenia", "Armenia"),
        ("history of armenia", "history of Armenia"),
        ("москва", "Москва"),
        ("Bush", "Bush"),
        ("bread tax", "bread tax"),
        ("why armenia left the union", "why armenia left the union"),
        ("亚美尼亚", "亚美尼亚"),
    ],
)
def test_a_name_in_small_letters_is_looked_for_as_a_name(query: str, read: str) -> None:
    found = capitalized(query, list(words(query)), LANGUAGES)
    assert [word.written for word in found] == [word.written for word in words(read)]
    assert [(word.start, word.end, word.terms) for word in found] == [
        (word.start, word.end, word.terms) for word in words(query)
    ]
