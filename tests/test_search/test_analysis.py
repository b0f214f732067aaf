"""Analysis: what the terms of a text are, in many scripts, and where they stand."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from paraglot.search.text.analysis import analyze, fold, is_stop_word, runs, stem, terms, widened_to_graphemes, words
from paraglot.search.text.languages import LANGUAGES, stop_words
from paraglot.search.text.numbers import number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Tax, the taxes!", ["the", "tax", "the", "taxes"]),
        ("L’Économie d'État", ["l", "leconomie", "economie", "d", "etat"]),
        ("Straße ΆΝΘΡΩΠΟΣ", ["strasse", "ανθρωποσ"]),
        ("İstanbul'da", ["istanbul", "istanbulda", "da"]),
        ("ﬁnance ２０２３", ["finance", "2023"]),
        ("٢٠٢٣ كِتابٌ", ["2023", "كتاب"]),
        ("שָׁלוֹם", ["שלום"]),
        ("हिन्दी में लिखना", ["हिंदी", "में", "लिखना"]),
        ("中华人民", ["中华", "中", "华人", "华", "人民", "人", "民"]),
        ("年", ["年"]),
        ("東京タワー2020", ["东京", "东", "京た", "京", "たわ", "た", "わー", "わ", "ー", "2020"]),
        ("안녕 세계", ["안녕", "안", "녕", "세계", "세", "계"]),
        ("น้ำใจ", ["น้ําใจ", "น้ําใ", "ใจ"]),
        ("أُمّة في اليوم", ["امه", "في", "اليوم"]),
        ("کتاب‌های", ["كتابهاي"]),
        ("Łódź, Ærø, ılık", ["lodz", "aero", "ilik"]),
        ("Xi 在 Minsk", ["xi", "在", "minsk"]),
        ("… — !", []),
        ("", []),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Häusern, 2023", "de-AT", ["hausern", "de:haus", "2023"]),
        ("taxes", "en", ["taxes", "en:tax"]),
        ("KITAPLARI ısı", "tr", ["kitaplari", "tr:kitap", "isi", "tr:is"]),
        ("громадського бюджету", "uk", ["громадського", "uk:грома", "бюджету", "uk:бюджо"]),
        ("והספרים", "he", ["והספרים", "he:ספר"]),
        ("công nghệ, mới", "vi", ["cong", "vi:cong", "vi:cong_nghe", "nghe", "vi:nghe", "moi", "vi:moi"]),
        ("Häuser", "und", ["hauser"]),
        ("Häuser", "xx", ["hauser"]),
    ],
)
def test_terms_of_a_language(text: str, language: str, expected: list[str]) -> None:
    assert sorted(terms(text, language)) == sorted(expected)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_of_the_table_works(tag: str) -> None:
    assert stem("Wort", tag).startswith(f"{tag}:")
    assert all(term and " " not in term for term in terms("Der Rat и حكومة का 税 ไทย", tag))
    assert bool(stop_words(tag)) == LANGUAGES[tag].stop_words


def test_the_table_has_forty_languages_with_terms_of_their_own() -> None:
    assert sum(row.stems != "none" for row in LANGUAGES.values()) >= 40


def test_words_are_what_a_query_looks_for() -> None:
    found = [[token.term for token in word.terms] for word in words("Tax 面包税 年 ประเทศ 12")]
    assert found == [["tax"], ["面包", "包税"], ["年"], ["ประ", "ระเ", "ะเท", "เทศ"], ["12"]]


@given(st.text(), st.sampled_from(list(LANGUAGES)))
def test_what_a_query_looks_for_is_in_the_index(text: str, tag: str) -> None:
    indexed = set(terms(text, tag))
    for word in words(text):
        assert {token.term for token in word.terms} <= indexed
        if word.letters and LANGUAGES[tag].stems != "none":
            assert stem(word.written, tag) in indexed or is_stop_word(word.written, tag)


@given(st.text(), st.sampled_from(["und", "de", "vi", "th"]))
def test_spans_end_where_readers_see_characters_end(text: str, tag: str) -> None:
    edges = {match.start() for match in regex.finditer(r"\X", text)} | {len(text)}
    tokens = analyze(text, tag)
    for (_, start, end), (_, first, last) in zip(tokens, widened_to_graphemes(text, tokens), strict=True):
        assert {first, last} <= edges
        assert first <= start < end <= last


@given(st.text())
def test_tokens_lie_in_the_text_in_order(text: str) -> None:
    last = 0
    for term, start, end in analyze(text):
        assert last <= start < end <= len(text)
        assert term
        written = text[start:end]
        joined = "".join(regex.findall(r"[\p{L}\p{N}\p{M}]+", written))
        is_number = ("." in term or " " in written) and regex.search(r"\p{Nd}", written)
        assert term in {fold(written), fold(joined), *(number(written).terms if is_number else ())}
        assert " " not in term
        last = start


@given(st.text())
def test_case_does_not_matter(text: str) -> None:
    assert terms(text.casefold()) == terms(text.casefold().casefold())


@given(st.text())
def test_terms_are_fixed_points(text: str) -> None:
    for term in terms(text):
        assert fold(term) == term


@given(st.text(st.sampled_from("azAZ09ÄßøİıœΣςΆθЁйґіאםשءةیکぁガヶ々一臺渡韓"), min_size=1, max_size=8))
def test_letters_fold_alone_as_in_company(word: str) -> None:
    """A mark that is not seen makes a word fold as a whole; without it, each letter does by itself."""
    assert fold(word) == fold(word + "\u200b")


@given(st.text(st.sampled_from("azAZ09äßøΣאםءةぁガ一臺韓 .-C+#"), max_size=20))
def test_runs_are_the_words_of_a_text(text: str) -> None:
    written = [(word.written, word.letters) for word in words(text)]
    assert [(one, letters) for one, _, letters in runs(text)] == written
