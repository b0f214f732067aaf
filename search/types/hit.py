"""What is found of an article, and why: a `Hit` with its scores and evidence, facets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NoReturn

from paraglot.search.types.article import Paragraph

OF_HITS: Mapping[str, str] = {
    **{name: f"hit.paragraph.{name}" for name in ("text", "language", "id", "position", "heading")},
    **{name: f"hit.article.{name}" for name in ("title", "date", "source")},
    "url": "hit.citation.url (of the quote) or hit.article.url",
    "quote": "hit.citation.quote",
    "snippet": "hit.citation.quote",
    "content": "hit.paragraph.text",
}
OF_RESPONSES: Mapping[str, str] = {
    **dict.fromkeys(("results", "documents", "matches", "items"), "response.hits"),
    **dict.fromkeys(("total", "count", "total_hits"), "response.estimated_total_hits"),
}
IS_NO_LIST = "A SearchResponse is no list: its hits are response.hits."


def nothing_called(name: str, of: object, elsewhere: Mapping[str, str]) -> AttributeError:
    """The error of an attribute that there is not, with where it is, if anywhere."""
    hint = f" Did you mean {elsewhere[name]}?" if name in elsewhere else ""
    return AttributeError(f"A {type(of).__name__} has no {name!r}.{hint}")


@dataclass(frozen=True, slots=True)
class LegEvidence:
    """What one leg says of a paragraph: its ``rank`` (from 1; None: outside the leg's window) and its ``score``.

    The score is BM25 for the keyword leg; for the semantic leg, -1 to 1, the mean of the cosines of the paragraph and
    of its best sentence. A reranker's rank is among the hits that it read, and its score of its own scale.
    """

    rank: int | None
    score: float


@dataclass(frozen=True, slots=True)
class ArticleHead:
    """What a hit shows of its article."""

    id: str
    title: str
    url: str | None
    language: str
    date: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Highlight:
    """Characters ``start`` to ``end`` (exclusive) of a hit's text that say why it is there.

    "keyword": words of the query; "semantic": the sentence that is nearest to the query. The two kinds may overlap.
    """

    start: int
    end: int
    kind: Literal["keyword", "semantic"]


@dataclass(frozen=True, slots=True)
class SynonymMatch:
    """Words of a query as ``written``, and the ``synonym`` that stands for them by the rules of the index."""

    written: str
    synonym: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """Characters of the query and of a hit's text, end exclusive, that mean the same; ``similarity``: their cosine."""

    query_start: int
    query_end: int
    start: int
    end: int
    similarity: float


@dataclass(frozen=True, slots=True)
class AlsoIn:
    """A paragraph that says the same as a hit, in another language or another article."""

    id: str
    article_id: str
    title: str
    language: str


@dataclass(frozen=True, slots=True)
class Citation:
    """How a paragraph is cited: what it says, in its own words, and of which article.

    ``url`` leads a browser to the quote, by a text fragment; None where the article has no address of a web page.
    """

    url: str | None
    quote: str
    title: str
    source: str | None
    date: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Context:
    """The paragraphs of the same article that stand just before and after one, each list in the order of the text."""

    before: Sequence[Paragraph]
    after: Sequence[Paragraph]


@dataclass(frozen=True, slots=True)
class Hit:
    """A paragraph found. ``keyword``, ``semantic`` and ``rerank`` are what legs and reranker say of it; None: nothing.

    ``score`` orders the hits of one query; ``relevance``, 0 to 1, means the same for all queries. ``also_in`` are near
    copies, which are no hits of their own, and the same story in other languages, which may be. ``more`` are the best
    further paragraphs of the article where hits are grouped. ``sounds_like`` are names of the text in another script
    that sound like one of the query. ``context`` is None where none was asked for.
    """

    paragraph: Paragraph
    article: ArticleHead
    score: float
    relevance: float
    keyword: LegEvidence | None
    semantic: LegEvidence | None
    citation: Citation
    highlights: Sequence[Highlight] = ()
    matched_terms: Sequence[str] = ()
    sounds_like: Sequence[str] = ()
    synonyms: Sequence[SynonymMatch] = ()
    pinned: bool = False
    alignments: Sequence[Alignment] = ()
    also_in: Sequence[AlsoIn] = ()
    more: Sequence[Hit] = ()
    context: Context | None = None
    rerank: LegEvidence | None = None

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            raise nothing_called(name, self, OF_HITS)


@dataclass(frozen=True, slots=True)
class Facet:
    """How often each value of an attribute occurs among the candidates, most often first.

    A paragraph with several values counts for each; ``missing`` counts those without any.
    """

    counts: Mapping[str, int]
    missing: int
