"""The documents of paragraphs and articles: what is searched of them, and what is stored."""

from __future__ import annotations

import math
import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paraglot.indexer.folder.words import RowWords
from paraglot.search.opensearch.articles import ArticleDocument
from paraglot.search.opensearch.attributes import entries, tag_prefixes
from paraglot.search.opensearch.cluster import Json
from paraglot.search.opensearch.schema import ARTICLE, LONGEST_VALUE, PARAGRAPH, kept_term, kept_value, place_of
from paraglot.search.opensearch.words import number_of, packed_words
from paraglot.search.parts.attributes import start_of, values_of
from paraglot.search.text.analysis import phrase_form
from paraglot.search.types import Article, ArticleHead, Paragraph

_POSITIVE = (1 << 63) - 1
_DIGITS = 7


class Meaning(NamedTuple):
    """What an encoder made of a paragraph: its vector, ``float32[dim]``, and its sentences, packed (None: not kept)."""

    vector: NDArray[np.float32]
    sentences: bytes | None


def paragraph_document(
    article: Article, paragraph: Paragraph, words: RowWords, meaning: Meaning, pieces: bytes | None, attempt: int
) -> Json:
    """The document of a paragraph."""
    text, title = words.terms
    values = values_of(article, paragraph)
    start = start_of(article.date, True)
    content = f"{article.title}\n{paragraph.heading}\n{paragraph.text}"
    source = {} if article.source is None else {"source_form": phrase_form(article.source)[:LONGEST_VALUE]}
    columns = {
        "words": packed_words(text, title),
        "direction": meaning.vector.astype(np.float32).tobytes(),
        "marks": words.marks,
        "sentences": meaning.sentences,
        "pieces": pieces,
    }
    return {
        "kind": PARAGRAPH,
        "added": attempt,
        "row": paragraph.row,
        "article_id": article.id,
        "place": place_of(article.id, paragraph.position),
        "draw": number_of(paragraph.id) & _POSITIVE,
        "checksum": zlib.crc32(content.encode("utf-8", "replace")),
        "language": paragraph.language,
        "tags": tag_prefixes(paragraph.language),
        "attributes": entries(values),
        "names": sorted(map(kept_term, values)),
        "text": _tokens(text),
        "title": _tokens(title),
        "terms": sorted(map(kept_term, text)),
        "title_terms": sorted(map(kept_term, title)),
        "both_terms": sorted(map(kept_term, text.keys() & title.keys())),
        **{f"{name}_length": count for name, count in _lengths(text, title)},
        **({} if math.isnan(start) else {"start": start}),
        **source,
        # Of nothing but zeros there is no cosine.
        **({"vector": np.round(meaning.vector.astype(np.float64), _DIGITS).tolist()} if meaning.vector.any() else {}),
        **{name: b64encode(data).decode() for name, data in columns.items() if data is not None},
        "paragraph": asdict(paragraph),
        "head": {name: getattr(article, name) for name in ArticleHead.__slots__},
    }


def article_document(document: ArticleDocument, attempt: int) -> Json:
    """The document of an article: it is found by its id, by those of its paragraphs and by those they had."""
    stored = document.stored
    ids = [stored.article.id, *(paragraph.id for paragraph in stored.paragraphs), *stored.former]
    return {
        "kind": ARTICLE,
        "added": attempt,
        "article_id": stored.article.id,
        "ids": list(map(kept_value, ids)),
        "article": document.to_json(),
    }


def _tokens(terms: Mapping[str, int]) -> str:
    """A field as the whitespace analyzer divides it."""
    return " ".join(kept_term(term) for term, count in terms.items() for _ in range(count))


def _lengths(text: Mapping[str, int], title: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """How many terms each field has that has any."""
    for name, terms in (("text", text), ("title", title)):
        if count := sum(terms.values()):
            yield name, count
