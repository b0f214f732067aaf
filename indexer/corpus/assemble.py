"""A draft becomes an article: paragraphs with languages, durable ids and offsets."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from paraglot.indexer.corpus.detect import check_languages, detect_paragraphs
from paraglot.indexer.corpus.drafts import Block, Draft
from paraglot.indexer.corpus.own_vectors import texts_hash
from paraglot.indexer.corpus.paragraphs import (
    MAX_CHARACTERS,
    given_paragraphs,
    join_short,
    split_long,
    split_paragraphs,
)
from paraglot.search.text.sentences import width
from paraglot.search.types import EncoderSpec

READING = "reading-14"
"""Names the rules by which inputs become paragraphs; changes whenever any input would give other paragraphs."""


@dataclass(frozen=True, slots=True)
class NewParagraph:
    """A paragraph that has no row yet. ``text_hash`` is of the text and, where it came with one, its vector."""

    id: str
    text: str
    text_hash: str
    heading: str
    language: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Assembled:
    """An article's language (given, or that of most of its text) and its paragraphs in order."""

    language: str
    paragraphs: list[NewParagraph]


def assemble(draft: Draft, fits: Callable[[str], bool]) -> Assembled:
    """Divide a draft into paragraphs that all satisfy ``fits``, tell their languages, give them ids.

    One that has vectors stays divided as it is.
    """
    if draft.vectors:
        pieces = list(draft.blocks or ())
    else:
        pieces = [piece for block in _blocks(draft, fits) for piece in split_long(block, draft.text, fits)]
    article, languages = _languages(pieces, draft.language)
    used: dict[str, int] = {}
    vectors = draft.vectors or [None] * len(pieces)
    paragraphs = [
        _paragraph(draft.id, piece, language, used, numbers)
        for piece, language, numbers in zip(pieces, languages, vectors, strict=True)
    ]
    return Assembled(article or _main_language(paragraphs), paragraphs)


def _languages(pieces: list[Block], declared: str | None) -> tuple[str | None, list[str]]:
    """The article's language (None: that of most of its text) and those of its pieces, declared or detected."""
    texts, given = [piece.text for piece in pieces], [piece.language for piece in pieces]
    if declared is not None:
        return check_languages(texts, declared, given)
    checked = [tag and check_languages([text], tag, [tag])[1][0] for text, tag in zip(texts, given, strict=True)]
    detected = [] if all(checked) else detect_paragraphs(texts)
    return None, [tag or detected[number] for number, tag in enumerate(checked)]


def _blocks(draft: Draft, fits: Callable[[str], bool]) -> list[Block]:
    """The paragraphs that the input marks, or those that are found; what a program wrote is not joined.

    Where nothing would be left of an article but what is left out, that is its text.
    """
    left_out = draft.furniture or frozenset()
    if draft.blocks is not None:
        blocks = [block for block in draft.blocks if block.text not in left_out]
    elif draft.plain:
        blocks = split_paragraphs(draft.text, left_out)
    else:
        blocks = given_paragraphs(draft.text)
    blocks = blocks or given_paragraphs(draft.text)
    joins = draft.scraped or (draft.blocks is not None and not draft.divided)
    return join_short(blocks, fits) if joins else blocks


def fits_encoder(spec: EncoderSpec, count_tokens: Callable[[str], int]) -> Callable[[str], bool]:
    """The test that a paragraph is neither too long to be read nor to be embedded whole."""

    def fits(text: str) -> bool:
        if len(text) > MAX_CHARACTERS or (2 * len(text) > MAX_CHARACTERS and width(text) > MAX_CHARACTERS):
            return False
        return spec.max_tokens is None or count_tokens(text) <= spec.max_tokens

    return fits


def _paragraph(
    article_id: str, piece: Block, language: str, used: dict[str, int], numbers: Sequence[float] | None
) -> NewParagraph:
    """The id is made of the article's id and the text, so editing one paragraph leaves the others' ids alone.

    The same text twice in one article is told apart by a count.
    """
    short = hashlib.sha256(piece.text.encode()).hexdigest()[:12]
    used[short] = used.get(short, 0) + 1
    repeated = f".{used[short]}" if used[short] > 1 else ""
    id_, text_hash = f"{article_id}~{short}{repeated}", texts_hash(piece.text, numbers)
    return NewParagraph(id_, piece.text, text_hash, piece.heading, language, piece.start, piece.end)


def _main_language(paragraphs: list[NewParagraph]) -> str:
    if len({paragraph.language for paragraph in paragraphs}) == 1:
        return paragraphs[0].language
    characters: Counter[str] = Counter()
    for paragraph in paragraphs:
        characters[paragraph.language] += width(paragraph.text)
    return min(characters, key=lambda language: (-characters[language], language), default="und")
