"""A snapshot of an index on a cluster: one generation at a point in time, or the part of it that a caller may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from paraglot.search.answer.facets import count_facets
from paraglot.search.candidates import Candidates, Extra
from paraglot.search.encoders.chance import Chance
from paraglot.search.encoders.loaded import Encoders
from paraglot.search.encoders.protocols import Encoder, Ranking
from paraglot.search.errors import IndexMismatch, ParaglotError
from paraglot.search.index import (
    ArticleKey,
    BothLegs,
    Clauses,
    LanguageCount,
    Like,
    Matching,
    Part,
    Selection,
    Snapshot,
    TermStatistics,
    Texts,
    WordForm,
)
from paraglot.search.memory.texts import MemoryStore
from paraglot.search.opensearch import counting
from paraglot.search.opensearch.articles import by_paragraph, read_articles
from paraglot.search.opensearch.attributes import ReadAttributes, any_of, filter_query, tag_prefixes
from paraglot.search.opensearch.candidates import OF_MEANING, OF_WORDS, ReadRows, read_rows, sample_of
from paraglot.search.opensearch.clauses import Constraints, QuerySelection
from paraglot.search.opensearch.cluster import Json
from paraglot.search.opensearch.documents import KEPT, Documents
from paraglot.search.opensearch.manifest import ANEW, ClusterManifest
from paraglot.search.opensearch.point import Point
from paraglot.search.opensearch.schema import kept_term, kept_value
from paraglot.search.opensearch.scope import Scope
from paraglot.search.opensearch.statistics import Statistics
from paraglot.search.opensearch.surroundings import ReadAround, read_by_article, read_by_place
from paraglot.search.opensearch.texts import ClusterTexts
from paraglot.search.opensearch.words_like import words_like
from paraglot.search.parts.evidence import evidence
from paraglot.search.parts.lru_cache import LruCache
from paraglot.search.parts.reading import context_of, no_attribute, no_language
from paraglot.search.parts.sample import Sample
from paraglot.search.parts.surroundings import Surroundings
from paraglot.search.query.filters import Filter, conditions, parse_filter
from paraglot.search.query.query_terms import KeywordQuery
from paraglot.search.text.normal_form import composed, id_form
from paraglot.search.types import Article, ArticleHead, Context, Facet, Paragraph, Sort

KEPT_PARTS = 32
"""Filters of keys whose parts of a generation are kept at hand, the last ones used."""

KEPT_LIKES = 4_096
"""Words of which it is kept what is like them: of one that nothing has, every query asks it again."""

_RESULTS_CHANGED = "The index was made with another version of the encoder"


class ClusterSnapshot:
    """`paraglot.search.index.Snapshot` of a cluster. Safe to share between threads."""

    exact = False
    remote = True
    lost: Mapping[Part, ParaglotError] = {}

    def __init__(
        self, point: Point, encoders: Encoders, forced: Filter | None = None, whole: ClusterSnapshot | None = None
    ) -> None:
        """``forced``: what a part of the ``whole`` lets through."""
        self._point, self._encoders, self._forced = point, encoders, forced
        self._filters: tuple[Json, ...] = (*point.generation_filters, *([filter_query(forced)] if forced else []))
        self.manifest: ClusterManifest = counting.manifest_of_part(point, self._filters) if whole else point.manifest
        statistics = Statistics(point, self._filters, self.manifest.languages)
        self._statistics, self._whole = statistics, whole._statistics if whole else statistics
        self._scope = Scope(point, self._filters, statistics, self._whole)
        self._documents = Documents(self._scope)
        self._parts: LruCache[str, ClusterSnapshot] = LruCache(KEPT_PARTS)
        self._likes: LruCache[Like, list[WordForm]] = LruCache(KEPT_LIKES)

    @property
    def point(self) -> Point:
        """What its documents are read from."""
        return self._point

    @property
    def identity(self) -> tuple[int, int]:
        """Of a generation, and not of another index's of the same number."""
        return self.manifest.generation, hash((self._point.cluster.hosts, self._point.index, self.manifest.created))

    def encoder(self) -> Encoder:
        """The encoder that made its vectors, loaded on first use. Raises `EncoderMissing` or `IndexMismatch`."""
        spec = self.manifest.encoder
        encoder = self._encoders.get(spec)
        if encoder.spec.fingerprint != spec.fingerprint:
            raise IndexMismatch(f"{self._point.index}: {_RESULTS_CHANGED} {spec.name!r}.", ANEW)
        return encoder

    def need(self, part: Part) -> None:
        """Nothing can be lost by itself."""

    def warnings(self) -> list[str]:
        """Nothing can be lost by itself."""
        return []

    def within(self, forced: str) -> ClusterSnapshot:
        """What the filter ``forced`` lets through, as if nothing else had ever been indexed, statistics and all."""
        whole = self
        return self._parts.get(
            forced, lambda _: ClusterSnapshot(self._point, self._encoders, parse_filter(forced), whole)
        )

    def terms(self, terms: Sequence[str]) -> TermStatistics:
        """How many paragraphs have each of ``terms``."""
        return self._scope.statistics.of(terms)

    def words_like(self, asked: Sequence[Like]) -> list[list[WordForm]]:
        """For each that is asked the words that some paragraph has, best first."""
        return [self._likes.get(like, lambda asked: words_like(self._scope, asked)) for like in asked]

    def select(
        self, filter_: str = "", languages: Sequence[str] = (), clauses: Clauses | None = None
    ) -> QuerySelection:
        """The paragraphs that a filter lets through, in ``languages``, that meet all clauses."""
        filters = [filter_query(parse_filter(filter_))] if filter_.strip() else []
        if languages:
            filters.append(any_of([{"term": {"tags": tag.lower()}} for tag in languages]))
        if clauses is None or not (clauses.required or clauses.excluded):
            return QuerySelection(tuple(filters))
        constraints = Constraints(self._scope, clauses)
        return QuerySelection((*filters, *constraints.filters()), tuple(constraints.warnings))

    def unknown(self, filter_: str = "", facets: Sequence[str] = (), languages: Sequence[str] = ()) -> list[str]:
        """A warning for each attribute named that no article has, and for each language that no paragraph is in."""
        in_filter = [condition.name for condition in conditions(parse_filter(filter_))] if filter_.strip() else []
        names = dict.fromkeys([*in_filter, *facets])
        known_names = self._names if names else []
        present = {tag for tag in self.manifest.languages for tag in tag_prefixes(tag)}
        return [no_attribute(name, known_names) for name in names if kept_term(composed(name)) not in known_names] + [
            no_language(tag) for tag in languages if tag.lower() not in present
        ]

    def by_words(self, query: KeywordQuery, limit: int, within: Selection) -> Ranking:
        """The ``limit`` best of a selection by BM25. Lucene proposes them; the scores are exact."""
        return self._scope.by_words(query, limit, _filters(within))

    def matching(
        self, query: KeywordQuery, share: float, within: Selection, sort: Sort = "relevance", limit: int = 0
    ) -> Matching:
        """What covers at least ``share`` of what the best one covers, and the first of it in an order."""
        return counting.matching(self._scope, query, share, _filters(within), sort, limit)

    def by_vector(self, vector: NDArray[np.float32], limit: int, within: Selection) -> Ranking:
        """The ``limit`` nearest of a selection by the cosine with ``vector``."""
        nearest, hits = self._scope.by_vector(vector, limit, _filters(within))
        self._documents.keep(hits, OF_MEANING)
        return nearest

    def by_both(self, query: KeywordQuery, vector: NDArray[np.float32], limit: int, within: Selection) -> BothLegs:
        """`by_words` and `by_vector` by one request, which reads what evidence is made of."""
        words, nearest, hits = self._scope.by_both_legs(query, vector, limit, _filters(within))
        self._documents.keep(hits, OF_MEANING)
        return words, nearest

    def evidence(
        self,
        words: KeywordQuery,
        by_words: Sequence[int],
        vector: NDArray[np.float32] | None = None,
        by_vector: Sequence[int] = (),
        extra: Collection[Extra] = (),
    ) -> Candidates:
        """All that is known of the rows that were found ``by_words`` and ``by_vector``; no score orders them yet."""
        rows = sorted({*by_words, *by_vector})
        self._scope.statistics.prepare(words)
        if len(rows) <= KEPT:  # the stages of the ranking read texts and vectors in any order: so nobody waits for them
            hits = self._documents.read(rows, OF_WORDS if vector is None else OF_MEANING)
        else:
            hits = read_rows(self._scope, rows, OF_WORDS[:1] if vector is None else OF_MEANING)
        rows_read = ReadRows(hits, self._scope, self.texts, self.encoder, self.chance)
        return evidence(rows_read, words, by_words, vector, by_vector, extra)

    def chance(self, vector: NDArray[np.float32]) -> Chance:
        """The semantic scores that a query has with paragraphs drawn from the index."""
        return self._sample.chance(vector, self.manifest.encoder.name)

    def texts(self, rows: Sequence[int]) -> list[str]:
        """The text of each of ``rows``."""
        return self._documents.texts(rows)

    def vectors(self, rows: Sequence[int]) -> list[NDArray[np.float32] | None]:
        """``float32[dim]``, the unit vector of each of ``rows``."""
        return list(self._documents.vectors(rows))

    def around(self, rows: Sequence[int]) -> list[Surroundings | None]:
        """What stands around each of ``rows``, by one request; by two in a part that hides paragraphs of articles."""
        if not rows:
            return []
        if self._hides_paragraphs:
            heads = self._documents.paragraphs(rows)
            articles = self._articles("article_id", [paragraph.article_id for paragraph, _ in heads])
            near, hits = read_by_article(self._scope, articles, rows)
        else:
            near, hits = read_by_place(self._scope, self._documents, rows)
        return ReadAround(near, hits, self._scope, self.texts, self.encoder, self.chance).around(rows)

    def paragraphs(self, rows: Sequence[int]) -> list[tuple[Paragraph, ArticleHead]]:
        """The paragraphs of ``rows`` and the heads of their articles, in that order."""
        read = self._documents.paragraphs(rows)
        if self._forced is None:
            return read
        visible = self._articles("article_id", [head.id for _, head in read])  # in a part it may stand at another place
        return visible.paragraphs([paragraph.row for paragraph, _ in read])

    def context(self, rows: Sequence[int], count: int) -> dict[int, Context]:
        """For each of ``rows`` up to ``count`` paragraphs on either side of it in its article."""
        heads = ClusterTexts(self._scope).article_ids(list(rows))
        return context_of(self._articles("article_id", list(heads.values())), rows, count)

    def facets(self, rows: Sequence[int], names: Sequence[str]) -> dict[str, Facet]:
        """How often each value of the attributes ``names`` occurs among ``rows``."""
        hits = self._point.paragraphs(list(dict.fromkeys(rows)), self._filters, columns=["attributes"])
        return count_facets(ReadAttributes(hits), names, rows)

    def find(self, ids: Sequence[str], within: Selection | None = None) -> list[list[int]]:
        """For each of ``ids`` the row of its paragraph, or of that one's successor, or the rows of its article."""
        if not ids:
            return []
        store = self._articles_with_ids(ids)
        found = [store.rows_by_id(id_) for id_ in ids]
        if within is None:
            return found
        rows = sorted({row for of_id in found for row in of_id})
        selected = self._point.paragraphs(rows, [*self._filters, *_filters(within)])
        return [[row for row in of_id if row in selected] for of_id in found]

    def paragraph(self, paragraph_id: str) -> tuple[Paragraph, ArticleHead]:
        """A paragraph and its article's head. Raises `NotFound` or `ParagraphChanged`."""
        return self._articles_with_ids([paragraph_id]).paragraph(paragraph_id)

    def article(self, article_id: str) -> tuple[Article, list[Paragraph]]:
        """An article and its paragraphs in order, as far as they may be seen. Raises `NotFound`."""
        return self._articles_with_ids([article_id]).article(article_id)

    def articles(self, within: Selection) -> list[ArticleKey]:
        """Each article that has a paragraph in a selection, by the lowest row of those."""
        return counting.articles(self._scope, _filters(within))

    def languages(self) -> list[LanguageCount]:
        """The languages of what may be seen, that of the most paragraphs first."""
        counts, articles = self.manifest.languages, self.manifest.articles_in
        counted = [LanguageCount(tag, articles[tag], count) for tag, count in counts.items()]
        return sorted(counted, key=lambda count: (-count.paragraphs, count.language))

    def all_texts(self) -> Texts:
        """Everything, for what is made of everything."""
        return ClusterTexts(self._scope)

    def warm(self, former: Snapshot | None = None) -> None:
        """Read beforehand what queries need; of a ``former`` one, what its queries had read."""
        if not isinstance(former, ClusterSnapshot) or "_sample" in vars(former):
            _ = self._sample
            self._scope.statistics.mean_length("text")

    def close(self) -> None:
        """Give the point in time back."""
        self._point.close()

    @cached_property
    def _sample(self) -> Sample:
        return sample_of(self._scope)

    @property
    def _hides_paragraphs(self) -> bool:
        return self._forced is not None and by_paragraph(self._forced)

    @cached_property
    def _names(self) -> list[str]:
        return counting.names(self._scope)

    def _articles_with_ids(self, ids: Sequence[str]) -> MemoryStore:
        return self._articles("ids", [kept_value(form) for id_ in ids for form in (id_, id_form(id_))])

    def _articles(self, field: str, values: Sequence[str]) -> MemoryStore:
        return read_articles(self._point, field, values, self._forced)


def _filters(selection: Selection) -> tuple[Json, ...]:
    """The queries of a selection. Raises `TypeError` for one that another engine made."""
    if not isinstance(selection, QuerySelection):
        raise TypeError(f"{type(selection).__name__} is no selection of this index")
    return selection.filters
