"""Vectors that come with an article to an index that is written in code, one for each of its paragraphs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from paraglot.search.encoders.outside import unit_vectors
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.errors import InvalidRequest
from paraglot.search.types import Article, checked_vector

FIELD = "vectors"


def check_vectors(
    article: Article, paragraphs: int, given: Sequence[Sequence[float]], dimension: int | None
) -> Vectors:
    """``float32[n, dim]``, unit: the vectors of so many paragraphs, or of none where the index makes its own.

    ``dimension``: of an index whose vectors come from outside; None: of another. Raises `InvalidRequest`.
    """
    which = f"article {article.id!r}"
    if dimension is None:
        if len(given):
            raise InvalidRequest(FIELD, f"The {which} has vectors, and the index makes its own: put it without them.")
        return np.empty((0, 0), np.float32)
    if len(given) != paragraphs:
        outside = f"vectors of this index come from outside, one a paragraph: the {which}"
        raise InvalidRequest(FIELD, f"The {outside} has {len(given)} for {paragraphs}.")
    for numbers in given:
        if len(checked_vector(numbers, FIELD)) != dimension:
            raise InvalidRequest(FIELD, f"The {which} has a vector of {len(numbers)} numbers, not {dimension}.")
    return unit_vectors(np.array(given, np.float64))
