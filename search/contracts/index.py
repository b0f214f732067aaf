"""The contract of an index: `IndexContract` for what it says, `WriterContract` for how it changes.

The fixture ``snapshot`` is what `filled` makes of an empty index whose encoder is `FakeEncoder`, ``other`` and
``index`` are such empty ones. `tests/contracts/test_memory.py` shows it in ten lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace

import numpy as np

from paraglot.search.contracts.refused import NO_ARTICLES, NO_PARAGRAPHS, fault
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.errors import IndexLocked, NotFound, ParagraphChanged
from paraglot.search.index import Clauses, Like, Selection, Snapshot, WritableIndex
from paraglot.search.query.grammar import parse
from paraglot.search.query.query_terms import KeywordQuery, QueryWord
from paraglot.search.text.sentences import split_sentences
from paraglot.search.types import Article, Paragraph

ARTICLES = (
    Article(
        "tax",
        "The tax on bread",
        "The council raised the bread tax. Nobody liked it.\n\nBakers in the old town protested loudly.",
        "en",
        "https://example.org/tax",
        "2024-05-31",
        "Gazette",
        {"tags": ["town", "money"], "pages": 3},
    ),
    Article(
        "steuer",
        "Die Steuer auf Brot",
        "Der Rat hat die Steuer erhöht.\n\nDie Bäcker der Altstadt protestierten laut.\n\nBread heißt Brot.",
        "de",
        date="2025-01-02",
        source="Bote",
        attributes={"tags": ["town"]},
    ),
    Article("税", "面包税", "市议会提高了面包税。\n\n老城的面包师抗议。", "zh-TW"),
)

COUNCIL = "The council raised the bread tax. Nobody liked it."
BAKERS = "Bakers in the old town protested loudly."
RAT, BAECKER, BREAD = ARTICLES[1].text.split("\n\n")


def paragraphs_of(article: Article) -> list[Paragraph]:
    """Those between blank lines, each with an id of its place and its text."""
    found, at = [], 0
    for position, text in enumerate(article.text.split("\n\n")):
        id_ = f"{article.id}~{text[:12]}"
        found.append(Paragraph(-1, id_, article.id, position, text, article.language, "", at, at + len(text)))
        at += len(text) + 2
    return found


def put(index: WritableIndex, *articles: Article) -> int:
    """One commit of these articles."""
    with index.change() as change:
        for article in articles:
            change.put(article, paragraphs_of(article))
        return change.commit()


@contextmanager
def filled(index: WritableIndex) -> Iterator[Snapshot]:
    """The snapshot of an index that has `ARTICLES`, by two commits and after one that is gone again."""
    put(index, ARTICLES[0], Article("gone", "The tax on bread", "bread bread bread tax", "en"))
    with index.change() as change:
        for article in ARTICLES[1:]:
            change.put(article, paragraphs_of(article))
        change.remove("gone")
        change.commit()
    with closing(index.current()) as snapshot:
        yield snapshot


def asked(*terms: str) -> KeywordQuery:
    """A query of plain terms."""
    return KeywordQuery.of_terms(terms)


def raises(error: type[Exception], work: Callable[[], object]) -> bool:
    """Whether some work raises just this."""
    try:
        work()
    except error:
        return True
    return False


class IndexContract:
    """What a snapshot of `ARTICLES` says. Needs the fixtures ``snapshot`` (as `filled` gives it) and ``other``."""

    def test_the_manifest_counts(self, snapshot: Snapshot) -> None:
        manifest = snapshot.manifest
        assert (manifest.articles, manifest.paragraphs) == (3, 7)
        assert dict(manifest.languages) == {"de": 3, "en": 2, "zh-TW": 2}
        assert manifest.encoder == snapshot.encoder().spec == FakeEncoder().spec
        assert [tuple(language) for language in snapshot.languages()] == [("de", 1, 3), ("en", 1, 2), ("zh-TW", 1, 2)]

    def test_articles_are_listed_as_far_as_they_are_selected(self, snapshot: Snapshot) -> None:
        found = {key.id: key for key in snapshot.articles(snapshot.select())}
        assert {id_: key.title for id_, key in found.items()} == {article.id: article.title for article in ARTICLES}
        assert [found["steuer"].start, found["tax"].start] == [1_735_776_000, 1_717_113_600]  # and 税 is NaN
        assert [head.id for _, head in snapshot.paragraphs([key.row for key in found.values()])] == list(found)
        assert [key.id for key in snapshot.articles(snapshot.select("date < 2025", ["en"]))] == ["tax"]
        part = snapshot.within("tags = money OR NOT tags EXISTS")
        assert {key.id for key in part.articles(part.select())} == {"tax", "税"}

    def test_statistics_of_terms_come_in_batch(self, snapshot: Snapshot) -> None:
        found = snapshot.terms(["bread", "tax", "de:steu", "brot", "unheard", "面包"])
        assert found.text == {"bread": 2, "tax": 1, "de:steu": 1, "brot": 1, "unheard": 0, "面包": 2}
        assert found.title == {"bread": 2, "tax": 2, "de:steu": 3, "brot": 3, "unheard": 0, "面包": 2}
        assert snapshot.terms([]).text == {}

    def test_words_like_others_come_in_batch(self, snapshot: Snapshot) -> None:
        prefix, near, beside, apart, written, unheard = snapshot.words_like(
            [
                Like("prefix", "prot", 9),
                Like("near", "councli", 9, edits=1),
                Like("beside", "old town", 9),
                Like("beside", "old bread", 9),
                Like("written", "backer", 9),
                Like("prefix", "unheard", 9),
            ]
        )
        assert [match[:2] for match in prefix] == [("protested", 1), ("protestierten", 1)]
        assert near == [("council", 1, frozenset({"en"}))]
        assert [match.form for match in beside] == ["old town"]
        assert apart == unheard == []
        assert [match[:2] for match in written] == [("Bäcker", 1)]
        assert [match[:2] for match in snapshot.words_like([Like("prefix", "b", 1)])[0]] == [("bread", 2)]

    def test_other_forms_are_taken_where_there_are(self, snapshot: Snapshot) -> None:
        [found] = snapshot.words_like([Like("near", "akers", 9, edits=1, others=("bakers", "makers"))])
        assert [match.form for match in found] == ["bakers"]

    def test_a_ranking_is_best_first_and_begins_alike_whatever_its_limit(self, snapshot: Snapshot) -> None:
        everything = snapshot.select()
        ranking = snapshot.by_words(asked("bread", "tax", "town"), 9, everything)
        assert self.texts(snapshot, ranking) == [COUNCIL, BREAD, BAKERS] or (
            self.texts(snapshot, ranking) == [COUNCIL, BAKERS, BREAD]
        )
        assert ranking == sorted(ranking, key=lambda entry: (-entry[1], entry[0]))
        assert all(score > 0 for _, score in ranking)
        for limit in range(1, 4):
            assert snapshot.by_words(asked("bread", "tax", "town"), limit, everything) == ranking[:limit]
        assert snapshot.by_words(asked("unheard"), 9, everything) == snapshot.by_words(asked(), 9, everything) == []

    def test_weights_multiply_and_titles_count_less(self, snapshot: Snapshot) -> None:
        everything = snapshot.select()
        whole = dict(snapshot.by_words(asked("bread"), 9, everything))
        light = dict(snapshot.by_words(KeywordQuery((QueryWord({"bread": 0.5}),)), 9, everything))
        assert light.keys() == whole.keys()
        assert all(abs(light[row] - whole[row] / 2) < 1e-5 for row in whole)
        by_text = {text: whole[row] for row, text in zip(whole, snapshot.texts(list(whole)), strict=True)}
        assert min(by_text[COUNCIL], by_text[BREAD]) > by_text[BAKERS] > 0  # which has it in its title alone

    def test_what_is_selected_alone_is_found_with_the_same_scores(self, snapshot: Snapshot) -> None:
        whole = dict(snapshot.by_words(asked("bread"), 9, snapshot.select()))
        german = dict(snapshot.by_words(asked("bread"), 9, snapshot.select(languages=["de"])))
        assert snapshot.texts(list(german)) == [BREAD]
        assert german.items() <= whole.items()

    def test_filters_languages_and_clauses_select(self, snapshot: Snapshot) -> None:
        def selected(filter_: str = "", languages: Sequence[str] = (), q: str = "") -> set[str]:
            parsed = parse(q)
            clauses = Clauses(parsed.plain, parsed.required, parsed.excluded, {"en": 1.0, "de": 1.0})
            return self.selected(snapshot, snapshot.select(filter_, languages, clauses))

        everything = {COUNCIL, BAKERS, RAT, BAECKER, BREAD, "市议会提高了面包税。", "老城的面包师抗议。"}
        assert selected() == everything
        assert selected("tags = money") == {COUNCIL, BAKERS}
        assert selected("pages >= 3 OR date > 2024-12") == {COUNCIL, BAKERS, RAT, BAECKER, BREAD}
        assert selected("NOT tags EXISTS", ["zh"]) == everything - {COUNCIL, BAKERS, RAT, BAECKER, BREAD}
        assert selected("tags = money", ["de"]) == selected("tags = nothing") == set()
        assert selected(q='"old town"') == {BAKERS}
        assert selected(q="bread -council") == everything - {COUNCIL}
        assert selected(q="tax source:gazette") == {COUNCIL, BAKERS}
        assert selected(q="title:steuer") == {RAT, BAECKER, BREAD}
        assert selected(q="text:steuer") == {RAT}
        assert selected("language = en", q='"bread tax" OR "old town"') == {COUNCIL, BAKERS}

    def test_a_quotation_that_nobody_says_so_is_read_as_words(self, snapshot: Snapshot) -> None:
        parsed = parse('who said "town old" and why')
        selection = snapshot.select(clauses=Clauses(parsed.plain, parsed.required, parsed.excluded, {"en": 1.0}))
        assert len(self.selected(snapshot, selection)) == 7
        assert [warning[:31] for warning in selection.warnings] == ['No paragraph has "town old" as ']

    def test_what_nothing_has_is_warned_of(self, snapshot: Snapshot) -> None:
        assert snapshot.unknown("tags = a", ["source"], ["de"]) == []
        assert snapshot.unknown("tgas = a", ["unheard"], ["fr"]) == [
            "No article has the attribute 'tgas'. Did you mean 'tags'?",
            "No article has the attribute 'unheard'.",
            "No paragraph is in 'fr'; a shorter tag takes in its varieties.",
        ]

    def test_what_matches_is_counted_and_ordered_by_date(self, snapshot: Snapshot) -> None:
        everything = snapshot.select()
        assert snapshot.matching(asked("bread", "tax"), 0.0, everything).total == 3
        newest = snapshot.matching(asked("bread"), 0.0, everything, "date:desc", 2)
        oldest = snapshot.matching(asked("bread"), 0.0, everything, "date:asc", 2)
        assert (newest.total, oldest.total) == (3, 3)
        assert snapshot.texts(newest.rows) == [BREAD, COUNCIL]
        assert snapshot.texts(oldest.rows) == [COUNCIL, BAKERS]
        assert snapshot.texts(snapshot.matching(asked("bread", "tax"), 1.0, everything, limit=9).rows) == [
            COUNCIL,
            BAKERS,
        ]

    def test_the_nearest_have_the_right_cosines(self, snapshot: Snapshot) -> None:
        vector = FakeEncoder().encode_query(["old town bakers"])[0]
        ranking = snapshot.by_vector(vector, 9, snapshot.select())
        assert ranking == sorted(ranking, key=lambda entry: (-entry[1], entry[0]))
        own = [vector for vector in snapshot.vectors([row for row, _ in ranking]) if vector is not None]
        assert len(own) == len(ranking)
        np.testing.assert_allclose([score for _, score in ranking], np.stack(own) @ vector, atol=1e-3)
        if snapshot.exact:
            assert len(ranking) == 7
            assert self.texts(snapshot, ranking)[0] == BAKERS
            german = snapshot.by_vector(vector, 2, snapshot.select(languages=["de"]))
            assert [row for row, _ in german] == [row for row, _ in ranking if row in dict(german)]
        assert snapshot.by_vector(vector, 9, snapshot.select("tags = nothing")) == []

    def test_evidence_is_one_table(self, snapshot: Snapshot) -> None:
        encoder, everything = FakeEncoder(), snapshot.select()
        vector = encoder.encode_query(["the bread tax"])[0]
        ranking = dict(snapshot.by_words(asked("bread", "tax"), 9, everything))
        nearest = [row for row, _ in snapshot.by_vector(vector, 9, everything)]
        table = snapshot.evidence(asked("bread", "tax"), list(ranking), vector, nearest, ["articles", "dates"])
        assert table.rows.tolist() == sorted({*ranking, *nearest})
        assert table.keyword.tolist() == [ranking.get(row, 0.0) for row in table.rows.tolist()]
        place = {text: at for at, text in enumerate(snapshot.texts(table.rows.tolist()))}
        assert table.languages.tolist()[place[COUNCIL]] == "en"
        assert table.articles.tolist()[place[BREAD]] == "steuer"
        assert table.coverage.tolist()[place[COUNCIL]] == 1.0
        assert 0 < table.coverage.tolist()[place[BREAD]] < 1
        assert table.keyword_ranks.tolist()[place[COUNCIL]] == 1
        assert table.dates.tolist()[place[COUNCIL]] == 1717113600.0  # 2024-05-31
        spans = split_sentences(COUNCIL)
        [whole], [parts] = encoder.encode_sentences([COUNCIL], ["The tax on bread"], [spans])
        expected = (float(whole @ vector) + float((parts @ vector).max())) / 2
        assert abs(table.semantic[place[COUNCIL]] - expected) < 0.01  # sentences may be kept in eight bits
        assert table.sentences[place[COUNCIL]].tolist() == list(spans[0])
        nothing = snapshot.evidence(asked(), [])
        assert len(nothing) == 0

    def test_paragraphs_are_read_with_their_articles(self, snapshot: Snapshot) -> None:
        [row] = snapshot.find([f"tax~{COUNCIL[:12]}"])[0]
        [(paragraph, head)] = snapshot.paragraphs([row])
        assert (paragraph.text, paragraph.position, paragraph.start, paragraph.end) == (COUNCIL, 0, 0, len(COUNCIL))
        assert (head.id, head.date, head.source, head.language) == ("tax", "2024-05-31", "Gazette", "en")
        assert snapshot.paragraph(paragraph.id) == (paragraph, head)
        article, own = snapshot.article("tax")
        assert (article, [paragraph.text for paragraph in own]) == (ARTICLES[0], [COUNCIL, BAKERS])
        assert raises(NotFound, lambda: snapshot.article("gone"))
        assert raises(NotFound, lambda: snapshot.paragraph("tax~unheard"))
        assert snapshot.find(["unheard"])[0] == []
        assert snapshot.texts(snapshot.find(["steuer"])[0]) == [RAT, BAECKER, BREAD]
        assert snapshot.find(["steuer"], snapshot.select(languages=["en"])) == [[]]

    def test_context_is_of_the_same_article(self, snapshot: Snapshot) -> None:
        first, second, third = snapshot.find(["steuer"])[0]
        found = snapshot.context([second, first], 1)
        assert [paragraph.row for paragraph in found[second].before] == [first]
        assert [paragraph.row for paragraph in found[second].after] == [third]
        assert found[first].before == []
        [around] = snapshot.around([first])  # the whole article
        assert around is not None
        own = [vector for vector in snapshot.vectors([first, second, third]) if vector is not None]
        np.testing.assert_allclose(around.vectors, own, atol=1e-3)

    def test_facets_count_values(self, snapshot: Snapshot) -> None:
        rows = [*snapshot.find(["tax"])[0], *snapshot.find(["steuer"])[0], *snapshot.find(["税"])[0]]
        found = snapshot.facets(rows, ["tags", "language", "pages"])
        assert dict(found["tags"].counts) == {"town": 5, "money": 2}
        assert (found["tags"].missing, dict(found["pages"].counts)) == (2, {"3": 2})
        assert dict(found["language"].counts) == {"de": 3, "en": 2, "zh-TW": 2}

    def test_a_part_is_as_if_nothing_else_had_been_indexed(self, snapshot: Snapshot, other: WritableIndex) -> None:
        put(other, ARTICLES[0])
        part = snapshot.within("tags = money")
        with closing(other.current()) as alone:
            assert (part.manifest.articles, part.manifest.paragraphs) == (1, 2)
            terms = ["bread", "tax", "brot", "town", "面包"]
            assert part.terms(terms) == alone.terms(terms)
            likes = [Like("prefix", "b", 9), Like("near", "steuerr", 9, edits=1), Like("near", "bakrs", 9, edits=1)]
            assert part.words_like(likes) == alone.words_like(likes)
            assert part.unknown("pages = 3 AND author = x") == alone.unknown("pages = 3 AND author = x")
            scores = [
                {text: score for (_, score), text in zip(found, snapshot.texts([row for row, _ in found]), strict=True)}
                for snapshot in (part, alone)
                for found in [snapshot.by_words(asked("bread", "town"), 9, snapshot.select())]
            ]
            assert scores[0] == scores[1]
            assert len(scores[0]) == 2
        vector = FakeEncoder().encode_query(["Brot"])[0]
        assert len(part.by_vector(vector, 9, part.select())) == 2
        assert part.find(["steuer"])[0] == []
        assert raises(NotFound, lambda: part.article("steuer"))

    def texts(self, snapshot: Snapshot, ranking: Sequence[tuple[int, float]]) -> list[str]:
        """The texts of a ranking."""
        return snapshot.texts([row for row, _ in ranking])

    def selected(self, snapshot: Snapshot, selection: Selection) -> set[str]:
        """The texts of a selection: all its paragraphs have vectors."""
        vector = FakeEncoder().encode_query(["bread"])[0]
        return set(self.texts(snapshot, snapshot.by_vector(vector, 99, selection)))


class WriterContract:
    """How an index changes. Needs the fixture ``index``: an empty one, whose encoder is `FakeEncoder`."""

    def test_a_commit_is_a_generation_and_one_that_changes_nothing_is_none(self, index: WritableIndex) -> None:
        first = put(index, ARTICLES[0])
        assert put(index, ARTICLES[0]) == first
        assert put(index, ARTICLES[1]) > first
        with closing(index.current()) as snapshot:
            assert (snapshot.manifest.articles, snapshot.manifest.paragraphs) == (2, 5)

    def test_a_change_that_is_not_committed_is_dropped_whole(self, index: WritableIndex) -> None:
        first = put(index, ARTICLES[0])
        with index.change() as change:
            change.put(ARTICLES[1], paragraphs_of(ARTICLES[1]))
            change.remove("tax")

        def stumble() -> None:
            with index.change() as change:
                change.put(ARTICLES[2], paragraphs_of(ARTICLES[2]))
                raise ZeroDivisionError

        assert raises(ZeroDivisionError, stumble)
        with closing(index.current()) as snapshot:
            assert snapshot.manifest.generation == first
            assert snapshot.terms(["bread", "steuer", "面包"]).text == {"bread": 1, "steuer": 0, "面包": 0}
            assert snapshot.texts(snapshot.find(["tax"])[0]) == [COUNCIL, BAKERS]
        assert put(index, ARTICLES[2]) > first

    def test_who_reads_goes_on_reading_what_was(self, index: WritableIndex) -> None:
        put(index, ARTICLES[0])
        with closing(index.current()) as before:
            with index.change() as change:
                change.remove("tax")
                change.put(ARTICLES[1], paragraphs_of(ARTICLES[1]))
                change.commit()
            assert before.texts(before.find(["tax"])[0]) == [COUNCIL, BAKERS]
            assert before.find(["steuer"])[0] == []
            assert not index.is_current(before)
            with closing(index.current()) as after:
                assert index.is_current(after)
                assert after.find(["tax"])[0] == []

    def test_what_stays_keeps_its_row_and_no_row_comes_back(self, index: WritableIndex) -> None:
        put(index, ARTICLES[0])
        with closing(index.current()) as snapshot:
            council, bakers = snapshot.find(["tax"])[0]
        changed = replace(ARTICLES[0], text=f"{COUNCIL}\n\nNobody protested.")
        put(index, changed)
        with closing(index.current()) as snapshot:
            kept, fresh = snapshot.find(["tax"])[0]
            assert kept == council
            assert fresh > bakers
            assert raises(ParagraphChanged, lambda: snapshot.paragraph(f"tax~{BAKERS[:12]}"))
            assert snapshot.find([f"tax~{BAKERS[:12]}"])[0] == [fresh]

    def test_what_is_no_article_is_refused_by_the_field_at_fault(self, index: WritableIndex) -> None:
        first, tax = put(index, ARTICLES[1]), ARTICLES[0]
        own = paragraphs_of(tax)
        with index.change() as change:
            for field, value in NO_ARTICLES:
                assert fault(change.put, replace(tax, **{field: value}), own) == field, (field, value)
            for field, value in NO_PARAGRAPHS:
                assert fault(change.put, tax, [own[0], replace(own[1], **{field: value})]) == field, (field, value)
            assert fault(change.put, tax, [own[0], own[0]]) == "id"
            assert fault(change.put, tax, []) == "paragraphs"
            assert fault(change.put, tax, own, [(1, 0), (0, 1)]) == "vectors", "it makes its own"
            assert fault(change.remove, 5) == "id"
            assert change.commit() == first
        assert put(index, replace(tax, title="", date="2024", language="und", attributes={"a": [None]})) > first

    def test_what_is_not_there_cannot_be_removed(self, index: WritableIndex) -> None:
        with index.change() as change:
            assert raises(NotFound, lambda: change.remove("unheard"))

    def test_one_change_at_a_time(self, index: WritableIndex) -> None:
        put(index, ARTICLES[0])

        def beside() -> None:
            with index.change():
                raise AssertionError("two changes at once")

        with index.change():
            assert raises(IndexLocked, beside)
