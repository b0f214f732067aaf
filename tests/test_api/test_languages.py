"""The table of the index's languages: names, counts, and how far each leg reaches them."""

from __future__ import annotations

import pytest

from paraglot.api.http.fields.languages import LanguagesModel, reach
from paraglot.api.language_names import names, scripts
from paraglot.search.engine.engine import Engine
from paraglot.search.index import LanguageCount

COVERED = ("de", "ru", "zh", "sr")


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("de", ("Deutsch", "German")),
        ("pt-BR", ("português (Brasil)", "Portuguese (Brazil)")),
        ("he", ("עברית", "Hebrew")),
        ("und", ("Unknown language", "Unknown language")),
        ("qaa", ("qaa", "qaa")),
    ],
)
def test_names(tag: str, expected: tuple[str, str]) -> None:
    assert names(tag) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("de-AT", "covered"), ("zh-TW", "covered"), ("bg", "weak"), ("cy", "weak"), ("ja", "weak"), ("am", "not_covered"),
     ("hi", "not_covered"), ("az-Arab", "not_covered"), ("qaa", "unknown"), ("und", "unknown")],
)  # fmt: skip
def test_reach(tag: str, expected: str) -> None:
    assert reach(tag, COVERED) == expected
    assert reach(tag, ()) == "unknown"


def test_scripts_are_those_that_a_tag_names() -> None:
    assert (scripts("zh-Hant-TW"), scripts("uz-Cyrl"), scripts("cy")) == ({"Hani"}, {"Cyrl"}, {"Latn"})


def test_counts_are_of_what_may_be_seen(engine: Engine) -> None:
    with engine.view() as view:
        assert view.languages() == [LanguageCount("de", 1, 3), LanguageCount("en", 1, 2), LanguageCount("zh-TW", 1, 2)]
        assert dict(view.manifest.languages) == {one.language: one.paragraphs for one in view.languages()}
    with engine.view("language IN [en, zh]") as part:
        assert part.languages() == [LanguageCount("en", 1, 2), LanguageCount("zh-TW", 1, 2)]
        assert part.manifest.languages == {"en": 2, "zh-TW": 2}
    with engine.view("id = nobody") as nothing:
        assert nothing.languages() == []


def test_the_table() -> None:
    table = LanguagesModel.of([LanguageCount("cy", 1, 2)], COVERED, {"cy": 0.6}, 7).model_dump()
    welsh = {"language": "cy", "name": "Cymraeg", "english_name": "Welsh", "articles": 1, "paragraphs": 2}
    assert table == {
        "languages": [welsh | {"keyword": "surface", "semantic": "weak", "semantic_share": 0.6}],
        "generation": 7,
    }
