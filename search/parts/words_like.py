"""Words that an index has, like others: what a prefix stands for, what a mistyped word may have been."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from paraglot.search.index import Like, Texts, WordForm
from paraglot.search.parts.protocols import Keywords
from paraglot.search.text.analysis import phrase_form, words
from paraglot.search.text.languages import primary

MOST_ROWS = 50
"""Paragraphs by which it is told in which languages a word is, and whether words stand side by side."""

MOST_READ = 20
"""Paragraphs by which it is told how a word is written."""


def words_like(keyword: Keywords, store: Texts, asked: Like) -> list[WordForm]:
    """What `paraglot.search.index.Snapshot.words_like` says of one that is asked."""
    match asked.kind:
        case "prefix":
            return prefixed(keyword, asked.text, asked.limit)
        case "near":
            return _near(keyword, store, asked)
        case "beside":
            count = _beside(keyword, store, asked.text)
            return [WordForm(asked.text, count)] if count else []
        case "written":
            return [WordForm(*one) for one in _written(keyword, store, asked.text).most_common(asked.limit)]


def prefixed(keyword: Keywords, prefix: str, limit: int) -> list[WordForm]:
    """The surface forms that begin with a prefix, those first that the most paragraphs have."""
    counted = [WordForm(form, keyword.frequency(form)) for form in keyword.vocabulary(prefix)]
    return sorted(counted, key=lambda one: (-one.paragraphs, one.form))[:limit]


def _near(keyword: Keywords, store: Texts, asked: Like) -> list[WordForm]:
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    def near(forms: list[str]) -> Iterable[str]:
        scored = extract(asked.text, forms, scorer=OSA.distance, score_cutoff=asked.edits, limit=None)
        return [form for form, *_ in scored]

    forms = {*keyword.vocabulary(asked.text[0], near), *asked.others} - {asked.text}
    rows = {form: own for form in forms if (own := keyword.rows_with(form))}
    nearest = sorted(rows, key=lambda form: (OSA.distance(asked.text, form), -len(rows[form]), form))[: asked.limit]
    return [
        WordForm(form, len(rows[form]), frozenset(map(primary, store.languages(rows[form][:MOST_ROWS]))))
        for form in nearest
    ]


def _beside(keyword: Keywords, store: Texts, text: str) -> int:
    """How many paragraphs, of the first few that have all words of a text, have them side by side."""
    rows = sorted(set.intersection(*(set(keyword.rows_with(part)) for part in text.split(" "))))
    return sum(any(text in phrase_form(part) for part in parts) for _, parts in store.texts(rows[:MOST_ROWS]))


def _written(keyword: Keywords, store: Texts, form: str) -> Counter[str]:
    rows = keyword.rows_with(form)[:MOST_READ]
    parts = [part for _, own in store.texts(rows) for part in own]
    return Counter(word.written for part in parts for word in words(part) if word.terms[0].term == form)
