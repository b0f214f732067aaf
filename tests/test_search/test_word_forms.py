"""Forms that no stemmer knows find their word, and the word finds them; numbers are one, however they are grouped."""

from __future__ import annotations

import pytest

from paraglot.search.text.analysis import analyze, plain_stem, stem, terms, words
from paraglot.search.text.languages import LANGUAGES
from paraglot.search.text.numbers import in_groups
from paraglot.search.text.word_forms import irregular_forms


@pytest.mark.parametrize(
    ("tag", "forms"),
    [
        ("en", "mouse mice|child children|wolf wolves|crisis crises|write wrote written|go went"),
        ("de", "gehen ging gegangen|Stadt Städte|Museum Museen|sterben starb|Lehrerin Lehrerinnen|Ärztin Ärztinnen"),
        ("fr", "œil yeux oeil|travail travaux|naître naquit|feu feux|loi lois"),
        ("es", "voz voces|lápiz lápices|luz luces|decir dijeron|mujer mujeres|ciudad ciudades|joven jóvenes|río ríos|canción canciones"),
        ("pt", "animal animais|canção canções|pão pães|papel papéis|herói heróis|farol faróis|fácil fáceis|possível possíveis|homem homens|azul azuis|rio rios|lei leis"),
        ("ca", "casa cases|boca boques|platja platges|germà germans|nació nacions|camí camins|gos gossos|nou nous|telèfon telèfons|llibre llibres|dia dies"),
        ("gl", "animal animais|papel papeis|can cans|avión avións|luz luces|rúa rúas|lei leis|mazá mazás|fusil fusís|español españois"),
        ("it", "uomo uomini|tempio templi|lago laghi|banca banche|acqua acque"),
        ("nl", "stad steden|schip schepen|kind kinderen|museum musea"),
        ("sv", "bok böcker böckerna|man män|hand händerna|skola skolan skolorna|vatten vattnet|vapen vapnet|fönster fönstret|slott slottet|bro bron broar"),
        ("da", "barn børnene|bog bøger|mand mændene|våben våbnet|teater teatret|by byen byer"),
        ("no", "bok bøkene|mann menn|tre trær|teater teatret|bro broen|sjø sjøen"),
        ("fi", "käsi kädessä|vesi vettä|kaupunki kaupungissa|Helsinki Helsingissä|Turku Turussa|vuosi vuonna|hallitus hallituksen|kysymys kysymyksen"),
        ("et", "käsi käte|vesi vett|linn linnades|valitsus valitsuse valitsused|naine naise"),
        ("hu", "ló lovak|kéz kezek|tó tavak|iskola iskolák iskolában"),
        ("cs", "den dny dnů|pes psi|dům domy domech|matka matek|otec otce|okno oken|člověk lidé|Praha Praze|dítě děti|noc noci"),
        ("el", "βιβλίο βιβλία|σχέδιο σχέδια|παιδί παιδιά"),
        ("sk", "pes psy|okno oknách|človek ľudia|strom stromy|cena ceny cien"),
        ("pl", "ręka ręce rąk|dzień dni|pies psy|książka książek|Kraków Krakowie|dziecko dzieci|tydzień tygodnie"),
        ("ru", "ребёнок дети|человек людей|друг друзья|рынок рынка|отец отца|день дня"),
        ("uk", "дитина діти|двір дворах|ніч ночі|друг друзі"),
        ("bg", "дете децата|човек хора|ръка ръце|училище училища|летище летището|място места"),
        ("mk", "дете децата|човек луѓе"),
        ("sr", "дете деца|човек људи"),
        ("hr", "dijete djeca|čovjek ljudi|pas psi"),
        ("sl", "človek ljudje|dan dnevi"),
        ("be", "дзіця дзеці|чалавек людзі"),
        ("ro", "om oamenii|băiat băieți|floare flori|drum drumuri drumurile|femeie femeia femei"),
        ("lt", "žmogus žmonės|vanduo vandens"),
        ("lv", "suns suņi|ūdens ūdeņi"),
        ("tr", "şehir şehri|isim ismi|renk rengi"),
        ("ar", "كتاب الكتب|مدينة المدن|طفل اطفال أطفال|دولة والدول|سيارة سيارات|شركة الشركات"),
        ("eu", "etxe etxea etxean|liburu liburuak"),
        ("hy", "գետ գետը"),
        ("he", "עיר בערים|איש אנשים|אישה הנשים|ממשלה הממשלה"),
    ],
)  # fmt: skip
def test_forms_are_one_word(tag: str, forms: str) -> None:
    for word, *others in map(str.split, forms.split("|")):
        assert {stem(other, tag) for other in others} == {stem(word, tag)}, word


@pytest.mark.parametrize(
    ("tag", "one", "other"),
    [
        ("pt", "mais", "mal"),
        ("pt", "país", "pai"),
        ("gl", "despois", "pol"),
        ("ca", "grans", "grà"),
        ("sv", "roman", "rom"),
        ("sv", "universitet", "universum"),
        ("de", "Stahl", "stehlen"),
        ("de", "Schloss", "schließen"),
        ("de", "Daten", "Datum"),
        ("en", "leaves", "leaf"),
        ("en", "media", "medium"),
        ("ru", "город", "гордый"),
    ],
)
def test_what_is_a_word_of_its_own_stays_one(tag: str, one: str, other: str) -> None:
    assert stem(one, tag) != stem(other, tag)


def test_the_table_is_sound() -> None:
    """Every form stands in it once in its language, and no word is a form of another."""
    for tag in LANGUAGES:
        forms = irregular_forms(tag)
        assert not {word for word in forms.values() if forms.get(word, word) != word}, tag
    assert sum(bool(irregular_forms(tag)) for tag in LANGUAGES) >= 30


def test_the_lexicon_keeps_the_stems_that_it_was_made_with() -> None:
    assert plain_stem("mice", "en") == "en:mice"
    assert plain_stem("otec", "cs") == "cs:otec"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("01 42 68 53 00", ["0142685300"]),
        ("01.42.68.53.00 or 030 1234567", ["0142685300", "0301234567"]),
        ("+49 30 1234567", ["49301234567"]),
        ("DE89 3704 0044 0532 0130 00", ["de89370400440532013000"]),
        ("4111 1111 1111 1111", ["4111111111111111"]),
        ("in 2023 2024 2025", []),
        ("07.05.2024, 12 50 70 and 1 250 000", []),
        ("05 06", []),
    ],
)
def test_numbers_of_telephones_and_accounts(text: str, found: list[str]) -> None:
    assert [term for term, _, _ in in_groups(text)] == found
    assert set(found) <= set(terms(text))


def test_times_and_versions() -> None:
    assert terms("14:05") == ["14.05", "14", "05"]
    assert set(terms("at 9:05")) & set(terms("09:05 Uhr")) >= {"9.05"}
    assert words("14:05").__next__().terms[0].term == "14.05"
    assert {"v2", "2.0.1"} <= set(terms("v2.0.1"))
    assert [token.term for token in analyze("3:1 10:15:30")] == ["3", "1", "10", "15", "30"]
