"""Parts of compounds find the compound, and words that are none are not divided."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from paraglot.search.text.analysis import terms
from paraglot.search.text.compounds import split_compound
from tests.asked import Asked, Texts

COMPOUNDS: Texts = (
    ("de", "de", "Die Hochwasserversicherung deckt seit Januar auch Keller ab."),
    ("de2", "de", "Die Blutorangen aus Sizilien kamen drei Wochen später als sonst."),
    ("nl", "nl", "De ziektekostenverzekering wordt volgend jaar acht euro duurder."),
    ("sv", "sv", "Sjukvårdsförsäkringen blir åtta kronor dyrare nästa år."),
    ("fi", "fi", "Sairausvakuutus kallistuu ensi vuonna kahdeksan euroa."),
    ("hu", "hu", "A betegbiztosítás jövőre nyolc euróval drágább lesz."),
    ("da", "da", "Sygeforsikringen bliver otte kroner dyrere næste år."),
    ("d1", "de", "Die Feuerwehr pumpt seit Januar Keller aus."),
    ("d2", "de", "Die Zitronen aus Sizilien kamen drei Wochen später als sonst."),
    ("d3", "nl", "De treinkaart wordt volgend jaar acht euro duurder."),
    ("d4", "sv", "Tågkortet blir åtta kronor dyrare nästa år."),
    ("d5", "fi", "Junalippu kallistuu ensi vuonna kahdeksan euroa."),
    ("d6", "hu", "A vonatjegy jövőre nyolc euróval drágább lesz."),
    ("d7", "da", "Togkortet bliver otte kroner dyrere næste år."),
)


def test_several_parts_of_a_compound_together(library: Callable[[Texts], Asked]) -> None:
    asked = library(
        (
            ("together", "de", "Die Brandschutzverordnung gilt seit Mai."),
            ("scattered", "de", "Nach dem Brand suchte der Schutz der Deiche keine Verordnung."),
        )
    )
    assert "together" in asked("Brandschutz")
    assert "together" in asked("Schutzverordnung")
    assert terms("Brandschutzverordnung", "de")[2:] == [
        "de:~brand",
        "de:~brand+schutz",
        "de:~schutz",
        "de:~schutz+verordn",
        "de:~verordn",
    ]


def test_the_language_of_a_word_that_is_but_part_of_another(library: Callable[[Texts], Asked]) -> None:
    others = [
        (f"{tag}{place}", tag, text)
        for tag, text in (("de", "Der Zug hielt."), ("fr", "Le train."), ("es", "El tren."), ("it", "Il treno."))
        for place in range(4)
    ]
    more = [
        (tag, tag, text) for tag, text in (("pl", "Pociąg."), ("cs", "Vlak."), ("pt", "O trem."), ("ro", "Trenul."))
    ]
    asked = library((*others, *more, ("sv", "sv", "Bussen stannar vid järnvägsstationen.")))
    assert asked("järnväg") == asked("stationen") == ["sv"]


def test_parts_of_compounds(library: Callable[[Texts], Asked]) -> None:
    more = (
        ("whole", "de", "Die Versicherung zahlt."),
        ("apart", "de", "Gegen Hochwasser gibt es eine Versicherung der Stadt."),
    )
    asked = library((*COMPOUNDS, *more))
    found = {"Orangen": "de2", "verzekering": "nl", "försäkring": "sv", "vakuutus": "fi", "biztosítás": "hu"}
    for query, article in found.items():
        assert asked(query)[0] == article, query
    assert asked("forsikring", "da")[0] == "da"
    # The word itself before the compound; a compound before its parts.
    assert asked("Versicherung")[0] == "whole"
    assert set(asked("Versicherung")) == {"whole", "apart", "de"}
    assert asked("Hochwasserversicherung")[:2] == ["de", "apart"]


@pytest.mark.parametrize(
    ("word", "tag", "expected"),
    [
        ("hochwasserversicherung", "de", ("hochwasser", "versicherung")),
        ("ziektekostenverzekering", "nl", ("ziekte", "kosten", "verzekering")),
        ("sjukvårdsförsäkringen", "sv", ("sjukvård", "försäkringen")),
        ("sairausvakuutus", "fi", ("sairaus", "vakuutus")),
        ("betegbiztosítás", "hu", ("beteg", "biztosítás")),
        ("schulhaus", "de", ("schule", "haus")),
        ("fahrradweg", "de", ("fahrrad", "weg")),  # not fahre, which has lost a letter there, and Radweg
        ("boligmangel", "da", ("bolig", "mangel")),
        ("fiskebåt", "no", ("fiske", "båt")),
        ("skogsbrand", "sv", ("skog", "brand")),
        ("zonnepaneel", "nl", ("zonne", "paneel")),
        ("lastenkirjasto", "fi", ("lasten", "kirjasto")),
        ("kórházágy", "hu", ("kórház", "ágy")),
        ("järnvägsbron", "sv", ("järnväg", "bron")),
        ("jernbanebroen", "da", ("jernbane", "broen")),
        ("ivóvizet", "hu", ("ivó", "vizet")),
        ("kookboek", "nl", ("kook", "boek")),
        ("muusikakool", "et", ("muusika", "kool")),
        ("raudteesild", "et", ("raudtee", "sild")),
        *((word, "hu", ()) for word in ("faluban", "hónapok", "vasárnap")),
        *((word, tag, ()) for word, tag in (("resultaterne", "da"), ("játékokat", "hu"), ("vastaamaan", "fi"))),
        *((word, "de", ()) for word in ("versicherung", "gesundheit", "regierung", "unternehmen", "möglichkeiten")),
        ("hochwasserversicherung", "en", ()),
    ],
)
def test_words_that_compounds_are_made_of(word: str, tag: str, expected: tuple[str, ...]) -> None:
    assert split_compound(word, tag) == expected


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("de", "Entscheidung Versicherung Möglichkeit Universität"),
        ("sv", "försäkring regering sanning förstått"),
        ("nl", "verzekering verschil economie"),
        ("fi", "hallitus lämpötila mahdollisuus"),
    ],
)
def test_words_commoner_than_their_parts_are_not_divided(tag: str, written: str) -> None:
    assert {word: split_compound(word, tag) for word in written.lower().split()} == dict.fromkeys(
        written.lower().split(), ()
    )
