"""Analysis: what the terms of a text are, in many scripts, and where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import analyze, fold, terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Tax, the taxes!", ["the", "tax", "the", "taxes"]),
        ("L’Économie d'État", ["l", "economie", "d", "etat"]),
        ("Straße ΆΝΘΡΩΠΟΣ", ["strasse", "ανθρωποσ"]),
        ("İstanbul'da", ["istanbul", "da"]),
        ("ﬁnance ２０２３", ["finance", "2023"]),
        ("٢٠٢٣ كِتابٌ", ["2023", "كتاب"]),
        ("שָׁלוֹם", ["שלום"]),
        ("हिन्दी में लिखना", ["हिन्दी", "में", "लिखना"]),
        ("中华人民", ["中华", "华人", "人民"]),
        ("年", ["年"]),
        ("東京タワー2020", ["東京", "京タ", "タワ", "ワー", "2020"]),
        ("안녕하세요 세계", ["안녕", "녕하", "하세", "세요", "세계"]),
        ("ประเทศ", ["ปร", "ระ", "ะเ", "เท", "ทศ"]),
        ("Xi 在 Minsk", ["xi", "在", "minsk"]),
        ("… — !", []),
        ("", []),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@given(st.text())
def test_tokens_lie_in_the_text_in_order(text: str) -> None:
    last = 0
    for term, start, end in analyze(text):
        assert last <= start < end <= len(text)
        assert term
        assert fold(text[start:end]) == term
        assert " " not in term
        last = start


@given(st.text())
def test_case_does_not_matter(text: str) -> None:
    assert terms(text.casefold()) == terms(text.casefold().casefold())


@given(st.text())
def test_terms_are_fixed_points(text: str) -> None:
    for term in terms(text):
        assert fold(term) == term
