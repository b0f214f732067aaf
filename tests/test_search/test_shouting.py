"""Whether a query is shouted, or holds what is written in capitals anyway."""

from __future__ import annotations

import pytest

from paraglot.search.query.shouting import calmed

LANGUAGES = ("de", "el", "en", "es", "fr", "ru", "tr", "uk")


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
        *("", "?!", "2024", "The Price of BREAD", "iPhone", "covid"),
    ],
)
def test_capitals_that_stay(query: str) -> None:
    assert calmed(query, LANGUAGES) == query


@pytest.mark.parametrize(
    ("shouted", "calm"),
    [
        ("THE PRICE OF BREAD", "The price of bread"),
        ("WHO FUNDS CORAL", "Who funds coral"),
        ("BREAD PRICES RISE AGAIN", "Bread prices rise again"),
        ("UMWELTSCHUTZ", "Umweltschutz"),
        ("WIE TEUER IST BROT?", "Wie teuer ist brot?"),
        ("L’ÉCOLE N’EST PAS OUVERTE", "L’école n’est pas ouverte"),
        ("¿QUIÉN FINANCIA EL CORAL?", "¿Quién financia el coral?"),
        ("ПОЧЕМУ ХЛЕБ ПОДОРОЖАЛ В 2024?", "Почему хлеб подорожал в 2024?"),
        ("ΠΟΙΟΣ ΠΛΗΡΩΝΕΙ ΤΟ ΨΩΜΙ", "Ποιος πληρωνει το ψωμι"),
        ("VİRÜSÜN DNA DİZİSİNİ KİM OKUDU?", "Virüsün dna dizisini kim okudu?"),
        ("ЗБЕРЕЖЕННЯ ШКОЛИ", "Збереження школи"),
    ],
)
def test_a_shouted_sentence_is_calmed(shouted: str, calm: str) -> None:
    assert calmed(shouted, LANGUAGES) == calm


@pytest.mark.parametrize("ending", ["!", "…", " !!!", "...", "！"])
def test_what_exclaims_or_trails_off_is_not_read(ending: str) -> None:
    assert calmed(f"who funds coral{ending}", LANGUAGES) == "who funds coral"
