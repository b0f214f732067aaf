"""A query understood: its languages as a distribution, and the terms that are looked for."""

from __future__ import annotations

from paraglot.search.query.language import query_languages, spoken_languages
from paraglot.search.query.query_terms import MOST_WORDS, SURFACE_WEIGHT, keyword_query
from paraglot.search.text.analysis import terms, words

CORPUS = {
    "en": ["The council raised the bread tax.", "The bank of the river flooded.", "They die in the winter."],
    "de": ["Die Bank erhöht die Zinsen.", "Der Rat hat die Brotsteuer erhöht.", "Die Häuser der Altstadt."],
    "uk": ["Рада підвищила податок на хліб."],
    "ru": ["Совет повысил налог на хлеб."],
    "zh": ["市议会提高了面包税。"],
    "ja": ["パンの税金が上がった。"],
}
COUNTS = {tag: len(texts) for tag, texts in CORPUS.items()}


def frequency(term: str) -> int:
    return sum(term in terms(text, tag) for tag, texts in CORPUS.items() for text in texts)


def languages(text: str) -> dict[str, float]:
    return query_languages(list(words(text)), COUNTS, frequency)


def weights(text: str, likely: dict[str, float]) -> list[dict[str, float]]:
    return [dict(word.terms) for word in keyword_query(list(words(text)), likely, frequency).words]


def test_the_corpus_tells_the_language() -> None:
    assert next(iter(languages("the house of the council"))) == "en"
    assert next(iter(languages("Steuer der Häuser"))) == "de"
    assert next(iter(languages("податок на хліб"))) == "uk"
    assert next(iter(languages("налог на хлеб"))) == "ru"
    assert list(languages("税金が")) == ["ja"]


def test_probabilities_sum_to_one_likeliest_first() -> None:
    found = languages("bank")
    assert sum(found.values()) == 1
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_a_name_is_not_forced_into_one_language() -> None:
    assert languages("Bank") == languages("BANK")
    assert set(languages("Lukaschenko")) == {"en", "de"}
    assert set(languages("面包")) >= {"zh", "ja"}


def test_numbers_and_foreign_scripts_have_no_language() -> None:
    assert languages("2024") == languages("…") == languages("ประเทศ") == {}


def spoken(text: str) -> set[str]:
    found = list(words(text))
    return set(spoken_languages(found, query_languages(found, COUNTS, frequency), frequency))


def test_a_query_may_be_in_a_language_that_no_paragraph_is_in() -> None:
    assert spoken("la visita del ministro a Pechino") == {"it"}
    assert spoken("ประเทศ") == {"th"}
    assert spoken("επίσκεψη") == {"el"}
    assert spoken("정부") == {"ko"}
    # Half of the words are the corpus's, or no language of the lexicon knows more of them.
    assert spoken("the bread of Qwrtz") == set(languages("the bread of Qwrtz"))
    assert spoken("Qwrtz") == set(languages("Qwrtz")) == {"en", "de"}
    assert spoken("2024") == spoken("") == set()


def test_stems_count_as_their_language_is_likely() -> None:
    [word] = weights("Banken", {"de": 0.8, "en": 0.2})
    assert word == {"banken": SURFACE_WEIGHT, "de:bank": 1.0, "de:~bank": 0.3, "en:banken": 0.25}


def test_a_stop_word_is_dropped_where_it_is_one() -> None:
    assert weights("die Steuer", {"de": 1.0}) == [{"steuer": SURFACE_WEIGHT, "de:steu": 1.0, "de:~steu": 0.3}]
    [die, _] = weights("die Steuer", {"en": 0.5, "de": 0.5})
    assert die == {"die": SURFACE_WEIGHT, "en:die": 1.0}


def test_stop_words_stay_where_nothing_else_is_left() -> None:
    assert [list(word) for word in weights("to be or not to be", {"en": 1.0})][:2] == [["to", "en:to"], ["be", "en:be"]]


def test_without_a_language_words_count_as_they_stand() -> None:
    assert weights("Xi 2024 面包税", {}) == [{"xi": 1.0}, {"2024": 1.0}, {"面包": 1.0}, {"包税": 1.0}]


def test_neighbours_are_pairs_in_vietnamese() -> None:
    assert weights("công nghệ", {"vi": 1.0})[0] == {"cong": SURFACE_WEIGHT, "vi:cong": 1.0, "vi:cong_nghe": 0.7}


def test_of_a_long_query_the_rarest_words_stay() -> None:
    long = " ".join(f"unheard{number}" for number in range(100)) + " council bread"
    found = weights(long, {"en": 1.0})
    assert len(found) == MOST_WORDS
    assert "council" in found[-2]
    assert "bread" in found[-1]
