"""Characters that are not seen are no part of words: in texts, titles, queries and phrases."""

from __future__ import annotations

from pathlib import Path

import pytest

from paraglot.indexer.build import index_corpus
from paraglot.indexer.corpus.paragraphs import clean
from paraglot.search.engine.engine import Engine
from paraglot.search.text.analysis import phrase_form, terms
from paraglot.search.types import SearchRequest

INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufeff\u061c\ufe0f\u034f"


@pytest.mark.parametrize("one", INVISIBLE, ids=[f"{ord(one):x}" for one in INVISIBLE])
def test_invisible_characters_change_no_terms(one: str) -> None:
    for word, tag in (("Verkehrsinfrastruktur", "de"), ("quicksilver", "en"), ("новости", "ru"), ("地図帳", "ja")):
        middle = len(word) // 2
        assert terms(word[:middle] + one + word[middle:], tag)[0] == terms(word, tag)[0]
        assert phrase_form(word[:middle] + one + word[middle:] + one) == phrase_form(word)
    if one not in "\u200c\u200d":
        assert terms(f"ver{one}kehrte", "de") == terms("verkehrte", "de")


def test_text_is_cleaned_of_what_is_not_seen_but_for_what_scripts_need() -> None:
    assert clean("Ver\u00adkehr \ufeffund \u200bmehr\u2060") == "Verkehr und mehr"
    assert clean("می\u200cتوانند क्\u200dष 👩\u200d🚒") == "می\u200cتوانند क्\u200dष 👩\u200d🚒"


def test_words_are_found_however_they_are_broken(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        "<html><head><title>Die Donau&shy;dampf&shy;schiffe</title></head><body><article><p>Die Verkehrs&shy;infra&shy;struktur"
        " der alten Stadt ist nach Ansicht der Gut&shy;achter in einem guten Zustand.</p></article></body></html>"
    )
    (tmp_path / "b.txt").write_text(
        "Open\u200bStreet\u200bMap\n\nThe quick\u2060silver light\ufeffhouse was drawn by hand last year."
    )
    index_corpus(tmp_path / "index", [tmp_path / "a.html", tmp_path / "b.txt"], "fake")
    with Engine(tmp_path / "index") as engine:
        for query, article in (
            ("Verkehrsinfrastruktur", "a.html"),
            ("Gut\u00adachter", "a.html"),
            ("Donaudampfschiffe", "a.html"),
            ('"der Gutachter in einem"', "a.html"),
            ("OpenStreetMap", "b.txt"),
            ("quicksilver lighthouse", "b.txt"),
        ):
            hits = engine.search(SearchRequest(query, mode="keyword")).hits
            assert hits[0].article.id == article, query
