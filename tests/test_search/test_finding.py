"""Finding terms in a text gives what analysing all of it does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraglot.search.text.analysis import Token, analyze, analyze_for, bare_term, fold, stem
from paraglot.search.text.finding import _ALIKE, _KEEP_INITIALS, _other_initials, find_terms
from tests.conftest import ROOT

TEXTS = (
    "Die Häuser 2023年, Hochwasserversicherung: 1 250 Euro.\nC++17 und .NET; Wi-Fi",
    "học sinh giỏi, học\ntrò",
    "He went with the mice at 14:05, v2.0.1, +49 30 1234567 or 01.42.68.53.00",
    "می خواهم کتاب‌ها را",
    "L'État, c'est moi. 28.11.2026",
    "市议会 raised 面包税",
    "ภาษีขนมปัง",
    'צה"ל בבית',
    "젤렌스키는 빵값이 올랐다",
    "ไม่มีใครรู้ว่าทำไมเขาจึงไป 2023年 ン",
    "ㅋㅋㅋ 각나 ﾊﾞﾝ ကျွန်ုပ် ភាសាខ្មែរ",
    "Bu şehir bunlar içindir",
    "Інший рік, інша їжа: які яблыкі",
    "",
)
PIECES = sorted({piece for text in TEXTS for piece in text.split()} | {"“Brot”,", "(tax)", ".NET", "A.", "-ó", "ﬁn"})
LANGUAGES = ("de", "vi", "fa", "fr", "zh", "th", "he", "ko", "tr", "uk", "be", "sk", "id", "und")


def test_a_term_is_found_where_it_stands() -> None:
    assert find_terms("Bread,\nbread and  Brot", "en", {"bread", "en:bread"}) == [
        Token("bread", 0, 5),
        Token("en:bread", 0, 5),
        Token("bread", 7, 12),
        Token("en:bread", 7, 12),
    ]
    assert find_terms("học sinh", "vi", {"vi:hoc_sinh"}) == [Token("vi:hoc_sinh", 0, 8)]
    assert find_terms("Học  \u00a0 sinh, học sinh", "vi", {"vi:hoc_sinh"}) == [
        Token("vi:hoc_sinh", 0, 11),
        Token("vi:hoc_sinh", 13, 21),
    ]
    assert find_terms("für 1 250 000 Euro", "de", {"1250000", "euro"}) == [
        Token("1250000", 4, 13),
        Token("euro", 14, 18),
    ]
    assert find_terms("“市议会”提高了面包税。税！", "zh", {"面包", "税", "市议会"}) == [
        Token("面包", 8, 10),
        Token("税", 10, 11),
        Token("税", 12, 13),
    ]
    assert find_terms("bread", "en", frozenset()) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", TEXTS)
def test_some_terms_are_found_where_all_of_them_are(text: str, language: str) -> None:
    every = analyze(text, language)
    for step in (1, 3):
        wanted = {token.term for token in every[::step]}
        assert find_terms(text, language, wanted) == [token for token in every if token.term in wanted]


@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6), st.sampled_from("0123 .-'")), max_size=12),
    st.sampled_from([" ", "\n", "  ", "\u00a0", ""]),
    st.sampled_from(LANGUAGES),
    st.integers(1, 4),
)
def test_so_they_are_in_any_text(pieces: list[str], between: str, language: str, step: int) -> None:
    text = between.join(pieces)
    every = analyze(text, language)
    wanted = {token.term for token in every[::step]}
    assert find_terms(text, language, wanted) == [token for token in every if token.term in wanted]


@pytest.mark.parametrize("tag", sorted(_KEEP_INITIALS))
def test_a_stem_begins_as_its_word_does(tag: str) -> None:
    seeds = [path.read_text("utf-8") for path in sorted((ROOT / "seeds").rglob("*.txt"))]
    words = {word for text in seeds for word in text.split() if word.isalpha() and word < "\u0900"}
    assert len(words) > 5_000
    wrong = []
    for word in sorted(words):
        begins, own = fold(word)[:1], bare_term(stem(word, tag))
        if begins in _other_initials(tag).get(stem(word, tag), ()):
            continue
        if len(own) > 1 and own[0] != begins and not {own[0], begins} <= _ALIKE.get(tag, frozenset()):
            wrong.append((word, own))
    assert wrong == []


UNSPACED = st.text(
    st.one_of(
        st.characters(min_codepoint=0x0E01, max_codepoint=0x0EDF),
        st.characters(min_codepoint=0x1000, max_codepoint=0x109F),
        st.characters(min_codepoint=0x1780, max_codepoint=0x17DD),
        st.characters(min_codepoint=0x1100, max_codepoint=0x11FF),
        st.characters(min_codepoint=0x3041, max_codepoint=0x318F),
        st.characters(min_codepoint=0xAC00, max_codepoint=0xAC7F),
        st.characters(min_codepoint=0xFF66, max_codepoint=0xFF9F),
        st.sampled_from("臺灣国々〆ーｶﾞ\u200b\u200d\u0301a1 "),
    ),
    max_size=12,
)


@given(UNSPACED)
def test_groups_are_folded_as_they_stand(text: str) -> None:
    tokens = analyze(text, "th")
    assert [
        (token.term, token.start, token.end) for token in tokens if len(token.term) > 1 and not token.term.isascii()
    ] == [
        (fold(text[token.start : token.end]), token.start, token.end)
        for token in tokens
        if len(token.term) > 1 and not token.term.isascii()
    ]
    for wanted in {token.term for token in tokens}:
        assert analyze_for({wanted}, text, "th") == [token for token in tokens if token.term == wanted]
