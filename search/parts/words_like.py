"""Words that an index has, like others: what a prefix stands for, what a mistyped word may have been."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

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
            every = set.intersection(*(set(keyword.rows_with(part)) for part in asked.text.split(" ")))
            count = side_by_side(asked.text, _parts(store, sorted(every)[:MOST_ROWS]))
            return [WordForm(asked.text, count)] if count else []
        case "written":
            return written_forms(asked.text, _parts(store, keyword.rows_with(asked.text)[:MOST_READ]), asked.limit)


def prefixed(keyword: Keywords, prefix: str, limit: int) -> list[WordForm]:
    """The surface forms that begin with a prefix, those first that the most paragraphs have."""
    counted = [WordForm(form, keyword.frequency(form)) for form in keyword.vocabulary(prefix)]
    return sorted(counted, key=lambda word_form: (-word_form.paragraphs, word_form.form))[:limit]


def nearest(asked: Like, counts: Mapping[str, int]) -> list[str]:
    """Of the forms that are counted those that are near what is asked: by edits, then by paragraphs."""
    from rapidfuzz.distance import OSA

    def order(form: str) -> tuple[int, int, str]:
        return OSA.distance(asked.text, form), -counts[form], form

    there = [form for form, count in counts.items() if count and form != asked.text]
    near = [form for form in there if form in asked.others or OSA.distance(asked.text, form) <= asked.edits]
    return sorted(near, key=order)[: asked.limit]


def side_by_side(text: str, read: Iterable[Sequence[str]]) -> int:
    """How many paragraphs, given the parts of each, have the words of a text side by side."""
    return sum(any(text in phrase_form(part) for part in parts) for parts in read)


def written_forms(form: str, read: Iterable[Sequence[str]], limit: int) -> list[WordForm]:
    """How paragraphs, given the parts of each, write a word, the most usual first."""
    counted = Counter(
        word.written for parts in read for part in parts for word in words(part) if word.terms[0].term == form
    )
    return [WordForm(*form_and_count) for form_and_count in counted.most_common(limit)]


def _near(keyword: Keywords, store: Texts, asked: Like) -> list[WordForm]:
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    def near(forms: list[str]) -> Iterable[str]:
        scored = extract(asked.text, forms, scorer=OSA.distance, score_cutoff=asked.edits, limit=None)
        return [form for form, *_ in scored]

    forms = {*keyword.vocabulary(asked.text[0], near), *asked.others} - {asked.text}
    rows = {form: holding for form in forms if (holding := keyword.rows_with(form))}
    return [
        WordForm(form, len(rows[form]), frozenset(map(primary, store.languages(rows[form][:MOST_ROWS]))))
        for form in nearest(asked, {form: len(holding) for form, holding in rows.items()})
    ]


def _parts(store: Texts, rows: Sequence[int]) -> Iterator[tuple[str, str]]:
    return (parts for _, parts in store.texts(rows))
