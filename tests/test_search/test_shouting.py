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
        ("THE PRICE OF BREAD", "The Price Of Bread"),
        ("WHO FUNDS CORAL", "Who Funds Coral"),
        ("BREAD PRICES RISE AGAIN", "Bread Prices Rise Again"),
        ("UMWELTSCHUTZ", "Umweltschutz"),
        ("WIE TEUER IST BROT?", "Wie Teuer Ist Brot?"),
        ("L’ÉCOLE N’EST PAS OUVERTE", "L’école N’est Pas Ouverte"),
        ("¿QUIÉN FINANCIA EL CORAL?", "¿Quién Financia El Coral?"),
        ("ПОЧЕМУ ХЛЕБ ПОДОРОЖАЛ В 2024?", "Почему Хлеб Подорожал В 2024?"),
        ("ΠΟΙΟΣ ΠΛΗΡΩΝΕΙ ΤΟ ΨΩΜΙ", "Ποιος Πληρωνει Το Ψωμι"),
        ("VİRÜSÜN DNA DİZİSİNİ KİM OKUDU?", "Virüsün Dna Dizisini Kim Okudu?"),
        ("ЗБЕРЕЖЕННЯ ШКОЛИ", "Збереження Школи"),
    ],
)
def test_a_shouted_sentence_is_calmed(shouted: str, calm: str) -> None:
    assert calmed(shouted, LANGUAGES) == calm
