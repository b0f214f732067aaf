"""Vectors that come with an article: read from its fields, and fitted to its paragraphs in an index made for them."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import Any, TypeGuard

import numpy as np

from paraglot.indexer.corpus.drafts import Block, Draft, text_of_block
from paraglot.indexer.corpus.paragraphs import given_paragraphs
from paraglot.search.encoders.outside import outside_dimension, unit_vectors
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.types import EncoderSpec

ONE, MANY = "vector", "vectors"
"""The fields of an article: of a text that is one paragraph, and of ``paragraphs``, one each."""

MOST_CHARACTERS = 10_000
"""Of a paragraph with a vector of its own, which is not divided: half of it would have the vector of the whole."""


class UnfitVectors(ValueError):
    """The vectors of an article are not those that the index takes; the message begins with the field."""


def take_vectors(fields: dict[str, Any]) -> tuple[tuple[float, ...], ...]:
    """Take the vectors out of the fields of an article; what is no list of numbers stays there as it is."""
    vectors: list[tuple[float, ...]] = []
    if _are_numbers(fields.get(ONE)):
        vectors = [tuple(fields.pop(ONE))]
    elif isinstance(many := fields.get(MANY), list) and many and all(map(_are_numbers, many)):
        vectors = [tuple(numbers) for numbers in fields.pop(MANY)]
    return tuple(vectors)


def _are_numbers(value: object) -> TypeGuard[list[float]]:
    return isinstance(value, list) and len(value) > 1 and _NUMBERS.issuperset(map(type, value))


_NUMBERS = frozenset((int, float))


def are_finite_vectors(value: object) -> bool:
    """Whether a field is one or several vectors of finite numbers."""
    vectors = value if isinstance(value, list) and value and isinstance(value[0], list) else [value]
    return all(_are_numbers(numbers) and _are_finite(numbers) for numbers in vectors)


def fitted(draft: Draft, dimension: int) -> Draft:
    """A draft whose paragraphs are those that its vectors are of: the whole text, or one for each as they were given.

    Raises `UnfitVectors` where a paragraph has none, or none of this dimension.
    """
    vectors = draft.vectors
    if not vectors:
        raise UnfitVectors(f'"{ONE}" must be a list of {dimension} numbers: those of this index come from outside')
    name = ONE if len(vectors) == 1 else MANY
    for numbers in vectors:
        if len(numbers) != dimension:
            raise UnfitVectors(f'"{name}" has {len(numbers)} numbers, those of this index have {dimension}')
        if not _are_finite(numbers) or not any(numbers):
            raise UnfitVectors(f'"{name}" must be of finite numbers that are not all 0')
    blocks = _blocks(draft)
    if len(blocks) != len(vectors):
        raise UnfitVectors(f'"{MANY}" are {len(vectors)}, and the article has {len(blocks)} paragraphs')
    longest = max(len(block.text) for block in blocks)
    if longest > MOST_CHARACTERS:
        reason = f"a paragraph of {longest:,} characters has one; divide it, {MOST_CHARACTERS:,} are the most"
        raise UnfitVectors(f'"{name}": {reason}')
    return replace(draft, blocks=blocks, plain=False, scraped=False)


def unfit_vectors(draft: Draft, encoder: EncoderSpec) -> str | None:
    """Why an index with this encoder does not take an article as it is; None: it does."""
    dimension = outside_dimension(encoder.name)
    if dimension is None:
        return f'"{ONE}" is of no use here: the index makes its own, by {encoder.name}' if draft.vectors else None
    try:
        fitted(draft, dimension)
    except UnfitVectors as error:
        return str(error)
    return None


def _are_finite(numbers: Sequence[float]) -> bool:
    try:
        return isfinite(sum(numbers)) or all(map(isfinite, numbers))  # finite ones may add up to more than there is
    except OverflowError:  # a whole number of hundreds of digits
        return False


def _blocks(draft: Draft) -> tuple[Block, ...]:
    if len(draft.vectors) > 1:
        return draft.blocks or tuple(given_paragraphs(draft.text))
    if draft.blocks and len(draft.blocks) == 1:
        return draft.blocks
    return (Block(text_of_block(draft.text, keeps_lines=False), 0, len(draft.text)),)


def unit_of(draft: Draft) -> Vectors:
    """``float32[paragraphs, dim]``, unit: the vectors of a draft that is `fitted`."""
    return unit_vectors(np.array(draft.vectors, np.float64))


def texts_hash(text: str, numbers: Sequence[float] | None) -> str:
    """SHA-256 of a paragraph's text and, behind a colon, of the vector that it came with."""
    of_vector = "" if numbers is None else f":{hashlib.sha256(array('d', numbers)).hexdigest()}"
    return hashlib.sha256(text.encode()).hexdigest() + of_vector


def as_fields(vectors: Vectors) -> Mapping[str, Any]:
    """The field that `take_vectors` reads them from, with as many digits as tell the numbers that an index keeps apart:
    a folder has them in half precision.
    """
    halves = vectors.astype(np.float16)
    kept = halves if np.array_equal(halves, vectors) else vectors
    shown = [[float(str(number)) for number in numbers] for numbers in kept]
    return {ONE: shown[0]} if len(shown) == 1 else {MANY: shown}
