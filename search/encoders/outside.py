"""The encoder of an index whose vectors come from outside: it has a dimension, and encodes nothing.

``--model vectors:DIMENSION`` declares such an index. Articles bring the vectors of their paragraphs, searches that of
their query; what comes without one is found by its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.protocols import Vectors
from paraglot.search.errors import EncoderMissing
from paraglot.search.types import MAX_DIMENSION, EncoderSpec

SCHEME = "vectors:"


def outside_dimension(name: str) -> int | None:
    """The dimension that the name of an encoder declares for vectors from outside; None: it is another encoder.

    Raises `EncoderMissing` where it declares none that can be.

    >>> outside_dimension("vectors:384"), outside_dimension("builtin")
    (384, None)
    """
    if not name.startswith(SCHEME):
        return None
    given = name.removeprefix(SCHEME)
    dimension = int(given) if re.fullmatch(r"[1-9][0-9]{0,4}", given) else 0
    if not 2 <= dimension <= MAX_DIMENSION:
        raise EncoderMissing(
            f"{name}: {given!r} is no dimension of vectors.",
            f"Say how many numbers each has, from 2 to {MAX_DIMENSION}: --model {SCHEME}384",
        )
    return dimension


def unit_vectors(given: NDArray[np.float64]) -> Vectors:
    """``float32[n, dim]``: the rows of ``given``, finite and none of them zero, at unit length."""
    scaled = given / np.abs(given).max(axis=1, keepdims=True)  # so that no square is too large or too small
    unit: Vectors = (scaled / np.linalg.norm(scaled, axis=1, keepdims=True)).astype(np.float32)
    return unit


class OutsideEncoder:
    """Who an index names as its encoder that is given its vectors."""

    def __init__(self, name: str) -> None:
        """``name``: ``vectors:DIMENSION``. Raises `EncoderMissing`."""
        dimension = outside_dimension(name) or 0
        self._spec = EncoderSpec(name, fingerprint=f"outside-{dimension}", dimension=dimension, pooling="outside")

    @property
    def spec(self) -> EncoderSpec:
        """Its name and the declared dimension; vectors of any two models with this dimension look alike to it."""
        return self._spec

    def encode_query(self, queries: Sequence[str]) -> Vectors:
        """Raises `EncoderMissing`: a query brings its vector, or is answered by words."""
        self._refuse(queries)

    def encode_paragraphs(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:  # noqa: ARG002
        """Raises `EncoderMissing`: an article brings the vectors of its paragraphs."""
        self._refuse(texts)

    def count_tokens(self, text: str) -> int:
        """0: nothing is too long to be encoded elsewhere."""
        del text
        return 0

    def _refuse(self, texts: Sequence[str]) -> NoReturn:
        raise EncoderMissing(
            f"The vectors of this index come from outside, and there is none for {len(texts)} texts.",
            "Index the articles again with their vectors (docs/models.md).",
        )
