"""The smallest reranker that keeps the law, for tests of what stands on it.

The fake encoder lives with the encoders: `paraglot.search.encoders.fake`; a whole index is `paraglot.search.memory`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class FakeReranker:
    """The share of a query's words, without case, that a text has."""

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """``float32[n]``, 0 to 1."""
        asked = set(query.casefold().split())
        found = [len(asked & set(text.casefold().split())) / max(len(asked), 1) for text in texts]
        return np.array(found, np.float32)
