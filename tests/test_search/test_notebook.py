"""Hits as a notebook shows them."""

from __future__ import annotations

from dataclasses import replace

from paraglot.search.answer.notebook import marked
from paraglot.search.engine.engine import Engine
from paraglot.search.types import Highlight, SearchRequest

YELLOW = '<mark style="background:#ffe08a;color:#000" title="{}">{}</mark>'
BLUE = '<mark style="background:#d7ecff;color:#000" title="semantic">{}</mark>'
ATTACK = '<script>alert("1")</script>'


def test_both_kinds_of_highlight_are_shown_and_the_text_is_escaped() -> None:
    shown = marked("<b> Tea & bread. Milk", [Highlight(4, 16, "semantic"), Highlight(10, 15, "keyword")])
    assert shown == (
        "&lt;b&gt; "
        + BLUE.format("Tea &amp; ")
        + YELLOW.format("keyword semantic", "bread")
        + BLUE.format(".")
        + " Milk"
    )
    assert marked("", []) == ""
    assert marked("ab", [Highlight(0, 2, "keyword")]) == YELLOW.format("keyword", "ab")


def test_a_response_is_shown_whole(engine: Engine) -> None:
    response = engine.search(SearchRequest("bread tax", limit=2, languages=("en",)))
    shown = response._repr_html_()
    assert shown.startswith("<p><b>bread tax</b> · 2 of 2 hits · ")
    assert YELLOW.format("keyword semantic", "bread") in shown
    assert 'lang="en"' in shown
    assert shown.count("2024-05-31") == 2
    assert response.hits[0]._repr_html_() in shown
    assert "Nothing found" in engine.search(SearchRequest("zzz", mode="keyword"))._repr_html_()


def test_nothing_in_a_hit_is_markup(engine: Engine) -> None:
    [hit] = engine.search(SearchRequest("bread tax", limit=1)).hits
    article = replace(hit.article, title=ATTACK, source=ATTACK, date=ATTACK)
    paragraph = replace(hit.paragraph, text=ATTACK, language=ATTACK)
    citation = replace(hit.citation, url=f"https://example.org/\"onclick='x'{ATTACK}")
    bad = replace(hit, article=article, paragraph=paragraph, citation=citation, highlights=())
    response = replace(
        engine.search(SearchRequest(ATTACK)), hits=[bad], warnings=[ATTACK], request=SearchRequest(ATTACK)
    )
    shown = response._repr_html_()
    assert "<script" not in shown
    assert "\"onclick='" not in shown
    assert shown.count("&lt;script&gt;") == 9  # title, link, text, its language twice, source, date, query, warning
